//! Answering a query in memory: signatures on failures, filters on what a page already has.

use std::cell::RefCell;
use std::rc::Rc;

use time::OffsetDateTime;

use super::term::{Term, fold};
use super::tree::{Expr, Test};

/// Something a query can be asked about. What is absent meets no test, so that `-job:gate` also finds what has no job.
pub trait Subject {
    /// The text of a field: of a [`super::FieldKind::Prose`] field or one of [`Subject::prose`], possibly of many lines; and of
    /// every field with one value.
    fn text(&self, field: &str) -> Option<&str>;

    /// The fields in which free words are looked for.
    fn prose(&self) -> &'static [&'static str] {
        &["message", "details"]
    }

    /// Has a field of words, keys or short text this value? For fields with several values.
    fn has(&self, field: &str, value: &Term) -> bool {
        self.text(field).is_some_and(|text| value.is(text))
    }

    /// The value of a number field.
    fn number(&self, field: &str) -> Option<i64> {
        let _ = field;
        None
    }

    /// What is counted by a field within the last days.
    fn count(&self, field: &str, days: u32) -> Option<i64> {
        let _ = (field, days);
        None
    }

    /// The value of a date field.
    fn time(&self, field: &str) -> Option<OffsetDateTime> {
        let _ = field;
        None
    }

    /// From when ages count; without it, no date meets a test.
    fn now(&self) -> Option<OffsetDateTime> {
        None
    }
}

/// A subject whose long texts are made ready for comparison once: ask it many queries.
pub struct Folded<'a> {
    subject: &'a dyn Subject,
    texts: RefCell<Vec<Ready>>,
}

/// A field's name and its folded text, if it has one.
type Ready = (&'static str, Option<Rc<str>>);

impl<'a> Folded<'a> {
    /// Nothing is done yet: each field is made ready when a query first asks about it.
    pub fn new(subject: &'a dyn Subject) -> Self {
        Self { subject, texts: RefCell::default() }
    }

    fn text(&self, field: &'static str) -> Option<Rc<str>> {
        let mut texts = self.texts.borrow_mut();
        if let Some((_, text)) = texts.iter().find(|(name, _)| *name == field) {
            return text.clone();
        }
        let text = self.subject.text(field).map(|text| Rc::from(fold(text)));
        texts.push((field, text.clone()));
        text
    }
}

impl Expr {
    /// Does the subject meet this? Capitals never count.
    ///
    /// - A text or key field (`test`, `job`, `branch`) is compared as a whole: `test:agent` is only the test of that name,
    ///   `test:*agent*` every one with it inside.
    /// - A prose field (`message`, `details`) has the value anywhere, white space and line ends counting as they are; `*` in it stands
    ///   for any text, also over line ends: `details:"bridge.py*Timeout"`. Quotes change nothing but what they may hold.
    /// - A free word or phrase is anywhere in one of the prose fields, the whole of it in the same.
    ///
    /// Time is linear in the length of the texts, times the number of terms.
    pub fn matches(&self, subject: &dyn Subject) -> bool {
        self.matches_folded(&Folded::new(subject))
    }

    /// The same for a subject that is asked many queries.
    pub fn matches_folded(&self, subject: &Folded<'_>) -> bool {
        match self {
            Self::And(members) => members.iter().all(|member| member.matches_folded(subject)),
            Self::Or(members) => members.iter().any(|member| member.matches_folded(subject)),
            Self::Not(inner) => !inner.matches_folded(subject),
            Self::Field { field, test } => test.matches(field, subject),
            Self::Words(term) => subject.subject.prose().iter().any(|field| found(term, field, subject)),
        }
    }
}

impl Test {
    fn matches(&self, field: &'static str, folded: &Folded<'_>) -> bool {
        let subject = folded.subject;
        match self {
            Self::Word(words) => words.iter().any(|word| subject.has(field, &Term::plain(word))),
            Self::Is(terms) => terms.iter().any(|term| subject.has(field, term)),
            Self::Has(terms) => terms.iter().any(|term| found(term, field, folded)),
            Self::Number(spans) => subject.number(field).is_some_and(|number| spans.iter().any(|span| span.takes(number))),
            Self::Rate(rates) => rates.iter().any(|rate| subject.count(field, rate.days).is_some_and(|count| rate.count.takes(count))),
            Self::Date(spans) => {
                let times = subject.time(field).zip(subject.now());
                times.is_some_and(|(time, now)| spans.iter().any(|span| span.takes(time, now)))
            }
        }
    }
}

fn found(term: &Term, field: &'static str, subject: &Folded<'_>) -> bool {
    subject.text(field).is_some_and(|text| term.is_in_folded(&text))
}

/// Is the whole text the pattern, where `*` stands for any text? Capitals do not count. Linear in both lengths.
pub fn wildcard(pattern: &str, text: &str) -> bool {
    Term::wildcard(pattern).is(text)
}
