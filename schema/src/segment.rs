//! Segments: named groups of a project's users. A user joins those they belong to.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The slug of the segment that every project has: all of its users.
pub const EVERYONE: &str = "everyone";

/// A group of a project's users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ProjectSegment))]
pub struct Segment {
    /// Its part of the URL.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Who belongs to it, in a sentence.
    pub description: String,
    /// Whether it is all of the project's users. Joining any segment joins it; leaving it leaves all.
    pub everyone: bool,
    /// How many people said that they belong to it.
    pub members: i64,
    /// Whether the caller did.
    pub mine: bool,
    /// Since when they belong to it.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub since: Option<OffsetDateTime>,
}

/// A stay in a segment: from when to when somebody belonged to it. A vote counts in the segments its voter was in when they cast it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stay {
    /// The project.
    pub project: String,
    /// The project's name.
    pub project_name: String,
    /// The segment.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether it is all of the project's users.
    pub everyone: bool,
    /// From when.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub joined_at: OffsetDateTime,
    /// Until when; absent while they are in it.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub left_at: Option<OffsetDateTime>,
}

/// Most stays that are told: the newest.
pub const STAYS_MAX: u64 = 200;

/// The page of one's own segments.
#[derive(Clone, Debug, PartialEq)]
pub struct StaysPage {
    /// Their stays, the newest first.
    pub stays: Vec<Stay>,
    /// Now.
    pub now: OffsetDateTime,
}

/// A segment to make or to describe anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutSegment {
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// Who belongs to it, in a sentence.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub description: String,
}
