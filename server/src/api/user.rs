//! People: accounts, profiles, registration, the first start.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use schema::{
    list::{Page, Window},
    problem::Problem,
    setting::{Account, State as PersonState},
    user::{Me, MyChange, Person, Profile, Register},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{IfMatch, Json, Path, Peer, Query, etag},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, register)).routes(routes!(get)).routes(routes!(suspend, restore)).routes(routes!(me, change))
}

/// Makes an account, where the instance lets this person: anybody, or with an invitation. To get a token for it, sign in on
/// the pages.
#[utoipa::path(post, path = "/users", tag = "people", request_body = Register, security(()),
    responses((status = 201, body = Person), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
async fn register(State(app): State<App>, Peer(from): Peer, Json(account): Json<Register>) -> Result<impl IntoResponse> {
    let person = Person { name: account.name.trim().to_lowercase(), display_name: account.display_name.trim().to_owned() };
    act::user::register(&app, from, account).await?;
    Ok((StatusCode::CREATED, Json(person)))
}

/// Everybody, by name. Administrators only.
#[utoipa::path(get, path = "/users", tag = "people", params(Window),
    responses((status = 200, body = Page<Account>), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list(State(app): State<App>, caller: Caller, Query(window): Query<Window>) -> Result<Json<Page<Account>>> {
    let mut tx = app.db.read().await?;
    act::user::accounts(&mut tx, &caller, "", &window).await.map(Json)
}

/// A person, as anybody may see them.
#[utoipa::path(get, path = "/users/{user}", tag = "people", params(("user" = String, Path, description = "Handle")),
    responses((status = 200, body = Profile), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, Path(user): Path<String>) -> Result<Json<Profile>> {
    act::user::profile(&mut app.db.read().await?, &user).await.map(Json)
}

/// Keeps a person out: their sessions end and their tokens are not accepted; what they wrote stays. Administrators only, and
/// never themselves.
#[utoipa::path(put, path = "/users/{user}/suspension", tag = "people", params(("user" = String, Path, description = "Handle")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn suspend(State(app): State<App>, caller: Caller, Path(user): Path<String>) -> Result<StatusCode> {
    act::user::set_state(&app, &caller, &user, PersonState::Suspended).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a person in again. Administrators only.
#[utoipa::path(delete, path = "/users/{user}/suspension", tag = "people", params(("user" = String, Path, description = "Handle")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn restore(State(app): State<App>, caller: Caller, Path(user): Path<String>) -> Result<StatusCode> {
    act::user::set_state(&app, &caller, &user, PersonState::Active).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who am I: the person, their organisations and roles, the projects they maintain, what this token may do.
#[utoipa::path(get, path = "/me", tag = "people", responses((status = 200, body = Me), (status = 401, body = Problem)))]
async fn me(State(app): State<App>, caller: Caller) -> Result<impl IntoResponse> {
    let (me, version) = act::user::me(&app, &caller).await?;
    Ok((etag(version), Json(me)))
}

/// Changes how one is shown. The e-mail address only signed in, not with a token.
#[utoipa::path(patch, path = "/me", tag = "people", request_body = MyChange,
    params(("If-Match" = String, Header, description = "The ETag that was loaded")),
    responses((status = 200, body = Me), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn change(
    State(app): State<App>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Json(body): Json<MyChange>,
) -> Result<impl IntoResponse> {
    act::user::change(&app, &caller, version, body).await?;
    let (me, version) = act::user::me(&app, &caller).await?;
    Ok((etag(version), Json(me)))
}
