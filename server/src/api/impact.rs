//! Votes and what they say.

use axum::extract::State;
use schema::{
    id::DeltaKey,
    impact::{Confirm, Impact, Mine, Vote},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Json, Path},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(mine, vote, withdraw)).routes(routes!(confirm)).routes(routes!(impact))
}

/// State how hard a delta hits you.
///
/// Takes the place of what you said before. You count from then on as a user of each project the delta is in.
#[utoipa::path(
    put, path = "/deltas/{delta}/vote", tag = "impact", params(("delta" = String, Path, description = "Such as D-1042")),
    request_body = Vote,
    responses((status = 200, body = Impact), (status = 401), (status = 404), (status = 422))
)]
async fn vote(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Json(vote): Json<Vote>) -> Result<Json<Impact>> {
    act::impact::vote(&app, &caller, delta, vote.severity, &vote.note).await.map(Json)
}

/// Take your vote back.
///
/// Nothing happens where there is none.
#[utoipa::path(
    delete, path = "/deltas/{delta}/vote", tag = "impact", params(("delta" = String, Path, description = "Such as D-1042")),
    responses((status = 200, body = Impact), (status = 401), (status = 404))
)]
async fn withdraw(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Json<Impact>> {
    act::impact::withdraw(&app, &caller, delta).await.map(Json)
}

/// Still affects me on a release
///
/// For who said that it affects them: the same vote, said again for a release that is out. It counts in the segments you are in now.
#[utoipa::path(
    post, path = "/deltas/{delta}/vote/confirm", tag = "impact", params(("delta" = String, Path, description = "Such as D-1042")),
    request_body = Confirm,
    responses((status = 200, body = Impact), (status = 401), (status = 404), (status = 409), (status = 422))
)]
async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Json(confirm): Json<Confirm>,
) -> Result<Json<Impact>> {
    act::impact::confirm(&app, &caller, delta, &confirm).await.map(Json)
}

/// Your vote and how it came to be
///
/// What you stated: voted, changed, withdrawn, confirmed for a release. Nobody else reads it here.
#[utoipa::path(
    get, path = "/deltas/{delta}/vote", tag = "impact", params(("delta" = String, Path, description = "Such as D-1042")),
    responses((status = 200, body = Mine), (status = 401), (status = 404))
)]
async fn mine(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Json<Mine>> {
    let user = caller.person()?.id;
    let mut tx = app.db.read().await?;
    let delta = store::delta::find(&mut tx, &caller, delta).await?;
    store::impact::mine(&mut tx, delta.id, user).await.map(Json)
}

/// What the votes say.
#[utoipa::path(
    get, path = "/deltas/{delta}/impact", tag = "impact", params(("delta" = String, Path, description = "Such as D-1042")),
    responses((status = 200, body = Impact), (status = 404))
)]
async fn impact(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Json<Impact>> {
    let mut tx = app.db.read().await?;
    let delta = store::delta::find(&mut tx, &caller, delta).await?;
    store::impact::view(&mut tx, &caller, delta.id, app.clock.now()).await.map(Json)
}
