//! Every route, and the layers they stand behind.

use std::cell::Cell;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    csrf::CsrfLayer,
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

use crate::{
    api,
    app::App,
    assets,
    caller::{self, Caller},
    clock, compress,
    error::{self, Error, Kind},
    idempotency, page,
    session::Sessions,
    store::db::{STATEMENTS, with_one_reader},
};

/// Largest JSON or form body, in bytes. Routes that take more say so themselves.
pub const BODY_LIMIT: usize = 1 << 20;
/// A signed-in browser that stays away longer is signed out.
const IDLE: time::Duration = time::Duration::days(14);

/// The whole server as a service.
pub fn router(app: App) -> Router {
    let (api, openapi) = api::routes();
    let document = serde_json::to_string(&openapi).unwrap_or_default();
    let secure = app.config.base_url.starts_with("https://");
    let sessions = SessionManagerLayer::new(Sessions::new(app.db.clone(), app.clock.clone()))
        .with_name(if secure { "__Host-id" } else { "id" })
        .with_secure(secure)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(IDLE));
    let csrf = CsrfLayer::new().with_rejection_response(|_: tower_http::csrf::ProtectionError| {
        Error::forbidden("This request came from another site's page. Nothing was done.").into_response()
    });
    let compress = CompressionLayer::new().compress_when(
        SizeAbove::new(compress::LEAST)
            .and(NotForContentType::new("text/event-stream"))
            // Files come as they are, and say how long they are.
            .and(NotForContentType::new("application/octet-stream"))
            .and(NotForContentType::IMAGES),
    );
    let api = api.layer(middleware::from_fn_with_state(app.clone(), idempotency::layer)).layer(middleware::from_fn(caller::known));
    Router::new()
        .merge(api)
        .route("/api/v1/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], document)))
        .merge(page::routes())
        .fallback(async |request: Request| without_slash(&request).ok_or_else(|| Error::not_found("page")))
        .method_not_allowed_fallback(async |request: Request| {
            let page = Some(request.uri().path()).filter(|_| request.method() == Method::GET).and_then(page::problem::page_of);
            page.map(|page| page::lead(&page, ""))
                .ok_or_else(|| Error::new(Kind::MethodNotAllowed, "What is at this address does not take this method."))
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn(observe))
                .layer(compress)
                .layer(middleware::from_fn(compress::brotli))
                .layer(middleware::from_fn(headers))
                .layer(middleware::from_fn_with_state(app.clone(), answer))
                .layer(CatchPanicLayer::custom(panicked))
                .layer(csrf)
                .layer(sessions)
                .layer(middleware::from_fn_with_state(app.clone(), caller::load)),
        )
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .merge(assets::routes())
        .with_state(app)
}

fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let words = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!("panic: {}", words.unwrap_or("no words"));
    Error::new(Kind::Internal, "It is logged. What you sent was not kept; trying again may work.").into_response()
}

/// Ready when the database answers.
async fn ready(State(app): State<App>) -> Response {
    match app.db.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => error::json(error.into_response(), &Error::new(Kind::Unavailable, "The database does not answer.").problem()),
    }
}

/// Numbers the request, counts its statements and logs how it ended.
async fn observe(mut request: Request, next: Next) -> Response {
    const ID: HeaderName = HeaderName::from_static("x-request-id");
    let id = clock::new_id().simple().to_string();
    let value = HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static(""));
    request.headers_mut().insert(ID, value.clone());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = tokio::time::Instant::now();
    let (mut response, statements) = STATEMENTS
        .scope(Cell::new(0), async {
            let response = if method.is_safe() { with_one_reader(next.run(request)).await } else { next.run(request).await };
            (response, STATEMENTS.with(Cell::get))
        })
        .await;
    let micros = started.elapsed().as_micros();
    tracing::debug!(%id, %method, path, status = response.status().as_u16(), statements, micros, "answered");
    response.headers_mut().insert(ID, value);
    if let Ok(value) = HeaderValue::from_str(&format!("sql;desc=\"{statements}\"")) {
        response.headers_mut().insert("server-timing", value);
    }
    response
}

/// What every answer says to the browser. A page's own Content-Security-Policy, with its nonce, is left as it is.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Gives every refusal, the layers' and axum's own included, its problem as a body: JSON on the API, else a page.
async fn answer(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = error::request_id(&request);
    let api = request.uri().path().starts_with("/api/");
    let path = request.uri().path().to_owned();
    // Only what is looked at can be gone on to: an act cannot be repeated by a link.
    let onward = request.uri().path_and_query().filter(|_| request.method() == Method::GET).map(ToString::to_string).unwrap_or_default();
    let mut response = next.run(request).await;
    let Some(problem) = error::take(&mut response, &id) else { return response };
    if problem.status >= StatusCode::INTERNAL_SERVER_ERROR.as_u16() {
        tracing::error!(id, path, status = problem.status, "refused");
    }
    if api {
        return error::json(response, &problem);
    }
    let caller = response.extensions_mut().remove::<Caller>().unwrap_or_default();
    page::problem::show(&app, &caller, &path, &onward, response, &problem).await
}

/// Where a page's address with a slash at its end leads: to the page.
fn without_slash(request: &Request) -> Option<Redirect> {
    let path = request.uri().path().strip_suffix('/').filter(|_| request.method() == Method::GET)?;
    // Two slashes, or one and something like it, would lead to another server.
    if !path[1.min(path.len())..].starts_with(|c: char| c.is_ascii_alphanumeric()) || path.starts_with("/api/") {
        return None;
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    Some(Redirect::permanent(&format!("{path}{query}")))
}
