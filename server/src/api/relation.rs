//! What deltas have to do with each other.

use axum::{extract::State, http::StatusCode};
use schema::{
    delta::Delta,
    id::DeltaKey,
    relation::{PutRelation, RelationQuery},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::delta::{Whole, whole};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Json, Path, Query},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(put, remove))
}

/// Relate a delta to another
///
/// For the reporters of the two and the maintainers of their projects. Each word has its inverse, in which the other delta has the same
/// relation. `caused_by`, `blocks` and `supersedes` never lead in a circle.
#[utoipa::path(put, path = "/deltas/{delta}/relations/{other}", tag = "deltas", request_body = PutRelation,
    params(("delta" = DeltaKey, Path), ("other" = DeltaKey, Path)),
    responses((status = 200, body = Delta), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn put(
    State(app): State<App>,
    caller: Caller,
    Path((delta, other)): Path<(DeltaKey, DeltaKey)>,
    Json(put): Json<PutRelation>,
) -> Result<Whole> {
    act::relation::put(&app, &caller, delta, other, put.relation).await?;
    whole(&app, &caller, delta).await
}

/// Take relations between two deltas away
#[utoipa::path(delete, path = "/deltas/{delta}/relations/{other}", tag = "deltas",
    params(("delta" = DeltaKey, Path), ("other" = DeltaKey, Path), RelationQuery),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((delta, other)): Path<(DeltaKey, DeltaKey)>,
    Query(asked): Query<RelationQuery>,
) -> Result<StatusCode> {
    act::relation::remove(&app, &caller, delta, other, asked.relation).await?;
    Ok(StatusCode::NO_CONTENT)
}
