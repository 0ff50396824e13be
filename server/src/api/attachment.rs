//! Files: brought as they are, in the body; read with headers that let nothing in them run.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use object_store::GetRange;
use schema::{
    attachment::Attachment,
    id::{DeltaKey, TaskKey},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    act::{self, attachment::For},
    app::App,
    caller::Caller,
    error::{Error, Kind, Problem, Result},
    extract::{Json, Path, Query},
    ingest::media,
    store::{
        self,
        attachment::{Row, Thing, hex},
    },
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(bring))
        .routes(routes!(of_delta, bring_to_delta))
        .routes(routes!(of_task, bring_to_task))
        .routes(routes!(read, remove))
}

/// What a file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Named {
    /// Its name; of a path only the last part counts.
    name: String,
}

/// The body as it comes.
async fn bring_as(app: &App, caller: &Caller, to: For, named: &Named, request: Request) -> Result<(StatusCode, Json<Attachment>)> {
    if request.headers().get(header::CONTENT_ENCODING).is_some_and(|value| value != "identity") {
        return Err(Error::new(Kind::UnsupportedMedia, "No Content-Encoding is taken here. Nothing was kept."));
    }
    let bytes = request.into_body().into_data_stream();
    Ok((StatusCode::CREATED, Json(act::attachment::upload(app, caller, to, &named.name, bytes).await?)))
}

/// Bring a file for a text that is being written
///
/// The body is the file, of any media type: what it is, is told by how it begins. It is seen by who brought it only, until a delta, comment or
/// task they write names its `url`; after a day without that it is gone. 20 MB at most, unless the operator says otherwise.
#[utoipa::path(post, path = "/attachments", tag = "attachments", params(Named), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = 401, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn bring(
    State(app): State<App>,
    caller: Caller,
    Query(named): Query<Named>,
    request: Request,
) -> Result<(StatusCode, Json<Attachment>)> {
    bring_as(&app, &caller, For::Text, &named, request).await
}

/// Put a file on a delta
///
/// Anybody signed in who sees it may, unless its discussion is locked.
#[utoipa::path(post, path = "/deltas/{delta}/attachments", tag = "attachments", params(("delta" = DeltaKey, Path), Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
async fn bring_to_delta(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Query(named): Query<Named>,
    request: Request,
) -> Result<(StatusCode, Json<Attachment>)> {
    bring_as(&app, &caller, For::Delta(delta), &named, request).await
}

/// The files of a delta and its comments, oldest first
#[utoipa::path(get, path = "/deltas/{delta}/attachments", tag = "attachments", params(("delta" = DeltaKey, Path)),
    responses((status = 200, body = Vec<Attachment>), (status = 404, body = Problem)))]
async fn of_delta(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Json<Vec<Attachment>>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    Ok(Json(store::attachment::of(&mut tx, Thing::Delta(row.id)).await?))
}

/// Put a file on a task
///
/// For members of its organisation.
#[utoipa::path(post, path = "/tasks/{task}/attachments", tag = "attachments", params(("task" = TaskKey, Path), Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
async fn bring_to_task(
    State(app): State<App>,
    caller: Caller,
    Path(task): Path<TaskKey>,
    Query(named): Query<Named>,
    request: Request,
) -> Result<(StatusCode, Json<Attachment>)> {
    bring_as(&app, &caller, For::Task(task), &named, request).await
}

/// The files of a task, oldest first
#[utoipa::path(get, path = "/tasks/{task}/attachments", tag = "attachments", params(("task" = TaskKey, Path)),
    responses((status = 200, body = Vec<Attachment>), (status = 404, body = Problem)))]
async fn of_task(State(app): State<App>, caller: Caller, Path(task): Path<TaskKey>) -> Result<Json<Vec<Attachment>>> {
    let mut tx = app.db.read().await?;
    let row = store::task::find(&mut tx, &caller, &task).await?;
    Ok(Json(store::attachment::of(&mut tx, Thing::Task(row.id)).await?))
}

/// Take a file away for good
///
/// Whoever uploaded it may, the maintainers of its delta's projects, and members of its task's organisation.
#[utoipa::path(delete, path = "/attachments/{attachment}", tag = "attachments", params(("attachment" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn remove(State(app): State<App>, caller: Caller, Path(attachment): Path<Uuid>) -> Result<StatusCode> {
    act::attachment::remove(&app, &caller, attachment).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A file's bytes
///
/// Images (PNG, JPEG, GIF, WebP, AVIF) as what they are; everything else as a download of no type. `Range` and `If-None-Match` are heeded. The same as
/// at the file's `url`, also for tokens.
#[utoipa::path(get, path = "/attachments/{attachment}", tag = "attachments", params(("attachment" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 206, description = "A part of it"),
        (status = 304, description = "As before"), (status = 404, body = Problem), (status = 416, description = "It has no such part")))]
async fn read(State(app): State<App>, caller: Caller, Path(attachment): Path<Uuid>, headers: HeaderMap) -> Result<Response> {
    serve(&app, &caller, attachment, &headers).await
}

