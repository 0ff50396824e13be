//! Orphan radar, of all projects and of one.

use axum::{Router, extract::State, response::Response, routing::get};
use schema::{
    radar::{Asked, RadarPage},
    route,
};

use crate::{
    api::radar::threshold,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Path, Query},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::RADAR, get(all)).route(route::PROJECT_RADAR, get(of_project))
}

async fn all(State(app): State<App>, caller: Caller, Query(asked): Query<Asked>) -> Result<Response> {
    let impact = threshold(asked)?;
    let mut tx = app.db.read().await?;
    let radar = store::radar::radar(&mut tx, &caller, None, impact).await?;
    let shell = page::shell(&mut tx, &caller, "Orphan radar", route::RADAR, false).await?;
    let view = RadarPage { radar, project: None, now: app.clock.now() };
    Ok(page::show(&app, shell, || web::page::radar::radar(view)))
}

async fn of_project(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let impact = threshold(asked)?;
    let mut tx = app.db.read().await?;
    let project = store::project::find(&mut tx, &slug).await?;
    let radar = store::radar::radar(&mut tx, &caller, Some(project.id), impact).await?;
    let shell = page::shell(&mut tx, &caller, &format!("Orphan radar of {}", project.name), &route::project(&project.slug), false).await?;
    let view = RadarPage { radar, project: Some((project.slug, project.name)), now: app.clock.now() };
    Ok(page::show(&app, shell, || web::page::radar::radar(view)))
}
