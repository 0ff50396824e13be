//! Lists of deltas by the query language.

use axum::extract::State;
use schema::list::{Deltas, DeltasQuery};
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
/// Without `q`, the open ones. Highest impact first, unless `sort` or a `sort:` in the query says otherwise. A name in the query that nobody
/// has (a project, an organisation, a person …) finds nothing, and `hints` says so with the nearest one.
#[utoipa::path(
    get, path = "/deltas", tag = "deltas", params(DeltasQuery),
    responses(
        (status = 200, body = Deltas),
        (status = 422, description = "`q`, `sort` or `cursor` cannot be read: the detail names the column"),
    )
)]
async fn list(State(app): State<App>, caller: Caller, Query(asked): Query<DeltasQuery>) -> Result<Json<Deltas>> {
    let query = store::list::read(asked.q.as_deref(), asked.sort.as_deref())?;
    let mut tx = app.db.read().await?;
    store::list::deltas(&mut tx, &caller, (asked.q.as_deref(), &query), &asked.window(), app.clock.now()).await.map(Json)
}
