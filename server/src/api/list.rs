//! Lists of deltas by the query language.

use axum::extract::State;
use schema::{
    delta::Summary,
    list::{DeltasQuery, Page},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    caller::Caller,
    error::Result,
    extract::{Json, Query},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Deltas that a query finds.
///
/// Without `q`, the open ones. Highest impact first, unless `sort` or a `sort:` in the query says otherwise.
#[utoipa::path(
    get, path = "/deltas", tag = "deltas", params(DeltasQuery),
    responses(
        (status = 200, body = Page<Summary>),
        (status = 422, description = "`q`, `sort` or `cursor` cannot be read: the detail names the column"),
    )
)]
async fn list(State(app): State<App>, caller: Caller, Query(asked): Query<DeltasQuery>) -> Result<Json<Page<Summary>>> {
    let query = store::list::read(asked.q.as_deref(), asked.sort.as_deref())?;
    let mut tx = app.db.read().await?;
    store::list::deltas(&mut tx, &caller, &query, &asked.window(), app.clock.now()).await.map(Json)
}
