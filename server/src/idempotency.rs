//! `Idempotency-Key`: a POST that is sent again because its reply got lost is not done again.
//!
//! A row is written before the request is handled and the reply into it after, so that a repetition meets one of the two.
//! A repetition within 24 hours is given the first reply; while the first still runs it is told to come back; with another
//! body it is refused. What broke on our side, or was refused for being too often, is not kept: it may be tried again. Files are not
//! taken with a key: the whole of one would have to be held before anybody is asked whether it may be brought.

use std::{cell::Cell, collections::BTreeMap};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use time::OffsetDateTime;

use crate::{
    act,
    app::App,
    caller::{Caller, Via},
    clock,
    error::{Error, Kind, Problem, Result},
    ingest,
    router::BODY_LIMIT,
    store::{
        db::STATEMENTS,
        idempotency::{self, Key, Row},
    },
};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Says of a reply that it is the first one, given again.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key, in bytes.
const KEY_MAX: usize = 255;
/// Largest reply that is kept, in bytes.
const REPLY_MAX: usize = 4 << 20;
/// Headers that are kept with a reply.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

/// Marks a reply that holds a secret, which is stored nowhere: it is given once, whatever key came with the request.
#[derive(Clone, Copy, Debug)]
pub struct Secret;

/// The layer around the API's routes. Requests of nobody are not covered: nobody has no keys of their own.
pub async fn layer(State(app): State<App>, caller: Caller, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || caller.via == Via::Nobody || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    once(app, caller, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn once(app: App, caller: Caller, request: Request, next: Next) -> Result<Response> {
    let key = Key { caller: caller.label(), key: key(request.headers())? };
    if request.uri().path().ends_with("/attachments") || request.uri().path().ends_with("/imports") {
        let why = "is not taken with a file: bring it without; what was brought twice can be taken away, and comes in once";
        return Err(Error::invalid("Idempotency-Key", why));
    }
    let (parts, body) = request.into_parts();
    let body = read(&app, &caller, &parts, body).await?;
    let hash = digest(&parts, &body);
    let began = app.clock.now();
    let mut tx = app.db.write().await?;
    let before = idempotency::begin(&mut tx, &key, &hash, began).await?;
    tx.commit().await?;
    if let Some(row) = before {
        return again(row, &hash);
    }
    // A task of its own: also when the caller goes away, the work ends and its reply is kept.
    let counted = STATEMENTS.try_with(Cell::get).unwrap_or_default();
    let handled = tokio::spawn(STATEMENTS.scope(Cell::new(counted), async move {
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        (keep(&app, &key, began, response).await, STATEMENTS.with(Cell::get))
    }));
    let (response, statements) = handled.await?;
    STATEMENTS.try_with(|count| count.set(statements)).ok();
    response
}

fn key(headers: &HeaderMap) -> Result<String> {
    let text = headers.get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if text.is_empty() || text.len() > KEY_MAX {
        return Err(Error::invalid("Idempotency-Key", format!("must be 1 to {KEY_MAX} visible ASCII characters")));
    }
    Ok(text.to_owned())
}

/// The whole body, as far as the route takes it: a project's runs are uploads, from those who may report them.
async fn read(app: &App, caller: &Caller, parts: &Parts, body: Body) -> Result<Bytes> {
    let runs = parts.uri.path().strip_prefix("/api/v1/projects/").and_then(|rest| rest.strip_suffix("/runs"));
    let limit = match runs {
        Some(project) if act::run::desk(app, caller, project).await.is_ok() => ingest::Limits::default().bytes,
        _ => BODY_LIMIT,
    };
    to_bytes(body, limit).await.map_err(|error| {
        if std::error::Error::source(&error).is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>()) {
            Error::new(Kind::TooLarge, "The body is larger than is taken here. Nothing was kept.")
        } else {
            Error::new(Kind::Malformed, "The body broke off before its end. Nothing was kept.")
        }
    })
}

fn digest(parts: &Parts, body: &[u8]) -> Vec<u8> {
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let media = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let head = [parts.method.as_str().as_bytes(), target.as_bytes(), media].join(&b'\n');
    clock::digest([clock::digest(head), clock::digest(body)].concat())
}

/// The reply to a repetition.
fn again(row: Row, hash: &[u8]) -> Result<Response> {
    if row.request_hash != hash {
        return Err(Error::invalid("Idempotency-Key", "was sent with another request before: take a new key for a new request"));
    }
    let Some(status) = row.status.and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok()) else {
        return Err(Error::conflict("The first request with this Idempotency-Key is still running.").retry_after(1));
    };
    let body = row.body.unwrap_or_default();
    let headers: BTreeMap<String, String> = serde_json::from_str(row.headers.as_deref().unwrap_or("{}"))?;
    let mut response = if status.is_success() {
        (status, body).into_response()
    } else {
        let mut response = status.into_response();
        response.extensions_mut().insert(serde_json::from_str::<Problem>(&body)?);
        response
    };
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// Keeps a reply for its repetitions, or forgets the request where it may be tried again.
async fn keep(app: &App, key: &Key, began: OffsetDateTime, response: Response) -> Result<Response> {
    let status = response.status();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, REPLY_MAX).await.map_err(|_| Error::start("a reply is too large to be kept".to_owned()))?;
    let transient = status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::UNAUTHORIZED);
    let kept = if transient {
        None
    } else if parts.extensions.get::<Secret>().is_some() {
        let told =
            "This was done, and its reply held a secret, which is given once. If it got lost, revoke what was made and make it anew.";
        Some((StatusCode::CONFLICT, serde_json::to_string(&Error::conflict(told).problem())?))
    } else if let Some(problem) = parts.extensions.get::<Problem>() {
        Some((status, serde_json::to_string(problem)?))
    } else {
        String::from_utf8(body.to_vec()).ok().filter(|_| status.is_success()).map(|text| (status, text))
    };
    let header = |name: HeaderName| Some((name.to_string(), parts.headers.get(&name)?.to_str().ok()?));
    let headers = serde_json::to_string(&KEPT.into_iter().filter_map(header).collect::<BTreeMap<_, _>>())?;
    let written = async {
        let mut tx = app.db.write().await?;
        match kept {
            Some((status, text)) => idempotency::keep(&mut tx, key, began, status.as_u16(), &headers, &text).await?,
            None => idempotency::forget(&mut tx, key, began).await?,
        }
        tx.commit().await
    };
    if let Err(error) = written.await {
        // What was asked is done: to say otherwise would have it done again.
        tracing::warn!("the reply to {} is not kept: {error}", key.key);
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}
