//! Comments on deltas, and their timelines.

use axum::{extract::State, http::StatusCode};
use schema::{
    id::DeltaKey,
    list::{Page, Window},
    timeline::{Comment, Entry, PutComment},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Json, Path, Query},
    store::{self, timeline::Way},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(edit)).routes(routes!(timeline))
}

/// Write a comment
///
/// Any signed-in person who sees the delta may.
#[utoipa::path(post, path = "/deltas/{delta}/comments", tag = "deltas", request_body = PutComment, params(("delta" = DeltaKey, Path)),
    responses((status = 201, body = Comment), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Json(put): Json<PutComment>,
) -> Result<(StatusCode, Json<Comment>)> {
    let comment = act::comment::add(&app, &caller, delta, put).await?;
    Ok((StatusCode::CREATED, Json(comment.said())))
}

/// Change one's own comment
#[utoipa::path(patch, path = "/deltas/{delta}/comments/{comment}", tag = "deltas", request_body = PutComment,
    params(("delta" = DeltaKey, Path), ("comment" = Uuid, Path)),
    responses((status = 200, body = Comment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn edit(
    State(app): State<App>,
    caller: Caller,
    Path((delta, comment)): Path<(DeltaKey, Uuid)>,
    Json(put): Json<PutComment>,
) -> Result<Json<Comment>> {
    Ok(Json(act::comment::edit(&app, &caller, delta, comment, put).await?.said()))
}

/// What was said of a delta, and what happened to it
///
/// Oldest first. Events of an organisation's own work are there for those who see that work; single votes are not told.
#[utoipa::path(get, path = "/deltas/{delta}/timeline", tag = "deltas", params(("delta" = DeltaKey, Path), Window),
    responses((status = 200, body = Page<Entry>), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn timeline(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Query(window): Query<Window>,
) -> Result<Json<Page<Entry>>> {
    let from = store::timeline::cursor(window.cursor.as_deref())?;
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    Ok(Json(store::timeline::page(&mut tx, &caller, row.id, Way::After(from), window.limit()).await?))
}
