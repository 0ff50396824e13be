//! Deltas: filing, reading, editing, revisions, visibility.

use axum::{extract::State, http::StatusCode};
use schema::delta::{New, Ref};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Json, etag},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(file))
}

/// File a delta
///
/// Any signed-in person may, in any project.
#[utoipa::path(post, path = "/deltas", tag = "deltas", request_body = New,
    responses((status = 201, body = Ref), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn file(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<New>,
) -> Result<(StatusCode, [(axum::http::HeaderName, String); 1], Json<Ref>)> {
    let row = act::delta::file(&app, &caller, new).await?;
    Ok((StatusCode::CREATED, etag(row.version), Json(Ref { key: row.key(), kind: row.kind, title: row.title, impact: 0, open: true })))
}
