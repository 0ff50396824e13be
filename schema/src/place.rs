//! Places: a delta in one project, with that project's consensus.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{project::Component, user::Person};

/// Most components of one place.
pub const COMPONENTS_MAX: usize = 20;
/// Longest reason, rationale or description in one line, in characters.
pub const REASON_MAX: usize = 2000;

words! {
    /// What a project thinks of a delta. Says nothing about who will do something.
    Consensus {
        /// Nobody has looked yet.
        Proposed = "proposed",
        /// It is being talked about.
        Discussing = "discussing",
        /// The project holds that actual should become desired.
        Agreed = "agreed",
        /// People object.
        Disputed = "disputed",
        /// The project holds that the behaviour is right as it is.
        Declined = "declined",
    }
}

words! {
    /// One person's view of a place.
    Stand {
        /// Actual should become desired.
        Agree = "agree",
        /// It should not.
        Object = "object",
        /// Seen, and no view.
        Abstain = "abstain",
    }
}

/// A delta in one project, in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// The project's slug.
    pub project: String,
    /// What it thinks.
    pub consensus: Consensus,
    /// Slugs of the components concerned.
    pub components: Vec<String>,
}

/// A delta in one project, with what its people think of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PlaceDetail))]
pub struct Detail {
    /// The project's slug.
    pub project: String,
    /// The project's name.
    pub project_name: String,
    /// What it thinks.
    pub consensus: Consensus,
    /// Why, in the maintainers' words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rationale: String,
    /// Who set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Person>,
    /// When.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<OffsetDateTime>,
    /// The components concerned, by slug.
    pub components: Vec<Component>,
    /// People's positions, newest first.
    pub positions: Vec<Position>,
    /// Rises with each change of the consensus.
    pub version: i64,
}

/// One person's view of a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Position {
    /// Whose.
    pub person: Person,
    /// Which.
    pub position: Stand,
    /// Why.
    pub reason: String,
    /// Stated on an earlier revision of the text: it may no longer hold.
    pub stale: bool,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// Where a delta is to stand in a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutPlace {
    /// Slugs of the project's components concerned; at most 20.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub components: Vec<String>,
}

/// A position to state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutPosition {
    /// Which.
    pub position: Stand,
    /// Why; needed to object.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub reason: String,
}

/// A consensus to set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutConsensus {
    /// What the project thinks.
    pub state: Consensus,
    /// Why; needed to decline.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub rationale: String,
}
