//! The instance's settings and its invitations.

use axum::{Extension, extract::State, http::StatusCode, response::IntoResponse};
use schema::{
    problem::Problem,
    setting::{Invite, MadeInvite, NewInvite, Settings},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Json, Path},
    idempotency::Secret,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, put)).routes(routes!(invites, invite)).routes(routes!(withdraw))
}

/// The instance's settings. Administrators only.
#[utoipa::path(get, path = "/settings", tag = "instance",
    responses((status = 200, body = Settings), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn get(State(app): State<App>, caller: Caller) -> Result<Json<Settings>> {
    let mut tx = app.db.read().await?;
    act::setting::get(&app, &caller, &mut tx).await.map(Json)
}

/// Sets the instance's settings. Administrators only.
#[utoipa::path(put, path = "/settings", tag = "instance", request_body = Settings,
    responses((status = 200, body = Settings), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn put(State(app): State<App>, caller: Caller, Json(settings): Json<Settings>) -> Result<Json<Settings>> {
    act::setting::put(&app, &caller, &settings).await?;
    Ok(Json(settings))
}

/// Invites somebody: a link, in this reply and never again, that makes one account within 7 days. Administrators only.
#[utoipa::path(post, path = "/invites", tag = "instance", request_body = NewInvite,
    responses((status = 201, body = MadeInvite), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn invite(State(app): State<App>, caller: Caller, Json(new): Json<NewInvite>) -> Result<impl IntoResponse> {
    let made = act::setting::invite(&app, &caller, &new).await?;
    Ok((StatusCode::CREATED, Extension(Secret), Json(made)))
}

/// Invitations that still work, newest first. Administrators only.
#[utoipa::path(get, path = "/invites", tag = "instance",
    responses((status = 200, body = Vec<Invite>), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn invites(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Invite>>> {
    let mut tx = app.db.read().await?;
    act::setting::invites(&app, &caller, &mut tx).await.map(Json)
}

/// Withdraws an invitation that was not used. Administrators only.
#[utoipa::path(delete, path = "/invites/{invite}", tag = "instance", params(("invite" = Uuid, Path, description = "Its id")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn withdraw(State(app): State<App>, caller: Caller, Path(invite): Path<Uuid>) -> Result<StatusCode> {
    act::setting::withdraw(&app, &caller, invite).await?;
    Ok(StatusCode::NO_CONTENT)
}
