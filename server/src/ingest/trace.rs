//! Stack traces, as people paste them and programs post them: found in the text around them, and taken apart.
//!
//! Every parser reads lines, each cut to [`LINE_BYTES`], once from the first to the last; every pattern is one of `regex`, which takes
//! time in proportion to the line. So the time is in proportion to the text, whatever it holds.

mod app;
mod clean;
mod cpp;
mod fingerprint;
mod go;
mod java;
mod javascript;
mod name;
mod passage;
mod python;
mod rust;
mod scrub;
mod sentry;
mod similarity;
#[cfg(test)]
mod tests;

use regex::Regex;
use schema::trace::{FRAMES_ALL, FRAMES_MAX, Frame, Language, MESSAGE_MAX, NAME_MAX, RAISED_MAX, Raised, RaisedAs, Trace};

pub use self::{
    fingerprint::{VERSION, fingerprint},
    passage::passages,
    scrub::scrub,
    similarity::{keys, similarity},
};
use super::text;

/// How much of a line is looked at, in bytes.
const LINE_BYTES: usize = 4_000;
/// How many lines are looked at.
const LINES: usize = 20_000;

/// The trace in a text: a log, a comment in Markdown, the trace alone, or the JSON of an event. `None` where there is none.
///
/// Something is a trace when it has a frame, or says in its language's own words that it crashed.
pub fn parse(text: &str) -> Option<Trace> {
    if let Some(trace) = sentry::parse(text) {
        return Some(bounded(trace));
    }
    let lines = clean::lines(text);
    let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    let language = detect(&lines)?;
    let raised = match language {
        Language::Rust => rust::parse(&lines),
        Language::Python => python::parse(&lines),
        Language::Java => java::parse(&lines),
        Language::Go => go::parse(&lines),
        Language::Cpp => cpp::parse(&lines),
        Language::JavaScript => javascript::parse(&lines),
        Language::Other => Vec::new(),
    };
    (!raised.is_empty()).then(|| bounded(Trace { language, raised, cut: false }))
}

/// The language whose marks are most in these lines: words that only its crashes say count as ten frames.
fn detect(lines: &[&str]) -> Option<Language> {
    let marks = [
        (Language::Rust, &rust::HEAD, &rust::MARK),
        (Language::Python, &python::HEAD, &python::FRAME),
        (Language::Java, &java::HEAD, &java::FRAME),
        (Language::Go, &go::HEAD, &go::FRAME),
        (Language::Cpp, &cpp::HEAD, &cpp::FRAME),
        (Language::JavaScript, &javascript::HEAD, &javascript::FRAME),
    ];
    let score = |head: &Regex, frame: &Regex| {
        lines.iter().map(|line| if head.is_match(line) { 10 } else { usize::from(frame.is_match(line)) }).sum::<usize>()
    };
    let scores = marks.map(|(language, head, frame)| (score(head, frame), language));
    // Of equals the first: what the others' frames could be taken for comes before them.
    scores.into_iter().rev().max_by_key(|(score, _)| *score).filter(|(score, _)| *score > 0).map(|(_, language)| language)
}

/// A trace cut to what is kept of one, without characters a database or a page cannot hold.
fn bounded(mut trace: Trace) -> Trace {
    let mut left = FRAMES_ALL;
    trace.cut |= trace.raised.len() > RAISED_MAX;
    trace.raised.truncate(RAISED_MAX);
    for raised in &mut trace.raised {
        let most = left.min(FRAMES_MAX);
        trace.cut |= raised.frames.len() > most;
        raised.frames.truncate(most);
        left -= raised.frames.len();
        raised.kind = text::line(&raised.kind, NAME_MAX).unwrap_or_default();
        raised.message = text::line(&raised.message, MESSAGE_MAX).unwrap_or_default();
        raised.thread = raised.thread.as_deref().and_then(|thread| text::line(thread, NAME_MAX));
        for frame in &mut raised.frames {
            frame.function = text::line(&frame.function, NAME_MAX).unwrap_or_default();
            frame.module = frame.module.as_deref().and_then(|module| text::line(module, NAME_MAX));
            frame.file = frame.file.as_deref().and_then(|file| text::line(file, NAME_MAX));
        }
    }
    trace
}

/// Something raised, still without frames.
fn raised(relation: RaisedAs, kind: &str, message: &str) -> Raised {
    Raised { relation, kind: kind.trim().to_owned(), message: message.trim().to_owned(), thread: None, frames: Vec::new() }
}

/// Adds a frame, unless there are more than anybody keeps.
fn push(raised: &mut Raised, frame: Frame) {
    // One more than is kept, so that it shows that some were left out.
    if raised.frames.len() <= FRAMES_MAX {
        raised.frames.push(frame);
    }
}

/// Compiles one of the parsers' patterns.
fn pattern(pattern: &str) -> Regex {
    // The patterns are constants of these files, and each is used by their tests: it compiles.
    Regex::new(pattern).expect("a constant pattern")
}

/// A line number.
fn number(text: Option<regex::Match<'_>>) -> Option<u32> {
    text.and_then(|text| text.as_str().parse().ok())
}
