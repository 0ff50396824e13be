//! API tokens: of people, and of projects for their CI.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{problem::Problem, user::Scope};

/// Days a token works when nothing is said.
pub const DAYS: i64 = 365;
/// Most days a token works. A CI token may also never expire.
pub const DAYS_MAX: i64 = 730;

/// A person's token to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What its owner calls it; 1 to 200 characters.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub name: String,
    /// `read`, or `read` and `write`; `write` includes `read`. Or `feed` alone.
    pub scopes: Vec<Scope>,
    /// When it stops working: at most 730 days from now; 365 when absent.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}

/// A project's CI token to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCiToken {
    /// What its maintainers call it; 1 to 200 characters.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub name: String,
    /// When it stops working: at most 730 days from now; 365 when absent.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// It works until it is revoked. Not together with `expires_at`.
    #[serde(default)]
    pub never_expires: bool,
}

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    /// Names it when it is revoked.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last used, to the hour.
    #[serde(with = "time::serde::rfc3339::option")]
    pub used_at: Option<OffsetDateTime>,
    /// When it stops working.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}

/// A token just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Made {
    /// The token.
    #[serde(flatten)]
    pub token: Token,
    /// Shown this once: only its digest is kept.
    pub secret: String,
}

/// The form for a new token, as it was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// What it is for.
    pub name: String,
    /// What it may do: one choice.
    pub scope: Scope,
    /// For how many days it works.
    pub days: String,
    /// The query whose feed it is for; empty otherwise.
    pub q: String,
    /// Where the query is one over tasks, whose: the organisation's slug.
    pub org: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self { name: String::new(), scope: Scope::Read, days: DAYS.to_string(), q: String::new(), org: String::new() }
    }
}

/// Tokens in force, the form for a new one, and the one just made.
#[derive(Clone, Debug)]
pub struct TokensPage {
    /// The project whose CI they are for: slug and name; none for one's own.
    pub project: Option<(String, String)>,
    /// Newest first.
    pub tokens: Vec<Token>,
    /// The one just made, with its secret.
    pub made: Option<Made>,
    /// What stands in the form.
    pub typed: Typed,
    /// Why it was not accepted.
    pub refused: Option<Problem>,
    /// For a feed token just made: the addresses that hold it, with what each is.
    pub feeds: Vec<(&'static str, String)>,
    /// Now, for the relative times.
    pub now: OffsetDateTime,
}
