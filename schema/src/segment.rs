//! Segments: named groups of a project's users. A user joins those they belong to.

use serde::{Deserialize, Serialize};

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
