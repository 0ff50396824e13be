//! What a delta being filed may be a duplicate of, and what could stand at a place of a query.

use axum::extract::State;
use schema::{
    list::{Similar, SimilarQuery},
    query::{COMPLETIONS, Completion, CompletionsQuery, stub},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Json, Query},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(similar)).routes(routes!(completions))
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

/// What could stand at a place of a query
///
/// At most 8: names of fields, their values, and names of projects, people or labels that the caller may see. Nothing inside of quoted words,
/// and where nothing fits.
#[utoipa::path(
    get, path = "/completions", tag = "deltas", params(CompletionsQuery),
    responses((status = 200, body = Vec<Completion>), (status = 422, description = "What is asked for is neither deltas nor tasks"))
)]
async fn completions(State(app): State<App>, caller: Caller, Query(asked): Query<CompletionsQuery>) -> Result<Json<Vec<Completion>>> {
    let fields = asked.of.fields();
    let Some(stub) = stub(&asked.q, asked.at, fields) else { return Ok(Json(Vec::new())) };
    let mut offers = stub.offered(fields);
    if offers.is_empty() {
        let mut tx = app.db.read().await?;
        offers = store::list::complete::values(&mut tx, &caller, &stub, &asked.q).await?;
    }
    Ok(Json(offers.into_iter().take(COMPLETIONS).map(|offer| stub.completed(&asked.q, offer)).collect()))
}
