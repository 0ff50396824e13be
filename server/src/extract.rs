//! Reading requests: axum's extractors, with our problems for what cannot be read.

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::error::{Error, FieldError, Kind, Result};

/// A JSON body, in or out. Unknown fields, wrong types and wrong words are refused with the path of the field.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

/// A posted HTML form. The same rules as [`Json`]; an absent list is empty.
#[derive(Debug, Clone, Copy)]
pub struct Form<T>(pub T);

/// The query string. The same rules as [`Json`]; what trackers add to links is passed over.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

/// The variable parts of the path. What cannot be read, or holds the character NUL, which nothing here does, does not exist: 404.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

/// The version in `If-Match`, which must be there: `"7"`, as `ETag` gave it.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub i64);

/// The address at the other end of the connection. Headers such as `X-Forwarded-For` are not believed: anybody can send them.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes> {
    let encoding = request.headers().get(header::CONTENT_ENCODING).map_or(Ok(""), |value| value.to_str());
    if !encoding.is_ok_and(|encoding| matches!(encoding.trim().to_ascii_lowercase().as_str(), "" | "identity")) {
        return Err(Error::new(Kind::UnsupportedMedia, "No Content-Encoding is taken here. Nothing was kept."));
    }
    Bytes::from_request(request, state).await.map_err(|rejection: BytesRejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::new(Kind::TooLarge, "The body is larger than is taken here. Nothing was kept."),
        _ => Error::new(Kind::Malformed, "The body broke off before its end. Nothing was kept."),
    })
}

fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}

/// Reads JSON, or says where it cannot be read: 400 where it is not JSON, 422 where it is not the right JSON.
///
/// # Errors
/// As above.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    // serde would take a list of the fields' values for an object.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Error::invalid("body", "must be an object"));
    }
    let mut read = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut read).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => field_error(&path, &inner.to_string()),
            _ => Error::new(Kind::Malformed, format!("The body is not JSON: {inner}.")),
        }
    })?;
    read.end().map_err(|error| Error::new(Kind::Malformed, format!("The body goes on after its JSON: {error}.")))?;
    Ok(value)
}

/// The field named in an unknown-field message, else the path; and the message without its position.
fn field_error(path: &str, message: &str) -> Error {
    let message = message.split(" at line ").next().unwrap_or(message);
    let field =
        message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("missing field `")).and_then(|rest| rest.split('`').next());
    let inside = path.trim_start_matches('.').trim_end_matches('.');
    let place = match field {
        Some(field) if inside.is_empty() => field.to_owned(),
        Some(field) if inside == field || inside.ends_with(&format!(".{field}")) => inside.to_owned(),
        Some(field) => format!("{inside}.{field}"),
        None if inside.is_empty() => "body".to_owned(),
        None => inside.to_owned(),
    };
    Error::invalid(place, plain(message))
}

/// serde's words, for people who know nothing of Rust.
fn plain(message: &str) -> String {
    let expected = message.rsplit_once(", expected ").map(|(_, expected)| expected);
    let needed = match (expected, message) {
        (Some(words), _) if message.starts_with("unknown variant") => {
            format!("one of {}", words.trim_start_matches("one of ").replace('`', ""))
        }
        (Some("i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize"), _) => "a whole number".to_owned(),
        (Some("f32" | "f64"), _) => "a number".to_owned(),
        (Some("a string" | "a borrowed string" | "str"), _) => "a text".to_owned(),
        (Some("a boolean"), _) | (None, "provided string was not `true` or `false`") => "true or false".to_owned(),
        (Some(words), _) if words.starts_with("struct ") || words == "a map" => "an object".to_owned(),
        (Some("a sequence"), _) => "a list".to_owned(),
        (Some(words), _) if words.contains("OffsetDateTime") => "a time such as 2026-01-31T12:00:00Z".to_owned(),
        (None, "invalid digit found in string" | "cannot parse integer from empty string") => "a whole number".to_owned(),
        (None, "number too large to fit in target type") => "a smaller number".to_owned(),
        (None, "number too small to fit in target type") => "a larger number".to_owned(),
        _ => return message.to_owned(),
    };
    format!("must be {needed}")
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;
    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let media = media_type(request.headers());
        if media != "application/json" && !media.ends_with("+json") {
            return Err(Error::new(Kind::UnsupportedMedia, "Send JSON, as Content-Type: application/json."));
        }
        from_json(&body(request, state).await?).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Reads a form or a query string.
///
/// # Errors
/// 422 with the field that cannot be accepted.
pub fn from_form<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_path_to_error::deserialize(serde_html_form::Deserializer::from_bytes(bytes)).map_err(|error| {
        let path = error.path().to_string();
        field_error(&path, &error.into_inner().to_string())
    })
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Error;
    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if media_type(request.headers()) != "application/x-www-form-urlencoded" {
            return Err(Error::new(Kind::UnsupportedMedia, "Send a form, as Content-Type: application/x-www-form-urlencoded."));
        }
        from_form(&body(request, state).await?).map(Self)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let own: Vec<&str> = query.split('&').filter(|pair| !is_tracker(pair)).collect();
        from_form(own.join("&").as_bytes()).map(Self)
    }
}

