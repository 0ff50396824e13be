//! A Launchpad bug as a delta's words.

use std::collections::BTreeMap;

use schema::delta::{Kind, TEXT_MAX, TITLE_MAX};
use time::OffsetDateTime;

use crate::{clock, ingest::launchpad::Bug, store::search::Words};

/// What should be, where the record says only what is.
pub(super) const DESIRED: &str = "Not stated in the imported report.";
/// The longest label.
const LABEL_MAX: usize = 64;

/// A handle for a Launchpad name: never one that a person would pick by chance.
pub(super) fn handle(name: &str) -> String {
    let plain: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' }).collect();
    format!("lp.{plain}").chars().take(64).collect()
}

/// The reporters of records: handle and shown name, each once.
pub(super) fn reporters<'a>(bugs: impl Iterator<Item = &'a Bug>) -> Vec<(String, String)> {
    let names: BTreeMap<String, String> =
        bugs.filter_map(|bug| bug.reporter.as_deref()).map(|name| (handle(name), name.chars().take(200).collect())).collect();
    names.into_iter().collect()
}

/// A crash where a tag says so, else a bug.
pub(super) fn kind(bug: &Bug) -> Kind {
    if bug.tags.iter().any(|tag| matches!(tag.to_lowercase().as_str(), "crash" | "apport-crash" | "segfault")) {
        Kind::Crash
    } else {
        Kind::Bug
    }
}

/// In one line.
pub(super) fn title(bug: &Bug) -> String {
    let line = bug.title.split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&line, TITLE_MAX)
}

/// What is.
pub(super) fn actual(bug: &Bug) -> String {
    let text = if bug.description.trim().is_empty() { &bug.title } else { &bug.description };
    cut(&markdown(text), TEXT_MAX)
}

/// Whether text is lost.
pub(super) fn is_cut(bug: &Bug) -> bool {
    bug.title.chars().count() > TITLE_MAX || markdown(&bug.description).chars().count() > TEXT_MAX
}

/// Where it came from.
pub(super) fn body(bug: &Bug) -> String {
    let name = bug.external_id.strip_prefix("launchpad:").unwrap_or(&bug.external_id);
    format!("Imported from [Launchpad bug {name}](<{}>).", bug.url)
}

/// Tags that can be labels, each once.
pub(super) fn labels(bug: &Bug) -> Vec<String> {
    let mut labels: Vec<String> = bug.tags.iter().map(|tag| tag.trim().to_lowercase()).collect();
    labels.retain(|label| !label.is_empty() && label.chars().count() <= LABEL_MAX && !label.contains(char::is_control));
    labels.sort();
    labels.dedup();
    labels
}

/// Everything a record says, as one text: two that differ in anything differ here.
pub(super) fn canonical(bug: &Bug) -> String {
    format!("{bug:?}")
}

/// Which words a delta was given: two that differ in title or in what is differ here.
pub(super) fn words(words: Words<'_>) -> Vec<u8> {
    clock::digest([words.title, words.actual, words.body].join("\0"))
}

/// Both databases keep microseconds.
pub(super) fn micros(time: OffsetDateTime) -> OffsetDateTime {
    time.replace_nanosecond(time.microsecond() * 1000).unwrap_or(time)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// Plain text as Markdown that shows the same: line ends stay, what looks like a log or a trace is fenced, nothing is taken for a tag.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for paragraph in text.split("\n\n") {
        let paragraph = paragraph.trim_matches('\n');
        if paragraph.trim().is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        if is_listing(paragraph) {
            let fence = "`".repeat((paragraph.split(|c| c != '`').map(str::len).max().unwrap_or(0) + 1).max(3));
            out.push_str(&format!("{fence}text\n{paragraph}\n{fence}"));
        } else {
            let lines: Vec<String> = paragraph.lines().map(|line| line.trim_end().replace('<', "\\<")).collect();
            out.push_str(&lines.join("  \n"));
        }
    }
    out
}

/// Whether several lines are a log, a trace or code: one of them is indented, or begins with a time.
fn is_listing(paragraph: &str) -> bool {
    let dated = |line: &str| line.len() > 10 && line.as_bytes()[..4].iter().all(u8::is_ascii_digit) && line.as_bytes()[4] == b'-';
    paragraph.lines().count() > 1
        && (paragraph.lines().any(|line| line.starts_with("  ") || line.starts_with('\t'))
            || paragraph.lines().filter(|line| dated(line)).count() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_not_one_that_people_pick() {
        assert_eq!(handle("Mara+Kim"), "lp.mara-kim");
        assert!(handle(&"x".repeat(100)).len() <= 64);
    }

    #[test]
    fn plain_text_shows_as_it_was_written() {
        assert_eq!(
            markdown("one\ntwo <b>\n\n\nTraceback:\n  File \"a\", line 3\n"),
            "one  \ntwo \\<b>\n\n```text\nTraceback:\n  File \"a\", line 3\n```"
        );
        assert_eq!(markdown(" \n\n"), "");
        assert_eq!(markdown("a ``` b\n  c"), "````text\na ``` b\n  c\n````");
    }

    #[test]
    fn long_text_is_cut_within_its_limit() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abcd", 4), "abcd");
    }
}
