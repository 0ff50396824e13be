//! A run's results as JSON, in the API's own shape.

use super::{Limits, ReadError, text};
use schema::ci::{self, RunReport};

/// Reads a [`RunReport`]; too long texts are cut, everything else must fit. The facts' own rules are `RunFacts::faults`.
///
/// # Errors
/// Input that is too large, not UTF-8, not JSON, of another shape, with too many tests, or with a test without id: with its place.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<RunReport, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::whole(format!("the input has more than {} bytes", limits.bytes)));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let mut report: RunReport = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        let what = without_place(&error);
        let what = if path == "." { what } else { format!("{path}: {what}") };
        ReadError { line: error.line().max(1), column: error.column().max(1), what }
    })?;
    json.end().map_err(|error| ReadError { line: error.line(), column: error.column(), what: without_place(&error) })?;
    if report.tests.len() > limits.tests {
        return Err(ReadError::whole(format!("tests: more than {} tests", limits.tests)));
    }
    for (index, test) in report.tests.iter_mut().enumerate() {
        test.test = text::id(&test.test, ci::TEST_CHARS);
        if test.test.is_empty() {
            return Err(ReadError::whole(format!("tests[{index}].test: must not be empty")));
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
    Ok(report)
}

/// serde_json's message without its " at line 1 column 2": the place is told apart.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(what, _)| what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(tests: &str) -> Result<RunReport, ReadError> {
        read(format!("{{\"external_id\": \"b1\", \"branch\": \"main\", \"tests\": [{tests}]}}").as_bytes(), &Limits::default())
    }

    #[test]
    fn a_run_of_two_tests_is_read() {
        let run = report(r#"{"test": "a", "outcome": "passed", "flaky": true}, {"test": "b", "outcome": "errored", "message": "no disk"}"#);
        let (facts, tests) = run.unwrap().into_parts();
        assert_eq!(facts.branch.as_deref(), Some("main"));
        assert!(tests[0].flaky && tests[1].outcome.is_failure());
    }

    #[test]
    fn a_wrong_word_is_named_with_its_place() {
        let error = report("{\"test\": \"a\",\n \"outcome\": \"exploded\"}").unwrap_err();
        assert_eq!(error.line, 2);
        assert!(error.what.starts_with("tests[0].outcome: unknown variant `exploded`"), "{}", error.what);
    }

    #[test]
    fn an_unknown_field_a_test_without_name_and_trailing_text_are_refused() {
        assert!(report(r#"{"test": "a", "outcome": "passed", "color": 1}"#).unwrap_err().what.contains("unknown field `color`"));
        assert!(report(r#"{"test": " ", "outcome": "passed"}"#).unwrap_err().what.contains("tests[0].test"));
        assert!(read(br#"{"external_id": "1", "tests": []} x"#, &Limits::default()).is_err());
        assert!(read(b"\xff", &Limits::default()).is_err());
    }

    #[test]
    fn too_many_tests_are_refused_and_long_texts_are_cut() {
        let few = Limits { tests: 1, ..Limits::default() };
        let two = br#"{"external_id": "1", "tests": [{"test": "a", "outcome": "passed"}, {"test": "b", "outcome": "passed"}]}"#;
        assert!(read(two, &few).unwrap_err().what.contains("more than 1"));
        let long = "x".repeat(200_000);
        let run = report(&format!(r#"{{"test": "{long}", "outcome": "failed", "message": "{long}", "details": "{long}\u0000"}}"#)).unwrap();
        let test = &run.tests[0];
        assert_eq!(test.test.chars().count(), ci::TEST_CHARS);
        assert!(test.message.as_ref().is_some_and(|m| m.ends_with(ci::CUT_MARK)));
        assert!(test.details.as_ref().is_some_and(|d| d.len() <= ci::DETAILS_BYTES && d.ends_with(ci::CUT_MARK)));
    }
}
