//! The first page, and the help.

use axum::{Router, extract::State, response::Response, routing::get};
use schema::{
    home::{Board, HelpPage, HomePage},
    query, route,
};

use crate::{app::App, caller::Caller, error::Result, page, store};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::HOME, get(home)).route(route::HELP, get(help)).route(route::HELP_PROBLEMS, get(problems))
}

/// Lines of a list on the first page.
const LINES: u64 = 6;

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
        view.boards.extend(org.boards.iter().map(|board| Board {
            org: org.slug.clone(),
            org_name: org.name.clone(),
            slug: board.slug.clone(),
            name: board.name.clone(),
            tasks: board.tasks,
        }));
    }
    if let Some(user) = caller.user_id() {
        (view.filed, view.affecting) = store::home::counts(&mut tx, &caller, user).await?;
        view.questions = store::fixed::questions(&mut tx, &caller, user).await?;
        view.claims = store::outsider::claims(&mut tx, &caller, user).await?;
        let waits = |slug: &str| view.inboxes.iter().any(|(org, _, waiting)| org == slug && *waiting > 0);
        let inboxes: Vec<_> = caller.orgs.iter().filter(|org| waits(&org.slug)).map(|org| (org.org, org.slug.as_str())).collect();
        view.waiting = store::inbox::first(&mut tx, &caller, &inboxes, LINES, app.clock.now()).await?;
        if !caller.orgs.is_empty() {
            view.tasks = store::home::tasks(&mut tx, &caller, user, LINES).await?;
        }
        view.has_project = !view.projects.is_empty() || store::home::has_project(&mut tx).await?;
    } else {
        view.fresh = !store::user::has_admin(&mut tx).await?;
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
