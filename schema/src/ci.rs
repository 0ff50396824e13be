//! What CI reports and what it is told: results of one run, and the receipt for them.

mod evidence;
mod failure;
mod run;
mod signature;
mod view;

pub use evidence::{DeltaEvidence, Evidence, EvidenceGroup, EvidenceTest, PutEvidence, RESULTS};
pub use failure::{DAYS, Failure, FailureGroup, FailureGroupDetail, FileDelta, Filed, GroupDelta, LinkDelta};
pub use run::{Run, RunFailure, RunSummary};
pub use signature::{NewSignature, Overlap, PutSignature, Sample, Signature, Tried, TrySignature};
pub use view::{Costliest, ExplainedDelta, FailureGroupPage, FailuresPage, RunPage, RunsPage, SignaturesPage};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::problem::FieldError;

/// The most tests one run may report; a run with more is refused.
pub const MAX_TESTS: usize = 100_000;
/// The longest test id kept, in characters; a longer one is cut, with a hash of the whole so that two long ids stay different.
pub const TEST_CHARS: usize = 1_000;
/// The longest message kept, in characters; a longer one is cut and ends with [`CUT_MARK`].
pub const MESSAGE_CHARS: usize = 4_000;
/// The longest details kept, in bytes; longer ones are cut and end with [`CUT_MARK`].
pub const DETAILS_BYTES: usize = 64 * 1024;
/// The longest source file name kept, in characters.
pub const FILE_CHARS: usize = 500;
/// The longest value of a run's facts, in characters; a longer one is refused.
pub const FACT_CHARS: usize = 200;
/// The longest address of a run, in characters; a longer one is refused.
pub const URL_CHARS: usize = 2_000;
/// The highest attempt number.
pub const MAX_ATTEMPT: i32 = 1_000_000;
/// Ends a text that was cut.
pub const CUT_MARK: &str = " […cut]";

words! {
    /// How one test ended.
    Outcome {
        /// It did what it should.
        Passed = "passed",
        /// It ran and a check of it did not hold.
        Failed = "failed",
        /// It broke before it could decide (set-up, crash, time limit).
        Errored = "errored",
        /// It did not run.
        Skipped = "skipped",
    }
}

impl Outcome {
    /// Whether somebody has to look at it: failed or errored.
    pub fn is_failure(self) -> bool {
        matches!(self, Outcome::Failed | Outcome::Errored)
    }
}

/// One test of a run. Texts that are too long are cut, never refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestResult {
    /// The test's id, the same in every run (`tests.test_orders.test_total`).
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub test: String,
    /// How it ended, after all its attempts.
    pub outcome: Outcome,
    /// It passed, but only after an attempt that failed.
    #[serde(default)]
    pub flaky: bool,
    /// One line that says what was wrong (or why it was skipped).
    #[serde(default)]
    pub message: Option<String>,
    /// Stack trace, output: whatever helps to understand it.
    #[serde(default)]
    pub details: Option<String>,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub duration_ms: Option<i64>,
    /// The source file of the test.
    #[serde(default)]
    pub file: Option<String>,
}

/// What a run is, apart from its tests. With JUnit XML these come as query parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct RunFacts {
    /// The CI system's id of the job's run; with the attempt it makes the run unique in the project.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub external_id: String,
    /// Which attempt of the same run this is, from 1.
    #[serde(default = "first")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000, default = 1))]
    pub attempt: i32,
    /// The job's name (`unit-tests-linux`).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub job: Option<String>,
    /// The pipeline's name (`gate`, `nightly`).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub pipeline: Option<String>,
    /// The branch that was tested.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub branch: Option<String>,
    /// The commit that was tested.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub commit: Option<String>,
    /// The change under review, as its system names it (`!42`, `I8473…`).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub change: Option<String>,
    /// Where a person can read the run: an http or https address.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2_000))]
    pub url: Option<String>,
    /// Whether a failure of this job holds the change back.
    #[serde(default = "yes")]
    #[cfg_attr(feature = "openapi", schema(default = true))]
    pub voting: bool,
}

/// A run and its tests, as JSON: the facts and `tests` side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunReport {
    /// The CI system's id of the job's run; with the attempt it makes the run unique in the project.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub external_id: String,
    /// Which attempt of the same run this is, from 1.
    #[serde(default = "first")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000, default = 1))]
    pub attempt: i32,
    /// The job's name (`unit-tests-linux`).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub job: Option<String>,
    /// The pipeline's name (`gate`, `nightly`).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub pipeline: Option<String>,
    /// The branch that was tested.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub branch: Option<String>,
    /// The commit that was tested.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub commit: Option<String>,
    /// The change under review, as its system names it (`!42`, `I8473…`).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub change: Option<String>,
    /// Where a person can read the run: an http or https address.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2_000))]
    pub url: Option<String>,
    /// Whether a failure of this job holds the change back.
    #[serde(default = "yes")]
    #[cfg_attr(feature = "openapi", schema(default = true))]
    pub voting: bool,
    /// What was tested, at most 100,000 tests. A test that failed and then passed is one flaky test.
    #[cfg_attr(feature = "openapi", schema(max_items = 100_000))]
    pub tests: Vec<TestResult>,
}

