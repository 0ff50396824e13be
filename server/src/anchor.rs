//! Finds a passage again in a text that has changed.
//!
//! A passage is kept as the W3C Web Annotation Data Model's `TextQuoteSelector` has it: its words, and some of what stands
//! before and after them (<https://www.w3.org/TR/annotation-model/#text-quote-selector>). It is looked for as Hypothesis does
//! ("Fuzzy Anchoring", 2013): exactly first, where several fit by what stands around them; then by the least number of words
//! that would have to be changed, put in or taken out to make words and surroundings match (Sellers 1980, over words instead
//! of letters). What is less alike than half is not found: a comment says that it is outdated rather than stand elsewhere.

use std::{collections::HashMap, ops::Range};

/// How much of a passage's surroundings is kept on each side, in characters.
pub const CONTEXT: usize = 64;
/// A passage this long is not there twice by chance, in characters.
const LONG: usize = 32;
/// Most places where the same words are compared by their surroundings.
const PLACES: usize = 2000;
/// Most steps of one search for what is alike: a quote of 300 words in a text of 13,000.
const STEPS: usize = 4_000_000;
/// Most steps of all searches of one edit, which take some 0.3 s; what is not found by then is outdated.
pub const BUDGET: usize = 32_000_000;

/// A passage's words and surroundings, all with one space between words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchor {
    /// Its words.
    pub quote: String,
    /// What stands before it.
    pub before: String,
    /// What stands after it.
    pub after: String,
}

/// Words with one space between them.
pub fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Anchor {
    /// The passage at a place of a text.
    pub fn at(text: &str, place: Range<usize>) -> Self {
        let before = &text[..place.start];
        let from = before.char_indices().rev().take(CONTEXT).last().map_or(place.start, |(at, _)| at);
        let after = &text[place.end..];
        let to = after.char_indices().nth(CONTEXT).map_or(after.len(), |(at, _)| at);
        Self { quote: text[place].to_owned(), before: before[from..].trim().to_owned(), after: after[..to].trim().to_owned() }
    }

    /// Where it is in a text that has one space between words. `changed` is the part in which what only resembles it is looked for, with at
    /// most `budget` steps, which are taken off it.
    pub fn find(&self, text: &str, changed: Range<usize>, budget: &mut usize) -> Option<Range<usize>> {
        if self.quote.is_empty() {
            return None;
        }
        self.exact(text).or_else(|| self.alike(text, changed, budget))
    }

    /// The place where its words stand as they are, whose surroundings are most alike.
    pub fn exact(&self, text: &str) -> Option<Range<usize>> {
        let (before, after) = (self.before.trim(), self.after.trim());
        let around = before.chars().count() + after.chars().count();
        let mut best: Option<(usize, usize)> = None;
        let mut places = 0;
        for (at, _) in text.match_indices(&self.quote).take(PLACES) {
            places += 1;
            let same = shared(before.chars().rev(), text[..at].trim_end().chars().rev())
                + shared(after.chars(), text[at + self.quote.len()..].trim_start().chars());
            if best.is_none_or(|(most, _)| same > most) {
                best = Some((same, at));
            }
        }
        let (same, at) = best?;
        let alone = places == 1 && self.quote.chars().count() >= LONG;
        (alone || same * 4 >= around).then(|| at..at + self.quote.len())
    }

    /// The place whose words and surroundings are most alike, where at least half of both are.
    fn alike(&self, text: &str, changed: Range<usize>, budget: &mut usize) -> Option<Range<usize>> {
        let [before, quote, after] =
            [&self.before, &self.quote, &self.after].map(|text| words(text).map(|(_, word)| word).collect::<Vec<_>>());
        // The words at the ends of the surroundings may be cut.
        let (before, after) = (before.get(1..).unwrap_or_default(), &after[..after.len().saturating_sub(1)]);
        let wanted: Vec<&str> = before.iter().chain(&quote).chain(after).copied().collect();
        let (first, last) = (before.len(), before.len() + quote.len());
        // What resembles it is not far from what changed.
        let margin = 4 * (self.quote.len() + 2 * CONTEXT);
        let from = edge(text, changed.start.saturating_sub(margin).min(text.len()));
        let to = edge(text, changed.end.saturating_add(margin).min(text.len()).max(from));
        let words: Vec<(usize, &str)> = words(&text[from..to]).collect();
        let steps = words.len().saturating_mul(wanted.len());
        *budget = budget.checked_sub(steps).filter(|_| steps <= STEPS)?;
        let best = closest(&wanted, (first, last), &words)?;
        let (in_quote, in_all) = (best.in_quote as usize, best.in_all as usize);
        let enough = in_quote * 2 >= quote.len() && in_quote > 0 && in_all * 2 >= wanted.len() && best.to > best.from;
        let (first, last) = (words.get(best.from as usize)?, words.get((best.to as usize).checked_sub(1)?)?);
        enough.then(|| from + first.0..from + last.0 + last.1.len())
    }
}

