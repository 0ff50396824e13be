//! What an organisation's past says about its work.

use axum::extract::State;
use schema::{
    insight::{Asked, Chart, Insight, Part},
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Json, Path, Query},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(chart))
}

/// Flow, times, promises and a forecast
///
/// Of the tasks of an organisation that a query takes, in a period of at most two years. What each number means: docs/guide/insight.md.
#[utoipa::path(get, path = "/orgs/{org}/insights", tag = "organisations", params(("org" = String, Path, description = "Slug"), Asked),
    responses((status = 200, body = Insight), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn get(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Result<Json<Insight>> {
    let mut tx = app.db.read().await?;
    let org = act::board::org(&mut tx, &caller, &slug).await?;
    act::insight::insight(&mut tx, &caller, &org, &asked, app.clock.now()).await.map(Json)
}

/// One of its charts
#[utoipa::path(get, path = "/orgs/{org}/insights/{chart}", tag = "organisations",
    params(("org" = String, Path, description = "Slug"), ("chart" = Chart, Path, description = "Which"), Asked),
    responses((status = 200, body = Part), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn chart(
    State(app): State<App>,
    caller: Caller,
    Path((slug, chart)): Path<(String, Chart)>,
    Query(asked): Query<Asked>,
) -> Result<Json<Part>> {
    let mut tx = app.db.read().await?;
    let org = act::board::org(&mut tx, &caller, &slug).await?;
    let insight = act::insight::insight(&mut tx, &caller, &org, &asked, app.clock.now()).await?;
    Ok(Json(insight.part(chart)))
}
