//! A caller: sends requests straight into the router, and says what it expected when it got something else.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode},
};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// Somebody who calls the server.
#[derive(Clone)]
pub struct Client {
    router: Router,
    headers: Vec<(String, String)>,
}

/// What the server answered.
#[derive(Debug)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as text.
    pub text: String,
    /// Body as JSON, null where it is none.
    pub json: Value,
    asked: String,
}

impl Client {
    pub(super) fn new(router: Router, token: Option<String>) -> Self {
        let client = Self { router, headers: Vec::new() };
        match token {
            Some(token) => client.bearer(&token),
            None => client,
        }
    }

    /// The same caller with a token.
    pub fn bearer(&self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// The same caller with a header more.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(had, _)| had != name);
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// Sends a request.
    pub async fn send(&self, method: Method, path: &str, media: Option<&str>, body: impl Into<Body>) -> Reply {
        let mut request = Request::builder().method(&method).uri(path).header("host", "deltaboard.test");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(media) = media {
            request = request.header("content-type", media);
        }
        let request = request.body(body.into()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status: parts.status, headers: parts.headers, text, json, asked: format!("{method} {path}") }
    }

    /// GET, with the body still to be read: for streams.
    pub async fn open(&self, path: &str) -> axum::response::Response {
        let mut request = Request::builder().uri(path).header("host", "deltaboard.test");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        self.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer")
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None, Body::empty()).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None, Body::empty()).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some("application/json"), body.to_string()).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some("application/json"), body.to_string()).await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some("application/json"), body.to_string()).await
    }

    /// POST of a form, as a browser on our own pages sends it.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = serde_html_form::to_string(fields).expect("a form");
        self.with("sec-fetch-site", "same-origin").send(Method::POST, path, Some("application/x-www-form-urlencoded"), body).await
    }
}

impl Reply {
    /// It must have gone well (2xx).
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.status.is_success(), "{}: {} {}", self.asked, self.status, self.text);
        self
    }

    /// It must have been this status.
    #[track_caller]
    pub fn status(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.text);
        self
    }

    /// It must have been refused with this status, and say so as a problem.
    #[track_caller]
    pub fn refused(self, status: u16) -> Self {
        let reply = self.status(status);
        if reply.asked.contains(" /api/") {
            assert_eq!(reply.header("content-type"), "application/problem+json", "{}", reply.asked);
            assert!(!reply.json["detail"].as_str().unwrap_or_default().is_empty(), "{}", reply.text);
        }
        reply
    }

    /// It must have led on (303); gives where to.
    #[track_caller]
    pub fn leads(self) -> String {
        let reply = self.status(303);
        reply.header("location").to_owned()
    }

    /// A header's text, empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
