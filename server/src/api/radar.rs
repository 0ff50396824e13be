//! Orphan radar: what hits many, is agreed on, and nobody has committed to.

use axum::extract::State;
use schema::radar::{Asked, Radar, THRESHOLD};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Check, Json, Path, Query},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(all)).routes(routes!(of_project))
}

/// The impact asked for.
///
/// # Errors
/// 422 `impact` for one that is none.
pub fn threshold(asked: Asked) -> Result<i64> {
    let impact = asked.impact.unwrap_or(THRESHOLD);
    // From 0 on it would be everything that is agreed.
    Check::default().that((1..=100).contains(&impact), "impact", "must be 1 to 100").done()?;
    Ok(impact)
}

/// What nobody has committed to
///
/// Open deltas of high impact that a project agrees on, by project and component. What an organisation that shows nothing has committed to is
/// unknown here.
#[utoipa::path(get, path = "/radar", tag = "deltas", params(Asked), responses((status = 200, body = Radar), (status = 422, body = Problem)))]
async fn all(State(app): State<App>, caller: Caller, Query(asked): Query<Asked>) -> Result<Json<Radar>> {
    let impact = threshold(asked)?;
    let mut tx = app.db.read().await?;
    store::radar::radar(&mut tx, &caller, None, impact).await.map(Json)
}

/// What nobody has committed to in one project
#[utoipa::path(get, path = "/projects/{project}/radar", tag = "projects", params(("project" = String, Path, description = "Slug"), Asked),
    responses((status = 200, body = Radar), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn of_project(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Result<Json<Radar>> {
    let impact = threshold(asked)?;
    let mut tx = app.db.read().await?;
    let project = store::project::find(&mut tx, &slug).await?;
    store::radar::radar(&mut tx, &caller, Some(project.id), impact).await.map(Json)
}
