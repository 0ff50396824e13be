//! An organisation's ledger of promises.

use axum::extract::State;
use schema::{
    id::TaskKey,
    ledger::{Asked, Ledger},
    problem::Problem,
    task::Task,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Json, Path, Query},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(take_over))
}

/// What an organisation promised, and what became of it
///
/// Open promises by their day, then those that ended, the latest first; with how many there are of each kind. Who does not see into the
/// organisation sees those about deltas they may see, without the task. docs/guide/organisations.md tells what the words mean.
#[utoipa::path(get, path = "/orgs/{org}/commitments", tag = "organisations", params(("org" = String, Path, description = "Slug"), Asked),
    responses((status = 200, body = Ledger), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn list(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Result<Json<Ledger>> {
    let mut tx = app.db.read().await?;
    let org = store::org::find(&mut tx, &caller, &slug).await?;
    store::ledger::read(&mut tx, &caller, &org, &asked, app.clock.now()).await.map(Json)
}

/// Take over a promise that has gone quiet
///
/// The promise stands as it is; the caller works on the task instead of who did. Members and owners, once nothing was heard of it for twice
/// the organisation's `quiet_after` days.
#[utoipa::path(post, path = "/tasks/{task}/takeover", tag = "tasks", params(("task" = String, Path, description = "Key, such as NW-207")),
    responses((status = 200, body = Task), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn take_over(State(app): State<App>, caller: Caller, Path(key): Path<TaskKey>) -> Result<Json<Task>> {
    act::task::take_over(&app, &caller, &key).await.map(Json)
}
