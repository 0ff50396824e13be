//! A delta and a signature as a failure suggests them; people change what is wrong with them.

use schema::{
    delta::{Kind, TITLE_MAX},
    query::{Expr, Query, SIGNATURES, Term, Test, parse},
};

/// Words of a program that fell over.
const CRASHES: [&str; 14] = [
    "panicked at",
    "segmentation fault",
    "segfault",
    "sigsegv",
    "sigabrt",
    "sigbus",
    "core dumped",
    "stack overflow",
    "addresssanitizer",
    "fatal runtime error",
    "fatal error: unexpected signal",
    "process aborted",
    "access violation",
    "double free",
];

/// A crash where the failure has the words of one, else a bug.
pub(super) fn kind(message: &str, details: &str) -> Kind {
    let crashed = |text: &str| {
        let text = text.to_lowercase();
        CRASHES.iter().any(|words| text.contains(words))
    };
    if crashed(message) || crashed(details) { Kind::Crash } else { Kind::Bug }
}

/// The test and what it said, in one line.
pub(super) fn title(test: &str, message: &str) -> String {
    let line = message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("fails");
    cut(&format!("{}: {}", short(test), clean(line)), TITLE_MAX)
}

/// The last two parts of a dotted test id; other ids as they are.
fn short(test: &str) -> &str {
    let plain = test.split(['[', '(', ' ']).next().unwrap_or(test);
    plain.rmatch_indices('.').nth(1).map_or(test, |(at, _)| &test[at + 1..])
}

/// What should be.
pub(super) fn desired(test: &str) -> String {
    format!("The test passes: {}", code(test))
}

/// What is: the test, what it said, and the end of its details.
pub(super) fn actual(test: &str, message: &str, details: &str) -> String {
    let mut text = format!("{} fails.", code(test));
    if !message.trim().is_empty() {
        text.push_str(&fenced(&cut(message.trim(), 2_000)));
    }
    let lines: Vec<&str> = details.trim_end().lines().collect();
    let end = lines[lines.len().saturating_sub(40)..].join("\n");
    let from = end.char_indices().rev().nth(4_000).map_or(0, |(at, _)| at);
    if !end[from..].trim().is_empty() && end.trim() != message.trim() {
        text.push_str("\n\nThe end of its details:");
        text.push_str(&fenced(&end[from..]));
    }
    text
}

fn code(text: &str) -> String {
    let ticks = "`".repeat(longest_ticks(text) + 1);
    let space = if text.contains('`') { " " } else { "" };
    format!("{ticks}{space}{}{space}{ticks}", clean(text))
}

fn fenced(text: &str) -> String {
    let fence = "`".repeat((longest_ticks(text) + 1).max(3));
    format!("\n\n{fence}text\n{text}\n{fence}")
}

fn longest_ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// One line, without control characters.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => {
            let end = text.char_indices().nth(most - 1).map_or(text.len(), |(end, _)| end);
            format!("{}…", &text[..end])
        }
    }
}

/// A signature that recognises this test saying the same, whatever its numbers and paths; of the test alone where it said nothing.
pub(super) fn signature(test: &str, message: &str) -> String {
    let field = |field, test| Expr::Field { field, test };
    let this_test = field("test", Test::Is(vec![Term::plain(test)]));
    let line = message.lines().map(str::trim).find(|line| line.chars().any(char::is_alphanumeric)).unwrap_or_default();
    let pattern: Vec<String> = cut(&clean(line), 160)
        .trim_end_matches('…')
        .split_whitespace()
        .map(
            |word| {
                if word.contains(|c: char| c.is_ascii_digit() || c == '/' || c == '\\') { "*".to_owned() } else { word.replace('"', "*") }
            },
        )
        .collect();
    let pattern = pattern.join(" ").replace("* *", "*");
    let says = Term::wildcard(pattern.trim_matches(['*', ' ']));
    let both = (!says.is_blank() && says.is_in(message)).then(|| field("message", Test::Has(vec![says])));
    let text = |filter| Query { filter, ..Query::default() }.to_string();
    let whole = text(Expr::all(std::iter::once(this_test.clone()).chain(both)));
    match parse(&whole, &SIGNATURES) {
        Ok(_) => whole,
        Err(_) => Some(text(Some(this_test))).filter(|text| parse(text, &SIGNATURES).is_ok()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use schema::query::Subject;

    use super::*;
    use crate::act::run::Seen;

    #[test]
    fn a_crash_is_known_by_its_words() {
        assert_eq!(kind("thread 'main' panicked at src/main.rs:3", ""), Kind::Crash);
        assert_eq!(kind("", "Segmentation fault (core dumped)"), Kind::Crash);
        assert_eq!(kind("expected 3, was 4", "assert"), Kind::Bug);
    }

    #[test]
    fn a_title_is_short_and_one_line() {
        assert_eq!(title("tests.scenario.test_agent.test_port", "Timeout\nmore"), "test_agent.test_port: Timeout");
        assert_eq!(title("suite > case", ""), "suite > case: fails");
        assert_eq!(title("t", &"x".repeat(400)).chars().count(), TITLE_MAX);
    }

    #[test]
    fn what_was_said_cannot_leave_its_fence() {
        let text = actual("t", "a ``` b", "");
        assert!(text.contains("\n````text\na ``` b\n````"), "{text}");
    }

    #[test]
    fn a_suggested_signature_finds_the_failure_with_other_numbers() {
        for message in ["Port 41 at 10.0.0.7:8774 stayed DOWN after 120 s", "KeyError: \"x\"", "", "*** 7", "a\\b (c) OR -d", "\u{7}odd"] {
            let query = signature("a.B.t[x-1]", message);
            let expr = parse(&query, &SIGNATURES).expect("it reads").filter.expect("it asks");
            let seen = Seen { test: "a.B.t[x-1]", message, ..Seen::default() };
            assert!(expr.matches(&seen as &dyn Subject), "{query} on {message}");
        }
        let query = signature("t", "Port 41 at 10.0.0.7:8774 stayed DOWN after 120 s");
        let expr = parse(&query, &SIGNATURES).expect("it reads").filter.expect("it asks");
        assert!(expr.matches(&Seen { test: "t", message: "Port 7 at 1.2.3.4:9 stayed DOWN after 3 s", ..Seen::default() }), "{query}");
    }
}
