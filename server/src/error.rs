//! One error, one problem: what went wrong inside becomes RFC 9457 outside, in one place.
//!
//! Say what a caller can act on with the constructors; everything else arrives through `?` as an internal error, whose
//! cause is logged with the request's id and never sent.

use std::{fmt, panic::Location};

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
pub use schema::problem::{FieldError, Kind, Problem};
use schema::query::QueryError;

/// What every fallible function of the server gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A problem and, where it is ours, its cause.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    detail: String,
    errors: Vec<FieldError>,
    retry_after: Option<u64>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    taken: bool,
    at: &'static Location<'static>,
}

impl Error {
    /// A problem of a kind, in this case's words: what happened, where, what was kept.
    #[track_caller]
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let at = Location::caller();
        Self(Box::new(Inner { kind, detail: detail.into(), errors: Vec::new(), retry_after: None, cause: None, taken: false, at }))
    }

    /// 404. `what` is a noun: "delta", "board". Also for what exists but is not the caller's to see.
    #[track_caller]
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, format!("There is no such {what}, or you may not see it."))
    }

    /// 403: seen, but not theirs to do. `who` says who may.
    #[track_caller]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, detail)
    }

    /// 401.
    #[track_caller]
    pub fn unauthenticated() -> Self {
        Self::new(Kind::Unauthenticated, "Sign in, or send a valid token.")
    }

    /// 422, with the field at fault.
    #[track_caller]
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        let (field, detail) = (field.into(), detail.into());
        let mut error = Self::new(Kind::Invalid, format!("{field}: {detail}"));
        error.0.errors.push(FieldError { field, detail });
        error
    }

    /// 422, with several fields at fault; `Ok` when there are none.
    ///
    /// # Errors
    /// When the list is not empty.
    #[track_caller]
    pub fn check(errors: Vec<FieldError>) -> Result<()> {
        let Some(first) = errors.first() else { return Ok(()) };
        let mut error = Self::new(Kind::Invalid, format!("{}: {}", first.field, first.detail));
        error.0.errors = errors;
        Err(error)
    }

    /// 409.
    #[track_caller]
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, detail)
    }

    /// 412: the version seen is not the current one.
    #[track_caller]
    pub fn stale(what: &str) -> Self {
        Self::new(
            Kind::Stale,
            format!("This {what} was changed after you loaded it. Nothing was overwritten: load it again and repeat your change."),
        )
    }

    /// The server cannot start, or a command cannot do its work: the words are for the operator.
    #[track_caller]
    pub fn start(detail: String) -> Self {
        Self::new(Kind::Unavailable, detail)
    }

    /// Seconds after which the caller may come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// Whether a unique key was broken. SQLite names no constraint: the statement at hand tells which.
    pub fn is_taken(&self) -> bool {
        self.0.taken
    }

    /// Turns a broken unique key into this problem; leaves other errors alone. For `map_err`.
    pub fn taken(detail: impl Into<String>) -> impl FnOnce(Self) -> Self {
        let detail = detail.into();
        move |error| if error.is_taken() { Self::conflict(detail) } else { error }
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// This case's words.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// As sent: without its cause.
    pub fn problem(&self) -> Problem {
        Problem::new(self.0.kind, self.0.detail.clone(), self.0.errors.clone())
    }

    /// 503, whose cause is logged: what is stored elsewhere cannot be reached.
    #[track_caller]
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Kind::Unavailable, "Nothing was kept; try again in a moment.").retry_after(5).caused_by(cause)
    }

    /// 500, whose cause is logged.
    #[track_caller]
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Kind::Internal, "It is logged. What you sent was not kept; trying again may work.").caused_by(cause)
    }

    /// The cause, which is logged and never sent.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// It is a broken unique key: [`Error::is_taken`].
    #[must_use]
    pub fn of_taken_key(mut self) -> Self {
        self.0.taken = true;
        self
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {}: {}", self.0.kind, self.0.at, self.0.detail)?;
        match &self.0.cause {
            Some(cause) => write!(f, ": {cause:?}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)?;
        match &self.0.cause {
            Some(cause) => write!(f, " ({cause})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl From<QueryError> for Error {
    /// 422 `q`, with the column. Where the query came in another field, name that instead.
    #[track_caller]
    fn from(error: QueryError) -> Self {
        Self::invalid("q", error.to_string())
    }
}

macro_rules! internal {
    ($($cause:ty),*) => {$(
        impl From<$cause> for Error {
            #[track_caller]
            fn from(cause: $cause) -> Self { Self::internal(cause) }
        }
    )*};
}
internal!(serde_json::Error, std::io::Error, tower_sessions::session::Error, tokio::task::JoinError, time::error::Format, std::fmt::Error);

impl IntoResponse for Error {
    /// Status and headers; the router's `answer` writes the body, as JSON or as a page, when it knows the request.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(cause) = &self.0.cause {
            tracing::error!(%status, at = %self.0.at, "{cause}");
        }
        let mut response = status.into_response();
        if let Some(seconds) = self.0.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.0.kind == Kind::Unauthenticated {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self.problem());
        response
    }
}

/// A problem as `application/problem+json`.
pub fn json(mut response: Response, problem: &Problem) -> Response {
    let body = serde_json::to_vec(problem).unwrap_or_default();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = body.into();
    response
}

/// The request's id, as the router set it.
pub fn request_id(request: &Request) -> String {
    request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned()
}

/// In a response's extensions: this refusal is worded as it is to be, and gets no problem.
#[derive(Clone, Copy)]
pub struct Worded;

/// The problem of a refused request; made up from the status where a layer refused without one.
pub fn take(response: &mut Response, id: &str) -> Option<Problem> {
    let status = response.status();
    if response.extensions().get::<Worded>().is_some() {
        return None;
    }
    // A form that was refused comes back as a page of its own.
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let mut problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if !is_page && (status.is_client_error() || status.is_server_error()) => {
            let kind = Kind::ALL.into_iter().find(|kind| kind.status() == status.as_u16()).unwrap_or(Kind::Malformed);
            let mut problem = Problem::new(kind, status.canonical_reason().unwrap_or("Refused."), Vec::new());
            problem.status = status.as_u16();
            problem
        }
        _ => return None,
    };
    problem.instance = id.to_owned();
    Some(problem)
}
