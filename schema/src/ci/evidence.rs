//! Evidence: what CI measures about one delta.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Signature;
use crate::{id::DeltaKey, impact::Machine};

/// How many of a test's newest results are told.
pub const RESULTS: usize = 18;

/// Tests of one project that decide whether a delta's gap is closed there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// The project's slug.
    pub project: String,
    /// The tests' ids, as CI reports them.
    pub tests: Vec<String>,
    /// How many passes in a row each of them needs.
    pub needed: i64,
    /// When it was last set.
    #[serde(with = "time::serde::rfc3339")]
    pub set_at: OffsetDateTime,
}

/// Sets the evidence of a delta in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutEvidence {
    /// The tests' ids, exactly as CI reports them; 1 to 50.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 50))]
    pub tests: Vec<String>,
    /// How many passes in a row each of them needs, 1 to 10,000.
    #[serde(default = "one")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10_000, default = 1))]
    pub needed: i64,
}

/// One test that decides, with its newest results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvidenceTest {
    /// The project's slug.
    pub project: String,
    /// The test's id.
    pub test: String,
    /// How many passes in a row it needs.
    pub needed: i64,
    /// How many it has.
    pub streak: i64,
    /// Its newest results, at most 18, oldest first: whether it passed.
    pub results: Vec<bool>,
}

/// A group of failures that a delta explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvidenceGroup {
    /// The group.
    pub id: Uuid,
    /// The project's slug.
    pub project: String,
    /// The test's id.
    pub test: String,
    /// What it said.
    pub message: String,
    /// How many failures.
    pub failures: i64,
    /// The signature that recognised it; absent where somebody linked it by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// When it was last seen.
    #[serde(with = "time::serde::rfc3339")]
    pub last_seen: OffsetDateTime,
}

/// What CI measures about one delta.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeltaEvidence {
    /// The delta.
    pub delta: DeltaKey,
    /// The tests that decide.
    pub tests: Vec<EvidenceTest>,
    /// Failures attributed to it.
    pub machine: Machine,
    /// The groups it explains, the last seen first, at most 5.
    pub groups: Vec<EvidenceGroup>,
    /// The signatures that recognise it.
    pub signatures: Vec<Signature>,
}

impl EvidenceTest {
    /// How many of the newest results failed.
    pub fn failed(&self) -> usize {
        self.results.iter().filter(|passed| !**passed).count()
    }

    /// Whether it has passed as often in a row as it needs.
    pub fn is_met(&self) -> bool {
        self.streak >= self.needed
    }
}

impl DeltaEvidence {
    /// What CI says of a delta it knows nothing about.
    pub fn none(delta: DeltaKey) -> Self {
        Self { delta, tests: Vec::new(), machine: Machine::default(), groups: Vec::new(), signatures: Vec::new() }
    }

    /// Whether there are tests that decide and all of them say that the gap is closed.
    pub fn is_met(&self) -> bool {
        !self.tests.is_empty() && self.tests.iter().all(EvidenceTest::is_met)
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.tests.is_empty() && self.groups.is_empty() && self.signatures.is_empty()
    }
}

fn one() -> i64 {
    1
}