/// A file's bytes, for whoever sees what it belongs to.
///
/// # Errors
/// 404 for everybody else, and where the bytes are gone.
pub async fn serve(app: &App, caller: &Caller, id: Uuid, headers: &HeaderMap) -> Result<Response> {
    let row = store::attachment::find(&mut app.db.read().await?, caller, id).await?;
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let etag = format!("\"{}\"", &hex(&row.sha256)[..32]);
    if text(header::IF_NONE_MATCH)
        .split(',')
        .any(|one| matches!(one.trim().trim_start_matches("W/"), known if known == etag || known == "*"))
    {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        guard(&mut response, &row, &etag);
        return Ok(response);
    }
    let size = u64::try_from(row.size).unwrap_or_default();
    // A part of an older file would not fit.
    let range = Some(text(header::RANGE)).filter(|_| [String::new(), etag.clone()].contains(&text(header::IF_RANGE).to_owned()));
    let range = match range.and_then(|range| part(range, size)) {
        Some(Ok(range)) => Some(range),
        Some(Err(())) => {
            let mut response = (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, format!("bytes */{size}"))]).into_response();
            guard(&mut response, &row, &etag);
            return Ok(response);
        }
        None => None,
    };
    let whole = range.is_none();
    let Some(mut read) = app.files.get(id, range).await? else {
        tracing::error!("the file {id} has a row and no bytes");
        return Err(Error::not_found("file"));
    };
    // Shown is only what begins as it did when it came.
    let first = read.bytes.next().await.transpose()?.unwrap_or_default();
    let shown = whole && media::SHOWN.contains(&row.media.as_str()) && media::sniff(&first[..first.len().min(media::HEAD)]).0 == row.media;
    let (start, length) = (read.start, read.length);
    let body = Body::from_stream(stream::once(async move { Ok(first) }).chain(read.bytes));
    let mut response = body.into_response();
    guard(&mut response, &row, &etag);
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_LENGTH, length.into());
    if shown {
        put(fields, header::CONTENT_TYPE, &row.media);
        put(fields, header::CONTENT_DISPOSITION, &disposition("inline", &row.name));
    }
    if !whole {
        put(fields, header::CONTENT_RANGE, &format!("bytes {start}-{}/{}", start + length - 1, read.size));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// What holds whatever is in a file: it is a download, nothing in it runs, no other site takes it in.
fn guard(response: &mut Response, row: &Row, etag: &str) {
    let fields = response.headers_mut();
    put(fields, header::CONTENT_TYPE, "application/octet-stream");
    put(fields, header::CONTENT_DISPOSITION, &disposition("attachment", &row.name));
    put(fields, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(fields, header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'");
    put(fields, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(fields, header::ACCEPT_RANGES, "bytes");
    put(fields, header::ETAG, etag);
    // Its bytes never change. Of what only some see, the browser asks each time.
    put(fields, header::CACHE_CONTROL, if row.open == 1 { "private, max-age=86400, immutable" } else { "private, no-cache" });
    put(fields, header::VARY, "cookie");
}

fn put(fields: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        fields.insert(name, value);
    }
}

/// `Content-Disposition` (RFC 6266): the name in ASCII for old clients, and as it is (RFC 8187).
fn disposition(kind: &str, name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) || c == ' ' { c } else { '_' }).collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            whole.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// The one part that a `Range` asks for; none where it asks for none, for several, or for what is no range: then all is sent. An error where the
/// file has no such part.
fn part(range: &str, size: u64) -> Option<std::result::Result<GetRange, ()>> {
    let (from, to) = range.trim().strip_prefix("bytes=")?.split_once('-').filter(|(_, to)| !to.contains(','))?;
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    match (from, to) {
        ("", last) => Some(number(last).filter(|last| *last > 0).map(|last| GetRange::Suffix(last.min(size))).ok_or(()))
            .filter(|_| number(last).is_some()),
        (from, to) => {
            let first = number(from)?;
            let end = if to.is_empty() { size } else { number(to)?.saturating_add(1).min(size) };
            if first >= size {
                return Some(Err(()));
            }
            if end <= first { None } else { Some(Ok(GetRange::Bounded(first..end))) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_one_part_or_none() {
        assert_eq!(part("bytes=0-3", 10), Some(Ok(GetRange::Bounded(0..4))));
        assert_eq!(part("bytes=4-", 10), Some(Ok(GetRange::Bounded(4..10))));
        assert_eq!(part("bytes=4-99", 10), Some(Ok(GetRange::Bounded(4..10))));
        assert_eq!(part("bytes=-3", 10), Some(Ok(GetRange::Suffix(3))));
        assert_eq!(part("bytes=-99", 10), Some(Ok(GetRange::Suffix(10))));
        for unmet in ["bytes=10-", "bytes=99-100", "bytes=-0"] {
            assert_eq!(part(unmet, 10), Some(Err(())), "{unmet}");
        }
        for none in
            ["", "lines=0-3", "bytes=0-1,3-4", "bytes=a-b", "bytes=5-3", "bytes=", "bytes=-", "bytes=+1-2", "bytes=99999999999999999999-"]
        {
            assert_eq!(part(none, 10), None, "{none}");
        }
    }

    #[test]
    fn a_name_is_offered_whole_and_breaks_no_header() {
        let header = disposition("attachment", "Zün\"der; a=b%.log");
        assert_eq!(header, "attachment; filename=\"Z_n_der_ a=b_.log\"; filename*=UTF-8''Z%C3%BCn%22der%3B%20a%3Db%25.log");
        assert!(HeaderValue::from_str(&header).is_ok());
    }
}
