//! Deltas: filing, reading, editing, revisions, visibility.

use axum::{
    extract::{DefaultBodyLimit, State},
    http::{HeaderName, StatusCode},
};
use schema::{
    delta::{Changes, Delta, Embargo, Filed, New, Patch, PutLabels, Revision, Stand},
    id::DeltaKey,
    list::{Page, Window},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    diff,
    error::{Error, Problem, Result},
    extract::{IfMatch, Json, Path, Query, etag},
    store,
};

/// Largest body with a delta's text, in bytes: a spec may have 262,144 characters, each of which takes up to 12 in JSON.
pub const LONG: usize = 4 << 20;

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(file))
        .routes(routes!(get, patch))
        .layer(DefaultBodyLimit::max(LONG))
        .routes(routes!(labels))
        .routes(routes!(invite, uninvite))
        .routes(routes!(put_embargo, end_embargo))
        .routes(routes!(revisions))
        .routes(routes!(revision))
        .routes(routes!(changes))
}

/// A delta with its version: what reading and changing one answers.
pub type Whole = ([(HeaderName, String); 1], Json<Delta>);

/// The whole delta, for an answer.
///
/// # Errors
/// 404 where there is none that the caller may see.
pub async fn whole(app: &App, caller: &Caller, key: DeltaKey) -> Result<Whole> {
    let mut tx = app.db.read().await?;
    let named = store::delta::named(&mut tx, caller, key).await?;
    let (delta, _) = store::delta::whole(&mut tx, caller, named, app.clock.now()).await?;
    Ok((etag(delta.version), Json(delta)))
}

