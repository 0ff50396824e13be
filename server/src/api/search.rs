//! What a delta being filed may be a duplicate of.

use axum::extract::State;
use schema::list::{Similar, SimilarQuery};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Json, Query},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(similar))
}

/// What a text may be a duplicate of.
///
/// At most 10 deltas: where the text holds a stack trace, those with the same crash first, then those with a similar one; then those that
/// share telling words with it, the best match first: stems of words, names, error classes and frames, rare ones most. Each of these says
/// which words it shares, and where.
#[utoipa::path(
    get, path = "/deltas/similar", tag = "deltas", params(SimilarQuery),
    responses((status = 200, body = Similar), (status = 422, description = "Too long a text"))
)]
async fn similar(State(app): State<App>, caller: Caller, Query(asked): Query<SimilarQuery>) -> Result<Json<Similar>> {
    Ok(Json(act::search::similar(&app, &caller, &asked).await?))
}
