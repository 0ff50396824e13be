//! Places: a delta in one project, with that project's consensus.

mod decision;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use self::decision::{APPROVALS, APPROVALS_MAX, DAYS, DAYS_MAX, Decision, How, Needed, Rule, undecided};
use crate::{project::Component, timeline::Entry, user::Person};

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
    /// How it came to that.
    pub how: How,
    /// The revision of the text it was decided on; absent while nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
    /// The project's rule.
    pub decision: Decision,
    /// What it has and still lacks by that rule.
    pub needed: Needed,
    /// The components concerned, by slug.
    pub components: Vec<Component>,
    /// People's positions, newest first.
    pub positions: Vec<Position>,
    /// What was said and decided here, newest first: the newest 20 of all the delta's places. The rest is at `history`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Entry>,
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
    /// The revision of the text it was stated on.
    pub revision: i64,
    /// Stated on an earlier revision of the text: it no longer counts.
    pub stale: bool,
    /// They maintain the project.
    pub maintainer: bool,
    /// A maintainer's answer to the objection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Position {
    /// Whether it is an objection to the current text that nobody has answered.
    pub fn objects(&self) -> bool {
        self.position == Stand::Object && !self.stale && self.answer.is_none()
    }
}

/// What a maintainer said to an objection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Answer {
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
    /// Why the objection does not hold.
    pub reason: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// An answer to give to an objection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutAnswer {
    /// Why the objection does not hold.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    pub reason: String,
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
    /// Why; needed to decline, and to agree where the project's rule is another than its maintainers' word.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub rationale: String,
}
