//! The browser's one client of `/api/v1`.
//!
//! JSON is the browser's own (`JSON.parse`), read with [`text`], [`number`] and [`get_in`]: a decoder compiled to WASM would cost more
//! than all islands together.

use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

use crate::island::dom::window;

/// A reply: its body, and the version to send back with a change.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The body; undefined where there is none.
    pub body: JsValue,
    /// The `ETag`, for `If-Match`.
    pub etag: Option<String>,
}

/// A refusal, in the server's words.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The status; 0 when the server was not reached.
    pub status: u16,
    /// What happened, as a sentence to show.
    pub words: String,
    /// What is wrong with which field.
    pub fields: Vec<(String, String)>,
}

/// What a call gives.
pub type Result = std::result::Result<Reply, Refusal>;

/// Reads.
///
/// # Errors
/// The server's refusal, or that it was not reached.
pub async fn get(url: &str) -> Result {
    call("GET", url, None, None).await
}

/// A page of ours as HTML; none where it was refused or not reached.
pub async fn page(url: &str) -> Option<String> {
    let response: Response = JsFuture::from(window().fetch_with_str(url)).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

/// Puts `body` there.
///
/// # Errors
/// The server's refusal, or that it was not reached.
pub async fn put(url: &str, body: &Object, version: Option<&str>) -> Result {
    call("PUT", url, Some(body), version).await
}

/// Posts `body`.
///
/// # Errors
/// The server's refusal, or that it was not reached.
pub async fn post(url: &str, body: &Object) -> Result {
    call("POST", url, Some(body), None).await
}

/// Changes what `body` names; `version` is the `ETag` the change was made on.
///
/// # Errors
/// The server's refusal (412: somebody was faster), or that it was not reached.
pub async fn patch(url: &str, body: &Object, version: Option<&str>) -> Result {
    call("PATCH", url, Some(body), version).await
}

/// Takes away.
///
/// # Errors
/// The server's refusal, or that it was not reached.
pub async fn delete(url: &str) -> Result {
    call("DELETE", url, None, None).await
}

/// Reads a page or a part of one, as the server renders it.
///
/// # Errors
/// The server's refusal, or that it was not reached.
pub async fn html(url: &str) -> std::result::Result<String, Refusal> {
    let response = send("GET", url, None, None).await.map_err(|_| unreached())?;
    if !response.ok() {
        return Err(refusal(response.status(), &JsValue::UNDEFINED));
    }
    Ok(read(&response).await)
}

async fn read(response: &Response) -> String {
    match response.text() {
        Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

/// A JSON object of these members.
#[must_use]
pub fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (key, value) in members {
        set(&object, key, value);
    }
    object
}

/// A member, undefined where there is none.
#[must_use]
pub fn get_in(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A member that is a string; empty where there is none.
#[must_use]
pub fn text(value: &JsValue, key: &str) -> String {
    get_in(value, key).as_string().unwrap_or_default()
}

/// A member that is a number.
#[must_use]
pub fn number(value: &JsValue, key: &str) -> Option<f64> {
    get_in(value, key).as_f64()
}

fn set(object: &Object, key: &str, value: &JsValue) {
    // Refused only on a frozen object; these are new.
    let _ = Reflect::set(object, &key.into(), value);
}

async fn call(method: &str, url: &str, body: Option<&Object>, version: Option<&str>) -> Result {
    let response = send(method, url, body, version).await.map_err(|_| unreached())?;
    let text = read(&response).await;
    let body = JSON::parse(&text).unwrap_or(JsValue::UNDEFINED);
    if response.ok() {
        return Ok(Reply { body, etag: response.headers().get("etag").ok().flatten() });
    }
    Err(refusal(response.status(), &body))
}

async fn send(method: &str, url: &str, body: Option<&Object>, version: Option<&str>) -> std::result::Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    let init = RequestInit::new();
    init.set_method(method);
    if let Some(body) = body {
        headers.set("content-type", "application/json")?;
        init.set_body(&JSON::stringify(body)?.into());
    }
    if let Some(version) = version {
        headers.set("if-match", version)?;
    }
    init.set_headers(&headers);
    JsFuture::from(window().fetch_with_str_and_init(url, &init)).await?.dyn_into()
}

/// What a problem (`{title, detail, errors}`) says.
fn refusal(status: u16, problem: &JsValue) -> Refusal {
    let (title, detail) = (text(problem, "title"), text(problem, "detail"));
    let words = match (title.is_empty(), detail.is_empty()) {
        (_, false) => detail,
        (false, true) => title,
        (true, true) => format!("The server refused this (error {status}). Nothing was changed."),
    };
    let fields = get_in(problem, "errors")
        .dyn_into::<js_sys::Array>()
        .map(|errors| errors.iter().map(|error| (text(&error, "field"), text(&error, "detail"))).collect())
        .unwrap_or_default();
    Refusal { status, words, fields }
}

fn unreached() -> Refusal {
    let words = "The server was not reached, so nothing was changed. Check the connection and try again.".to_owned();
    Refusal { status: 0, words, fields: Vec::new() }
}