/// The part of `new` that is not, in the same order, the beginning or end of `old`.
pub fn changed(old: &str, new: &str) -> Range<usize> {
    let start = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - start;
    let end = old.bytes().rev().zip(new.bytes().rev()).take(most).take_while(|(a, b)| a == b).count();
    edge(new, start)..edge(new, new.len() - end)
}

/// The place where a letter begins, at or before this one.
fn edge(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn shared(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// The words of a text and its other signs, each for itself, with where they begin: a passage may end before a full stop.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = rest.find(|(_, sign)| !sign.is_whitespace())?;
        let mut end = start + first.len_utf8();
        while first.is_alphanumeric()
            && let Some((at, sign)) = rest.next_if(|(_, sign)| sign.is_alphanumeric())
        {
            end = at + sign.len_utf8();
        }
        Some((start, &text[start..end]))
    })
}

/// The best way to make what is wanted, up to one word, of a text, up to another.
#[derive(Clone, Copy, Default)]
struct Way {
    cost: u32,
    /// The words of the text that stand for the quote.
    from: u32,
    to: u32,
    /// How many words are the same: of the quote, and of all.
    in_quote: u32,
    in_all: u32,
}

/// The place in `words` that is closest to `wanted`; `quote` says which of the wanted words are the quote.
fn closest(wanted: &[&str], (first, last): (usize, usize), words: &[(usize, &str)]) -> Option<Way> {
    // Words as numbers: they are compared often.
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let wanted: Vec<u32> = wanted
        .iter()
        .map(|word| {
            let next = numbers.len() as u32 + 1;
            *numbers.entry(word).or_insert(next)
        })
        .collect();
    let mut row: Vec<Way> = (0..=wanted.len()).map(|cost| Way { cost: cost as u32, ..Way::default() }).collect();
    let mut best: Option<Way> = None;
    for (i, (_, word)) in words.iter().enumerate() {
        let (i, word) = (i as u32, numbers.get(word).copied().unwrap_or(0));
        let mut diagonal = row[0];
        // It may begin anywhere.
        row[0] = Way { from: i + 1, to: i + 1, ..Way::default() };
        for j in 1..=wanted.len() {
            let (above, left) = (row[j], row[j - 1]);
            let same = wanted[j - 1] == word;
            let in_quote = (first + 1..=last).contains(&j);
            let mut way = Way {
                cost: diagonal.cost + u32::from(!same),
                in_quote: diagonal.in_quote + u32::from(same && in_quote),
                in_all: diagonal.in_all + u32::from(same),
                to: if in_quote { i + 1 } else { diagonal.to },
                ..diagonal
            };
            if above.cost + 1 < way.cost {
                way = Way { cost: above.cost + 1, ..above };
            }
            if left.cost + 1 < way.cost {
                way = Way { cost: left.cost + 1, ..left };
            }
            if j == first {
                way.from = i + 1;
                way.to = i + 1;
            }
            diagonal = above;
            row[j] = way;
        }
        let end = row[wanted.len()];
        let nearer = |known: &Way| (end.cost, u32::MAX - end.in_quote) < (known.cost, u32::MAX - known.in_quote);
        if best.as_ref().is_none_or(nearer) {
            best = Some(end);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn again(old: &str, quote: &str, new: &str) -> Option<String> {
        let at = old.find(quote).expect("the quote is in the old text");
        let anchor = Anchor::at(old, at..at + quote.len());
        anchor.find(new, changed(old, new), &mut { BUDGET }).map(|place| new[place].to_owned())
    }

    const OLD: &str =
        "The agent starts. A bound port returns to ACTIVE within 10 s after that. The user sees nothing of it. Else it waits.";

    #[test]
    fn a_passage_that_moved_or_changed_a_little_is_found() {
        let quote = "A bound port returns to ACTIVE within 10 s";
        assert_eq!(again(OLD, quote, &format!("Something new. {OLD}")).as_deref(), Some(quote));
        let edited = OLD.replace("10 s", "5 s").replace("bound port", "port");
        assert_eq!(again(OLD, quote, &edited).as_deref(), Some("A port returns to ACTIVE within 5 s"));
        assert_eq!(again(OLD, "10 s", &OLD.replace("10 s", "5 s")).as_deref(), Some("5 s"));
        let stop = OLD.replace("10 s after that", "10 s");
        assert_eq!(again(&stop, quote, &stop.replace("10 s", "5 s")).as_deref(), Some("A bound port returns to ACTIVE within 5 s"));
    }

    #[test]
    fn a_passage_that_is_gone_is_not_found_elsewhere() {
        let new = OLD.replace("A bound port returns to ACTIVE within 10 s after that. ", "");
        assert_eq!(again(OLD, "A bound port returns to ACTIVE within 10 s", &new), None);
        assert_eq!(again(OLD, "port", &format!("{new} Much later there is a port of another kind.")), None);
        assert_eq!(again(OLD, "port", ""), None);
    }

    #[test]
    fn of_several_the_one_with_its_surroundings_is_found() {
        let old = "one port here. two port there. three port anywhere.";
        let at = old.match_indices("port").nth(1).unwrap().0;
        let anchor = Anchor::at(old, at..at + 4);
        let new = format!("zero port first. {old}");
        let found = anchor.find(&new, changed(old, &new), &mut { BUDGET }).unwrap();
        assert!(new[..found.start].ends_with("two "), "{found:?}");
    }

    proptest! {
        #[test]
        fn unrelated_edits_keep_it_and_taking_it_out_outdates_it(count in 4usize..12, of in 0usize..12, edited in prop::collection::vec(0usize..12, 0..5), cut: bool) {
            let of = of % count;
            let paragraph = |i: usize| (0..12).map(|w| format!("w{i}x{w}")).collect::<Vec<_>>().join(" ");
            let old: Vec<String> = (0..count).map(paragraph).collect();
            let quote = (3..8).map(|w| format!("w{of}x{w}")).collect::<Vec<_>>().join(" ");
            let mut new = old.clone();
            for (n, other) in edited.iter().filter(|other| **other % count != of).enumerate() {
                new[other % count] = if cut { String::new() } else { format!("fresh{n} words{n} in{n} place{n}") };
            }
            let (whole, changed) = (squeeze(&old.join(" ")), squeeze(&new.join(" ")));
            prop_assert_eq!(again(&whole, &quote, &changed), Some(quote.clone()));
            new[of] = format!("w{of}x0 w{of}x1 w{of}x11");
            prop_assert_eq!(again(&whole, &quote, &squeeze(&new.join(" "))), None);
        }

        #[test]
        fn nothing_panics(old in "[abé ]{1,40}", new in "[abé ]{0,60}", from in 0usize..40, length in 1usize..20) {
            let (old, new) = (squeeze(&old), squeeze(&new));
            let places: Vec<usize> = old.char_indices().map(|(at, _)| at).chain([old.len()]).collect();
            let from = from.min(places.len() - 1);
            let to = (from + length).min(places.len() - 1);
            let anchor = Anchor::at(&old, places[from]..places[to]);
            if let Some(found) = anchor.find(&new, changed(&old, &new), &mut { BUDGET }) {
                prop_assert!(!new[found].is_empty());
            }
        }
    }
}
