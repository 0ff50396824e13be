//! API tokens of people and of projects' CI.

use axum::{Extension, extract::State, http::StatusCode, response::IntoResponse};
use schema::{
    problem::Problem,
    token::{Made, NewCiToken, NewToken, Token},
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
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
        .routes(routes!(list_ci, create_ci))
        .routes(routes!(revoke_ci))
}

/// Makes a token of one's own. Its secret is in this reply and never again. Only signed in: a token cannot make tokens.
#[utoipa::path(post, path = "/me/tokens", tag = "tokens", request_body = NewToken, security(("session" = [])),
    responses((status = 201, body = Made), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn create(State(app): State<App>, caller: Caller, Json(new): Json<NewToken>) -> Result<impl IntoResponse> {
    let made = act::token::create(&app, &caller, &new).await?;
    Ok((StatusCode::CREATED, Extension(Secret), Json(made)))
}

/// One's own tokens, newest first, without their secrets.
#[utoipa::path(get, path = "/me/tokens", tag = "tokens", responses((status = 200, body = Vec<Token>), (status = 401, body = Problem)))]
async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Token>>> {
    act::token::list(&app, &caller).await.map(Json)
}

/// Revokes one of one's own tokens: it is not accepted from now on.
#[utoipa::path(delete, path = "/me/tokens/{token}", tag = "tokens", params(("token" = Uuid, Path, description = "Its id")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn revoke(State(app): State<App>, caller: Caller, Path(token): Path<Uuid>) -> Result<StatusCode> {
    act::token::revoke(&app, &caller, token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a token for a project's CI. Its secret is in this reply and never again. Maintainers only, signed in: not with a token.
#[utoipa::path(post, path = "/projects/{project}/tokens", tag = "tokens", request_body = NewCiToken,
    params(("project" = String, Path, description = "Slug")),
    responses((status = 201, body = Made), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create_ci(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Json(new): Json<NewCiToken>,
) -> Result<impl IntoResponse> {
    let made = act::token::create_ci(&app, &caller, &project, &new).await?;
    Ok((StatusCode::CREATED, Extension(Secret), Json(made)))
}

/// A project's CI tokens, newest first, without their secrets. Maintainers only.
#[utoipa::path(get, path = "/projects/{project}/tokens", tag = "tokens", params(("project" = String, Path, description = "Slug")),
    responses((status = 200, body = Vec<Token>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn list_ci(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Result<Json<Vec<Token>>> {
    act::token::list_ci(&app, &caller, &project).await.map(|(_, tokens)| Json(tokens))
}

/// Revokes a project's CI token. Maintainers only.
#[utoipa::path(delete, path = "/projects/{project}/tokens/{token}", tag = "tokens",
    params(("project" = String, Path, description = "Slug"), ("token" = Uuid, Path, description = "Its id")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn revoke_ci(State(app): State<App>, caller: Caller, Path((project, token)): Path<(String, Uuid)>) -> Result<StatusCode> {
    act::token::revoke_ci(&app, &caller, &project, token).await?;
    Ok(StatusCode::NO_CONTENT)
}