/// Whether a part of a query string is what mailers and networks add to the links people pass on.
fn is_tracker(pair: &str) -> bool {
    let name = pair.split_once('=').map_or(pair, |(name, _)| name);
    name.starts_with("utm_") || matches!(name, "fbclid" | "gclid" | "dclid" | "msclkid" | "mc_cid" | "mc_eid" | "igshid")
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        if parts.uri.path().contains("%00") {
            return Err(Error::not_found("thing"));
        }
        let path = <axum::extract::Path<T> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Error::not_found("thing"))
    }
}

/// A version as an `ETag`.
pub fn etag(version: i64) -> [(header::HeaderName, String); 1] {
    [(header::ETAG, format!("\"{version}\""))]
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let version = Self::given(&parts.headers)?;
        version.map(Self).ok_or_else(|| {
            Error::new(Kind::PreconditionRequired, "Send If-Match with the ETag you loaded, so that nobody's change is overwritten.")
        })
    }
}

impl IfMatch {
    /// The version, where the request may also come without one.
    ///
    /// # Errors
    /// 422 when it is not an ETag of this server.
    pub fn given(headers: &HeaderMap) -> Result<Option<i64>> {
        let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
        let text = value.to_str().unwrap_or_default().trim();
        let version = text.strip_prefix("W/").unwrap_or(text).trim_matches('"').parse();
        version.map(Some).map_err(|_| Error::invalid("If-Match", "is not an ETag of this server"))
    }
}

/// `Option<IfMatch>`: a version is heeded where one is sent.
impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>> {
        if !parts.headers.contains_key(header::IF_MATCH) {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state).await.map(Some)
    }
}

/// Gathers what is wrong with a request's fields.
#[derive(Debug, Default)]
pub struct Check(Vec<FieldError>);

impl Check {
    /// Notes a field unless `good`.
    pub fn that(&mut self, good: bool, field: &str, detail: impl Into<String>) -> &mut Self {
        if !good {
            self.0.push(FieldError { field: field.to_owned(), detail: detail.into() });
        }
        self
    }

    /// A text of `min` to `max` characters, without NUL (which PostgreSQL cannot keep).
    pub fn text(&mut self, text: &str, field: &str, min: usize, max: usize) -> &mut Self {
        let length = text.chars().count();
        self.that(length >= min && (min == 0 || !text.trim().is_empty()), field, "must not be empty");
        self.that(length <= max, field, format!("is {length} characters long; at most {max} are taken"));
        self.that(!text.contains('\0'), field, "must not hold the character NUL")
    }

    /// A slug.
    pub fn slug(&mut self, text: &str, field: &str) -> &mut Self {
        self.that(schema::id::is_slug(text), field, "must be 1 to 64 of a-z, 0-9, '.', '_' and '-', and start with a letter or digit")
    }

    /// Everything noted, as one problem.
    ///
    /// # Errors
    /// When anything was noted.
    pub fn done(&mut self) -> Result<()> {
        Error::check(std::mem::take(&mut self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_field_is_said_without_rust() {
        for (message, plain_words) in [
            ("invalid type: string \"x, expected y\", expected i64", "must be a whole number"),
            ("invalid digit found in string", "must be a whole number"),
            ("unknown variant `Failed`, expected one of `passed`, `failed`", "must be one of passed, failed"),
            ("invalid type: integer `1`, expected struct New", "must be an object"),
            ("must be 1 to 100", "must be 1 to 100"),
        ] {
            assert_eq!(plain(message), plain_words);
        }
    }
}
