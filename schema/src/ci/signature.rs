//! Signatures: queries that recognise a delta's failures.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{delta::Ref, id::DeltaKey};

/// A signature in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Signature {
    /// The signature.
    pub id: Uuid,
    /// The project whose failures it looks at: its slug.
    pub project: String,
    /// What it asks (`test:*agent_restart* message:"session reset"`).
    pub query: String,
    /// Counted from 1; the ETag.
    pub version: i64,
    /// Groups it explains.
    pub groups: i64,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// A new signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSignature {
    /// What it asks, over `test`, `message`, `details`, `job` and `branch`.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1_000))]
    pub query: String,
    /// The project; needed where the delta has places in several.
    #[serde(default)]
    pub project: Option<String>,
}

/// A signature's new text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutSignature {
    /// What it asks.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1_000))]
    pub query: String,
}

/// A signature to try on the failures that are stored. Nothing is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrySignature {
    /// What it asks.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1_000))]
    pub query: String,
    /// The delta it is meant for: its failures that are not found are misses, other deltas' that are found are overlap.
    #[serde(default)]
    pub delta: Option<DeltaKey>,
}

/// What a signature finds among the newest failures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tried {
    /// How many failures were looked at: the newest 2,000 of the project, or all where there are fewer.
    pub tried: i64,
    /// How many it finds.
    pub hits: i64,
    /// A few of them, newest first, a group each; at most 20.
    pub found: Vec<Sample>,
    /// How many failures of the delta it does not find.
    pub misses: i64,
    /// A few of them, a group each; at most 20.
    pub missed: Vec<Sample>,
    /// Other deltas whose failures it finds, which the caller may see, most first.
    pub overlap: Vec<Overlap>,
}

/// One group that a tried signature finds or misses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sample {
    /// The group.
    pub group: Uuid,
    /// The test's id.
    pub test: String,
    /// What it said.
    pub message: String,
    /// How many of the group's failures.
    pub failures: i64,
}

/// Another delta whose failures a tried signature finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overlap {
    /// The delta.
    pub delta: Ref,
    /// How many of its failures.
    pub failures: i64,
}
