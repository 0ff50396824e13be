//! A record as a delta's words.

use schema::delta::{Kind, TEXT_MAX, TITLE_MAX};
use time::OffsetDateTime;

use crate::{
    clock,
    ingest::tracker::{Record, Tracker},
    store::search::Words,
};

/// What should be, where the record says only what is.
pub(super) const DESIRED: &str = "Not stated in the imported report.";
/// The longest label.
const LABEL_MAX: usize = 64;
/// Most labels of a delta.
const LABELS_MAX: usize = 100;
/// Most facts, and most links, that are written out.
const LINES_MAX: usize = 100;
/// What comes before counts that change often: they are as they were when the record first came in.
const COUNTED: &str = "\n\nCounted there when this was imported: ";

/// A bug, unless the record says otherwise.
pub(super) fn kind(record: &Record) -> Kind {
    record.kind.unwrap_or(Kind::Bug)
}

/// In one line.
pub(super) fn title(record: &Record) -> String {
    let line = record.title.split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&line, TITLE_MAX)
}

/// What is.
pub(super) fn actual(record: &Record) -> String {
    let text = if record.text.trim().is_empty() { &record.title } else { &record.text };
    cut(text, TEXT_MAX)
}

/// Whether text is lost.
pub(super) fn is_cut(record: &Record) -> bool {
    record.title.chars().count() > TITLE_MAX || record.text.chars().count() > TEXT_MAX
}

/// Where it came from, what else it said of itself, and its attachments.
pub(super) fn body(record: &Record) -> String {
    let mut body = match record.url.as_str() {
        "" => format!("Imported from {}.", record.name),
        url => format!("Imported from [{}](<{url}>).", record.name),
    };
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let facts = record.facts.iter().take(LINES_MAX).map(|(name, value)| format!("- {name}: {}", cut(&one_line(value), 1000)));
    let links = record.links.iter().take(LINES_MAX).map(|link| {
        let title = one_line(&link.title).replace(['[', ']', '<'], " ");
        let title = cut(if title.trim().is_empty() { "link" } else { &title }, 200);
        if link.url.is_empty() { format!("- {title}") } else { format!("- [{title}](<{}>)", link.url) }
    });
    let lines: Vec<String> = facts.chain(links).collect();
    if !lines.is_empty() {
        body.push_str("\n\n");
        body.push_str(&lines.join("\n"));
    }
    body = cut(&body, TEXT_MAX - 1000);
    if !record.tally.is_empty() {
        let counts: Vec<String> = record.tally.iter().map(|(name, count)| format!("{count} {name}")).collect();
        body.push_str(&format!("{COUNTED}{}.", counts.join(", ")));
    }
    body
}

/// Labels that are kept, each once, in the words that a map gives them; one that a map gives none goes.
pub(super) fn labels(record: &Record, map: &std::collections::HashMap<String, String>) -> Vec<String> {
    let said = |label: &String| map.get(label).or_else(|| map.get(&label.to_lowercase())).unwrap_or(label).trim().to_lowercase();
    let mut labels: Vec<String> = record.labels.iter().map(said).collect();
    labels.retain(|label| !label.is_empty() && label.chars().count() <= LABEL_MAX && !label.contains(char::is_control));
    labels.sort();
    labels.dedup();
    labels.truncate(LABELS_MAX);
    labels
}

/// Everything a record says, as one digest: two that differ in anything differ here.
pub(super) fn digest(record: &Record) -> Vec<u8> {
    clock::digest(format!("{record:?}"))
}

/// Which words a delta was given: two that differ in title, in what is or in where it came from differ here.
pub(super) fn words(words: Words<'_>) -> Vec<u8> {
    let body = words.body.split(COUNTED).next().unwrap_or_default();
    clock::digest([words.title, words.actual, body].join("\0"))
}

/// Both databases keep microseconds.
pub(super) fn micros(time: OffsetDateTime) -> OffsetDateTime {
    time.replace_nanosecond(time.microsecond() * 1000).unwrap_or(time)
}

/// Why a gap ended, or is promised to.
pub(super) fn reason(tracker: Tracker, record: &Record) -> String {
    if record.reason.is_empty() { format!("As {} had it.", tracker.name()) } else { cut(&record.reason, 500) }
}

/// A text of at most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_within_its_limit() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abcd", 4), "abcd");
    }

    #[test]
    fn counts_that_change_often_change_no_words() {
        let mut record = Record { name: "Launchpad bug 7".into(), title: "t".into(), ..Record::default() };
        record.fact("Version", "1\n2");
        record.count("heat", Some(3));
        let body = body(&record);
        assert_eq!(body, "Imported from Launchpad bug 7.\n\n- Version: 1 2\n\nCounted there when this was imported: 3 heat.");
        let (before, after) = (body.clone(), body.replace("3 heat", "4 heat"));
        let of = |body| words(Words { title: "t", desired: "", actual: "a", body });
        assert_eq!(of(&before), of(&after));
        assert_ne!(of(&before), of("Imported from elsewhere."));
    }

    #[test]
    fn labels_are_mapped_and_kept_once() {
        let record = Record { labels: ["A", "b", "a ", "gone", &"x".repeat(65)].map(str::to_owned).to_vec(), ..Record::default() };
        let map = [("b".to_owned(), "Better".to_owned()), ("gone".to_owned(), String::new())].into();
        assert_eq!(labels(&record, &map), ["a", "better"]);
    }
}
