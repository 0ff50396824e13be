//! Places of deltas in projects: positions and consensus.

use axum::{extract::State, http::StatusCode};
use schema::{
    delta::Delta,
    id::DeltaKey,
    place::{PutConsensus, PutPlace, PutPosition},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::delta::{Whole, whole};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{IfMatch, Json, Path},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(put, remove)).routes(routes!(put_position, remove_position)).routes(routes!(put_consensus))
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
/// For that project's maintainers. `If-Match` takes the place's `version`; without it the last to speak wins.
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
