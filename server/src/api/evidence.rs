//! Evidence: tests that decide whether a gap is closed.

use axum::{extract::State, http::StatusCode};
use schema::{
    ci::{DeltaEvidence, Evidence, PutEvidence},
    id::DeltaKey,
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Json, Path},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(put, delete))
}

/// What CI measures about a delta
#[utoipa::path(get, path = "/deltas/{delta}/evidence", tag = "ci", params(("delta" = String, Path, description = "`D-1042`")),
    responses((status = 200, body = DeltaEvidence), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Json<DeltaEvidence>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    store::failure::of_delta(&mut tx, &row, app.clock.now()).await.map(Json)
}

/// Say which tests decide
///
/// For the project's maintainers. The delta must have a place in the project.
#[utoipa::path(put, path = "/deltas/{delta}/evidence/{project}", tag = "ci",
    params(("delta" = String, Path), ("project" = String, Path)), request_body = PutEvidence,
    responses((status = 200, body = Evidence), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<App>,
    caller: Caller,
    Path((delta, project)): Path<(DeltaKey, String)>,
    Json(put): Json<PutEvidence>,
) -> Result<Json<Evidence>> {
    act::evidence::put(&app, &caller, delta, &project, put).await.map(Json)
}

/// No test decides any more
#[utoipa::path(delete, path = "/deltas/{delta}/evidence/{project}", tag = "ci",
    params(("delta" = String, Path), ("project" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn delete(State(app): State<App>, caller: Caller, Path((delta, project)): Path<(DeltaKey, String)>) -> Result<StatusCode> {
    act::evidence::delete(&app, &caller, delta, &project).await?;
    Ok(StatusCode::NO_CONTENT)
}
