//! Signing in, and where one is signed in.

use time::OffsetDateTime;

use crate::problem::Problem;

/// The form to sign in with.
#[derive(Clone, Debug, Default)]
pub struct SignInPage {
    /// Name or e-mail address, as filled in.
    pub login: String,
    /// The path to go on to; empty for the first page.
    pub next: String,
    /// Why it was not accepted, or why it is asked.
    pub refused: Option<Problem>,
    /// Whether anybody may make an account.
    pub registration_open: bool,
}

/// One browser one is signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Names it in the form that ends it; no secret.
    pub key: String,
    /// What the browser said it is.
    pub agent: String,
    /// Since when.
    pub created_at: OffsetDateTime,
    /// Last seen, to the hour.
    pub seen_at: OffsetDateTime,
    /// Whether it is the one that asks.
    pub this: bool,
}

/// Where one is signed in.
#[derive(Clone, Debug)]
pub struct SessionsPage {
    /// Last seen first.
    pub sessions: Vec<Session>,
    /// Now, for the relative times.
    pub now: OffsetDateTime,
}
