//! What changed between two texts: paragraphs first, then word by word within those that changed.

use std::{collections::HashMap, time::Duration};

use schema::delta::{Change, Piece, Revision};
use similar::{DiffTag, TextDiff};

/// Longest time spent on finding a small difference; after that a larger one is given.
const PATIENCE: Duration = Duration::from_millis(50);
/// Fewest characters of a paragraph that is said to have moved: shorter ones are alike by chance.
const MOVED: usize = 40;

/// The fields in which two revisions differ.
pub fn revisions(old: &Revision, new: &Revision) -> Vec<Change> {
    let fields = [
        ("title", &*old.title, &*new.title),
        ("desired", &old.desired, &new.desired),
        ("actual", &old.actual, &new.actual),
        ("body", &old.body, &new.body),
        ("body_format", old.body_format.as_str(), new.body_format.as_str()),
    ];
    let changes = fields.into_iter().map(|(field, old, new)| Change { field: field.to_owned(), pieces: words(old, new) });
    changes.filter(|change| !change.pieces.is_empty()).collect()
}

/// The pieces of `new` and of what is gone of `old`, in order; empty when they are equal.
pub fn words(old: &str, new: &str) -> Vec<Piece> {
    if old == new {
        return Vec::new();
    }
    let (old, new) = (paragraphs(old), paragraphs(new));
    let diff = TextDiff::configure().timeout(PATIENCE).diff_slices(&old, &new);
    let changed = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal).count();
    let patience = (PATIENCE * 4 / u32::try_from(changed.max(1)).unwrap_or(u32::MAX)).clamp(Duration::from_millis(1), PATIENCE);
    let moved = moved(&old, &new, &diff);
    let mut pieces = Vec::new();
    for op in diff.ops() {
        let (olds, news) = (&old[op.old_range()], &new[op.new_range()]);
        if op.tag() == DiffTag::Equal {
            add(&mut pieces, Piece::Same(news.concat()));
            continue;
        }
        let is_moved = |text: &&&str| moved.contains_key(text.trim());
        olds.iter().filter(is_moved).for_each(|text| pieces.push(Piece::MovedAway((*text).to_owned())));
        let mut gone: String = olds.iter().filter(|text| !is_moved(text)).copied().collect();
        let mut fresh = String::new();
        for text in news {
            if is_moved(&text) {
                within(&std::mem::take(&mut gone), &std::mem::take(&mut fresh), patience, &mut pieces);
                pieces.push(Piece::MovedHere((*text).to_owned()));
            } else {
                fresh.push_str(text);
            }
        }
        within(&gone, &fresh, patience, &mut pieces);
    }
    pieces
}

/// Paragraphs with the blank lines after them.
fn paragraphs(text: &str) -> Vec<&str> {
    let (mut found, mut from, mut at, mut blank) = (Vec::new(), 0, 0, false);
    for line in text.split_inclusive('\n') {
        let empty = line.trim().is_empty();
        if blank && !empty {
            found.push(&text[from..at]);
            from = at;
        }
        blank = empty;
        at += line.len();
    }
    if from < text.len() {
        found.push(&text[from..]);
    }
    found
}

/// Paragraphs that are gone from one place and new, as they were, in exactly one other.
fn moved<'a>(old: &[&'a str], new: &[&'a str], diff: &TextDiff<'_, '_, '_, str>) -> HashMap<&'a str, (usize, usize)> {
    let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
    for op in diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal) {
        old[op.old_range()].iter().for_each(|text| counts.entry(text.trim()).or_default().0 += 1);
        new[op.new_range()].iter().for_each(|text| counts.entry(text.trim()).or_default().1 += 1);
    }
    counts.retain(|text, count| *count == (1, 1) && text.chars().count() >= MOVED);
    counts
}

/// A word with the white space behind it, and what it is compared by: where a line ends within a paragraph says nothing.
fn tokens(text: &str) -> (Vec<&str>, Vec<String>) {
    let mut whole = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let end = rest[word..].find(|c: char| !c.is_whitespace()).map_or(rest.len(), |space| word + space);
        whole.push(&rest[..end]);
        rest = &rest[end..];
    }
    let key = |token: &&str| {
        let word = token.trim_end();
        let space = &token[word.len()..];
        format!("{word}{}", if matches!(space, "\n" | "\r\n" | "") { " " } else { space })
    };
    let keys = whole.iter().map(key).collect();
    (whole, keys)
}

