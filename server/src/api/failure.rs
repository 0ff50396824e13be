//! Failure groups and the deltas that explain them.

use axum::{extract::State, http::StatusCode};
use schema::{
    ci::{FailureGroup, FailureGroupDetail, FileDelta, Filed, LinkDelta},
    id::DeltaKey,
    list::{LIMIT, Page},
    problem::Problem,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

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
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get)).routes(routes!(link, unlink, file))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// Only groups that a delta stands behind, or only those that none does (the default).
    #[serde(default)]
    explained: bool,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[serde(default, deserialize_with = "schema::list::within")]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// What fails in a project
///
/// Failures that are alike are one group; the last seen first.
#[utoipa::path(get, path = "/projects/{project}/failures", tag = "ci",
    params(("project" = String, Path, description = "The project's slug"), Filter),
    responses((status = 200, body = Page<FailureGroup>), (status = 404, body = Problem)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<FailureGroup>>> {
    let mut tx = app.db.read().await?;
    let project = store::project::find(&mut tx, &project).await?;
    let limit = filter.limit.unwrap_or(LIMIT);
    let (rows, next) = store::failure::groups(&mut tx, project.id, filter.explained, filter.cursor.as_deref(), limit).await?;
    Ok(Json(Page { items: act::failure::views(&mut tx, &caller, rows, app.clock.now()).await?, next }))
}

/// One failure group
///
/// With its newest failures, and a signature that would recognise them.
#[utoipa::path(get, path = "/failure-groups/{group}", tag = "ci", params(("group" = Uuid, Path)),
    responses((status = 200, body = FailureGroupDetail), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, caller: Caller, Path(group): Path<Uuid>) -> Result<Json<FailureGroupDetail>> {
    let mut tx = app.db.read().await?;
    Ok(Json(act::failure::detail(&mut tx, &caller, group, app.clock.now()).await?.0))
}

/// Explain a group by a delta
///
/// For the project's maintainers. Failures of the group are `known` from now on while the delta is open.
#[utoipa::path(put, path = "/failure-groups/{group}/delta", tag = "ci", params(("group" = Uuid, Path)), request_body = LinkDelta,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn link(State(app): State<App>, caller: Caller, Path(group): Path<Uuid>, Json(put): Json<LinkDelta>) -> Result<StatusCode> {
    act::failure::link(&app, &caller, group, put.delta).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Which {
    /// The delta to take away; all that the caller may see where absent.
    #[param(value_type = Option<String>)]
    delta: Option<DeltaKey>,
}

/// Take a delta away from a group
///
/// For the project's maintainers. A signature that recognises the group's failures puts its delta back with the next of them.
#[utoipa::path(delete, path = "/failure-groups/{group}/delta", tag = "ci", params(("group" = Uuid, Path), Which),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn unlink(State(app): State<App>, caller: Caller, Path(group): Path<Uuid>, Query(which): Query<Which>) -> Result<StatusCode> {
    act::failure::unlink(&app, &caller, group, which.delta).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// File a delta from a group
///
/// For the project's maintainers. Kind, title and texts are worked out from the newest failure where they are not given; the delta
/// explains the group.
#[utoipa::path(post, path = "/failure-groups/{group}/delta", tag = "ci", params(("group" = Uuid, Path)), request_body = FileDelta,
    responses((status = 201, body = Filed), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn file(
    State(app): State<App>,
    caller: Caller,
    Path(group): Path<Uuid>,
    Json(given): Json<FileDelta>,
) -> Result<(StatusCode, Json<Filed>)> {
    Ok((StatusCode::CREATED, Json(act::failure::file(&app, &caller, group, given).await?)))
}
