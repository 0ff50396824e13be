//! Face 2: GET loads and renders; POST acts and redirects (303).

pub mod attachment;
pub mod board;
pub mod bulk;
pub mod comment;
pub mod delta;
pub mod failure;
pub mod feed;
pub mod fixed;
pub mod home;
pub mod impact;
pub mod import;
pub mod insight;
pub mod ledger;
pub mod lens;
pub mod list;
pub mod occurrence;
pub mod org;
pub mod outsider;
pub mod place;
pub mod priority;
pub mod problem;
pub mod project;
pub mod prose;
pub mod radar;
pub mod reference;
pub mod relation;
pub mod resolution;
pub mod run;
pub mod segment;
pub mod session;
pub mod setting;
pub mod signature;
pub mod task;
pub mod thread;
pub mod token;
pub mod triage;
pub mod user;
pub mod view;

use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use schema::nav::{Nav, NavUser};
use web::shell::{Notice, Shell};

use crate::{
    app::App,
    caller::Caller,
    error::{Error, Problem, Result},
    store,
    store::db::Tx,
};

/// Every page.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(attachment::routes())
        .merge(board::routes())
        .merge(bulk::routes())
        .merge(comment::routes())
        .merge(delta::routes())
        .merge(failure::routes())
        .merge(feed::routes())
        .merge(fixed::routes())
        .merge(home::routes())
        .merge(impact::routes())
        .merge(import::routes())
        .merge(insight::routes())
        .merge(ledger::routes())
        .merge(priority::routes())
        .merge(lens::routes())
        .merge(list::routes())
        .merge(occurrence::routes())
        .merge(org::routes())
        .merge(outsider::routes())
        .merge(place::routes())
        .merge(project::routes())
        .merge(prose::routes())
        .merge(radar::routes())
        .merge(reference::routes())
        .merge(relation::routes())
        .merge(resolution::routes())
        .merge(run::routes())
        .merge(segment::routes())
        .merge(session::routes())
        .merge(setting::routes())
        .merge(signature::routes())
        .merge(task::routes())
        .merge(thread::routes())
        .merge(token::routes())
        .merge(triage::routes())
        .merge(user::routes())
        .merge(view::routes())
}

/// The document around a page: its title, the caller's navigation, and what the act before had to say. `current` is the
/// page's path; `island` whether the page has one.
///
/// # Errors
/// When the database does not answer.
pub async fn shell(tx: &mut Tx, caller: &Caller, title: &str, current: &str, island: bool) -> Result<Shell> {
    let notice = caller.said.as_ref().map(|text| Notice { kind: web::part::Tone::Good, text: text.clone(), undo: None });
    Ok(Shell { title: title.to_owned(), nav: nav(tx, caller).await?, current: current.to_owned(), island, notice, ..Shell::default() })
}

/// What the navigation shows this caller.
async fn nav(tx: &mut Tx, caller: &Caller) -> Result<Nav> {
    let user = caller.user.as_ref();
    let around = store::nav::around(tx, caller).await?;
    Ok(Nav {
        user: user.map(|user| NavUser { name: user.name.clone(), display_name: user.display_name.clone(), is_admin: user.is_admin }),
        orgs: around.orgs,
        projects: around.projects,
        registration_open: user.is_none() && around.registration.map_or(caller.registration_open, |word| word == "open"),
    })
}

/// Leads on after an act (303), with a sentence that the next page shows (none where it is empty).
pub fn lead(to: &str, said: &str) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response();
    if said.is_empty() {
        return response;
    }
    let cookie = format!("said={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=30", crate::caller::percent(said));
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// A page as an answer. Takes the sentence of the act before from the browser, once it is shown.
pub fn show<V: crate::render::IntoView + 'static>(app: &App, shell: Shell, body: impl FnOnce() -> V) -> Response {
    let told = shell.notice.is_some();
    let mut response = crate::render::page(app, shell, body);
    if told {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static("said=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
    }
    response
}

/// A form's page once more, after `error` refused what was filled in: with the refusal's status, and its `Retry-After`.
/// What broke on our side is not for a form: it is given back, to be shown as a problem.
///
/// # Errors
/// `error` itself, where its status is 500 or above.
pub async fn again(error: Error, form: impl AsyncFnOnce(Problem) -> Result<Response>) -> Result<Response> {
    let problem = error.problem();
    if problem.status >= 500 {
        return Err(error);
    }
    let mut page = form(problem).await?;
    let refusal = error.into_response();
    *page.status_mut() = refusal.status();
    if let Some(wait) = refusal.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    Ok(page)
}
