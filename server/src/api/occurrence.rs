//! Occurrences of a crash: reported, listed, counted.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, State},
    http::{StatusCode, header},
};
use schema::{
    id::DeltaKey,
    list::{Page, Window},
    occurrence::{Counts, NewOccurrence, Occurrence, OccurrenceFacts, Whole},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Kind, Problem, Result},
    extract::{Json, Path, Query},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add, list)).routes(routes!(counts)).routes(routes!(one, remove))
}

/// Report an occurrence of a crash
///
/// Any signed-in person who sees the delta may, and a CI token of a project that a public delta is in. As JSON; or the trace alone as
/// `text/plain`, with the rest as query parameters. What looks like a secret (authorization headers, passwords in addresses, keys of
/// well-known services, owners of home directories) is taken out before anything is kept. The newest 200 occurrences and 20 traces of a
/// delta are kept, and all are counted by version and platform and by day. One of a version that should have the fix opens a closed delta
/// again. A delta that is no crash has none: 409.
#[utoipa::path(
    post, path = "/deltas/{delta}/occurrences", tag = "crashes", params(("delta" = DeltaKey, Path), OccurrenceFacts),
    request_body(content((NewOccurrence = "application/json"), (String = "text/plain"))),
    responses((status = 201, body = Whole), (status = "4XX", body = Problem, content_type = "application/problem+json", description = "Nothing was kept")),
)]
async fn add(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, request: Request) -> Result<(StatusCode, Json<Whole>)> {
    let new = read(&app, request).await?;
    let id = act::occurrence::add(&app, &caller, delta, new).await?;
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    Ok((StatusCode::CREATED, Json(store::occurrence::find(&mut tx, &caller, row.id, id).await?)))
}

/// The report, from JSON or from text and query parameters.
async fn read(app: &App, request: Request) -> Result<NewOccurrence> {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let query = request.uri().query().unwrap_or_default().to_owned();
    match media.as_str() {
        "text/plain" => {
            let OccurrenceFacts { version, platform, environment, count } = crate::extract::from_form(query.as_bytes())?;
            let body = Bytes::from_request(request, app).await.map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Error::new(Kind::TooLarge, "A trace has at most 256 KiB. Nothing was kept."),
                _ => Error::new(Kind::Malformed, "The body broke off before its end. Nothing was kept."),
            })?;
            let trace =
                String::from_utf8(body.into()).map_err(|_| Error::new(Kind::Malformed, "The trace is not UTF-8. Nothing was kept."))?;
            Ok(NewOccurrence { trace, version, platform, environment, count })
        }
        "application/json" if !query.is_empty() => Err(Error::invalid("query", "JSON has the facts in it: give none in the address")),
        "application/json" => Ok(Json::<NewOccurrence>::from_request(request, app).await?.0),
        _ => Err(Error::new(Kind::UnsupportedMedia, "Send JSON as application/json, or the trace alone as text/plain.")),
    }
}

/// Occurrences of a crash
///
/// The newest first, at most the newest 200; also those of deltas it stands for.
#[utoipa::path(get, path = "/deltas/{delta}/occurrences", tag = "crashes", params(("delta" = DeltaKey, Path), Window),
    responses((status = 200, body = Page<Occurrence>), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Query(window): Query<Window>,
) -> Result<Json<Page<Occurrence>>> {
    let before = window
        .cursor
        .as_deref()
        .map(str::parse::<Uuid>)
        .transpose()
        .map_err(|_| Error::invalid("cursor", "is not a cursor of this list"))?;
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let mut items = store::occurrence::list(&mut tx, &caller, row.id, before, window.limit() + 1).await?;
    let limit = usize::try_from(window.limit()).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|one| one.id.to_string());
    Ok(Json(Page { items, next }))
}

/// How often a crash was seen
///
/// By version and platform, and by day; also of deltas it stands for.
#[utoipa::path(get, path = "/deltas/{delta}/occurrences/counts", tag = "crashes", params(("delta" = DeltaKey, Path)),
    responses((status = 200, body = Counts), (status = 404, body = Problem)))]
async fn counts(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Json<Counts>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    Ok(Json(store::occurrence::counts(&mut tx, &caller, row.id).await?))
}

/// One occurrence with its trace
#[utoipa::path(get, path = "/deltas/{delta}/occurrences/{occurrence}", tag = "crashes", params(("delta" = DeltaKey, Path), ("occurrence" = Uuid, Path)),
    responses((status = 200, body = Whole), (status = 404, body = Problem)))]
async fn one(State(app): State<App>, caller: Caller, Path((delta, id)): Path<(DeltaKey, Uuid)>) -> Result<Json<Whole>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    Ok(Json(store::occurrence::find(&mut tx, &caller, row.id, id).await?))
}

/// Take an occurrence away
///
/// For good, with its trace: the counts by version and platform and by day are as if it had not been. For who reported it and the
/// maintainers of the projects of the delta it was reported on. A text that the trace was found in stays as it was written.
#[utoipa::path(delete, path = "/deltas/{delta}/occurrences/{occurrence}", tag = "crashes",
    params(("delta" = DeltaKey, Path), ("occurrence" = Uuid, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn remove(State(app): State<App>, caller: Caller, Path((delta, id)): Path<(DeltaKey, Uuid)>) -> Result<StatusCode> {
    act::occurrence::remove(&app, &caller, delta, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
