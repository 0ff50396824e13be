//! Threads: comments on passages of a delta's text.

use axum::{extract::State, http::StatusCode};
use schema::{
    id::DeltaKey,
    thread::{NewReply, NewThread, Thread},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Json, Path},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(reply)).routes(routes!(settle, open))
}

/// The comments on passages of a delta's text
///
/// All of them, at most 500, oldest first, with the newest 500 replies. They are on the timeline too, with their quotes.
#[utoipa::path(get, path = "/deltas/{delta}/threads", tag = "deltas", params(("delta" = DeltaKey, Path)),
    responses((status = 200, body = Vec<Thread>), (status = 404, body = Problem)))]
async fn list(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Json<Vec<Thread>>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    Ok(Json(store::thread::all(&mut tx, row.id).await?.into_iter().map(|(_, thread)| thread).collect()))
}

/// One thread, for an answer.
async fn whole(app: &App, caller: &Caller, key: DeltaKey, id: Uuid) -> Result<Json<Thread>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    store::thread::one(&mut tx, row.id, id).await.map(Json)
}

/// Comment on a passage
///
/// The quote is looked for in the text as it is read, without markup. It is found again in later revisions where it stands unchanged or a
/// little changed; else the thread is outdated from then on.
#[utoipa::path(post, path = "/deltas/{delta}/threads", tag = "deltas", request_body = NewThread, params(("delta" = DeltaKey, Path)),
    responses((status = 201, body = Thread), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Json(new): Json<NewThread>,
) -> Result<(StatusCode, Json<Thread>)> {
    let id = act::thread::add(&app, &caller, delta, new).await?;
    Ok((StatusCode::CREATED, whole(&app, &caller, delta, id).await?))
}

/// Reply in a thread
#[utoipa::path(post, path = "/deltas/{delta}/threads/{thread}/replies", tag = "deltas", request_body = NewReply,
    params(("delta" = DeltaKey, Path), ("thread" = Uuid, Path)),
    responses((status = 201, body = Thread), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn reply(
    State(app): State<App>,
    caller: Caller,
    Path((delta, thread)): Path<(DeltaKey, Uuid)>,
    Json(new): Json<NewReply>,
) -> Result<(StatusCode, Json<Thread>)> {
    act::thread::reply(&app, &caller, delta, thread, new).await?;
    Ok((StatusCode::CREATED, whole(&app, &caller, delta, thread).await?))
}

/// Settle a thread
///
/// It needs no more attention. For who began it, the delta's reporter and the maintainers of its projects.
#[utoipa::path(put, path = "/deltas/{delta}/threads/{thread}/settled", tag = "deltas",
    params(("delta" = DeltaKey, Path), ("thread" = Uuid, Path)),
    responses((status = 200, body = Thread), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn settle(State(app): State<App>, caller: Caller, Path((delta, thread)): Path<(DeltaKey, Uuid)>) -> Result<Json<Thread>> {
    act::thread::settle(&app, &caller, delta, thread, true).await?;
    whole(&app, &caller, delta, thread).await
}

/// Open a settled thread again
///
/// For those who may settle it.
#[utoipa::path(delete, path = "/deltas/{delta}/threads/{thread}/settled", tag = "deltas",
    params(("delta" = DeltaKey, Path), ("thread" = Uuid, Path)),
    responses((status = 200, body = Thread), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn open(State(app): State<App>, caller: Caller, Path((delta, thread)): Path<(DeltaKey, Uuid)>) -> Result<Json<Thread>> {
    act::thread::settle(&app, &caller, delta, thread, false).await?;
    whole(&app, &caller, delta, thread).await
}
