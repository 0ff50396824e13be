//! What the pages of CI show.

use time::OffsetDateTime;

use super::{DeltaEvidence, Evidence, FailureGroup, FailureGroupDetail, Receipt, Run, RunSummary, Tried};
use crate::{delta::Ref, list::Page, stance::Standing};

/// What fails in a project's CI.
#[derive(Debug, Clone)]
pub struct FailuresPage {
    /// The project's slug.
    pub project: String,
    /// Now.
    pub now: OffsetDateTime,
    /// How many days the numbers cover: 1, 7 or 30.
    pub days: i64,
    /// Runs of these days.
    pub runs: i64,
    /// Those with a failed or errored test.
    pub runs_failed: i64,
    /// Failures of these days.
    pub failures: i64,
    /// Those that were explained.
    pub explained: i64,
    /// Failures of as many days before them.
    pub failures_before: i64,
    /// Those that were explained.
    pub explained_before: i64,
    /// How many groups nothing explains.
    pub unexplained_groups: i64,
    /// Failures of these groups in these days.
    pub unexplained_failures: i64,
    /// The delta that failed most runs in these days.
    pub costliest: Option<Costliest>,
    /// Groups that nothing explains, the last seen first.
    pub groups: Page<FailureGroup>,
    /// Deltas that explain failures of these days, the costliest first.
    pub deltas: Vec<ExplainedDelta>,
    /// Whether the reader may file, link and write signatures here.
    pub maintains: bool,
    /// The signature in the form.
    pub query: String,
    /// What it finds.
    pub tried: Option<Tried>,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// The delta that failed most runs.
#[derive(Debug, Clone)]
pub struct Costliest {
    /// The delta.
    pub delta: Ref,
    /// How many runs it failed.
    pub runs: i64,
}

/// A delta that explains failures.
#[derive(Debug, Clone)]
pub struct ExplainedDelta {
    /// The delta.
    pub delta: Ref,
    /// How many runs it failed in the days shown.
    pub runs: i64,
    /// Failures per day of the last fourteen days, oldest first.
    pub days: Vec<i64>,
    /// What recognises it; none where somebody linked it by hand.
    pub signature: Option<String>,
    /// Who is on it.
    pub standings: Vec<Standing>,
}

/// One group of failures.
#[derive(Debug, Clone)]
pub struct FailureGroupPage {
    /// The group.
    pub group: FailureGroupDetail,
    /// Now.
    pub now: OffsetDateTime,
    /// Whether the reader may file, link and write signatures here.
    pub maintains: bool,
    /// What the form to link had in it.
    pub link: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// A project's runs.
#[derive(Debug, Clone)]
pub struct RunsPage {
    /// The project's slug.
    pub project: String,
    /// Now.
    pub now: OffsetDateTime,
    /// Newest first.
    pub runs: Page<RunSummary>,
}

/// One run.
#[derive(Debug, Clone)]
pub struct RunPage {
    /// The run.
    pub run: Run,
    /// What CI was told.
    pub receipt: Receipt,
    /// Names of the organisations that have committed, by their slugs.
    pub orgs: std::collections::HashMap<String, String>,
    /// Now.
    pub now: OffsetDateTime,
}

/// What recognises a delta's failures, and what would close it.
#[derive(Debug, Clone)]
pub struct SignaturesPage {
    /// The delta.
    pub delta: Ref,
    /// What CI measures.
    pub evidence: DeltaEvidence,
    /// The tests that decide, per project.
    pub tests: Vec<Evidence>,
    /// The projects it has places in: their slugs.
    pub projects: Vec<String>,
    /// Now.
    pub now: OffsetDateTime,
    /// Those of them that the reader maintains: signatures and tests of these are theirs to change.
    pub maintained: Vec<String>,
    /// What the form of a new signature had in it.
    pub query: String,
    /// What is wrong with what was sent.
    pub error: Option<String>,
}
