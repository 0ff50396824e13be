//! A run's results as JSON, in the API's own shape.

use super::{Limits, text};
use schema::{
    ci::{self, RunReport},
    problem::FieldError,
};

/// Cuts the texts that are too long; everything else must fit. The facts' own rules are `RunFacts::faults`.
///
/// # Errors
/// The field at fault: too many tests, or a test without id.
pub fn fit(report: &mut RunReport, limits: &Limits) -> Result<(), FieldError> {
    let fault = |field: String, detail: String| FieldError { field, detail };
    if report.tests.len() > limits.tests {
        return Err(fault("tests".to_owned(), format!("has more than {} tests", limits.tests)));
    }
    for (index, test) in report.tests.iter_mut().enumerate() {
        test.test = text::id(&test.test, ci::TEST_CHARS);
        if test.test.is_empty() {
            return Err(fault(format!("tests[{index}].test"), "must not be empty".to_owned()));
        }
        test.message = test.message.as_deref().and_then(|message| text::line(message, ci::MESSAGE_CHARS));
        test.file = test.file.as_deref().and_then(|file| text::line(file, ci::FILE_CHARS));
        test.duration_ms = test.duration_ms.filter(|ms| *ms >= 0);
        if let Some(details) = test.details.take() {
            let mut kept = text::Capped::default();
            kept.push(&details, ci::DETAILS_BYTES);
            test.details = kept.take();
        }
        test.flaky &= test.outcome == ci::Outcome::Passed;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(tests: &str, limits: &Limits) -> Result<RunReport, FieldError> {
        let mut report: RunReport =
            serde_json::from_str(&format!(r#"{{"external_id": "b1", "branch": "main", "tests": [{tests}]}}"#)).unwrap();
        fit(&mut report, limits).map(|()| report)
    }

    #[test]
    fn a_run_of_two_tests_is_read() {
        let tests = r#"{"test": "a", "outcome": "passed", "flaky": true}, {"test": "b", "outcome": "errored", "message": "no disk"}"#;
        let (facts, tests) = report(tests, &Limits::default()).unwrap().into_parts();
        assert_eq!(facts.branch.as_deref(), Some("main"));
        assert!(tests[0].flaky && tests[1].outcome.is_failure());
    }

    #[test]
    fn a_test_without_name_and_too_many_tests_are_refused() {
        assert_eq!(report(r#"{"test": " ", "outcome": "passed"}"#, &Limits::default()).unwrap_err().field, "tests[0].test");
        let two = r#"{"test": "a", "outcome": "passed"}, {"test": "b", "outcome": "passed"}"#;
        assert!(report(two, &Limits { tests: 1, ..Limits::default() }).unwrap_err().detail.contains("more than 1"));
    }

    #[test]
    fn long_texts_are_cut() {
        let long = "x".repeat(200_000);
        let test = format!(r#"{{"test": "{long}", "outcome": "failed", "message": "{long}", "details": "{long}\u0000"}}"#);
        let run = report(&test, &Limits::default()).unwrap();
        let test = &run.tests[0];
        assert_eq!(test.test.chars().count(), ci::TEST_CHARS);
        assert!(test.message.as_ref().is_some_and(|m| m.ends_with(ci::CUT_MARK)));
        assert!(test.details.as_ref().is_some_and(|d| d.len() <= ci::DETAILS_BYTES && d.ends_with(ci::CUT_MARK)));
    }
}
