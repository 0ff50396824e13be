//! Projects, with their components, releases and maintainers.

use axum::{extract::State, http::StatusCode};
use schema::project::{Component, New, Project, PutComponent};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Json, Path, etag},
    store::{self, db::Tx, project::Row},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(get)).routes(routes!(put_component))
}

/// A project with its parts, for this caller.
///
/// # Errors
/// When the database does not answer.
pub async fn load(tx: &mut Tx, caller: &Caller, row: Row) -> Result<Project> {
    let components = store::project::components(tx, &[row.id]).await?;
    Ok(Project {
        components: components.into_iter().map(|component| Component { slug: component.slug, name: component.name }).collect(),
        segments: super::segment::of(tx, caller, row.id).await?,
        releases: store::project::releases(tx, &[row.id]).await?,
        maintainers: store::project::maintainers(tx, row.id).await?,
        mine: caller.maintains(row.id),
        slug: row.slug,
        name: row.name,
        description: row.description,
        version: row.version,
        created_at: row.created_at,
    })
}

/// Create a project
///
/// Any signed-in person may, and becomes its maintainer. The segment `everyone` is made with it.
#[utoipa::path(post, path = "/projects", tag = "projects", request_body = New,
    responses((status = 201, body = Project), (status = 409, body = Problem, description = "The slug is taken"), (status = 422, body = Problem)))]
async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<New>,
) -> Result<(StatusCode, [(axum::http::HeaderName, String); 1], Json<Project>)> {
    let row = act::project::create(&app, &caller, new).await?;
    let mut tx = app.db.read().await?;
    let project = Project { mine: true, ..load(&mut tx, &caller, row).await? };
    Ok((StatusCode::CREATED, etag(project.version), Json(project)))
}

/// One project
#[utoipa::path(get, path = "/projects/{project}", tag = "projects", params(("project" = String, Path, description = "Slug")),
    responses((status = 200, body = Project), (status = 404, body = Problem)))]
async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<([(axum::http::HeaderName, String); 1], Json<Project>)> {
    let mut tx = app.db.read().await?;
    let row = store::project::find(&mut tx, &project).await?;
    Ok((etag(row.version), Json(load(&mut tx, &caller, row).await?)))
}

/// Make or rename a component
///
/// For the project's maintainers.
#[utoipa::path(put, path = "/projects/{project}/components/{component}", tag = "projects", request_body = PutComponent,
    params(("project" = String, Path, description = "Slug"), ("component" = String, Path, description = "Slug")),
    responses((status = 200, body = Component), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn put_component(
    State(app): State<App>,
    caller: Caller,
    Path((project, component)): Path<(String, String)>,
    Json(put): Json<PutComponent>,
) -> Result<Json<Component>> {
    let name = put.name.trim().to_owned();
    act::project::put_component(&app, &caller, &project, &component, put).await?;
    Ok(Json(Component { slug: component, name }))
}
