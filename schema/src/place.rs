//! Places: a delta in one project, with that project's consensus.

use serde::{Deserialize, Serialize};

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
