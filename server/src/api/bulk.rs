//! One change of many deltas.

use axum::extract::State;
use schema::bulk::{Bulk, New};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Json, Path},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(change)).routes(routes!(get)).routes(routes!(undo))
}

/// Change many deltas at once
///
/// At most 200. Each is changed or refused as it would be alone, and says so in its row; the answer comes when all are done. It can be undone
/// for 30 days.
#[utoipa::path(post, path = "/deltas/bulk", tag = "deltas", request_body = New,
    responses((status = 200, body = Bulk), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn change(State(app): State<App>, caller: Caller, Json(new): Json<New>) -> Result<Json<Bulk>> {
    let bulk = act::bulk::begin(&app, &caller, new).await?;
    Ok(Json(act::bulk::run(&app, &caller, &bulk).await?))
}

/// What became of a change of many deltas
///
/// One's own only.
#[utoipa::path(get, path = "/deltas/bulk/{bulk}", tag = "deltas", params(("bulk" = Uuid, Path)),
    responses((status = 200, body = Bulk), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, caller: Caller, Path(bulk): Path<Uuid>) -> Result<Json<Bulk>> {
    Ok(Json(act::bulk::read(&app, &caller, bulk).await?.0))
}

/// Undo a change of many deltas
///
/// What nobody changed since is put back; the rows say which could not be.
#[utoipa::path(post, path = "/deltas/bulk/{bulk}/undo", tag = "deltas", params(("bulk" = Uuid, Path)),
    responses((status = 200, body = Bulk), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn undo(State(app): State<App>, caller: Caller, Path(bulk): Path<Uuid>) -> Result<Json<Bulk>> {
    Ok(Json(act::bulk::undo(&app, &caller, bulk).await?))
}
