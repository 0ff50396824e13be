//! Boards, their columns, and the placement of cards.

mod live;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use schema::{
    board::{Board, BoardChange, NewBoard},
    problem::Problem,
    route,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{IfMatch, Json, Path, etag},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(show, change)).routes(routes!(live::events))
}

/// Make a board.
///
/// Members and owners. Column slugs are made from their names.
#[utoipa::path(post, path = "/orgs/{org}/boards", tag = "boards", request_body = NewBoard,
    responses((status = 201, body = Board, headers(("ETag" = String))), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(State(app): State<App>, caller: Caller, Path(org): Path<String>, Json(new): Json<NewBoard>) -> Result<impl IntoResponse> {
    let board = act::board::create(&app, &caller, &org, &new).await?;
    let location = [(header::LOCATION, route::api::board(&org, &board.slug))];
    Ok((StatusCode::CREATED, location, etag(board.settings_version), Json(board)))
}

/// A board with its cards.
///
/// Cards are in the organisation's order; finished ones leave the board after 7 days. Seen by members, and by everybody where
/// the organisation is open. The ETag is that of the settings: it stays while cards move, each of which has its own.
#[utoipa::path(get, path = "/orgs/{org}/boards/{board}", tag = "boards",
    responses((status = 200, body = Board, headers(("ETag" = String))), (status = 404, body = Problem)))]
async fn show(State(app): State<App>, caller: Caller, Path((org, board)): Path<(String, String)>) -> Result<impl IntoResponse> {
    let mut tx = app.db.read().await?;
    let whole = act::board::find(&mut tx, &caller, &org, &board).await?;
    let board = act::board::view(&mut tx, &caller, whole, app.clock.now()).await?;
    Ok((etag(board.settings_version), Json(board)))
}

/// Change a board.
///
/// Members and owners. `columns` are all of them, from left to right: one with a `slug` is that column, one without is new, one
/// left out is removed, which only an empty one can be.
#[utoipa::path(patch, path = "/orgs/{org}/boards/{board}", tag = "boards", request_body = BoardChange,
    params(("If-Match" = String, Header, description = "the ETag this change was made on")),
    responses((status = 200, body = Board, headers(("ETag" = String))), (status = 409, body = Problem), (status = 412, body = Problem)))]
async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((org, board)): Path<(String, String)>,
    IfMatch(version): IfMatch,
    Json(change): Json<BoardChange>,
) -> Result<impl IntoResponse> {
    let board = act::board::change(&app, &caller, &org, &board, version, &change).await?;
    Ok((etag(board.settings_version), Json(board)))
}
