//! Stances: what an organisation makes of a delta.

use serde::{Deserialize, Serialize};

use crate::{
    id::TaskKey,
    task::{Commitment, Priority},
};

words! {
    /// An organisation on a delta.
    Stance {
        /// It is looking into it.
        Considering = "considering",
        /// A task of its own is linked.
        Taken = "taken",
        /// It will not do anything, and says why.
        Declined = "declined",
        /// It looks again later.
        Snoozed = "snoozed",
    }
}

/// One line of "who has committed": an organisation on a delta, as far as the caller may see. What is hidden is absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Standing {
    /// The organisation's slug.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// What it makes of the delta.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stance: Option<Stance>,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The strongest commitment of its tasks for this delta.
    pub commitment: Commitment,
    /// The release or date promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How often the promise moved.
    pub moves: i64,
    /// Whether the caller may see the organisation's own work: the fields below.
    pub inside: bool,
    /// The task's priority there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The task's place in the organisation's order, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<i64>,
    /// The task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskKey>,
    /// The column it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}
