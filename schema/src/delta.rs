//! Deltas: a difference between the behaviour someone desires and the behaviour the code has.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{id::DeltaKey, place::Place, user::Person};

/// Longest title, in characters.
pub const TITLE_MAX: usize = 300;
/// Longest desired, actual, body or comment, in characters.
pub const TEXT_MAX: usize = 65_536;

words! {
    /// What sort of gap it is.
    Kind {
        /// The code does something it should not.
        Bug = "bug",
        /// The code falls over.
        Crash = "crash",
        /// The code lacks something that is described.
        Spec = "spec",
    }
}

words! {
    /// Who may see it.
    Visibility {
        /// Everybody.
        Public = "public",
        /// Its reporter, the maintainers of its projects, and who was invited.
        Private = "private",
    }
}

words! {
    /// How a gap ended. A delta without one is open.
    Resolution {
        /// Actual now equals desired.
        Closed = "closed",
        /// Another delta stands for it.
        Duplicate = "duplicate",
        /// Its reporter took it back.
        Withdrawn = "withdrawn",
        /// The maintainers hold that the behaviour is right.
        Declined = "declined",
    }
}

/// One line of a list of deltas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Summary {
    /// Its key.
    pub key: DeltaKey,
    /// What sort of gap.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// How it ended; absent while open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// Closed before, and seen again since.
    pub regressed: bool,
    /// Highest segment score, 0 to 100.
    pub impact: i64,
    /// The segment that score is from: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// People it affects.
    pub affected: i64,
    /// Where it is.
    pub places: Vec<Place>,
    /// Organisations that have committed to a task for it, as far as the caller may see: their slugs.
    pub committed: Vec<String>,
    /// Comments on it.
    pub comments: i64,
    /// When it was filed.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// A delta that another thing points at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ref {
    /// Its key.
    pub key: DeltaKey,
    /// What sort of gap.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// Highest segment score, 0 to 100.
    pub impact: i64,
    /// Whether the gap is open.
    pub open: bool,
}

/// Who did something, as shown: a person, or CI and jobs where there is none.
pub type Actor = Option<Person>;
