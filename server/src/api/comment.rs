//! Comments on deltas, and their timelines.

use axum::{
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::IntoResponse,
};
use schema::{
    delta::SPEC_MAX,
    id::DeltaKey,
    list::{Page, Window},
    timeline::{Comment, CommentRevision, Entry, Preview, PutComment, PutLock, PutMinimised, PutPreview, PutTick},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::delta::LONG;
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Check, IfMatch, Json, Path, Query, etag},
    page,
    store::{self, timeline::Way},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(markdown))
        .layer(DefaultBodyLimit::max(LONG))
        .routes(routes!(add))
        .routes(routes!(one, edit, delete))
        .routes(routes!(revisions))
        .routes(routes!(tick))
        .routes(routes!(minimise, restore))
        .routes(routes!(lock, unlock))
        .routes(routes!(timeline))
}

/// Write a comment
///
/// Any signed-in person who sees the delta may, unless its discussion is locked. `@name` becomes a link where somebody has that
/// name; names in quotes and code do not count. New accounts write few an hour (429 with `Retry-After`).
#[utoipa::path(post, path = "/deltas/{delta}/comments", tag = "deltas", request_body = PutComment, params(("delta" = DeltaKey, Path)),
    responses((status = 201, body = Comment), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn add(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Json(put): Json<PutComment>,
) -> Result<impl IntoResponse> {
    let comment = act::comment::add(&app, &caller, delta, put).await?;
    Ok((StatusCode::CREATED, etag(comment.version), Json(comment.said())))
}

/// A comment
#[utoipa::path(get, path = "/deltas/{delta}/comments/{comment}", tag = "deltas", params(("delta" = DeltaKey, Path), ("comment" = Uuid, Path)),
    responses((status = 200, body = Comment), (status = 404, body = Problem)))]
async fn one(State(app): State<App>, caller: Caller, Path((delta, comment)): Path<(DeltaKey, Uuid)>) -> Result<impl IntoResponse> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let comment = store::comment::find(&mut tx, row.id, comment).await?;
    Ok((etag(comment.version), Json(comment.said())))
}

/// Change one's own comment
///
/// The text it had is kept and stays readable. `If-Match` is heeded where it is sent. New accounts change a bounded number an hour (429
/// with `Retry-After`).
#[utoipa::path(patch, path = "/deltas/{delta}/comments/{comment}", tag = "deltas", request_body = PutComment,
    params(("delta" = DeltaKey, Path), ("comment" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = Comment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn edit(
    State(app): State<App>,
    caller: Caller,
    Path((delta, comment)): Path<(DeltaKey, Uuid)>,
    version: Option<IfMatch>,
    Json(put): Json<PutComment>,
) -> Result<impl IntoResponse> {
    let comment = act::comment::edit(&app, &caller, delta, comment, version.map(|version| version.0), put).await?;
    Ok((etag(comment.version), Json(comment.said())))
}

/// Take a comment's text away
///
/// Its author and the maintainers of the delta's projects may. The text is gone for good, with all it had before; the timeline shows that it was there.
#[utoipa::path(delete, path = "/deltas/{delta}/comments/{comment}", tag = "deltas", params(("delta" = DeltaKey, Path), ("comment" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn delete(State(app): State<App>, caller: Caller, Path((delta, comment)): Path<(DeltaKey, Uuid)>) -> Result<StatusCode> {
    act::comment::delete(&app, &caller, delta, comment).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The texts a comment had, newest first
///
/// The one it has is the first of them.
#[utoipa::path(get, path = "/deltas/{delta}/comments/{comment}/revisions", tag = "deltas",
    params(("delta" = DeltaKey, Path), ("comment" = Uuid, Path), Window),
    responses((status = 200, body = Page<CommentRevision>), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn revisions(
    State(app): State<App>,
    caller: Caller,
    Path((delta, comment)): Path<(DeltaKey, Uuid)>,
    Query(window): Query<Window>,
) -> Result<Json<Page<CommentRevision>>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let comment = store::comment::find(&mut tx, row.id, comment).await?;
    let texts = page::comment::texts(&mut tx, &comment, &window).await?;
    let next = texts.next();
    Ok(Json(Page { items: texts.shown, next }))
}

/// Tick a task of one's own comment, or take the tick away
///
/// `task` counts the list items that begin with `[ ]` or `[x]`, from 1.
#[utoipa::path(put, path = "/deltas/{delta}/comments/{comment}/ticks/{task}", tag = "deltas", request_body = PutTick,
    params(("delta" = DeltaKey, Path), ("comment" = Uuid, Path), ("task" = usize, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Comment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 428, body = Problem), (status = 429, body = Problem)))]
