//! An organisation's lens.

use axum::extract::State;
use schema::{
    lens::{Effect, Lens},
    problem::Problem,
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
    OpenApiRouter::new().routes(routes!(get, put)).routes(routes!(preview))
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

/// What weights would do
///
/// The hardest open deltas you may see through these weights, beside the hardest by impact. Nothing is kept. For those who belong to the
/// organisation.
#[utoipa::path(post, path = "/orgs/{org}/lens/preview", tag = "organisations", request_body = Lens,
    params(("org" = String, Path, description = "Slug")),
    responses((status = 200, body = Effect), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn preview(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Json(lens): Json<Lens>) -> Result<Json<Effect>> {
    let mut tx = app.db.read().await?;
    act::org::belonging(&mut tx, &caller, &slug).await?;
    act::lens::check(&mut tx, &lens).await?;
    store::lens::effect(&mut tx, &caller, &lens).await.map(Json)
}
