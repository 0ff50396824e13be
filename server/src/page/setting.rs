//! The instance's settings and its invitations.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    list::Window,
    route,
    setting::{AdminPage, MadeInvite, NewInvite, Settings, State as PersonState},
};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Form, Path, Query},
    page,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::ADMIN, get(admin))
        .route(route::ADMIN_REGISTRATION, post(registration))
        .route(route::ADMIN_INVITES, post(invite))
        .route(route::ADMIN_INVITE_WITHDRAW, post(withdraw))
        .route(route::ADMIN_PERSON, post(set_state))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Find {
    #[serde(default)]
    find: String,
    cursor: Option<String>,
}

async fn admin(State(app): State<App>, caller: Caller, Query(query): Query<Find>) -> Result<Response> {
    show(&app, &caller, query, None, None).await
}

async fn show(app: &App, caller: &Caller, query: Find, made: Option<MadeInvite>, refused: Option<Problem>) -> Result<Response> {
    let me = act::setting::administrator(caller)?.name.clone();
    let mut tx = app.db.read().await?;
    let Settings { registration } = act::setting::get(app, caller, &mut tx).await?;
    let invites = act::setting::invites(app, caller, &mut tx).await?;
    let window = Window { cursor: query.cursor, limit: None };
    let people = act::user::accounts(&mut tx, caller, &query.find, &window).await?;
    let shell = page::shell(&mut tx, caller, "This instance", route::ADMIN, false).await?;
    let view = AdminPage { me, registration, invites, made, people, find: query.find, refused, now: app.clock.now() };
    Ok(page::show(app, shell, || web::page::setting::admin(view)))
}

async fn registration(State(app): State<App>, caller: Caller, Form(settings): Form<Settings>) -> Result<Response> {
    act::setting::put(&app, &caller, &settings).await?;
    Ok(page::lead(route::ADMIN, "Saved."))
}

async fn invite(State(app): State<App>, caller: Caller, Form(new): Form<NewInvite>) -> Result<Response> {
    match act::setting::invite(&app, &caller, &new).await {
        Ok(made) => show(&app, &caller, Find::default(), Some(made), None).await,
        Err(error) if !caller.is_admin() => Err(error),
        Err(error) => page::again(error, async |problem| show(&app, &caller, Find::default(), None, Some(problem)).await).await,
    }
}

async fn withdraw(State(app): State<App>, caller: Caller, Path(invite): Path<Uuid>) -> Result<Response> {
    act::setting::withdraw(&app, &caller, invite).await?;
    Ok(page::lead(route::ADMIN, "The invitation is withdrawn."))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewState {
    state: PersonState,
}

async fn set_state(
    State(app): State<App>,
    caller: Caller,
    Path(person): Path<String>,
    Form(NewState { state }): Form<NewState>,
) -> Result<Response> {
    act::user::set_state(&app, &caller, &person, state).await?;
    let said = if state == PersonState::Suspended { "is suspended" } else { "may come in again" };
    Ok(page::lead(route::ADMIN, &format!("{person} {said}.")))
}