async fn tick(
    State(app): State<App>,
    caller: Caller,
    Path((delta, comment, task)): Path<(DeltaKey, Uuid, usize)>,
    IfMatch(version): IfMatch,
    Json(put): Json<PutTick>,
) -> Result<impl IntoResponse> {
    let comment = act::comment::tick(&app, &caller, delta, comment, version, (task, put)).await?;
    Ok((etag(comment.version), Json(comment.said())))
}

/// Fold a comment
///
/// For maintainers of the delta's projects. It stays readable, behind the reason.
#[utoipa::path(put, path = "/deltas/{delta}/comments/{comment}/minimised", tag = "deltas", request_body = PutMinimised,
    params(("delta" = DeltaKey, Path), ("comment" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn minimise(
    State(app): State<App>,
    caller: Caller,
    Path((delta, comment)): Path<(DeltaKey, Uuid)>,
    Json(put): Json<PutMinimised>,
) -> Result<StatusCode> {
    act::comment::minimise(&app, &caller, delta, comment, Some(put.reason)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show a folded comment again
#[utoipa::path(delete, path = "/deltas/{delta}/comments/{comment}/minimised", tag = "deltas", params(("delta" = DeltaKey, Path), ("comment" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn restore(State(app): State<App>, caller: Caller, Path((delta, comment)): Path<(DeltaKey, Uuid)>) -> Result<StatusCode> {
    act::comment::minimise(&app, &caller, delta, comment, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lock a delta's discussion
///
/// For maintainers of its projects, who alone write in it then. Doing it again changes the reason.
#[utoipa::path(put, path = "/deltas/{delta}/lock", tag = "deltas", request_body = PutLock, params(("delta" = DeltaKey, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn lock(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Json(put): Json<PutLock>) -> Result<StatusCode> {
    act::comment::lock(&app, &caller, delta, Some(put)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Open a locked discussion again
#[utoipa::path(delete, path = "/deltas/{delta}/lock", tag = "deltas", params(("delta" = DeltaKey, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn unlock(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<StatusCode> {
    act::comment::lock(&app, &caller, delta, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was said of a delta, and what happened to it
///
/// Oldest first. Events of an organisation's own work are there for those who see that work; single votes are not told. What became of a
/// comment, the comment says.
#[utoipa::path(get, path = "/deltas/{delta}/timeline", tag = "deltas", params(("delta" = DeltaKey, Path), Window),
    responses((status = 200, body = Page<Entry>), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn timeline(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Query(window): Query<Window>,
) -> Result<Json<Page<Entry>>> {
    let from = store::timeline::cursor(window.cursor.as_deref())?;
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    Ok(Json(store::timeline::page(&mut tx, &caller, &row, Way::After(from), window.limit()).await?))
}

/// A text as the pages show it
///
/// Markdown, or what `format` says. Nothing is kept. For previews; signed in.
#[utoipa::path(post, path = "/markdown", tag = "deltas", request_body = PutPreview,
    responses((status = 200, body = Preview), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn markdown(State(app): State<App>, caller: Caller, Json(put): Json<PutPreview>) -> Result<Json<Preview>> {
    caller.person()?;
    Check::default().text(&put.text, "text", 0, SPEC_MAX).done()?;
    let known = page::prose::known(&mut app.db.read().await?, &caller, [put.text.as_str()]).await?;
    Ok(Json(Preview { html: page::prose::html(&app, &put.text, put.format.unwrap_or_default(), &known) }))
}
