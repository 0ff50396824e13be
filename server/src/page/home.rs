//! The first page, and the help.

use axum::{Router, extract::State, response::Response, routing::get};
use schema::{
    home::{HelpPage, HomePage},
    query, route,
};

use crate::{app::App, caller::Caller, error::Result, page, store};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::HOME, get(home)).route(route::HELP, get(help)).route(route::HELP_PROBLEMS, get(problems))
}

async fn home(State(app): State<App>, caller: Caller) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let shell = page::shell(&mut tx, &caller, "", route::HOME, false).await?;
    let mut view = HomePage {
        person: caller.user.as_ref().map(|user| user.display_name.clone()),
        registration_open: shell.nav.registration_open,
        projects: shell.nav.projects.iter().map(|project| (project.slug.clone(), project.name.clone())).collect(),
        ..HomePage::default()
    };
    for org in &shell.nav.orgs {
        view.inboxes.push((org.slug.clone(), org.name.clone(), org.inbox));
        let board = |board: &schema::nav::NavBoard| (org.slug.clone(), org.name.clone(), board.slug.clone(), board.name.clone());
        view.boards.extend(org.boards.iter().map(board));
    }
    if let Some(user) = caller.user_id() {
        (view.filed, view.affecting) = store::home::counts(&mut tx, &caller, user).await?;
        view.has_project = !view.projects.is_empty() || store::home::has_project(&mut tx).await?;
    }
    Ok(page::show(&app, shell, || web::page::home::home(view)))
}

async fn help(State(app): State<App>, caller: Caller) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let shell = page::shell(&mut tx, &caller, "Help", route::HELP, false).await?;
    let languages = vec![
        ("Deltas: lists, watch rules", query::help(&query::DELTAS)),
        ("Tasks: lists, boards, views", query::help(&query::TASKS)),
        ("Failures: signatures", query::help(&query::SIGNATURES)),
    ];
    Ok(page::show(&app, shell, || web::page::help::help(HelpPage { languages })))
}

async fn problems(State(app): State<App>, caller: Caller) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let shell = page::shell(&mut tx, &caller, "What problems mean", route::HELP, false).await?;
    Ok(page::show(&app, shell, web::page::help::problems))
}
