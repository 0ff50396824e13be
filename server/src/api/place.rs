//! Places of deltas in projects: positions and consensus.

use axum::{extract::State, http::StatusCode};
use schema::{
    delta::Delta,
    id::DeltaKey,
    list::{Page, Window},
    place::{PutAnswer, PutConsensus, PutPlace, PutPosition},
    timeline::Entry,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::delta::{Whole, whole};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{IfMatch, Json, Path, Query},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(put, remove))
        .routes(routes!(put_position, remove_position))
        .routes(routes!(put_consensus))
        .routes(routes!(answer))
        .routes(routes!(history))
}

/// Put a delta into a project
///
/// Or name its components there. For its reporter, and for the maintainers of that project and of those it is in.
#[utoipa::path(put, path = "/deltas/{delta}/places/{project}", tag = "places", request_body = PutPlace,
    params(("delta" = DeltaKey, Path), ("project" = String, Path, description = "Slug")),
    responses((status = 200, body = Delta), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<App>,
    caller: Caller,
    Path((delta, project)): Path<(DeltaKey, String)>,
    Json(put): Json<PutPlace>,
) -> Result<Whole> {
    act::place::put(&app, &caller, delta, &project, put).await?;
    whole(&app, &caller, delta).await
}

/// Take a delta out of a project
///
/// For that project's maintainers. One place remains.
#[utoipa::path(delete, path = "/deltas/{delta}/places/{project}", tag = "places",
    params(("delta" = DeltaKey, Path), ("project" = String, Path, description = "Slug")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn remove(State(app): State<App>, caller: Caller, Path((delta, project)): Path<(DeltaKey, String)>) -> Result<StatusCode> {
    act::place::remove(&app, &caller, delta, &project).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// State one's position
///
/// Any signed-in person may. It is bound to the current revision of the delta's text.
#[utoipa::path(put, path = "/deltas/{delta}/places/{project}/position", tag = "places", request_body = PutPosition,
    params(("delta" = DeltaKey, Path), ("project" = String, Path, description = "Slug")),
    responses((status = 200, body = Delta), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put_position(
    State(app): State<App>,
    caller: Caller,
    Path((delta, project)): Path<(DeltaKey, String)>,
    Json(put): Json<PutPosition>,
) -> Result<Whole> {
    act::place::put_position(&app, &caller, delta, &project, put).await?;
    whole(&app, &caller, delta).await
}

/// Take one's position back
#[utoipa::path(delete, path = "/deltas/{delta}/places/{project}/position", tag = "places",
    params(("delta" = DeltaKey, Path), ("project" = String, Path, description = "Slug")),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn remove_position(State(app): State<App>, caller: Caller, Path((delta, project)): Path<(DeltaKey, String)>) -> Result<StatusCode> {
    act::place::remove_position(&app, &caller, delta, &project).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say what the project thinks
///
/// For that project's maintainers; past a rule that is not their word they need a rationale. `If-Match` takes the place's `version`; without it the last to speak wins.
#[utoipa::path(put, path = "/deltas/{delta}/places/{project}/consensus", tag = "places", request_body = PutConsensus,
    params(("delta" = DeltaKey, Path), ("project" = String, Path, description = "Slug"), ("If-Match" = Option<String>, Header, description = "The version that was loaded: where it is sent, it is heeded")),
    responses((status = 200, body = Delta), (status = 403, body = Problem), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem)))]
async fn put_consensus(
    State(app): State<App>,
    caller: Caller,
    Path((delta, project)): Path<(DeltaKey, String)>,
    version: Option<IfMatch>,
    Json(put): Json<PutConsensus>,
) -> Result<Whole> {
    act::place::put_consensus(&app, &caller, delta, &project, version.map(|IfMatch(version)| version), put).await?;
    whole(&app, &caller, delta).await
}

/// Answer an objection
///
/// For that project's maintainers, with a reason. The objection no longer stands in the way of the project's rule, unless it is stated anew.
#[utoipa::path(put, path = "/deltas/{delta}/places/{project}/positions/{user}/answer", tag = "places", request_body = PutAnswer,
    params(("delta" = DeltaKey, Path), ("project" = String, Path, description = "Slug"), ("user" = String, Path, description = "Handle of who objects")),
    responses((status = 200, body = Delta), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn answer(
    State(app): State<App>,
    caller: Caller,
    Path((delta, project, user)): Path<(DeltaKey, String, String)>,
    Json(put): Json<PutAnswer>,
) -> Result<Whole> {
    act::consensus::answer(&app, &caller, delta, &project, &user, &put.reason).await?;
    whole(&app, &caller, delta).await
}

/// What was said and decided of a place
///
/// Positions with their reasons and the revision they were stated on, answers to objections, and every consensus, newest first; what was
/// taken back included.
#[utoipa::path(get, path = "/deltas/{delta}/places/{project}/history", tag = "places",
    params(("delta" = DeltaKey, Path), ("project" = String, Path, description = "Slug"), Window),
    responses((status = 200, body = Page<Entry>), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn history(
    State(app): State<App>,
    caller: Caller,
    Path((delta, project)): Path<(DeltaKey, String)>,
    Query(window): Query<Window>,
) -> Result<Json<Page<Entry>>> {
    let before = store::timeline::cursor(window.cursor.as_deref())?;
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let project = store::project::find(&mut tx, &project).await?;
    store::place::find(&mut tx, row.id, project.id).await?;
    Ok(Json(store::place::history::page(&mut tx, row.id, project.id, before, window.limit()).await?))
}
