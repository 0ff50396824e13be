//! Stored runs, as they are read.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Verdict;
use crate::delta::Ref;

/// One line of a project's runs. Facts that were not given are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunSummary {
    /// The run.
    pub id: Uuid,
    /// The CI system's id of it.
    pub external_id: String,
    /// Which attempt it was.
    pub attempt: i64,
    /// The job's name.
    pub job: String,
    /// The pipeline's name.
    pub pipeline: String,
    /// The branch that was tested.
    pub branch: String,
    /// The commit that was tested.
    pub commit: String,
    /// The change under review.
    pub change: String,
    /// Where to read the run at its CI system.
    pub url: String,
    /// Whether its failures hold the change back.
    pub voting: bool,
    /// How many tests.
    pub tests: i64,
    /// How many passed.
    pub passed: i64,
    /// How many failed.
    pub failed: i64,
    /// How many errored.
    pub errored: i64,
    /// How many were skipped.
    pub skipped: i64,
    /// When it was reported.
    #[serde(with = "time::serde::rfc3339")]
    pub reported_at: OffsetDateTime,
}

/// One failure of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunFailure {
    /// The failure.
    pub id: Uuid,
    /// The test's id.
    pub test: String,
    /// What it said.
    pub message: String,
    /// What CI was told.
    pub verdict: Verdict,
    /// The group of failures alike.
    pub group: Uuid,
    /// The deltas it was attributed to, which the caller may see.
    pub deltas: Vec<Ref>,
}

/// A run with its failures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Run {
    /// The project's slug.
    pub project: String,
    /// What it is.
    #[serde(flatten)]
    pub run: RunSummary,
    /// Its failures in the order of the report, at most 500.
    pub failures: Vec<RunFailure>,
    /// How many failures there are in all.
    pub failures_total: i64,
}
