//! One case while it is read, and the result it becomes.

use super::{
    super::text::{self, Capped},
    xml::Element,
};
use schema::ci::{self, Outcome, TestResult};

/// What an element in a case says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Failure,
    Error,
    Skipped,
    /// A failed attempt of a case that passed in the end.
    Flaky,
    /// A further failed attempt of a case that never passed.
    Rerun,
}

impl Mark {
    pub fn of(name: &str) -> Option<Mark> {
        Some(match name {
            "failure" => Mark::Failure,
            "error" => Mark::Error,
            "skipped" => Mark::Skipped,
            "flakyFailure" | "flakyError" => Mark::Flaky,
            "rerunFailure" | "rerunError" => Mark::Rerun,
            _ => return None,
        })
    }
}

/// The message and text of marks of one sort.
#[derive(Debug, Default)]
struct Said {
    count: usize,
    message: Option<String>,
    /// The type of the current mark, and whether its text has begun.
    kind: String,
    begun: bool,
    /// The current mark's message, held until its text is known.
    pending: Option<String>,
    text: Capped,
}

#[derive(Debug, Default)]
pub(super) struct Case {
    test: String,
    file: Option<String>,
    duration_ms: Option<i64>,
    failures: Said,
    errors: Said,
    skips: Said,
    flakes: Said,
    output: Capped,
}

impl Case {
    pub fn new(suite: Option<&String>, element: &Element) -> Self {
        let class = match element.get("classname").trim() {
            "" => element.get("class").trim(),
            class => class,
        };
        Case {
            test: text::id(&test_id(suite, class, element.get("name").trim()), ci::TEST_CHARS),
            file: text::line(element.get("file"), ci::FILE_CHARS),
            duration_ms: milliseconds(element.get("time")),
            ..Case::default()
        }
    }

    pub fn of_suite(suite: Option<&String>) -> Self {
        Case { test: text::id(&test_id(suite, "", ""), ci::TEST_CHARS), ..Case::default() }
    }

    fn said(&mut self, mark: Mark) -> Option<&mut Said> {
        Some(match mark {
            Mark::Failure => &mut self.failures,
            Mark::Error => &mut self.errors,
            Mark::Skipped => &mut self.skips,
            Mark::Flaky => &mut self.flakes,
            // The last attempt's failure stands beside these and says the same.
            Mark::Rerun => return None,
        })
    }

    pub fn begin(&mut self, mark: Mark, element: &Element) {
        let Some(said) = self.said(mark) else { return };
        said.count += 1;
        said.begun = false;
        said.kind = element.get("type").to_owned();
        said.pending = text::line(element.get("message"), ci::MESSAGE_CHARS);
        if said.count > 1 {
            said.text.push("\n\n", ci::DETAILS_BYTES);
        }
    }

    pub fn text(&mut self, mark: Mark, piece: &str) {
        let Some(said) = self.said(mark) else { return };
        said.begun |= !piece.trim().is_empty();
        said.text.push(piece, ci::DETAILS_BYTES);
    }

    pub fn output(&mut self, piece: &str) {
        self.output.push(piece, ci::DETAILS_BYTES);
    }

    pub fn end(&mut self, mark: Mark) {
        let Some(said) = self.said(mark) else { return };
        let pending = said.pending.take();
        if said.count == 1 {
            said.message =
                pending.or_else(|| said.text.first_line(ci::MESSAGE_CHARS)).or_else(|| text::line(&said.kind, ci::MESSAGE_CHARS));
        } else if let (Some(message), false) = (pending, said.begun) {
            // The first mark's message is the case's; a later one would be lost if it has no text.
            said.text.push(&message, ci::DETAILS_BYTES);
        }
    }

