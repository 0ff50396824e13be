//! Signatures that recognise a delta's failures.

use axum::{
    extract::State,
    http::{StatusCode, header::HeaderName},
};
use schema::{
    ci::{NewSignature, PutSignature, Signature, Tried, TrySignature},
    id::DeltaKey,
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{IfMatch, Json, Path, etag},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(change, remove)).routes(routes!(attempt))
}

type Tagged = ([(HeaderName, String); 1], Json<Signature>);

async fn of_delta(app: &App, caller: &Caller, delta: DeltaKey) -> Result<Vec<Signature>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, caller, delta).await?;
    store::signature::of_delta(&mut tx, row.id).await
}

async fn one(app: &App, caller: &Caller, delta: DeltaKey, signature: Uuid) -> Result<Tagged> {
    let all = of_delta(app, caller, delta).await?;
    let found = all.into_iter().find(|one| one.id == signature).ok_or_else(|| Error::not_found("signature"))?;
    Ok((etag(found.version), Json(found)))
}

/// What recognises a delta
#[utoipa::path(get, path = "/deltas/{delta}/signatures", tag = "ci", params(("delta" = String, Path, description = "`D-1042`")),
    responses((status = 200, body = Vec<Signature>), (status = 404, body = Problem)))]
async fn list(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Json<Vec<Signature>>> {
    of_delta(&app, &caller, delta).await.map(Json)
}

/// Put a signature in force
///
/// For the project's maintainers. Groups it recognises among the newest 2,000 stored failures are explained at
/// once.
#[utoipa::path(post, path = "/deltas/{delta}/signatures", tag = "ci", params(("delta" = String, Path)), request_body = NewSignature,
    responses((status = 201, body = Signature), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Json(new): Json<NewSignature>,
) -> Result<(StatusCode, Tagged)> {
    let id = act::signature::add(&app, &caller, delta, new).await?;
    Ok((StatusCode::CREATED, one(&app, &caller, delta, id).await?))
}

/// Change a signature
///
/// Its earlier texts are kept. What it recognises is looked for anew.
#[utoipa::path(put, path = "/deltas/{delta}/signatures/{signature}", tag = "ci",
    params(("delta" = String, Path), ("signature" = Uuid, Path), ("If-Match" = String, Header, description = "Its version")),
    request_body = PutSignature,
    responses((status = 200, body = Signature), (status = 403, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((delta, signature)): Path<(DeltaKey, Uuid)>,
    IfMatch(version): IfMatch,
    Json(put): Json<PutSignature>,
) -> Result<Tagged> {
    act::signature::change(&app, &caller, delta, signature, version, put).await?;
    one(&app, &caller, delta, signature).await
}

/// Take a signature out of force
#[utoipa::path(delete, path = "/deltas/{delta}/signatures/{signature}", tag = "ci",
    params(("delta" = String, Path), ("signature" = Uuid, Path), ("If-Match" = String, Header, description = "Its version")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 412, body = Problem)))]
async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((delta, signature)): Path<(DeltaKey, Uuid)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode> {
    act::signature::remove(&app, &caller, delta, signature, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a signature
///
/// On the newest 2,000 stored failures of a project; nothing is changed. For signed-in people.
#[utoipa::path(post, path = "/projects/{project}/signatures/try", tag = "ci", params(("project" = String, Path)), request_body = TrySignature,
    responses((status = 200, body = Tried), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn attempt(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Json(attempt): Json<TrySignature>,
) -> Result<Json<Tried>> {
    act::signature::attempt(&app, &caller, &project, &attempt).await.map(Json)
}
