//! What a run's results come to: counts, failures with their fingerprints, and how each test ended.

use std::collections::HashMap;

use schema::ci::{Outcome, Receipt, TestResult};
use uuid::Uuid;

use crate::ingest::fingerprint::fingerprint;

/// A run's results, counted.
#[derive(Debug, Default)]
pub struct Tally {
    /// What failed, errored or was flaky, in the order of the report.
    pub failures: Vec<Failure>,
    /// How each test ended that ran: passed, or not. One that failed after it had passed did not.
    pub ended: HashMap<String, bool>,
    tests: i64,
    passed: i64,
    failed: i64,
    errored: i64,
    skipped: i64,
}

/// A failure that is not stored yet.
#[derive(Debug)]
pub struct Failure {
    /// The test's id.
    pub test: String,
    /// What it said.
    pub message: Option<String>,
    /// Stack trace, output.
    pub details: Option<String>,
    /// Says which failures are alike.
    pub fingerprint: String,
    /// It passed in the end.
    pub flaky: bool,
}

impl Failure {
    /// What it said, or else the last line of its details that is not empty.
    pub fn crux(&self) -> &str {
        let last = || self.details.as_deref().and_then(|text| text.lines().rev().map(str::trim).find(|line| !line.is_empty()));
        let text = self.message.as_deref().filter(|text| !text.trim().is_empty()).or_else(last).unwrap_or_default();
        text.char_indices().nth(500).map_or(text, |(end, _)| &text[..end])
    }
}

impl Tally {
    /// Counts and fingerprints; takes its time with many failures.
    pub fn of(tests: Vec<TestResult>) -> Self {
        // Counted as they were reported: the totals are those of who ran them, attempts and all.
        let mut tally = Self { tests: i64::try_from(tests.len()).unwrap_or(i64::MAX), ..Self::default() };
        for result in &tests {
            match result.outcome {
                Outcome::Passed => tally.passed += 1,
                Outcome::Failed => tally.failed += 1,
                Outcome::Errored => tally.errored += 1,
                Outcome::Skipped => tally.skipped += 1,
            }
        }
        for result in merged(tests) {
            let failed = result.outcome.is_failure();
            if failed || result.flaky {
                let TestResult { test, message, details, flaky, .. } = result;
                let fingerprint = fingerprint(&test, message.as_deref(), details.as_deref());
                tally.end(&test, !failed);
                tally.failures.push(Failure { test, message, details, fingerprint, flaky: flaky && !failed });
            } else if result.outcome == Outcome::Passed {
                tally.end(&result.test, true);
            }
        }
        tally
    }

    fn end(&mut self, test: &str, passed: bool) {
        match self.ended.get_mut(test) {
            Some(before) => *before &= passed,
            None => {
                self.ended.insert(test.to_owned(), passed);
            }
        }
    }

    /// The receipt of a run with these counts, its failures still to be told.
    pub fn receipt(&self, run: Uuid) -> Receipt {
        Receipt {
            run,
            tests: self.tests,
            passed: self.passed,
            failed: self.failed,
            errored: self.errored,
            skipped: self.skipped,
            failures: Vec::with_capacity(self.failures.len()),
            all_known: true,
        }
    }
}

/// One result a test that failed and then passed, flaky, with what it said last. Others that are there several times stay several.
fn merged(tests: Vec<TestResult>) -> Vec<TestResult> {
    let mut merged: Vec<Option<TestResult>> = Vec::with_capacity(tests.len());
    // Where each test failed without having passed since.
    let mut failed: HashMap<String, Vec<usize>> = HashMap::new();
    for result in tests {
        if result.outcome.is_failure() {
            failed.entry(result.test.clone()).or_default().push(merged.len());
        } else if result.outcome == Outcome::Passed
            && let Some(attempts) = failed.remove(&result.test)
        {
            let attempts: Vec<TestResult> = attempts.into_iter().filter_map(|at| merged[at].take()).collect();
            merged.extend(attempts.into_iter().next_back().map(|last| Some(TestResult { outcome: Outcome::Passed, flaky: true, ..last })));
            continue;
        }
        merged.push(Some(result));
    }
    merged.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(test: &str, outcome: Outcome, flaky: bool) -> TestResult {
        TestResult { test: test.into(), outcome, flaky, message: None, details: None, duration_ms: None, file: None }
    }

    #[test]
    fn counts_add_up_and_flaky_tests_passed() {
        let tally = Tally::of(vec![
            result("a", Outcome::Passed, false),
            result("b", Outcome::Passed, true),
            result("c", Outcome::Failed, false),
            result("d", Outcome::Errored, false),
            result("e", Outcome::Skipped, false),
        ]);
        let receipt = tally.receipt(Uuid::nil());
        assert_eq!((receipt.tests, receipt.passed, receipt.failed, receipt.errored, receipt.skipped), (5, 2, 1, 1, 1));
        assert_eq!(tally.failures.iter().map(|failure| failure.flaky).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!(tally.ended.get("b"), Some(&true));
        assert_eq!(tally.ended.get("e"), None);
    }

    #[test]
    fn a_test_that_failed_and_then_passed_is_one_flaky_test() {
        let said = |message: &str| TestResult { message: Some(message.into()), ..result("a", Outcome::Failed, false) };
        let tally = Tally::of(vec![said("first"), said("second"), result("a", Outcome::Passed, false)]);
        let receipt = tally.receipt(Uuid::nil());
        assert_eq!((receipt.tests, receipt.passed, receipt.failed), (3, 1, 2));
        assert_eq!(tally.failures.iter().map(|failure| (failure.crux(), failure.flaky)).collect::<Vec<_>>(), [("second", true)]);
        assert_eq!(tally.ended.get("a"), Some(&true));
    }

    #[test]
    fn a_test_that_passed_and_then_failed_did_not_pass() {
        let tally = Tally::of(vec![result("a", Outcome::Passed, false), result("a", Outcome::Failed, false)]);
        assert_eq!(tally.failures.iter().map(|failure| failure.flaky).collect::<Vec<_>>(), [false]);
        assert_eq!(tally.ended.get("a"), Some(&false));
    }
}