    pub fn finish(mut self) -> TestResult {
        let (outcome, flaky) = match (self.errors.count, self.failures.count, self.skips.count) {
            (1.., _, _) => (Outcome::Errored, false),
            (0, 1.., _) => (Outcome::Failed, false),
            (0, 0, 1..) => (Outcome::Skipped, false),
            (0, 0, 0) => (Outcome::Passed, self.flakes.count > 0),
        };
        let said = match outcome {
            Outcome::Errored => &mut self.errors,
            Outcome::Failed => &mut self.failures,
            Outcome::Skipped => &mut self.skips,
            Outcome::Passed => &mut self.flakes,
        };
        let message = said.message.take();
        let mut details = said.text.take();
        if outcome == Outcome::Errored && !self.failures.text.is_blank() {
            let mut both = Capped::default();
            both.push(&details.unwrap_or_default(), ci::DETAILS_BYTES);
            both.push("\n\n", ci::DETAILS_BYTES);
            both.push(&self.failures.text.take().unwrap_or_default(), ci::DETAILS_BYTES);
            details = both.take();
        }
        if outcome.is_failure() && details.is_none() {
            details = self.output.take();
        }
        TestResult { test: self.test, outcome, flaky, message, details, duration_ms: self.duration_ms, file: self.file }
    }
}

/// A suite's name after those of the suites around it: `outer > inner`.
pub(super) fn suite_path(outer: Option<&String>, name: &str) -> String {
    let outer = outer.map_or("", String::as_str);
    match (outer, name.trim()) {
        (outer, "") => outer.to_owned(),
        ("", name) => text::id(name, ci::TEST_CHARS),
        (outer, name) => text::id(&format!("{outer} > {name}"), ci::TEST_CHARS),
    }
}

/// `classname.name`; without a class `suite > suite > name`. Node's test runner calls every class `test`, which tells nothing.
fn test_id(suite: Option<&String>, class: &str, name: &str) -> String {
    let suite = suite.map_or("", String::as_str);
    let by_suite = class.is_empty() || (class == "test" && !suite.is_empty());
    match (by_suite, suite, name) {
        (false, _, "") => class.to_owned(),
        // Some writers repeat the whole name as the class.
        (false, _, name) if name == class => name.to_owned(),
        (false, _, name) => format!("{class}.{name}"),
        (true, "", "") => "(unnamed)".to_owned(),
        (true, "", name) => name.to_owned(),
        (true, suite, "") => suite.to_owned(),
        (true, suite, name) => format!("{suite} > {name}"),
    }
}

/// A duration as the dialects write it: seconds (`1.5`, `1,234.56`, `0,25`) or ISO 8601 (`PT1.5S`). Nonsense is no duration.
fn milliseconds(time: &str) -> Option<i64> {
    let time = time.trim();
    let seconds = match time.strip_prefix("PT").and_then(|rest| rest.strip_suffix('S')) {
        Some(rest) => rest.parse::<f64>(),
        None if time.contains('.') => time.replace(',', "").parse(),
        None => time.replace(',', ".").parse(),
    };
    // A year bounds what a test may last; `NaN` and infinity are in no range.
    let ms = seconds.ok().filter(|seconds| (0.0..=31_536_000.0).contains(seconds))? * 1000.0;
    Some(ms.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_the_dialects_write_them() {
        let cases = [("0.25", Some(250)), ("1,234.56", Some(1_234_560)), ("0,25", Some(250)), ("PT1.5S", Some(1500)), ("0", Some(0))];
        for (text, ms) in cases {
            assert_eq!(milliseconds(text), ms, "{text}");
        }
        for text in ["-1", "NaN", "1e400", "", "soon", "inf"] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_test_is_named_by_its_class_or_else_by_its_suites() {
        let suite = ["cart", " ", "adding"].iter().fold(None, |outer: Option<String>, name| Some(suite_path(outer.as_ref(), name)));
        let suite = suite.as_ref();
        assert_eq!(test_id(suite, "shop.Cart", "adds"), "shop.Cart.adds");
        assert_eq!(test_id(suite, "", "adds"), "cart > adding > adds");
        assert_eq!(test_id(suite, "test", "adds"), "cart > adding > adds");
        assert_eq!(test_id(None, "test", "adds"), "test.adds");
        assert_eq!(test_id(None, "cart adds", "cart adds"), "cart adds");
        assert_eq!(test_id(suite, "shop.Cart", ""), "shop.Cart");
        assert_eq!(test_id(None, "", ""), "(unnamed)");
    }
}
