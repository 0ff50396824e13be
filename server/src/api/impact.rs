//! Votes and what they say.

use axum::extract::State;
use schema::{
    id::DeltaKey,
    impact::{Impact, Vote},
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
    OpenApiRouter::new().routes(routes!(vote, withdraw)).routes(routes!(impact))
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
