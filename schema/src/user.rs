//! People: who they are here and what they may do.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::problem::Problem;

words! {
    /// A person's part in an organisation.
    Role {
        /// Sees the organisation's work.
        Viewer = "viewer",
        /// Does the organisation's work.
        Member = "member",
        /// Also manages members, boards and settings.
        Owner = "owner",
    }
}

words! {
    /// What an API token may do. A project's CI token has exactly `ci`.
    Scope {
        /// See what its owner may see.
        Read = "read",
        /// Change what its owner may change. Includes `read`.
        Write = "write",
        /// Report runs of its project, and crashes of public deltas that are in it. Reads what everybody may.
        Ci = "ci",
        /// Read feeds by an address that holds it; nothing else. Stands alone.
        Feed = "feed",
    }
}

words! {
    /// Who may make an account.
    Registration {
        /// Anybody.
        Open = "open",
        /// Who was given an invitation.
        Invite = "invite",
        /// Nobody; an administrator makes accounts.
        Closed = "closed",
    }
}

/// A person, as anybody may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// Handle.
    pub name: String,
    /// As shown.
    pub display_name: String,
}

/// Fewest bytes of a password.
pub const PASSWORD_MIN: usize = 8;
/// Most bytes of a password.
pub const PASSWORD_MAX: usize = 1024;
/// Names that mean something in the query language: nobody is called so.
pub const RESERVED: &[&str] = &["me", "none", "any", "everyone", "nobody", "ci"];

/// An account to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Handle: 1 to 64 of `a-z 0-9 . _ -`, a letter or digit first. Read in any case, kept in lower case.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub name: String,
    /// As shown; 1 to 200 characters.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub display_name: String,
    /// Only its owner and administrators see it; at most 254 characters.
    #[cfg_attr(feature = "openapi", schema(max_length = 254))]
    pub email: String,
    /// 8 to 1024 bytes, none of the most common ones.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 1024))]
    pub password: String,
    /// The secret of an invitation, where one is needed.
    #[serde(default)]
    pub invite: Option<String>,
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Handle.
    pub name: String,
    /// As shown.
    pub display_name: String,
    /// Empty for people brought in by an import.
    pub email: Option<String>,
    /// Whether they run this instance.
    pub is_admin: bool,
    /// Their organisations, by name.
    pub orgs: Vec<Membership>,
    /// Slugs of the projects they maintain.
    pub maintains: Vec<String>,
    /// What this caller may do: a session everything its owner may.
    pub scopes: Vec<Scope>,
}

/// A part in an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Membership {
    /// The organisation's slug.
    pub org: String,
    /// Its name.
    pub name: String,
    /// The person's role there.
    pub role: Role,
}

/// What to change of oneself; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MyChange {
    /// As shown; 1 to 200 characters.
    pub display_name: Option<String>,
    /// At most 254 characters.
    pub email: Option<String>,
}

/// A person's public page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// Handle.
    pub name: String,
    /// As shown.
    pub display_name: String,
    /// Public deltas they filed.
    pub deltas: i64,
    /// When the account was made.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
}

/// The form of a new account: the first start's, or the registration's.
#[derive(Clone, Debug, Default)]
pub struct AccountPage {
    /// Whether it makes the first administrator.
    pub first: bool,
    /// The one-time secret that came with the link; empty for none.
    pub secret: String,
    /// What was filled in. Never the password.
    pub name: String,
    /// What was filled in.
    pub display_name: String,
    /// What was filled in.
    pub email: String,
    /// Why it was not accepted.
    pub refused: Option<Problem>,
}

/// One's own settings.
#[derive(Clone, Debug)]
pub struct SettingsPage {
    /// Handle.
    pub name: String,
    /// As shown.
    pub display_name: String,
    /// Empty where there is none.
    pub email: String,
    /// The version the form was made from.
    pub version: i64,
    /// Whether they sign in with a password.
    pub has_password: bool,
    /// Why the profile was not accepted.
    pub refused: Option<Problem>,
    /// Why the password was not accepted.
    pub password_refused: Option<Problem>,
}
