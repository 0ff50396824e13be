//! Any list as Atom, CSV or JSON: for who is signed in, for everybody, and for who has a feed's private address.

use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::stream;
use schema::{
    delta::Summary,
    list::{LIMIT, LIMIT_MAX, Window, given},
    query::{Query as Asked, Sort},
    route,
};
use serde::Deserialize;

use crate::{
    app::App,
    caller::{self, Caller},
    clock,
    error::{Error, Result, Worded},
    extract::Query,
    feed,
    store::{self, list::Lines},
};

/// Most deltas of one file.
const MOST: usize = 10_000;

/// Its addresses.
pub fn routes() -> Router<App> {
    Router::new().route(route::DELTAS_ATOM, get(atom)).route(route::DELTAS_CSV, get(csv)).route(route::DELTAS_JSON, get(json))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default, deserialize_with = "given")]
    q: Option<String>,
    sort: Option<String>,
    /// The secret of a feed token.
    token: Option<String>,
}

/// A refusal as plain words: these addresses hold secrets, which no page of a problem is to repeat.
fn refuse(error: Error) -> Response {
    let words = match error.problem() {
        problem if problem.status >= 500 => problem.title.clone(),
        problem => problem.detail.clone(),
    };
    let status = error.into_response().status();
    (status, Extension(Worded), [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{words}\n")).into_response()
}

/// Who reads: the owner of the token in the address, else who is signed in.
async fn reader(app: &App, caller: Caller, wanted: &Wanted) -> Result<Caller> {
    match &wanted.token {
        Some(secret) => caller::by_feed_token(app, secret.trim()).await,
        None => Ok(caller),
    }
}

async fn page(app: &App, caller: &Caller, query: &Asked, cursor: Option<String>, limit: i64) -> Result<Lines> {
    let mut tx = app.db.read().await?;
    store::list::lines(&mut tx, caller, query, &Window { cursor, limit: Some(limit) }, app.clock.now()).await
}

/// The newest changes first, unless the query has an order.
async fn atom(State(app): State<App>, caller: Caller, headers: HeaderMap, Query(wanted): Query<Wanted>) -> Response {
    let made = async {
        let caller = reader(&app, caller, &wanted).await?;
        let asked = store::list::read(wanted.q.as_deref(), wanted.sort.as_deref())?;
        let q = asked.to_string();
        let order = if asked.sort.is_empty() { vec![Sort { key: "updated", reversed: false }] } else { asked.sort.clone() };
        let lines = page(&app, &caller, &Asked { sort: order, ..asked }, None, LIMIT).await?;
        let entries: Vec<(uuid::Uuid, Summary)> = lines.found.into_iter().map(|found| (found.id, found.summary(&lines.needles))).collect();
        Ok(feed::atom(&app.config.base_url, &q, &entries))
    };
    let text = match made.await {
        Ok(text) => text,
        Err(error) => return refuse(error),
    };
    let digest: String = clock::digest(&text).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    // Weak: what goes over the wire may be compressed.
    let etag = format!("W/\"{digest}\"");
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let same = known.map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == etag.trim_start_matches("W/"));
    let kept = [(header::ETAG, etag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if same {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], text).into_response()
}

async fn csv(State(app): State<App>, caller: Caller, Query(wanted): Query<Wanted>) -> Response {
    file(app, caller, wanted, Form::Csv).await.unwrap_or_else(refuse)
}

async fn json(State(app): State<App>, caller: Caller, Query(wanted): Query<Wanted>) -> Response {
    file(app, caller, wanted, Form::Json).await.unwrap_or_else(refuse)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
}

/// Where a file that is being written stands.
struct Writing {
    app: App,
    caller: Caller,
    query: Asked,
    form: Form,
    /// What was read and is not sent yet; none after the last.
    next: Option<Lines>,
    sent: usize,
}

/// The whole list, page by page as it is taken, up to [`MOST`] deltas. The first page is read before anything is said, so that what cannot be asked is
/// refused; where a later one cannot be read, the connection breaks off rather than ending as if that were all.
async fn file(app: App, caller: Caller, wanted: Wanted, form: Form) -> Result<Response> {
    let caller = reader(&app, caller, &wanted).await?;
    let query = store::list::read(wanted.q.as_deref(), wanted.sort.as_deref())?;
    let first = page(&app, &caller, &query, None, LIMIT_MAX).await?;
    let writing = Writing { app, caller, query, form, next: Some(first), sent: 0 };
    let body = Body::from_stream(stream::try_unfold(writing, write));
    let (media, name) = match form {
        Form::Csv => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"deltas.csv\""),
        Form::Json => ("application/json", "inline; filename=\"deltas.json\""),
    };
    let mut response = body.into_response();
    for (header, value) in
        [(header::CONTENT_TYPE, media), (header::CONTENT_DISPOSITION, name), (header::CACHE_CONTROL, "private, no-store")]
    {
        response.headers_mut().insert(header, HeaderValue::from_static(value));
    }
    Ok(response)
}

async fn write(mut at: Writing) -> std::io::Result<Option<(Bytes, Writing)>> {
    let Some(lines) = at.next.take() else { return Ok(None) };
    let mut text = String::new();
    if at.sent == 0 {
        text.push_str(if at.form == Form::Csv { feed::HEAD } else { "{\"items\":[" });
    }
    let base = at.app.config.base_url.clone();
    for found in lines.found.into_iter().take(MOST - at.sent) {
        let delta = found.summary(&lines.needles);
        match at.form {
            Form::Csv => text.push_str(&feed::line(&base, &delta)),
            Form::Json => {
                text.push_str(if at.sent == 0 { "\n" } else { ",\n" });
                text.push_str(&serde_json::to_string(&delta)?);
            }
        }
        at.sent += 1;
    }
    match lines.next {
        Some(cursor) if at.sent < MOST => {
            let next = page(&at.app, &at.caller, &at.query, Some(cursor), LIMIT_MAX).await;
            at.next = Some(next.map_err(|error| std::io::Error::other(error.detail().to_owned()))?);
        }
        // Said, so that nobody takes a part for the whole.
        rest if at.form == Form::Json => {
            text.push_str(if rest.is_some() { "\n],\"truncated\":true}\n" } else { "\n],\"truncated\":false}\n" })
        }
        _ => {}
    }
    Ok(Some((Bytes::from(text), at)))
}
