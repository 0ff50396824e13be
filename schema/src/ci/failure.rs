//! Groups of failures alike, and what explains them.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Verdict;
use crate::{
    delta::{Kind, Ref, Visibility},
    id::DeltaKey,
};

/// How many days a group's counts go back.
pub const DAYS: usize = 14;

/// Failures of one project that share a fingerprint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailureGroup {
    /// The group.
    pub id: Uuid,
    /// The project's slug.
    pub project: String,
    /// The test's id.
    pub test: String,
    /// What the newest of them said.
    pub message: String,
    /// How many there were in all.
    pub failures: i64,
    /// In how many different jobs, within the last fourteen days.
    pub jobs: i64,
    /// Failures per day (UTC) of the last fourteen days, oldest first.
    pub days: Vec<i64>,
    /// Whether a delta stands behind it, also one the caller may not see.
    pub explained: bool,
    /// The deltas that explain it, which the caller may see.
    pub deltas: Vec<GroupDelta>,
    /// When it was first seen.
    #[serde(with = "time::serde::rfc3339")]
    pub first_seen: OffsetDateTime,
    /// When it was last seen.
    #[serde(with = "time::serde::rfc3339")]
    pub last_seen: OffsetDateTime,
}

/// A delta that explains a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupDelta {
    /// The delta.
    pub delta: Ref,
    /// The signature that recognised it; absent where somebody linked it by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// One failure of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// The failure.
    pub id: Uuid,
    /// Its run.
    pub run: Uuid,
    /// The run's job; empty where it named none.
    pub job: String,
    /// The run's branch; empty where it named none.
    pub branch: String,
    /// What it said.
    pub message: String,
    /// Stack trace, output.
    pub details: String,
    /// What CI was told.
    pub verdict: Verdict,
    /// When it was reported.
    #[serde(with = "time::serde::rfc3339")]
    pub reported_at: OffsetDateTime,
}

/// A group with its newest failures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailureGroupDetail {
    /// The group.
    #[serde(flatten)]
    pub group: FailureGroup,
    /// Its ten newest failures, newest first.
    pub newest: Vec<Failure>,
    /// A signature that would recognise the newest of them.
    pub suggestion: String,
}

/// Files a delta from a group; what is left out is worked out from the newest failure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileDelta {
    /// `crash` where the failure looks like one, else `bug`.
    pub kind: Option<Kind>,
    /// The test and what it said.
    #[cfg_attr(feature = "openapi", schema(max_length = 300))]
    pub title: Option<String>,
    /// "The test passes".
    #[cfg_attr(feature = "openapi", schema(max_length = 65_536))]
    pub desired: Option<String>,
    /// The test, the message and the end of the details.
    #[cfg_attr(feature = "openapi", schema(max_length = 65_536))]
    pub actual: Option<String>,
    /// `public`.
    pub visibility: Option<Visibility>,
}

/// The delta that was filed from a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Filed {
    /// Its key.
    pub delta: DeltaKey,
    /// Where to read it.
    pub url: String,
    /// A signature that would recognise its failures; it is not in force until it is added.
    pub suggestion: String,
}

/// The delta that explains a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkDelta {
    /// Its key.
    pub delta: DeltaKey,
}

impl GroupDelta {
    /// What recognised it, in words.
    pub fn how(&self) -> &str {
        self.signature.as_deref().unwrap_or("linked by hand")
    }
}