impl RunReport {
    /// The facts and the tests apart, as the other formats deliver them.
    pub fn into_parts(self) -> (RunFacts, Vec<TestResult>) {
        let facts = RunFacts {
            external_id: self.external_id,
            attempt: self.attempt,
            job: self.job,
            pipeline: self.pipeline,
            branch: self.branch,
            commit: self.commit,
            change: self.change,
            url: self.url,
            voting: self.voting,
        };
        (facts, self.tests)
    }
}

impl RunFacts {
    /// What is wrong with the facts, a field each; empty if they may be stored.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, detail: String| faults.push(FieldError { field: field.to_owned(), detail });
        if self.external_id.trim().is_empty() {
            fault("external_id", "must not be empty".to_owned());
        }
        if !(1..=MAX_ATTEMPT).contains(&self.attempt) {
            fault("attempt", format!("must be from 1 to {MAX_ATTEMPT}"));
        }
        let texts = [
            ("external_id", Some(&self.external_id), FACT_CHARS),
            ("job", self.job.as_ref(), FACT_CHARS),
            ("pipeline", self.pipeline.as_ref(), FACT_CHARS),
            ("branch", self.branch.as_ref(), FACT_CHARS),
            ("commit", self.commit.as_ref(), FACT_CHARS),
            ("change", self.change.as_ref(), FACT_CHARS),
            ("url", self.url.as_ref(), URL_CHARS),
        ];
        for (field, text, most) in texts {
            let Some(text) = text else { continue };
            if text.chars().count() > most {
                fault(field, format!("must have at most {most} characters"));
            }
            if text.chars().any(char::is_control) {
                fault(field, "must not have control characters".to_owned());
            }
        }
        // Pages show it as a link: nothing but an ordinary web address may pass.
        if self.url.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            fault("url", "must start with http:// or https://".to_owned());
        }
        faults
    }
}

words! {
    /// What CI is told about one failure.
    Verdict {
        /// A delta explains it.
        Known = "known",
        /// A delta explained it, and was closed: it is back.
        Regressed = "regressed",
        /// The project asked that it should not hold changes back.
        Quarantined = "quarantined",
        /// It passed, but only after an attempt that failed.
        Flaky = "flaky",
        /// Nothing explains it yet.
        New = "new",
    }
}

/// The answer to a posted run; posting the same run again gives the same receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The stored run.
    pub run: Uuid,
    /// How many tests it has; the sum of the four numbers below.
    pub tests: i64,
    /// How many passed, flaky ones included.
    pub passed: i64,
    /// How many failed, without the errored.
    pub failed: i64,
    /// How many errored.
    pub errored: i64,
    /// How many were skipped.
    pub skipped: i64,
    /// One entry a failed or errored test, and one a flaky test that passed in the end.
    pub failures: Vec<ReceiptFailure>,
    /// Whether every failure is explained by a delta that is not closed, or quarantined; true when nothing failed.
    pub all_known: bool,
}

/// One failure, with what is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiptFailure {
    /// The test's id.
    pub test: String,
    /// What CI should think of it.
    pub verdict: Verdict,
    /// The group of failures alike that it belongs to.
    pub group: Uuid,
    /// The public deltas that explain it. Private ones are never named here, but the verdict takes them into account.
    pub deltas: Vec<ReceiptDelta>,
}

/// A delta that explains a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiptDelta {
    /// Its key (`D-12`).
    pub delta: String,
    /// Its title.
    pub title: String,
    /// Where to read it.
    pub url: String,
    /// Who has committed to it, as far as the organisations show it.
    pub committed: Vec<ReceiptCommitment>,
}

/// One organisation's commitment to a delta.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiptCommitment {
    /// The organisation's slug.
    pub org: String,
    /// Its task (`NW-207`), if the caller may see it.
    pub task: Option<String>,
    /// The release or date it aims at.
    pub target: Option<String>,
}

fn first() -> i32 {
    1
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> RunFacts {
        serde_json::from_str(r#"{"external_id": "build-7"}"#).unwrap()
    }

    #[test]
    fn a_run_is_a_first_voting_attempt_unless_it_says_otherwise() {
        assert_eq!((facts().attempt, facts().voting), (1, true));
        assert!(facts().faults().is_empty());
    }

    #[test]
    fn an_unknown_field_is_refused() {
        assert!(serde_json::from_str::<RunFacts>(r#"{"external_id": "1", "brunch": "main"}"#).is_err());
        assert!(serde_json::from_str::<RunReport>(r#"{"external_id": "1", "tests": [], "brunch": "main"}"#).is_err());
    }

    #[test]
    fn a_script_address_an_empty_id_and_a_long_job_are_each_named() {
        let bad = RunFacts {
            external_id: " ".into(),
            attempt: 0,
            job: Some("j".repeat(FACT_CHARS + 1)),
            url: Some("javascript:alert(1)".into()),
            ..facts()
        };
        let fields: Vec<_> = bad.faults().into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["external_id", "attempt", "job", "url"]);
    }

    #[test]
    fn verdicts_are_written_in_lower_case() {
        assert_eq!(serde_json::to_string(&Verdict::Regressed).unwrap(), r#""regressed""#);
    }
}
