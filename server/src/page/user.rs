//! People: accounts, profiles, registration, the first start.

use axum::{
    Router,
    extract::State,
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use schema::{
    route,
    user::{AccountPage, MyChange, Register, SettingsPage},
};
use serde::Deserialize;
use tower_sessions::Session;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Problem, Result},
    extract::{Form, Path, Peer, Query},
    page,
    page::session::{begin, this},
    store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::START, get(start_form).post(start))
        .route(route::REGISTER, get(register_form).post(register))
        .route(route::SETTINGS, get(settings).post(change))
        .route(route::SETTINGS_PASSWORD, post(change_password))
        .route(route::PERSON, get(person))
}

#[derive(Deserialize)]
struct Secret {
    #[serde(default)]
    secret: String,
    #[serde(default)]
    invite: String,
}

/// An account's form, as a browser sends it: of the first start with `secret`, of a registration with `invite` or nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    name: String,
    display_name: String,
    email: String,
    password: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    invite: String,
}

impl Filled {
    fn account(&self) -> Register {
        Register {
            name: self.name.clone(),
            display_name: self.display_name.clone(),
            email: self.email.clone(),
            password: self.password.clone(),
            invite: Some(self.invite.clone()),
        }
    }

    fn page(self, first: bool, refused: Problem) -> AccountPage {
        let secret = if first { self.secret } else { self.invite };
        AccountPage { first, secret, name: self.name, display_name: self.display_name, email: self.email, refused: Some(refused) }
    }
}

async fn show_account(app: &App, caller: &Caller, view: AccountPage) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let (title, at) = if view.first { ("Welcome", route::START) } else { ("Create an account", route::REGISTER) };
    let shell = page::shell(&mut tx, caller, title, at, false).await?;
    Ok(page::show(app, shell, || web::page::user::account(view)))
}

async fn start_form(State(app): State<App>, caller: Caller, Query(query): Query<Secret>) -> Result<Response> {
    act::user::may_start(&mut app.db.read().await?, &query.secret).await?;
    show_account(&app, &caller, AccountPage { first: true, secret: query.secret, ..AccountPage::default() }).await
}

async fn start(
    State(app): State<App>,
    caller: Caller,
    session: Session,
    headers: HeaderMap,
    Form(filled): Form<Filled>,
) -> Result<Response> {
    match act::user::start(&app, &filled.secret, filled.account()).await {
        Ok(user) => {
            begin(&app, &session, &headers, user).await?;
            Ok(page::lead(route::HOME, "Your account is there, and you are signed in."))
        }
        Err(error) if error.kind() == crate::error::Kind::NotFound => Err(error),
        Err(error) => page::again(error, async |problem| show_account(&app, &caller, filled.page(true, problem)).await).await,
    }
}

async fn register_form(State(app): State<App>, caller: Caller, Query(query): Query<Secret>) -> Result<Response> {
    if caller.user.is_some() {
        return Ok(page::lead(route::HOME, ""));
    }
    act::user::may_register(&app, &query.invite).await?;
    show_account(&app, &caller, AccountPage { secret: query.invite, ..AccountPage::default() }).await
}

async fn register(
    State(app): State<App>,
    caller: Caller,
    session: Session,
    Peer(from): Peer,
    headers: HeaderMap,
    Form(filled): Form<Filled>,
) -> Result<Response> {
    match act::user::register(&app, from, filled.account()).await {
        Ok(user) => {
            begin(&app, &session, &headers, user).await?;
            Ok(page::lead(route::HOME, "Your account is there, and you are signed in."))
        }
        Err(error) => page::again(error, async |problem| show_account(&app, &caller, filled.page(false, problem)).await).await,
    }
}

async fn settings(State(app): State<App>, caller: Caller) -> Result<Response> {
    show_settings(&app, &caller, |_| {}).await
}

/// The settings as they are kept, with what a refused form changes in them.
async fn show_settings(app: &App, caller: &Caller, filled: impl FnOnce(&mut SettingsPage)) -> Result<Response> {
    let id = caller.in_person()?.id;
    let mut tx = app.db.read().await?;
    let row = store::user::get(&mut tx, id).await?.ok_or_else(Error::unauthenticated)?;
    let mut view = SettingsPage {
        name: row.name,
        display_name: row.display_name,
        email: row.email.unwrap_or_default(),
        version: row.version,
        has_password: row.password_hash.is_some(),
        refused: None,
        password_refused: None,
    };
    filled(&mut view);
    let shell = page::shell(&mut tx, caller, "Settings", route::SETTINGS, false).await?;
    Ok(page::show(app, shell, || web::page::user::settings(view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    version: i64,
    display_name: String,
    email: String,
}

async fn change(State(app): State<App>, caller: Caller, Form(filled): Form<Change>) -> Result<Response> {
    let change = MyChange { display_name: Some(filled.display_name.clone()), email: Some(filled.email.clone()) };
    match act::user::change(&app, &caller, filled.version, change).await {
        Ok(()) => Ok(page::lead(route::SETTINGS, "Your profile is saved.")),
        Err(error) if caller.user.is_none() => Err(error),
        Err(error) => {
            let again = async |problem| {
                show_settings(&app, &caller, |view| {
                    (view.display_name, view.email, view.refused) = (filled.display_name, filled.email, Some(problem));
                })
                .await
            };
            page::again(error, again).await
        }
    }
}

#[derive(Deserialize)]
struct Passwords {
    old: String,
    new: String,
}

async fn change_password(State(app): State<App>, caller: Caller, session: Session, Form(filled): Form<Passwords>) -> Result<Response> {
    match act::user::change_password(&app, &caller, &this(&session), &filled.old, &filled.new).await {
        Ok(()) => {
            session.cycle_id().await?;
            Ok(page::lead(route::SETTINGS, "Your password is changed. You are signed out everywhere else."))
        }
        Err(error) if caller.user.is_none() => Err(error),
        Err(error) => {
            let again = async |problem| show_settings(&app, &caller, |view| view.password_refused = Some(problem)).await;
            page::again(error, again).await
        }
    }
}

async fn person(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let profile = act::user::profile(&mut tx, &name).await?;
    let shell = page::shell(&mut tx, &caller, &profile.display_name, &route::person(&name), false).await?;
    let now = app.clock.now();
    Ok(page::show(&app, shell, move || web::page::user::person(profile, now)))
}
