//! Watch rules, the triage inbox and stances.

use axum::{extract::State, http::StatusCode};
use schema::{
    id::DeltaKey,
    list::{Page, Window},
    problem::Problem,
    triage::{Item, SetStance, SetWatch, StanceReply, Watch},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Json, Path, Query},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(inbox))
        .routes(routes!(watches))
        .routes(routes!(put_watch, delete_watch))
        .routes(routes!(put_stance, delete_stance))
}

/// Open deltas that a watch rule matches and that the organisation has no stance on, or put off until now; by impact. For
/// those who belong to the organisation; each sees the deltas they may see.
#[utoipa::path(get, path = "/orgs/{org}/triage", tag = "triage", params(("org" = String, Path, description = "Slug"), Window),
    responses((status = 200, body = Page<Item>), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn inbox(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Query(window): Query<Window>) -> Result<Json<Page<Item>>> {
    let mut tx = app.db.read().await?;
    let org = act::org::belonging(&mut tx, &caller, &slug).await?;
    store::inbox::page(&mut tx, &caller, org.id, &window, app.clock.now()).await.map(Json)
}

/// An organisation's watch rules. For those who belong to it.
#[utoipa::path(get, path = "/orgs/{org}/watches", tag = "triage", params(("org" = String, Path, description = "Slug")),
    responses((status = 200, body = Vec<Watch>), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn watches(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Json<Vec<Watch>>> {
    let mut tx = app.db.read().await?;
    let org = act::org::belonging(&mut tx, &caller, &slug).await?;
    store::watch::list(&mut tx, org.id).await.map(Json)
}

/// Adds a watch rule, or gives one another query. Members and owners; at most 32 rules.
#[utoipa::path(put, path = "/orgs/{org}/watches/{watch}", tag = "triage", request_body = SetWatch,
    params(("org" = String, Path, description = "Slug"), ("watch" = String, Path, description = "The rule's name: a slug")),
    responses((status = 200, body = Watch), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put_watch(
    State(app): State<App>,
    caller: Caller,
    Path((slug, watch)): Path<(String, String)>,
    Json(set): Json<SetWatch>,
) -> Result<Json<Watch>> {
    act::triage::put_watch(&app, &caller, &slug, &watch, &set).await.map(Json)
}

/// Takes a watch rule away. Members and owners.
#[utoipa::path(delete, path = "/orgs/{org}/watches/{watch}", tag = "triage",
    params(("org" = String, Path, description = "Slug"), ("watch" = String, Path, description = "The rule's name")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn delete_watch(State(app): State<App>, caller: Caller, Path((slug, watch)): Path<(String, String)>) -> Result<StatusCode> {
    act::triage::delete_watch(&app, &caller, &slug, &watch).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says what the organisation makes of a delta. Members and owners.
#[utoipa::path(put, path = "/orgs/{org}/stances/{delta}", tag = "triage", request_body = SetStance,
    params(("org" = String, Path, description = "Slug"), ("delta" = String, Path, description = "Key, such as D-1042")),
    responses((status = 200, body = StanceReply), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put_stance(
    State(app): State<App>,
    caller: Caller,
    Path((slug, delta)): Path<(String, DeltaKey)>,
    Json(set): Json<SetStance>,
) -> Result<Json<StanceReply>> {
    act::triage::set_stance(&app, &caller, &slug, delta, &set).await.map(Json)
}

/// Takes the stance back: where a rule matches, the delta waits in the inbox again. Members and owners.
#[utoipa::path(delete, path = "/orgs/{org}/stances/{delta}", tag = "triage",
    params(("org" = String, Path, description = "Slug"), ("delta" = String, Path, description = "Key, such as D-1042")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn delete_stance(State(app): State<App>, caller: Caller, Path((slug, delta)): Path<(String, DeltaKey)>) -> Result<StatusCode> {
    act::triage::clear_stance(&app, &caller, &slug, delta).await?;
    Ok(StatusCode::NO_CONTENT)
}