fn within(old: &str, new: &str, patience: Duration, pieces: &mut Vec<Piece>) {
    if old.is_empty() && new.is_empty() {
        return;
    }
    let ((olds, old_keys), (news, new_keys)) = (tokens(old), tokens(new));
    let (old_keys, new_keys): (Vec<&str>, Vec<&str>) =
        (old_keys.iter().map(String::as_str).collect(), new_keys.iter().map(String::as_str).collect());
    let diff = TextDiff::configure().timeout(patience).diff_slices(&old_keys, &new_keys);
    for op in diff.ops() {
        if op.tag() == DiffTag::Equal {
            add(pieces, Piece::Same(news[op.new_range()].concat()));
            continue;
        }
        let (gone, fresh) = (olds[op.old_range()].concat(), news[op.new_range()].concat());
        // White space behind both belongs to what follows.
        let both = !gone.is_empty() && !fresh.is_empty();
        let space = if both && gone.ends_with(char::is_whitespace) && fresh.ends_with(char::is_whitespace) {
            fresh[fresh.trim_end().len()..].to_owned()
        } else {
            String::new()
        };
        let cut = |text: String| if space.is_empty() { text } else { text.trim_end().to_owned() };
        add(pieces, Piece::Gone(cut(gone)));
        add(pieces, Piece::New(cut(fresh)));
        add(pieces, Piece::Same(space));
    }
}

/// Adds a piece; one of the kind of the last goes on with it.
fn add(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), piece) {
        (_, Piece::Same(text) | Piece::Gone(text) | Piece::New(text)) if text.is_empty() => {}
        (Some(Piece::Same(last)), Piece::Same(text))
        | (Some(Piece::Gone(last)), Piece::Gone(text))
        | (Some(Piece::New(last)), Piece::New(text)) => {
            last.push_str(&text);
        }
        (_, piece) => pieces.push(piece),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_changed_word_is_gone_and_new() {
        let pieces = words("A port is DOWN now.", "A port is ACTIVE now.");
        let expected =
            vec![Piece::Same("A port is ".into()), Piece::Gone("DOWN".into()), Piece::New("ACTIVE".into()), Piece::Same(" now.".into())];
        assert_eq!(pieces, expected);
        assert!(words("same", "same").is_empty());
    }

    #[test]
    fn lines_that_end_elsewhere_are_no_change_but_an_indentation_is() {
        let changed = |old, new| words(old, new).iter().any(|piece| !matches!(piece, Piece::Same(_)));
        assert!(!changed("one two\nthree four", "one\ntwo three\nfour"));
        assert!(changed("if x:\n    y", "if x:\n  y"));
    }

    #[test]
    fn a_paragraph_that_moved_is_told_as_moved() {
        let (a, b, c) =
            ("The first paragraph, which is long enough to be known.\n\n", "Second one, which is there too, and stays.\n\n", "Third.\n\n");
        let pieces = words(&[a, b, c].concat(), &[b, c, a].concat());
        assert_eq!(pieces, [Piece::MovedAway(a.into()), Piece::Same([b, c].concat()), Piece::MovedHere(a.into())]);
    }

    #[test]
    fn two_long_texts_that_share_nothing_do_not_take_long() {
        let (old, new): (String, String) = (0..40_000).map(|i| (format!("a{i} "), format!("b{i} "))).unzip();
        let started = tokio::time::Instant::now();
        assert!(!words(&old, &new).is_empty());
        assert!(started.elapsed() < Duration::from_secs(3));
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_two_texts(old in "[ab\n ]{0,60}", new in "[ab\n ]{0,60}") {
            let pieces = if old == new { vec![Piece::Same(new.clone())] } else { words(&old, &new) };
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().concat();
            let of = |wanted: fn(&Piece) -> Option<&str>| pieces.iter().filter_map(wanted).collect::<String>();
            let news = of(|piece| match piece {
                Piece::Same(text) | Piece::New(text) | Piece::MovedHere(text) => Some(text),
                _ => None,
            });
            let olds = of(|piece| match piece {
                Piece::Same(text) | Piece::Gone(text) | Piece::MovedAway(text) => Some(text),
                _ => None,
            });
            prop_assert_eq!(words(&news), words(&new));
            prop_assert_eq!(words(&olds), words(&old));
        }
    }
}
