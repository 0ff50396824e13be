//! A client of the public API, as anybody outside would write it: paths and names are spelled out, nothing is shared with the server.

use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::Value;
use std::time::Duration;

/// Somebody, or nobody, who asks one server.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What came back.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What was asked, for messages.
    pub asked: String,
    headers: reqwest::header::HeaderMap,
    body: Vec<u8>,
}

/// A body to send.
pub enum Body {
    /// None.
    Empty,
    /// JSON.
    Json(Value),
    /// Bytes of a media type.
    Bytes(&'static str, Vec<u8>),
}

impl Client {
    /// Nobody, at `http://host:port`.
    ///
    /// # Errors
    /// When the system gives no sockets.
    pub fn new(base: &str) -> Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            // The server ends a connection that says nothing for some seconds: never be the one who speaks at that moment.
            .pool_idle_timeout(Duration::from_secs(2))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { http, base: base.to_owned(), token: None })
    }

    /// The owner of a token, at the same server.
    pub fn with(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same somebody at another server.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// The token, if this is somebody.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Asks, whatever the answer. A path that does not begin with a slash is the API's: `deltas` is `/api/v1/deltas`.
    ///
    /// # Errors
    /// When no whole answer comes within 30 s.
    pub async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Result<Answer> {
        let (asked, request) = self.request(method, path, headers);
        let request = match body {
            Body::Empty => request,
            Body::Json(value) => request.json(&value),
            Body::Bytes(kind, bytes) => request.header("content-type", kind).body(bytes),
        };
        let response = request.send().await.with_context(|| asked.clone())?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.with_context(|| asked.clone())?.to_vec();
        Ok(Answer { status, asked, headers, body })
    }

    /// The bare request, for answers that are read as they come.
    pub fn request(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> (String, reqwest::RequestBuilder) {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/api/v1/{path}") };
        let asked = format!("{method} {path}");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        (asked, request)
    }

    /// GET; the JSON of a good answer.
    ///
    /// # Errors
    /// When the answer is not 2xx; the message holds it.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.ask(Method::GET, path, &[], Body::Empty).await?.good()?.json()
    }

    /// GET; only the status.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn status(&self, path: &str) -> Result<u16> {
        Ok(self.ask(Method::GET, path, &[], Body::Empty).await?.status)
    }

    /// A page as text; must be good.
    ///
    /// # Errors
    /// When the answer is not 2xx or not UTF-8.
    pub async fn page(&self, path: &str) -> Result<String> {
        Ok(String::from_utf8(self.ask(Method::GET, path, &[("accept", "text/html")], Body::Empty).await?.good()?.body)?)
    }

    /// Any method with JSON; the good answer.
    ///
    /// # Errors
    /// When the answer is not 2xx; the message holds it.
    pub async fn send(&self, method: Method, path: &str, body: Value) -> Result<Answer> {
        self.ask(method, path, &[], Body::Json(body)).await?.good()
    }

    /// POST with JSON; the JSON of the good answer.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.send(Method::POST, path, body).await?.json()
    }

    /// PUT with JSON; the good answer.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn put(&self, path: &str, body: Value) -> Result<Answer> {
        self.send(Method::PUT, path, body).await
    }

    /// Sends JSON; where a version is asked for (428), as [`Client::change`] with that of `at`.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn settle(&self, method: Method, at: &str, path: &str, body: Value) -> Result<Answer> {
        let answer = self.ask(method.clone(), path, &[], Body::Json(body.clone())).await?;
        if answer.status == 428 { self.change(method, at, path, body).await } else { answer.good() }
    }

    /// Changes something whose current version is asked for first: GET `at`, then the method on `path` with `If-Match`.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn change(&self, method: Method, at: &str, path: &str, body: Value) -> Result<Answer> {
        self.try_change(method, at, path, body).await?.good()
    }

    /// As [`Client::change`], whatever the answer.
    ///
    /// # Errors
    /// When the version cannot be read, or no answer comes.
    pub async fn try_change(&self, method: Method, at: &str, path: &str, body: Value) -> Result<Answer> {
        let seen = self.ask(Method::GET, at, &[], Body::Empty).await?.good()?;
        let tag = seen.header("etag").with_context(|| format!("{} carries no ETag", seen.asked))?.to_owned();
        self.ask(method, path, &[("if-match", &tag)], Body::Json(body)).await
    }
}

impl Answer {
    /// Its body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// Its first words, for messages; of a page, its title.
    fn words(&self) -> String {
        let text = self.text();
        let title = text.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
        title.map_or_else(|| text.chars().take(600).collect(), |(title, _)| format!("a page, {title}"))
    }

    /// Itself when 2xx.
    ///
    /// # Errors
    /// Else, with the answer's first words.
    pub fn good(self) -> Result<Self> {
        if !(200..300).contains(&self.status) {
            bail!("{} answered {}: {}", self.asked, self.status, self.words());
        }
        Ok(self)
    }

    /// Itself when it has this status.
    ///
    /// # Errors
    /// Else, with the answer's first words.
    pub fn expect(self, status: u16) -> Result<Self> {
        if self.status != status {
            bail!("{} answered {} and not {status}: {}", self.asked, self.status, self.words());
        }
        Ok(self)
    }

    /// Its body as JSON; `null` when there is none.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn json(&self) -> Result<Value> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body).with_context(|| format!("{} answered no JSON", self.asked))
    }

    /// One of its headers.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Bytes of its body.
    pub fn size(&self) -> usize {
        self.body.len()
    }
}

/// The text at a JSON pointer (`/items/0/key`).
///
/// # Errors
/// When there is none; the message holds what there is.
pub fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).with_context(|| missing(value, pointer, "text"))
}

/// The whole number at a JSON pointer.
///
/// # Errors
/// When there is none; the message holds what there is.
pub fn number(value: &Value, pointer: &str) -> Result<i64> {
    value.pointer(pointer).and_then(Value::as_i64).with_context(|| missing(value, pointer, "number"))
}

/// The list at a JSON pointer.
///
/// # Errors
/// When there is none; the message holds what there is.
pub fn list<'a>(value: &'a Value, pointer: &str) -> Result<&'a [Value]> {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).with_context(|| missing(value, pointer, "list"))
}

fn missing(value: &Value, pointer: &str, kind: &str) -> String {
    let shown: String = value.to_string().chars().take(600).collect();
    format!("no {kind} at {pointer} of {shown}")
}
