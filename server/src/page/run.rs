//! Runs of CI: results in, receipts out.

use axum::{Router, extract::State, response::Response, routing::get};
use schema::{
    ci::{RunPage, RunsPage},
    list::{Page, Window},
    route,
};
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Path, Query},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::RUNS, get(list)).route(route::RUN, get(one))
}

async fn list(State(app): State<App>, caller: Caller, Path(project): Path<String>, Query(window): Query<Window>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let project = store::project::find(&mut tx, &project).await?;
    let (rows, next) = store::run::list(&mut tx, project.id, window.cursor.as_deref(), window.limit()).await?;
    let runs = Page { items: rows.into_iter().map(Into::into).collect(), next };
    let shell = page::shell(&mut tx, &caller, &format!("Runs of {}", project.name), &route::project(&project.slug), false).await?;
    let view = RunsPage { project: project.slug, now: app.clock.now(), runs };
    Ok(page::show(&app, shell, move || web::page::runs::runs(view)))
}

async fn one(State(app): State<App>, caller: Caller, Path(run): Path<Uuid>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let (run, receipt) = act::run::read(&mut tx, &caller, run).await?;
    let title = format!("Run {} of {}", run.run.external_id, run.project);
    let shell = page::shell(&mut tx, &caller, &title, &route::project(&run.project), false).await?;
    let committed = receipt.failures.iter().flat_map(|told| &told.deltas).flat_map(|delta| &delta.committed).map(|said| &said.org);
    let orgs = store::org::names(&mut tx, committed).await?;
    let view = RunPage { run, receipt, orgs, now: app.clock.now() };
    Ok(page::show(&app, shell, move || web::page::run::run(view)))
}
