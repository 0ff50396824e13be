//! Saved views.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use schema::{
    problem::Problem,
    view::{Owner, PutView, View},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{IfMatch, Json, Path, etag},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(mine))
        .routes(routes!(put_mine, delete_mine))
        .routes(routes!(of_project))
        .routes(routes!(put_of_project, delete_of_project))
        .routes(routes!(of_org))
        .routes(routes!(put_of_org, delete_of_org))
}

async fn put(
    app: &App,
    caller: &Caller,
    owner: &Owner,
    view: &str,
    version: Option<IfMatch>,
    new: &PutView,
) -> Result<impl IntoResponse + use<>> {
    let view = act::view::put(app, caller, owner, view, version.map(|IfMatch(version)| version), new).await?;
    Ok((etag(view.version), Json(view)))
}

/// One's own views, by name.
#[utoipa::path(get, path = "/me/views", tag = "views", responses((status = 200, body = Vec<View>), (status = 401, body = Problem)))]
async fn mine(State(app): State<App>, caller: Caller) -> Result<Json<Vec<View>>> {
    act::view::list(&app, &caller, &Owner::Me).await.map(Json)
}

/// Saves a view of one's own, or changes it: of the version in `If-Match` where one is sent. At most 50.
#[utoipa::path(put, path = "/me/views/{view}", tag = "views", request_body = PutView, params(("view" = String, Path, description = "Its slug")),
    responses((status = 200, body = View), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn put_mine(
    State(app): State<App>,
    caller: Caller,
    Path(view): Path<String>,
    version: Option<IfMatch>,
    Json(new): Json<PutView>,
) -> Result<impl IntoResponse> {
    put(&app, &caller, &Owner::Me, &view, version, &new).await
}

/// Takes a view of one's own away.
#[utoipa::path(delete, path = "/me/views/{view}", tag = "views", params(("view" = String, Path, description = "Its slug")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn delete_mine(State(app): State<App>, caller: Caller, Path(view): Path<String>) -> Result<StatusCode> {
    act::view::remove(&app, &caller, &Owner::Me, &view).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A project's views, by name. Everybody reads them; each sees the deltas they may see.
#[utoipa::path(get, path = "/projects/{project}/views", tag = "views", params(("project" = String, Path, description = "Slug")),
    responses((status = 200, body = Vec<View>), (status = 404, body = Problem)))]
async fn of_project(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Json<Vec<View>>> {
    act::view::list(&app, &caller, &Owner::Project(slug)).await.map(Json)
}

/// Saves a view of a project, or changes it: of the version in `If-Match` where one is sent. Maintainers only; at most 50.
#[utoipa::path(put, path = "/projects/{project}/views/{view}", tag = "views", request_body = PutView,
    params(("project" = String, Path, description = "Slug"), ("view" = String, Path, description = "Its slug")),
    responses((status = 200, body = View), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn put_of_project(
    State(app): State<App>,
    caller: Caller,
    Path((slug, view)): Path<(String, String)>,
    version: Option<IfMatch>,
    Json(new): Json<PutView>,
) -> Result<impl IntoResponse> {
    put(&app, &caller, &Owner::Project(slug), &view, version, &new).await
}

/// Takes a view of a project away. Maintainers only.
#[utoipa::path(delete, path = "/projects/{project}/views/{view}", tag = "views",
    params(("project" = String, Path, description = "Slug"), ("view" = String, Path, description = "Its slug")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn delete_of_project(State(app): State<App>, caller: Caller, Path((slug, view)): Path<(String, String)>) -> Result<StatusCode> {
    act::view::remove(&app, &caller, &Owner::Project(slug), &view).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An organisation's views, by name. For those who belong to it; each sees the deltas they may see.
#[utoipa::path(get, path = "/orgs/{org}/views", tag = "views", params(("org" = String, Path, description = "Slug")),
    responses((status = 200, body = Vec<View>), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn of_org(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Json<Vec<View>>> {
    act::view::list(&app, &caller, &Owner::Org(slug)).await.map(Json)
}

/// Saves a view of an organisation, or changes it: of the version in `If-Match` where one is sent. Members and owners; at most 50.
#[utoipa::path(put, path = "/orgs/{org}/views/{view}", tag = "views", request_body = PutView,
    params(("org" = String, Path, description = "Slug"), ("view" = String, Path, description = "Its slug")),
    responses((status = 200, body = View), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn put_of_org(
    State(app): State<App>,
    caller: Caller,
    Path((slug, view)): Path<(String, String)>,
    version: Option<IfMatch>,
    Json(new): Json<PutView>,
) -> Result<impl IntoResponse> {
    put(&app, &caller, &Owner::Org(slug), &view, version, &new).await
}

/// Takes a view of an organisation away. Members and owners.
#[utoipa::path(delete, path = "/orgs/{org}/views/{view}", tag = "views",
    params(("org" = String, Path, description = "Slug"), ("view" = String, Path, description = "Its slug")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn delete_of_org(State(app): State<App>, caller: Caller, Path((slug, view)): Path<(String, String)>) -> Result<StatusCode> {
    act::view::remove(&app, &caller, &Owner::Org(slug), &view).await?;
    Ok(StatusCode::NO_CONTENT)
}
