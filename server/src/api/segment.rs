//! Segments of a project's users, and who belongs to them.

use axum::extract::State;
use schema::segment::{PutSegment, Segment, Stay};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Problem, Result},
    extract::{Json, Path},
    store::{self, db::Tx},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(put)).routes(routes!(join, leave)).routes(routes!(stays))
}

/// A project's segments, with whether the caller belongs to them.
///
/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, caller: &Caller, project: Uuid) -> Result<Vec<Segment>> {
    let rows = store::segment::of(tx, &[project]).await?;
    let mine = match caller.user_id() {
        Some(user) => store::segment::mine(tx, &[project], user).await?,
        None => Vec::new(),
    };
    let segment = |row: store::segment::Row| Segment {
        mine: mine.iter().any(|(id, _)| *id == row.id),
        since: mine.iter().find(|(id, _)| *id == row.id).map(|(_, since)| *since),
        slug: row.slug,
        name: row.name,
        description: row.description,
        everyone: row.everyone,
        members: row.members,
    };
    Ok(rows.into_iter().map(segment).collect())
}

async fn one(app: &App, caller: &Caller, project: &str, segment: &str) -> Result<Json<Segment>> {
    let mut tx = app.db.read().await?;
    let project = store::project::find(&mut tx, project).await?;
    let segments = of(&mut tx, caller, project.id).await?;
    segments.into_iter().find(|row| row.slug == segment).map(Json).ok_or_else(|| Error::not_found("segment"))
}

/// Make a segment, or describe it anew
///
/// For the project's maintainers.
#[utoipa::path(put, path = "/projects/{project}/segments/{segment}", tag = "projects", request_body = PutSegment,
    params(("project" = String, Path, description = "Slug"), ("segment" = String, Path, description = "Slug")),
    responses((status = 200, body = Segment), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<App>,
    caller: Caller,
    Path((project, segment)): Path<(String, String)>,
    Json(put): Json<PutSegment>,
) -> Result<Json<Segment>> {
    act::segment::put(&app, &caller, &project, &segment, put).await?;
    one(&app, &caller, &project, &segment).await
}

/// I am one of these users
///
/// With it, one of `everyone`.
#[utoipa::path(put, path = "/projects/{project}/segments/{segment}/me", tag = "projects",
    params(("project" = String, Path, description = "Slug"), ("segment" = String, Path, description = "Slug")),
    responses((status = 200, body = Segment), (status = 404, body = Problem)))]
async fn join(State(app): State<App>, caller: Caller, Path((project, segment)): Path<(String, String)>) -> Result<Json<Segment>> {
    act::segment::join(&app, &caller, &project, &segment).await?;
    one(&app, &caller, &project, &segment).await
}

/// I am not one of these users
///
/// Leaving `everyone` leaves all segments of the project.
#[utoipa::path(delete, path = "/projects/{project}/segments/{segment}/me", tag = "projects",
    params(("project" = String, Path, description = "Slug"), ("segment" = String, Path, description = "Slug")),
    responses((status = 200, body = Segment), (status = 404, body = Problem)))]
async fn leave(State(app): State<App>, caller: Caller, Path((project, segment)): Path<(String, String)>) -> Result<Json<Segment>> {
    act::segment::leave(&app, &caller, &project, &segment).await?;
    one(&app, &caller, &project, &segment).await
}

/// Which users you are, and were
///
/// Each stay in a segment, the newest first, at most 200. A vote counts in the segments you were in when you cast it.
#[utoipa::path(get, path = "/me/segments", tag = "people", responses((status = 200, body = Vec<Stay>), (status = 401, body = Problem)))]
async fn stays(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Stay>>> {
    let user = caller.person()?.id;
    let mut tx = app.db.read().await?;
    store::segment::stays(&mut tx, user).await.map(Json)
}
