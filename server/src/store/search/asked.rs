//! What a report that is being written tells: its terms, how much each may tell, and which of them to look for.

use std::collections::HashMap;

use super::terms::{self, Kind};

/// Terms looked for in the index; the others only decide between what these found.
pub(super) const SOUGHT: usize = 32;
/// At most so many of them are the title's: the text has something to say, too.
const OF_TITLE: usize = 20;
/// How many characters of a line that names an error are at most taken as one.
const LINE: usize = 400;

/// A term of the report.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub term: String,
    /// How much it counts, before how rare it is does.
    pub weight: f64,
    /// How good it is to look for.
    tells: f64,
}

/// The terms of a report, those to look for first.
pub(super) fn asked(title: &str, text: &str) -> Vec<Asked> {
    let mut at: HashMap<String, usize> = HashMap::new();
    let mut all: Vec<Asked> = Vec::new();
    terms::visit(title, |term, _, kind| {
        if !at.contains_key(term) {
            at.insert(term.to_owned(), all.len());
            all.push(Asked { term: term.to_owned(), weight: 1.5 * worth(kind), tells: tells(term, kind) });
        }
    });
    let of_title = all.len();
    let text = terms::ends(text);
    let errors = errors(&text);
    terms::visit(&text, |term, place, kind| {
        let named = errors.iter().any(|line| line.contains(&place.start));
        match at.get(term).copied() {
            // In title and text.
            Some(known) if known < of_title => all[known].weight = 2.0 * worth(kind),
            Some(known) => all[known].tells += 0.25,
            None => {
                at.insert(term.to_owned(), all.len());
                let tells = tells(term, kind) + if named { 2.0 } else { 0.0 };
                all.push(Asked { term: term.to_owned(), weight: worth(kind), tells });
            }
        }
    });
    let mut rest = all.split_off(of_title);
    // The sorts keep the order of equals, which is that of the text.
    all.sort_by(|a, b| b.tells.total_cmp(&a.tells));
    rest.sort_by(|a, b| b.tells.total_cmp(&a.tells));
    let late = all.split_off(all.len().min(OF_TITLE));
    all.extend(rest);
    all.extend(late);
    all
}

/// What a term of a kind counts.
fn worth(kind: Kind) -> f64 {
    match kind {
        Kind::Faint => 0.5,
        Kind::Number => 0.7,
        Kind::Word | Kind::Name => 1.0,
    }
}

/// How likely few deltas have a term: names, then long words.
fn tells(term: &str, kind: Kind) -> f64 {
    let length = f64::from(u8::try_from(term.len().min(12)).unwrap_or(12)) / 6.0;
    match kind {
        Kind::Name => 2.0 + length / 2.0,
        Kind::Word => length,
        Kind::Number => -1.0,
        Kind::Faint => -2.0,
    }
}

/// Lines that say what went wrong: where an error message or the head of a stack trace stands, in bytes.
fn errors(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.len() <= LINE
            && ["Error", "Exception", "ERROR", "error:", "panicked", "fault", "Fault"].iter().any(|word| line.contains(word))
        {
            found.push(at..at + line.len());
        }
        at += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_most_is_looked_for_first() {
        let all = asked("Agent fails", "It fails with\nValueError: no session_pool\nagain and again in the corridor");
        let first: Vec<_> = all.iter().map(|asked| asked.term.as_str()).collect();
        assert_eq!(first, ["agent", "fail", "sessionpool", "valueerror", "session", "valu", "pool", "corridor", "error"]);
        assert!((all[0].weight - 1.5).abs() < 1e-9 && (all[1].weight - 1.0).abs() < 1e-9, "{all:?}");
    }

    #[test]
    fn a_huge_text_costs_no_more_than_a_long_one() {
        let long = (0..20_000).map(|n| format!("word{n}x ")).collect::<String>();
        assert!(asked("", &long).len() < 3000);
    }
}
