//! An organisation's lens.

use axum::extract::State;
use schema::{lens::Lens, problem::Problem};
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
    OpenApiRouter::new().routes(routes!(get, put))
}

/// An organisation's weights on segments. For those who belong to it.
#[utoipa::path(get, path = "/orgs/{org}/lens", tag = "organisations", params(("org" = String, Path, description = "Slug")),
    responses((status = 200, body = Lens), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Json<Lens>> {
    let mut tx = app.db.read().await?;
    let org = act::org::belonging(&mut tx, &caller, &slug).await?;
    Ok(Json(Lens { weights: store::lens::weights(&mut tx, org.id).await? }))
}

/// Replaces an organisation's weights. Members and owners; nobody else sees any of it.
#[utoipa::path(put, path = "/orgs/{org}/lens", tag = "organisations", request_body = Lens,
    params(("org" = String, Path, description = "Slug")),
    responses((status = 200, body = Lens), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
async fn put(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Json(lens): Json<Lens>) -> Result<Json<Lens>> {
    act::lens::put(&app, &caller, &slug, &lens).await.map(Json)
}
