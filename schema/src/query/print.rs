//! The canonical text of a query: what is saved, shown again and put into addresses.

use std::fmt::{self, Display, Formatter, Write};

use super::lexer::{ends_word, misread};
use super::span::{Moment, Rate, Span};
use super::term::Term;
use super::tree::{Expr, Query, Sort, Test};
use super::value::UNITS;

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(filter) = &self.filter {
            filter.fmt(f)?;
        }
        if !self.sort.is_empty() {
            f.write_str(if self.filter.is_some() { " sort:" } else { "sort:" })?;
        }
        list(f, &self.sort)
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.reversed { "-" } else { "" }, self.key)
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(members) => joined(f, members, " ", |member| matches!(member, Self::Or(_))),
            Self::Or(members) => joined(f, members, " OR ", |_| false),
            Self::Not(inner) => {
                f.write_char('-')?;
                match &**inner {
                    Self::Words(term) => text(f, term, Place::Negated),
                    inner => grouped(f, inner, matches!(inner, Self::And(_) | Self::Or(_) | Self::Not(_))),
                }
            }
            Self::Field { field, test } => write!(f, "{field}:{test}"),
            Self::Words(term) => text(f, term, Place::Free),
        }
    }
}

fn joined(f: &mut Formatter<'_>, members: &[Expr], with: &str, group: impl Fn(&Expr) -> bool) -> fmt::Result {
    for (at, member) in members.iter().enumerate() {
        if at > 0 {
            f.write_str(with)?;
        }
        grouped(f, member, group(member))?;
    }
    Ok(())
}

fn grouped(f: &mut Formatter<'_>, expr: &Expr, group: bool) -> fmt::Result {
    if group { write!(f, "({expr})") } else { expr.fmt(f) }
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(words) => list(f, words),
            Self::Is(terms) | Self::Has(terms) => {
                for (at, term) in terms.iter().enumerate() {
                    f.write_str(if at > 0 { "," } else { "" })?;
                    text(f, term, if at > 0 { Place::Value } else { Place::First })?;
                }
                Ok(())
            }
            Self::Number(spans) => list(f, spans),
            Self::Date(spans) => list(f, spans),
            Self::Rate(rates) => list(f, rates),
        }
    }
}

impl Display for Rate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.count, Moment::Age(self.days.saturating_mul(86_400)))
    }
}

fn list<T: Display>(f: &mut Formatter<'_>, values: &[T]) -> fmt::Result {
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            f.write_char(',')?;
        }
        value.fmt(f)?;
    }
    Ok(())
}

impl<T: Display> Display for Span<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(value) => value.fmt(f),
            Self::Below(value) => write!(f, "<{value}"),
            Self::AtMost(value) => write!(f, "<={value}"),
            Self::Above(value) => write!(f, ">{value}"),
            Self::AtLeast(value) => write!(f, ">={value}"),
            Self::Between(from, to) => write!(f, "{from}..{to}"),
        }
    }
}

impl Display for Moment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let seconds = match *self {
            Self::Day(day) => return write!(f, "{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day()),
            Self::Ahead(seconds) => {
                f.write_char('+')?;
                seconds
            }
            Self::Age(seconds) => seconds,
        };
        // The longest unit that divides it gives the shortest text.
        match UNITS.into_iter().find(|(_, length)| seconds > 0 && seconds % length == 0) {
            Some((unit, length)) => write!(f, "{}{unit}", seconds / length),
            None => write!(f, "{}h", seconds / 3_600),
        }
    }
}

/// As a field's value, after the colon; a free word of an [`Expr`] may need other quotes.
impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        text(f, self, Place::First)
    }
}

/// Where a term stands: it decides what would be read as something else.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Right after the colon.
    First,
    /// After a comma.
    Value,
    Free,
    /// Right after a minus sign.
    Negated,
}

/// A term, in quotes only where it would be read as something else without, and with a backslash only where one is needed: so the
/// canonical text is never longer than what was read.
fn text(f: &mut Formatter<'_>, term: &Term, place: Place) -> fmt::Result {
    let bare = term.parts().join("*");
    let ends = |c: char| ends_word(c) || c == '*' || (matches!(place, Place::First | Place::Value) && c == ',');
    let misread = match place {
        Place::First => bare.starts_with(':') || bare.starts_with("//"),
        Place::Value => false,
        Place::Free => misread(&bare),
        Place::Negated => misread(&bare) || bare.starts_with('-'),
    };
    if !bare.is_empty() && !misread && !term.parts().iter().any(|part| part.contains(ends)) {
        return f.write_str(&bare);
    }
    f.write_char('"')?;
    for (at, part) in term.parts().iter().enumerate() {
        if at > 0 {
            f.write_char('*')?;
        }
        let mut rest = part.chars();
        while let Some(c) = rest.next() {
            // What follows begins with one of these (a wildcard or the closing quote, at the end) and would be escaped by a lone backslash.
            let escapes = c == '\\' && matches!(rest.clone().next(), None | Some('"' | '\\' | '*'));
            if escapes || matches!(c, '"' | '*') {
                f.write_char('\\')?;
            }
            f.write_char(c)?;
        }
    }
    f.write_char('"')
}
