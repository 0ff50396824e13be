//! Votes on behalf of people and customers without an account.

use axum::{extract::State, http::StatusCode};
use schema::{
    id::DeltaKey,
    outsider::{AllRecorded, Answer, Claim, Offer, Outsider, Record},
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
    OpenApiRouter::new()
        .routes(routes!(recorded, record))
        .routes(routes!(take))
        .routes(routes!(of_org))
        .routes(routes!(of_project))
        .routes(routes!(offer))
        .routes(routes!(claims))
        .routes(routes!(answer))
}

/// Votes recorded for others
///
/// For people and customers without an account. Names are told to those who see into the organisation; of others only how many there are.
#[utoipa::path(get, path = "/deltas/{delta}/on-behalf", tag = "impact", params(("delta" = DeltaKey, Path)),
    responses((status = 200, body = AllRecorded), (status = 404, body = Problem)))]
async fn recorded(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Json<AllRecorded>> {
    let mut tx = app.db.read().await?;
    let delta = store::delta::find(&mut tx, &caller, delta).await?.id;
    store::outsider::recorded(&mut tx, &caller, delta).await.map(Json)
}

/// Record a vote for somebody without an account
///
/// Members speak for customers of their organisation, maintainers for users of their project. The same name is the same person, counted once.
#[utoipa::path(put, path = "/deltas/{delta}/on-behalf", tag = "impact", request_body = Record, params(("delta" = DeltaKey, Path)),
    responses((status = 200, body = AllRecorded), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn record(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Json(record): Json<Record>,
) -> Result<Json<AllRecorded>> {
    act::outsider::record(&app, &caller, delta, &record).await.map(Json)
}

/// Take a recorded vote back
#[utoipa::path(delete, path = "/deltas/{delta}/on-behalf/{outsider}", tag = "impact",
    params(("delta" = DeltaKey, Path), ("outsider" = String, Path)),
    responses((status = 200, body = AllRecorded), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn take(State(app): State<App>, caller: Caller, Path((delta, id)): Path<(DeltaKey, Uuid)>) -> Result<Json<AllRecorded>> {
    act::outsider::take(&app, &caller, delta, id).await.map(Json)
}

/// An organisation's customers without an account. For those who belong to it.
#[utoipa::path(get, path = "/orgs/{org}/outsiders", tag = "organisations", params(("org" = String, Path, description = "Slug")),
    responses((status = 200, body = Vec<Outsider>), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn of_org(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Json<Vec<Outsider>>> {
    let mut tx = app.db.read().await?;
    Ok(Json(act::outsider::of_org(&mut tx, &caller, &slug).await?.1))
}

/// A project's users without an account. For its maintainers.
#[utoipa::path(get, path = "/projects/{project}/outsiders", tag = "projects", params(("project" = String, Path, description = "Slug")),
    responses((status = 200, body = Vec<Outsider>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn of_project(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Json<Vec<Outsider>>> {
    let mut tx = app.db.read().await?;
    Ok(Json(act::outsider::of_project(&mut tx, &caller, &slug).await?.1))
}

/// They have an account now
///
/// Whose it is says so themselves, with `PUT /me/claims/{outsider}`: until then nothing changes.
#[utoipa::path(put, path = "/outsiders/{outsider}/account", tag = "impact", request_body = Offer, params(("outsider" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn offer(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>, Json(offer): Json<Offer>) -> Result<StatusCode> {
    act::outsider::offer(&app, &caller, id, offer.user.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who you are said to be
///
/// Votes that were recorded for somebody who has your account now, as others say.
#[utoipa::path(get, path = "/me/claims", tag = "people", responses((status = 200, body = Vec<Claim>), (status = 401, body = Problem)))]
async fn claims(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Claim>>> {
    let user = caller.person()?.id;
    let mut tx = app.db.read().await?;
    store::outsider::claims(&mut tx, &caller, user).await.map(Json)
}

/// Say whether it is you
///
/// Where it is, the votes become yours; where you voted yourself, that holds.
#[utoipa::path(put, path = "/me/claims/{outsider}", tag = "people", request_body = Answer, params(("outsider" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn answer(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>, Json(answer): Json<Answer>) -> Result<StatusCode> {
    act::outsider::answer(&app, &caller, id, answer.accept).await?;
    Ok(StatusCode::NO_CONTENT)
}
