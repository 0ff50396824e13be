//! Projects, with their components, releases and maintainers.

use axum::{
    extract::State,
    http::{HeaderName, StatusCode},
};
use schema::{
    list::{Page, Window},
    place::Decision,
    project::{Component, New, Patch, Project, PutComponent, PutRelease, Release, Summary},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{IfMatch, Json, Path, Query, etag},
    store::{self, db::Tx, project::Row},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create, list))
        .routes(routes!(get, patch))
        .routes(routes!(put_component))
        .routes(routes!(put_release))
        .routes(routes!(put_decision))
        .routes(routes!(add_maintainer, remove_maintainer))
        .routes(routes!(add_security, remove_security))
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
        security: store::project::security(tx, row.id).await?,
        mine: caller.maintains(row.id),
        decision: row.decision(),
        slug: row.slug,
        name: row.name,
        description: row.description,
        version: row.version,
        created_at: row.created_at,
    })
}

/// A project with its version: what reading and changing one answers.
type Whole = ([(HeaderName, String); 1], Json<Project>);

async fn whole(app: &App, caller: &Caller, slug: &str) -> Result<Whole> {
    let mut tx = app.db.read().await?;
    let row = store::project::find(&mut tx, slug).await?;
    Ok((etag(row.version), Json(load(&mut tx, caller, row).await?)))
}

/// Create a project
///
/// Any signed-in person may, and becomes its maintainer. The segment `everyone` is made with it.
#[utoipa::path(post, path = "/projects", tag = "projects", request_body = New,
    responses((status = 201, body = Project), (status = 409, body = Problem, description = "The slug is taken"), (status = 422, body = Problem)))]
async fn create(State(app): State<App>, caller: Caller, Json(new): Json<New>) -> Result<(StatusCode, Whole)> {
    let row = act::project::create(&app, &caller, new).await?;
    let mut tx = app.db.read().await?;
    let project = Project { mine: true, ..load(&mut tx, &caller, row).await? };
    Ok((StatusCode::CREATED, (etag(project.version), Json(project))))
}

/// One project
#[utoipa::path(get, path = "/projects/{project}", tag = "projects", params(("project" = String, Path, description = "Slug")),
    responses((status = 200, body = Project), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Result<([(HeaderName, String); 1], Json<Project>)> {
    whole(&app, &caller, &project).await
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

/// All projects
///
/// By slug.
#[utoipa::path(get, path = "/projects", tag = "projects", params(Window),
    responses((status = 200, body = Page<Summary>), (status = 422, body = Problem)))]
async fn list(State(app): State<App>, caller: Caller, Query(window): Query<Window>) -> Result<Json<Page<Summary>>> {
    let mut tx = app.db.read().await?;
    Ok(Json(store::project::page(&mut tx, &caller, &window).await?))
}

/// Change a project's name or description
///
/// For its maintainers. Needs `If-Match`.
#[utoipa::path(patch, path = "/projects/{project}", tag = "projects", request_body = Patch,
    params(("project" = String, Path, description = "Slug"), ("If-Match" = String, Header, description = "The ETag that was loaded")),
    responses((status = 200, body = Project), (status = 403, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn patch(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    IfMatch(version): IfMatch,
    Json(patch): Json<Patch>,
) -> Result<Whole> {
    act::project::change(&app, &caller, &project, Some(version), patch).await?;
    whole(&app, &caller, &project).await
}

/// Make or date a release
///
/// For the project's maintainers.
#[utoipa::path(put, path = "/projects/{project}/releases/{release}", tag = "projects", request_body = PutRelease,
    params(("project" = String, Path, description = "Slug"), ("release" = String, Path, description = "Name: 1 to 64 characters")),
    responses((status = 200, body = Release), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn put_release(
    State(app): State<App>,
    caller: Caller,
    Path((project, release)): Path<(String, String)>,
    Json(put): Json<PutRelease>,
) -> Result<Json<Release>> {
    let released_at = put.released_at;
    act::project::put_release(&app, &caller, &project, &release, put).await?;
    Ok(Json(Release { name: release, released_at }))
}

/// Set what makes the project hold that something is agreed
///
/// For its maintainers. `maintainers`: their word; `lazy`: nobody's unanswered objection for some days; `approvals`: so many maintainers
/// agree, and no objection is unanswered. What is decided stays so.
#[utoipa::path(put, path = "/projects/{project}/decision", tag = "projects", request_body = Decision,
    params(("project" = String, Path, description = "Slug")),
    responses((status = 200, body = Project), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put_decision(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Json(decision): Json<Decision>,
) -> Result<Whole> {
    act::consensus::put_rule(&app, &caller, &project, decision).await?;
    whole(&app, &caller, &project).await
}

/// Make a person a maintainer
///
/// For the project's maintainers.
#[utoipa::path(put, path = "/projects/{project}/maintainers/{user}", tag = "projects",
    params(("project" = String, Path, description = "Slug"), ("user" = String, Path, description = "Handle")),
    responses((status = 200, body = Project), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn add_maintainer(State(app): State<App>, caller: Caller, Path((project, user)): Path<(String, String)>) -> Result<Whole> {
    act::project::add_maintainer(&app, &caller, &project, &user).await?;
    whole(&app, &caller, &project).await
}

/// End a person's being a maintainer
///
/// For the project's maintainers. The last one stays.
#[utoipa::path(delete, path = "/projects/{project}/maintainers/{user}", tag = "projects",
    params(("project" = String, Path, description = "Slug"), ("user" = String, Path, description = "Handle")),
    responses((status = 200, body = Project), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn remove_maintainer(State(app): State<App>, caller: Caller, Path((project, user)): Path<(String, String)>) -> Result<Whole> {
    act::project::remove_maintainer(&app, &caller, &project, &user).await?;
    whole(&app, &caller, &project).await
}

/// Add a person to the security group
///
/// Who sees the project's private deltas; for its maintainers. While nobody is named, all maintainers are the group.
#[utoipa::path(put, path = "/projects/{project}/security/{user}", tag = "projects",
    params(("project" = String, Path, description = "Slug"), ("user" = String, Path, description = "Handle")),
    responses((status = 200, body = Project), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn add_security(State(app): State<App>, caller: Caller, Path((project, user)): Path<(String, String)>) -> Result<Whole> {
    act::project::add_security(&app, &caller, &project, &user).await?;
    whole(&app, &caller, &project).await
}

/// Take a person out of the security group
///
/// For the project's maintainers. When nobody is left, they are the group again.
#[utoipa::path(delete, path = "/projects/{project}/security/{user}", tag = "projects",
    params(("project" = String, Path, description = "Slug"), ("user" = String, Path, description = "Handle")),
    responses((status = 200, body = Project), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn remove_security(State(app): State<App>, caller: Caller, Path((project, user)): Path<(String, String)>) -> Result<Whole> {
    act::project::remove_security(&app, &caller, &project, &user).await?;
    whole(&app, &caller, &project).await
}
