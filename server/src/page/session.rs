//! Sessions: signing in and out, listing and ending them.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    response::Response,
    routing::{get, post},
};
use schema::{
    route,
    session::{SessionsPage, SignInPage},
};
use serde::Deserialize;
use tower_sessions::Session;
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::{Caller, SESSION_AGENT, SESSION_SEEN, SESSION_USER},
    error::{Problem, Result},
    extract::{Form, Peer, Query},
    page, session,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::SIGN_IN, get(form).post(sign_in))
        .route(route::SIGN_OUT, post(sign_out))
        .route(route::SETTINGS_SESSIONS, get(list).post(end))
}

/// Signs a person in with this browser: a session of a new id, so that one planted before is worth nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(app: &App, session: &Session, headers: &HeaderMap, user: Uuid) -> Result<()> {
    session.cycle_id().await?;
    session.insert(SESSION_USER, user).await?;
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    session.insert(SESSION_AGENT, agent.chars().take(300).collect::<String>()).await?;
    session.insert(SESSION_SEEN, app.clock.now().unix_timestamp()).await?;
    Ok(())
}

/// The key of the session that asks; empty where there is none.
pub fn this(session: &Session) -> Vec<u8> {
    session.id().map(session::key).unwrap_or_default()
}

/// Where to go on to: a path of this server, else the first page. `//host` and `/\host` are other servers to browsers.
pub fn next(path: &str) -> &str {
    let rest = path.strip_prefix('/');
    let here = rest.is_some_and(|rest| !rest.starts_with(['/', '\\'])) && !path.contains(|c: char| c.is_control() || c == '\\');
    if here && path.len() <= 2000 { path } else { route::HOME }
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn form(State(app): State<App>, caller: Caller, Query(query): Query<Next>) -> Result<Response> {
    if caller.user.is_some() {
        return Ok(page::lead(next(&query.next), ""));
    }
    show(&app, &caller, SignInPage { next: query.next, ..SignInPage::default() }).await
}

/// The form to sign in with.
///
/// # Errors
/// When the database does not answer.
pub async fn show(app: &App, caller: &Caller, mut view: SignInPage) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let shell = page::shell(&mut tx, caller, "Sign in", route::SIGN_IN, false).await?;
    view.registration_open = shell.nav.registration_open;
    view.next = Some(next(&view.next)).filter(|path| *path != route::HOME).unwrap_or_default().to_owned();
    Ok(page::show(app, shell, || web::page::session::sign_in(view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    State(app): State<App>,
    caller: Caller,
    session: Session,
    Peer(from): Peer,
    headers: HeaderMap,
    Form(filled): Form<SignIn>,
) -> Result<Response> {
    match act::session::sign_in(&app, from, &filled.login, &filled.password).await {
        Ok(user) => {
            begin(&app, &session, &headers, user).await?;
            Ok(page::lead(next(&filled.next), ""))
        }
        Err(error) => {
            let again = async |problem: Problem| {
                show(&app, &caller, SignInPage { login: filled.login, next: filled.next, refused: Some(problem), ..SignInPage::default() })
                    .await
            };
            page::again(error, again).await
        }
    }
}

async fn sign_out(session: Session) -> Result<Response> {
    session.flush().await?;
    Ok(page::lead(route::HOME, "You are signed out."))
}

async fn list(State(app): State<App>, caller: Caller, session: Session) -> Result<Response> {
    let sessions = act::session::list(&app, &caller, &this(&session)).await?;
    let view = SessionsPage { sessions, now: app.clock.now() };
    let mut tx = app.db.read().await?;
    let shell = page::shell(&mut tx, &caller, "Where you are signed in", &route::settings(), false).await?;
    Ok(page::show(&app, shell, || web::page::session::sessions(view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    /// A session's key, or `others`.
    key: String,
}

async fn end(State(app): State<App>, caller: Caller, session: Session, Form(End { key }): Form<End>) -> Result<Response> {
    if key == "others" {
        let ended = act::session::end_others(&app, &caller, &this(&session)).await?;
        let said = if ended == 1 { "One session ended.".to_owned() } else { format!("{ended} sessions ended.") };
        return Ok(page::lead(route::SETTINGS_SESSIONS, &said));
    }
    act::session::end(&app, &caller, &key).await?;
    Ok(page::lead(route::SETTINGS_SESSIONS, "The session ended."))
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn only_paths_of_this_server_are_gone_on_to() {
        for good in ["/", "/deltas/new", "/deltas?q=is%3Aopen"] {
            assert_eq!(next(good), good);
        }
        for bad in ["", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "/a\r\nx", "/a\\b", "deltas"] {
            assert_eq!(next(bad), "/", "{bad}");
        }
    }
}
