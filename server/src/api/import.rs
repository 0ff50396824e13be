//! Imports of other trackers' records: the file brought as it is, in the body.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
};
use schema::{
    import::{Import, New},
    list::{Page, Window},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    act::import::upload,
    app::App,
    caller::Caller,
    error::{Error, Kind, Problem, Result},
    extract::{Json, Path, Query},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, bring)).routes(routes!(get)).routes(routes!(start)).routes(routes!(cancel))
}

/// Bring another tracker's records into a project
///
/// For the project's maintainers. The body is the file, of any media type: JSON, JSON lines, CSV or XML, packed with gzip or not, of at
/// most four times an attachment (80 MB, unless the operator says otherwise) and 2 GiB unpacked. It is read in its turn: ask for the import
/// until its `state` is `done` or `failed`. All of it goes into this project. Records are known by their ids within the project: what is out
/// of your sight, or has left the project, stays as it is. One at a time.
#[utoipa::path(post, path = "/projects/{project}/imports", tag = "imports",
    params(("project" = String, Path, description = "The project's slug"), New),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 202, body = Import, description = "Kept, and waiting for its turn"), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 409, body = Problem, description = "Another has not ended"), (status = 422, body = Problem)))]
async fn bring(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Query(new): Query<New>,
    request: Request,
) -> Result<(StatusCode, Json<Import>)> {
    if request.headers().get(header::CONTENT_ENCODING).is_some_and(|value| value != "identity") {
        let why = "No Content-Encoding is taken here: a packed file is known by its first bytes. Nothing was kept.";
        return Err(Error::new(Kind::UnsupportedMedia, why));
    }
    let bytes = request.into_body().into_data_stream();
    Ok((StatusCode::ACCEPTED, Json(upload::bring(&app, &caller, &project, new, bytes).await?)))
}

/// A project's imports
///
/// Newest first, without their reports. For its maintainers.
#[utoipa::path(get, path = "/projects/{project}/imports", tag = "imports",
    params(("project" = String, Path, description = "The project's slug"), Window),
    responses((status = 200, body = Page<Import>), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Query(window): Query<Window>,
) -> Result<Json<Page<Import>>> {
    let mut tx = app.db.read().await?;
    Ok(Json(upload::list(&mut tx, &caller, &project, &window).await?.1))
}

/// One import
///
/// How far it is; once it has ended, with what it could not carry over. For the project's maintainers.
#[utoipa::path(get, path = "/projects/{project}/imports/{import}", tag = "imports",
    params(("project" = String, Path, description = "The project's slug"), ("import" = Uuid, Path)),
    responses((status = 200, body = Import), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, caller: Caller, Path((project, import)): Path<(String, Uuid)>) -> Result<Json<Import>> {
    let mut tx = app.db.read().await?;
    Ok(Json(upload::read(&mut tx, &caller, &project, import).await?.1))
}

/// Start an import once more
///
/// A dry run's file is brought in; what failed is tried again, as it was. It is a new import, in your name, which has the file from now on.
#[utoipa::path(post, path = "/projects/{project}/imports/{import}/start", tag = "imports",
    params(("project" = String, Path, description = "The project's slug"), ("import" = Uuid, Path)),
    responses((status = 202, body = Import), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It has not ended, its file is gone, or another has not ended")))]
async fn start(
    State(app): State<App>,
    caller: Caller,
    Path((project, import)): Path<(String, Uuid)>,
) -> Result<(StatusCode, Json<Import>)> {
    Ok((StatusCode::ACCEPTED, Json(upload::start(&app, &caller, &project, import).await?)))
}

/// Cancel an import
///
/// One that waits is not begun; one that is being done stops within a second or two. It has `failed`, its `detail` says by whom, and what came
/// in before stays. It can be started once more.
#[utoipa::path(post, path = "/projects/{project}/imports/{import}/cancel", tag = "imports",
    params(("project" = String, Path, description = "The project's slug"), ("import" = Uuid, Path)),
    responses((status = 200, body = Import), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It has ended already")))]
async fn cancel(State(app): State<App>, caller: Caller, Path((project, import)): Path<(String, Uuid)>) -> Result<Json<Import>> {
    Ok(Json(upload::cancel(&app, &caller, &project, import).await?))
}