/// File a delta
///
/// Any signed-in person may, in any project. Of a bug or crash that comes without a trace, one that stands in `actual` or `body` is kept as
/// the first occurrence. Where others have the same crash, `same_crash` names them: the delta is filed all the same.
#[utoipa::path(post, path = "/deltas", tag = "deltas", request_body = New,
    responses((status = 201, body = Filed), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn file(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<New>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Filed>)> {
    let act::delta::Filed { row, fingerprint } = act::delta::file(&app, &caller, new).await?;
    let (version, Json(delta)) = whole(&app, &caller, row.key()).await?;
    let same_crash = match fingerprint.as_str() {
        "" => Vec::new(),
        print => act::occurrence::same(&mut app.db.read().await?, &caller, row.key(), print).await?,
    };
    Ok((StatusCode::CREATED, version, Json(Filed { delta, same_crash })))
}

/// One delta
///
/// With everything about it that the caller may see: places with consensus and positions, impact, who has committed.
#[utoipa::path(get, path = "/deltas/{delta}", tag = "deltas", params(("delta" = DeltaKey, Path)),
    responses((status = 200, body = Delta), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Whole> {
    whole(&app, &caller, delta).await
}

/// Change a delta's text, kind or visibility
///
/// For its reporter and the maintainers of its projects. Needs `If-Match`. A change of text makes a revision.
#[utoipa::path(patch, path = "/deltas/{delta}", tag = "deltas", request_body = Patch,
    params(("delta" = DeltaKey, Path), ("If-Match" = String, Header, description = "The ETag that was loaded")),
    responses((status = 200, body = Delta), (status = 403, body = Problem), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn patch(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    IfMatch(version): IfMatch,
    Json(patch): Json<Patch>,
) -> Result<Whole> {
    act::delta::edit(&app, &caller, delta, version, patch).await?;
    whole(&app, &caller, delta).await
}

/// Set a delta's labels
///
/// All of them, in place of those it has. For its reporter and the maintainers of its projects.
#[utoipa::path(put, path = "/deltas/{delta}/labels", tag = "deltas", request_body = PutLabels, params(("delta" = DeltaKey, Path)),
    responses((status = 200, body = Delta), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn labels(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Json(put): Json<PutLabels>) -> Result<Whole> {
    act::delta::put_labels(&app, &caller, delta, put).await?;
    whole(&app, &caller, delta).await
}

/// Let a person see a private delta
///
/// For its reporter and the maintainers of its projects.
#[utoipa::path(put, path = "/deltas/{delta}/guests/{user}", tag = "deltas",
    params(("delta" = DeltaKey, Path), ("user" = String, Path, description = "Handle")),
    responses((status = 200, body = Delta), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn invite(State(app): State<App>, caller: Caller, Path((delta, user)): Path<(DeltaKey, String)>) -> Result<Whole> {
    act::delta::invite(&app, &caller, delta, &user).await?;
    whole(&app, &caller, delta).await
}

/// No longer let a person see a private delta
///
/// A guest may also leave by themselves.
#[utoipa::path(delete, path = "/deltas/{delta}/guests/{user}", tag = "deltas",
    params(("delta" = DeltaKey, Path), ("user" = String, Path, description = "Handle")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn uninvite(State(app): State<App>, caller: Caller, Path((delta, user)): Path<(DeltaKey, String)>) -> Result<StatusCode> {
    act::delta::uninvite(&app, &caller, delta, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put a private delta under an embargo, or move its end
///
/// Before it ends, nobody makes the delta public. For its reporter, and for the maintainers and security groups of its projects.
#[utoipa::path(put, path = "/deltas/{delta}/embargo", tag = "deltas", request_body = Embargo, params(("delta" = DeltaKey, Path)),
    responses((status = 200, body = Delta), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn put_embargo(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Json(embargo): Json<Embargo>) -> Result<Whole> {
    act::delta::put_embargo(&app, &caller, delta, Some(embargo)).await?;
    whole(&app, &caller, delta).await
}

/// End an embargo
///
/// The delta stays private until somebody makes it public.
#[utoipa::path(delete, path = "/deltas/{delta}/embargo", tag = "deltas", params(("delta" = DeltaKey, Path)),
    responses((status = 200, body = Delta), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn end_embargo(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Whole> {
    act::delta::put_embargo(&app, &caller, delta, None).await?;
    whole(&app, &caller, delta).await
}

/// Every state of a delta's text
///
/// Newest first.
#[utoipa::path(get, path = "/deltas/{delta}/revisions", tag = "deltas", params(("delta" = DeltaKey, Path), Window),
    responses((status = 200, body = Page<Revision>), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn revisions(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Query(window): Query<Window>,
) -> Result<Json<Page<Revision>>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let before = match window.cursor.as_deref().map(str::parse) {
        Some(Err(_)) => return Err(Error::invalid("cursor", "is not a cursor of this list")),
        Some(Ok(number)) => Some(number),
        None => None,
    };
    let mut items = store::revision::of(&mut tx, row.id, before, window.limit() + 1).await?;
    let limit = usize::try_from(window.limit()).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|revision| revision.number.to_string());
    Ok(Json(Page { items, next }))
}

/// One state of a delta's text
#[utoipa::path(get, path = "/deltas/{delta}/revisions/{revision}", tag = "deltas",
    params(("delta" = DeltaKey, Path), ("revision" = i64, Path, description = "From 1")),
    responses((status = 200, body = Revision), (status = 404, body = Problem)))]
async fn revision(State(app): State<App>, caller: Caller, Path((delta, revision)): Path<(DeltaKey, i64)>) -> Result<Json<Revision>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    Ok(Json(store::revision::find(&mut tx, row.id, revision).await?))
}

/// Which states are compared.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Compared {
    /// The number of one; the one before the other when absent.
    from: Option<i64>,
    /// The number of the other; the newest when absent.
    to: Option<i64>,
}

/// Two states of a delta's text compared
///
/// Word by word; the older one first, whichever is named first. Only the fields that differ, each with all of its text.
#[utoipa::path(get, path = "/deltas/{delta}/changes", tag = "deltas", params(("delta" = DeltaKey, Path), Compared),
    responses((status = 200, body = Changes), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn changes(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Query(compared): Query<Compared>,
) -> Result<Json<Changes>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let (from, to) = store::revision::pair(&mut tx, &row, compared.from, compared.to).await?;
    drop(tx);
    let fields = diff::revisions(&from, &to);
    let stand = |revision: Revision| Stand { number: revision.number, author: revision.author, note: revision.note, at: revision.at };
    Ok(Json(Changes { from: stand(from), to: stand(to), fields }))
}
