//! Projects, with their components, releases and maintainers.

mod settings;

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    delta::Summary,
    list::Window,
    project::{New, ProjectPage, ProjectsPage},
    route,
    view::{Owner, Shelf},
};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    act, api,
    app::App,
    caller::Caller,
    error::{Kind, Problem, Result},
    extract::{Form, Path, Query},
    page,
    store::{self, db::Tx},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::PROJECTS, get(all).post(create))
        .route(route::PROJECT, get(one))
        .route(route::PROJECT_SETTINGS, get(settings::get).post(settings::about))
        .route(route::PROJECT_MAINTAINERS, post(settings::maintainers))
        .route(route::PROJECT_SECURITY, post(settings::security))
        .route(route::PROJECT_COMPONENTS, post(settings::components))
        .route(route::PROJECT_SEGMENTS, post(settings::segments))
        .route(route::PROJECT_RELEASES, post(settings::releases))
        .route(route::PROJECT_DECISION, post(settings::decision))
}

async fn all(State(app): State<App>, caller: Caller, Query(window): Query<Window>) -> Result<Response> {
    show(&app, &caller, window, New { slug: String::new(), name: String::new(), description: String::new() }, None).await
}

async fn show(app: &App, caller: &Caller, window: Window, filled: New, refused: Option<Problem>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let page = store::project::page(&mut tx, caller, &window).await?;
    let shell = page::shell(&mut tx, caller, "Projects", route::PROJECTS, false).await?;
    let view = ProjectsPage { page, signed_in: caller.user.is_some(), filled, refused };
    Ok(page::show(app, shell, || web::page::project::projects(view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    slug: String,
    name: String,
    #[serde(default)]
    description: String,
}

async fn create(State(app): State<App>, caller: Caller, Form(filled): Form<Filled>) -> Result<Response> {
    let new = New { slug: filled.slug.trim().to_owned(), name: filled.name, description: filled.description };
    match act::project::create(&app, &caller, new.clone()).await {
        Ok(project) => {
            Ok(page::lead(&route::project_settings(&project.slug), "The project is there. Say what it is made of and who uses it."))
        }
        Err(error) => page::again(error, async |problem| show(&app, &caller, Window::default(), new, Some(problem)).await).await,
    }
}

/// Deltas shown on a project's page.
const HARDEST: i64 = 10;

/// What an owner's default view shows this reader: its name, its query and the first deltas. None where there is none, or where it asks what
/// they may not ask.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn opened(
    tx: &mut Tx,
    caller: &Caller,
    shelf: Option<&Shelf>,
    window: &Window,
    now: OffsetDateTime,
) -> Result<Option<(String, String, Vec<Summary>)>> {
    let Some(view) = shelf.and_then(Shelf::default) else { return Ok(None) };
    let Ok(query) = store::list::read(Some(&view.query), None) else { return Ok(None) };
    match store::list::deltas(tx, caller, (None, &query), window, now).await {
        Ok(found) => Ok(Some((view.name.clone(), view.query.clone(), found.items))),
        Err(error) if error.kind() == Kind::Invalid => Ok(None),
        Err(error) => Err(error),
    }
}

async fn one(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let row = store::project::find(&mut tx, &project).await?;
    let mut shelves = store::view::around(&mut tx, &caller, Some(&row.slug)).await?;
    shelves.retain(|shelf| shelf.owner == Owner::Project(row.slug.clone()));
    let window = Window { cursor: None, limit: Some(HARDEST) };
    let (opened, asked, hardest) = match opened(&mut tx, &caller, shelves.first(), &window, now).await? {
        Some((name, asked, found)) => (Some(name), asked, found),
        None => {
            let query = store::list::read(Some(&format!("is:open project:{}", row.slug)), Some("impact"))?;
            (None, query.to_string(), store::list::deltas(&mut tx, &caller, (None, &query), &window, now).await?.items)
        }
    };
    let project = api::project::load(&mut tx, &caller, row).await?;
    let shell = page::shell(&mut tx, &caller, &project.name, &route::project(&project.slug), false).await?;
    let known = page::prose::known(&mut tx, &caller, [project.description.as_str()]).await?;
    let html = app.markdown.html(&project.description, &known).to_string();
    let view = ProjectPage { project, html, hardest, shelves, opened, asked, signed_in: caller.user.is_some(), now };
    Ok(page::show(&app, shell, || web::page::project::project(view)))
}
