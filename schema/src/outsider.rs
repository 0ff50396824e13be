//! Outsiders: people and customers without an account here, for whom somebody records a vote. Shown as such and counted once.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{problem::Refused, user::Person};

/// Longest text about how to reach somebody, or of whom they are.
pub const ABOUT_MAX: usize = 200;
/// Most segments a recorded vote names.
pub const SEGMENTS_MAX: usize = 50;
/// Most recorded votes of a delta that are told with names: the newest.
pub const RECORDED_MAX: u64 = 100;

/// A vote to record for somebody. The same name, of the same organisation or project, is the same person: it takes the place of what was
/// recorded for them before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Who: "ACME", "Jo from the mailing list".
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// Of which organisation they are a customer: the caller is one of its members. Either this or `project`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// Of which project they are a user: the caller maintains it, and the delta is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Whom they work for. Empty leaves what was said before.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub company: String,
    /// How to reach them; only the organisation's members, or the project's maintainers, read it. Empty leaves what was said before.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub contact: String,
    /// 0 not affected to 4 blocked, as in a vote.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 4))]
    pub severity: i64,
    /// In their words.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub note: String,
    /// Which users they are: segments of the delta's projects. They count among everyone in any case.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub segments: Vec<Named>,
}

/// A segment by its project and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NamedSegment))]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The project's slug.
    pub project: String,
    /// The segment's slug.
    pub segment: String,
}

/// A vote that somebody recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recorded {
    /// Of whom: their id.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
    pub outsider: Uuid,
    /// Who they are.
    pub name: String,
    /// Whom they work for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub company: String,
    /// Of which organisation or project: its name.
    pub of: String,
    /// Who recorded it last.
    pub by: Person,
    /// 0 to 4.
    pub severity: i64,
    /// In their words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: OffsetDateTime,
    /// Whether the caller may change it and take it back.
    pub mine: bool,
}

/// The votes of a delta that were recorded for others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AllRecorded {
    /// Those whose names the caller may know, the newest first, at most 100.
    pub items: Vec<Recorded>,
    /// How many others there are: customers of organisations that the caller does not see into.
    pub others: i64,
}

/// Somebody without an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outsider {
    /// Their id.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
    pub id: Uuid,
    /// Who they are.
    pub name: String,
    /// Whom they work for.
    pub company: String,
    /// How to reach them.
    pub contact: String,
    /// Votes that are recorded for them.
    pub votes: i64,
    /// The account this is said to be; it has not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_to: Option<Person>,
    /// The account that took the votes over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<Person>,
}

/// "They have an account now."
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Its handle; none takes the offer back.
    pub user: Option<String>,
}

/// Votes that were recorded for somebody who is said to be the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Claim {
    /// The outsider's id.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
    pub id: Uuid,
    /// What they are called there.
    pub name: String,
    /// By which organisation or project: its name.
    pub of: String,
    /// How many votes there are.
    pub votes: i64,
}

/// The answer to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Whether it is the caller: the votes become theirs, but where they voted themselves.
    pub accept: bool,
}

/// The page of an organisation's or project's outsiders.
#[derive(Clone, Debug, PartialEq)]
pub struct OutsidersPage {
    /// The organisation's or project's name.
    pub of: String,
    /// Its page.
    pub back: String,
    /// This page.
    pub here: String,
    /// Whether these are an organisation's customers.
    pub customers: bool,
    /// Whether the caller may change them.
    pub decides: bool,
    /// Them, by name.
    pub outsiders: Vec<Outsider>,
    /// What was just refused.
    pub refused: Option<Refused>,
}
