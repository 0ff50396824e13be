//! The order of an organisation's open tasks.

use axum::{extract::State, response::IntoResponse};
use schema::{
    id::TaskKey,
    priority::{Positioned, Priorities, PutAt},
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Json, Path, etag},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read)).routes(routes!(put_at))
}

/// What an organisation does first
///
/// The top of the one order of its open tasks, and beside it the order that scores suggest. Who sees into the organisation sees it.
#[utoipa::path(get, path = "/orgs/{org}/priorities", tag = "organisations", params(("org" = String, Path, description = "Slug")),
    responses((status = 200, body = Priorities), (status = 404, body = Problem)))]
async fn read(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Json<Priorities>> {
    let mut tx = app.db.read().await?;
    let org = act::board::org(&mut tx, &caller, &slug).await?;
    store::priority::read(&mut tx, &caller, &org).await.map(Json)
}

/// Put a task at a place of its organisation's order
///
/// Members and owners. Its band follows where it would be more pressing than that of the task above, or less than that of the one below;
/// its column and promise stay.
#[utoipa::path(put, path = "/tasks/{task}/position", tag = "tasks", request_body = PutAt, params(("task" = TaskKey, Path)),
    responses((status = 200, body = Positioned, headers(("ETag" = String))), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put_at(State(app): State<App>, caller: Caller, Path(key): Path<TaskKey>, Json(to): Json<PutAt>) -> Result<impl IntoResponse> {
    let put = act::task::put_at(&app, &caller, &key, to).await?;
    Ok((etag(put.version), Json(put)))
}
