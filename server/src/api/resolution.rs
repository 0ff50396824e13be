//! How gaps end, and open again.

use axum::extract::State;
use schema::{
    delta::{Delta, PutResolution},
    id::DeltaKey,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::delta::{Whole, whole};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{IfMatch, Json, Path},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(put, reopen))
}

/// End the gap
///
/// `closed` and `declined`: maintainers of a project it is in. `withdrawn`: its reporter. `duplicate`: either. `If-Match` is
/// heeded where it is sent.
#[utoipa::path(put, path = "/deltas/{delta}/resolution", tag = "deltas", request_body = PutResolution,
    params(("delta" = DeltaKey, Path), ("If-Match" = Option<String>, Header, description = "The version that was loaded: where it is sent, it is heeded")),
    responses((status = 200, body = Delta), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    version: Option<IfMatch>,
    Json(put): Json<PutResolution>,
) -> Result<Whole> {
    act::resolution::put(&app, &caller, delta, version.map(|IfMatch(version)| version), put).await?;
    whole(&app, &caller, delta).await
}

/// Open the gap again
///
/// For maintainers of a project it is in; also for its reporter where they ended it themselves.
#[utoipa::path(delete, path = "/deltas/{delta}/resolution", tag = "deltas", 
    params(("delta" = DeltaKey, Path), ("If-Match" = Option<String>, Header, description = "The version that was loaded: where it is sent, it is heeded")),
    responses((status = 200, body = Delta), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem)))]
async fn reopen(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, version: Option<IfMatch>) -> Result<Whole> {
    act::resolution::reopen(&app, &caller, delta, version.map(|IfMatch(version)| version), "").await?;
    whole(&app, &caller, delta).await
}
