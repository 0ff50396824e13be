//! From written values to typed ones.

use time::{Date, Month};

use super::error::QueryError;
use super::fields::{Field, FieldKind, Fields};
use super::lexer::Atom;
use super::span::{Moment, Rate, Span};
use super::term::Term;
use super::tree::{Sort, Test};

/// Seconds of each unit of age, the longest first.
pub(super) const UNITS: [(char, u32); 5] = [('y', 365 * 86_400), ('m', 30 * 86_400), ('w', 7 * 86_400), ('d', 86_400), ('h', 3_600)];

/// The longest age, in seconds: 100 years.
const MAX_AGE: u32 = 100 * 365 * 86_400;

/// The values of a field, by its kind.
pub(super) fn test(field: &Field, atoms: &[Atom]) -> Result<Test, QueryError> {
    Ok(match field.kind {
        FieldKind::Word(known) => Test::Word(each(atoms, |atom| word(field.name, known, atom))?),
        FieldKind::Text | FieldKind::Key => Test::Is(each(atoms, |atom| Ok(atom.term.clone()))?),
        FieldKind::KeyOf(known) => Test::Is(each(atoms, |atom| key_of(field.name, known, atom))?),
        FieldKind::Prose => Test::Has(each(atoms, |atom| Ok(atom.term.clone()))?),
        FieldKind::Number => Test::Number(each(atoms, |atom| number(field.name, atom))?),
        FieldKind::Date => Test::Date(each(atoms, |atom| date(field.name, atom))?),
        FieldKind::DateOr(known) => match atoms.iter().find(|atom| moments(atom).is_none()) {
            None => Test::Date(each(atoms, |atom| date(field.name, atom))?),
            Some(_) => Test::Word(each(atoms, |atom| word_or_date(field.name, known, atom))?),
        },
        FieldKind::Rate => Test::Rate(each(atoms, |atom| rate(field.name, atom))?),
    })
}

/// One `sort:` value.
pub(super) fn sort(fields: &Fields, atom: &Atom) -> Result<Sort, QueryError> {
    let written = atom.term.as_word().unwrap_or("*");
    let (reversed, name) = written.strip_prefix('-').map_or((false, written), |name| (true, name));
    let names = || fields.sorts.iter().map(|sort| sort.name);
    match names().find(|known| known.eq_ignore_ascii_case(name)) {
        Some(key) => Ok(Sort { key, reversed }),
        None => Err(unknown("sort", name, atom.column, names)),
    }
}

fn each<T>(atoms: &[Atom], read: impl Fn(&Atom) -> Result<T, QueryError>) -> Result<Vec<T>, QueryError> {
    atoms.iter().map(read).collect()
}

fn unknown<I: Iterator<Item = &'static str>>(field: &str, written: &str, column: usize, known: impl Fn() -> I) -> QueryError {
    let list = known().collect::<Vec<_>>().join(", ");
    QueryError::new(column, format!("\"{field}\" knows no \"{written}\", only {list}.")).near(written, known())
}

fn word(field: &str, known: &'static [&'static str], atom: &Atom) -> Result<&'static str, QueryError> {
    let written = atom.term.as_word().unwrap_or("*");
    let found = known.iter().find(|known| known.eq_ignore_ascii_case(written));
    found.copied().ok_or_else(|| unknown(field, written, atom.column, || known.iter().copied()))
}

/// A key, and perhaps after a slash a word; a pattern is left to find what it finds.
fn key_of(field: &str, known: &'static [&'static str], atom: &Atom) -> Result<Term, QueryError> {
    let is_known = |word: &str| known.iter().any(|known| known.eq_ignore_ascii_case(word));
    match atom.term.as_word().map(|text| text.split_once('/').ok_or(text)) {
        Some(Ok((key, word))) if !is_known(word) => {
            let message = format!("\"{field}\" knows no \"{word}\", only {}, such as {field}:{key}/{}.", known.join(", "), known[0]);
            Err(QueryError::new(atom.column, message).near(word, known.iter().copied()))
        }
        Some(Err(alone)) if is_known(alone) => {
            let message = format!("Say whose \"{field}\" is meant: {field}:northwind/{alone}, or {field}:*/{alone} for anybody's.");
            Err(QueryError::new(atom.column, message))
        }
        _ => Ok(atom.term.clone()),
    }
}

/// A word of a field that also takes dates. The two do not stand in one list.
fn word_or_date(field: &str, known: &'static [&'static str], atom: &Atom) -> Result<&'static str, QueryError> {
    let written = atom.term.as_word().unwrap_or("*");
    let list = known.join(", ");
    let found = known.iter().find(|known| known.eq_ignore_ascii_case(written));
    found.copied().ok_or_else(|| match moments(atom) {
        Some(_) => QueryError::new(atom.column, format!("\"{field}\" is asked for a word or for a date: say the other with OR.")),
        None => QueryError::new(atom.column, format!("\"{field}\" is {list} or a date: {field}:<7d, {field}:>=2026-01-31."))
            .near(written, known.iter().copied()),
    })
}

/// What an atom says of dates, right or wrong; none where it says nothing of any.
fn moments(atom: &Atom) -> Option<Span<Moment>> {
    span(atom.term.as_word()?, &moment)
}

/// The longest window of a count, in days.
const MAX_WINDOW: u32 = 365;

fn rate(field: &str, atom: &Atom) -> Result<Rate, QueryError> {
    let error = || {
        let message = format!(
            "\"{field}\" is a count within a window of days: {field}:>5/7d, {field}:0/1m or {field}:1..5/2w (d, w, m, y: at most 1y)."
        );
        QueryError::new(atom.column, message)
    };
    let (count, window) = atom.term.as_word().and_then(|text| text.rsplit_once('/')).ok_or_else(error)?;
    let count = span(count, &|text| text.parse::<i64>().ok()).ok_or_else(error)?;
    if matches!(count, Span::Between(from, to) if from > to) {
        return Err(backwards(atom));
    }
    let days = seconds(window).filter(|seconds| seconds % 86_400 == 0).map(|seconds| seconds / 86_400);
    let days = days.filter(|days| (1..=MAX_WINDOW).contains(days)).ok_or_else(error)?;
    Ok(Rate { count, days })
}

fn number(field: &str, atom: &Atom) -> Result<Span<i64>, QueryError> {
    let error = || {
        let message = format!("\"{field}\" is a whole number: {field}:40, {field}:>40, {field}:<=40 or {field}:20..60.");
        QueryError::new(atom.column, message)
    };
    let text = atom.term.as_word().ok_or_else(error)?;
    let span = span(text, &|text| text.parse::<i64>().ok()).ok_or_else(error)?;
    match span {
        Span::Between(from, to) if from > to => Err(backwards(atom)),
        span => Ok(span),
    }
}

fn date(field: &str, atom: &Atom) -> Result<Span<Moment>, QueryError> {
    let error = || {
        let message = format!(
            "\"{field}\" is a date: {field}:>=2026-01-31, {field}:<7d (h, d, w, m, y: at most 100y ago), {field}:<+7d (ahead) or a range with \"..\"."
        );
        QueryError::new(atom.column, message)
    };
    let text = atom.term.as_word().ok_or_else(error)?;
    let span = span(text, &moment).ok_or_else(error)?;
    match span {
        Span::Exactly(Moment::Age(_)) => {
            let message = format!("Say \"{field}:<{text}\" for younger than this, or \"{field}:>{text}\" for older.");
            Err(QueryError::new(atom.column, message))
        }
        Span::Exactly(Moment::Ahead(_)) => {
            let message = format!("Say \"{field}:<{text}\" for before this, or \"{field}:>{text}\" for after it.");
            Err(QueryError::new(atom.column, message))
        }
        Span::Between(Moment::Day(from), Moment::Day(to)) if from > to => Err(backwards(atom)),
        Span::Between(Moment::Age(from), Moment::Age(to)) | Span::Between(Moment::Ahead(from), Moment::Ahead(to)) if from > to => {
            Err(backwards(atom))
        }
        span => Ok(span),
    }
}

fn backwards(atom: &Atom) -> QueryError {
    QueryError::new(atom.column, "This range runs backwards: the lower end comes first.")
}

/// What an operator makes of the value behind it.
type Compare<T> = fn(T) -> Span<T>;

/// A comparison, a range or a value alone.
fn span<T>(text: &str, read: &dyn Fn(&str) -> Option<T>) -> Option<Span<T>> {
    // The longer operators first: `>=` also begins with `>`.
    let compares: [(&str, Compare<T>); 5] =
        [(">=", Span::AtLeast), ("<=", Span::AtMost), (">", Span::Above), ("<", Span::Below), ("=", Span::Exactly)];
    for (operator, span) in compares {
        if let Some(value) = text.strip_prefix(operator) {
            return read(value).map(span);
        }
    }
    match text.split_once("..") {
        None => read(text).map(Span::Exactly),
        Some(("", to)) => read(to).map(Span::AtMost),
        Some((from, "")) => read(from).map(Span::AtLeast),
        Some((from, to)) => Some(Span::Between(read(from)?, read(to)?)),
    }
}

fn moment(text: &str) -> Option<Moment> {
    match text.strip_prefix('+') {
        Some(ahead) => seconds(ahead).map(Moment::Ahead),
        None => seconds(text).map(Moment::Age).or_else(|| day(text).map(Moment::Day)),
    }
}

fn seconds(text: &str) -> Option<u32> {
    let (unit, length) = UNITS.into_iter().find(|(unit, _)| text.ends_with(*unit))?;
    let count: u32 = digits(text.strip_suffix(unit)?)?;
    count.checked_mul(length).filter(|seconds| *seconds <= MAX_AGE)
}

fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    let year: i32 = digits(year)?;
    let month = Month::try_from(digits::<u8>(month)?).ok()?;
    let date = Date::from_calendar_date(year, month, digits(day)?).ok()?;
    (1970..=9998).contains(&year).then_some(date)
}

/// Digits only: `parse` alone would also take a sign.
fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}
