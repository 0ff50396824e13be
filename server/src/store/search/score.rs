//! How alike two reports are: BM25 over the fields title and text, by the terms that they share.
//!
//! Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.4 (BM25F). The constants were chosen on
//! two thirds of `tests/it/realdata/rewordings.tsv`; the last third and the traces were only measured with them.

use std::collections::HashMap;

use super::{
    asked::Asked,
    snippet::{Hit, snippet},
    terms,
};

/// How much more a word in the title counts than one in the text.
const TITLE: f64 = 2.5;
/// How soon a word said again counts no more.
const K1: f64 = 1.2;
/// How much long titles and long texts are held against them, and what is long, in terms.
const B_TITLE: f64 = 0.3;
const B_TEXT: f64 = 0.75;
const LONG_TITLE: f64 = 8.0;
const LONG_TEXT: f64 = 90.0;
/// At most so many shared words are told.
const SHARED: usize = 6;

/// In how many of all deltas a term stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Known {
    /// So many.
    Deltas(usize),
    /// More than are counted.
    Common,
}

/// How much a term tells that stands in `deltas` of `all`.
pub(super) fn rarity(all: usize, deltas: usize) -> f64 {
    let (all, deltas) = (as_f64(all.max(deltas)), as_f64(deltas));
    (1.0 + (all - deltas + 0.5) / (deltas + 0.5)).ln()
}

/// A delta that may be alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'a> {
    pub number: i64,
    pub title: &'a str,
    pub text: &'a str,
}

/// How alike one is.
#[derive(Clone, Debug)]
pub(super) struct Alike {
    /// Which of the candidates.
    pub index: usize,
    pub score: f64,
    /// The words both have, as this one writes them, the most telling first.
    pub shared: Vec<String>,
    /// Where they stand in its text, as HTML.
    pub snippet: Option<String>,
}

#[derive(Clone, Default)]
struct Count {
    title: f64,
    text: f64,
    /// Where it stands first, and in which field.
    at: Option<(bool, std::ops::Range<usize>)>,
}

struct Read {
    counts: Vec<Count>,
    hits: Vec<(std::ops::Range<usize>, usize)>,
    long_title: f64,
    long_text: f64,
}

/// The candidates by how alike they are, the newest of equals first. `known` says of each asked term, as far as it was looked for, in how many of
/// `all` deltas it stands; of others the candidates themselves are a sample.
pub(super) fn rank(asked: &[Asked], known: &[Known], all: usize, candidates: &[Candidate<'_>]) -> Vec<Alike> {
    let places: HashMap<&str, usize> = asked.iter().enumerate().map(|(at, asked)| (asked.term.as_str(), at)).collect();
    let read: Vec<Read> = candidates.iter().map(|candidate| read(candidate, &places, asked.len())).collect();
    let tell: Vec<f64> = (0..asked.len())
        .map(|at| {
            let share = || {
                let having = read.iter().filter(|read| read.counts[at].at.is_some()).count();
                ((as_f64(read.len()) + 1.0) / (as_f64(having) + 0.5)).ln()
            };
            asked[at].weight
                * match known.get(at) {
                    Some(Known::Deltas(deltas)) => rarity(all, *deltas),
                    // It stands in more than are counted, so it tells less than what does not.
                    Some(Known::Common) => share().min(rarity(all, super::similar::COMMON)),
                    None => share(),
                }
        })
        .collect();
    let mut ranked: Vec<Alike> = read.iter().enumerate().map(|(index, read)| alike(index, read, &tell, &candidates[index])).collect();
    ranked.retain(|one| one.score > 0.0);
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(candidates[b.index].number.cmp(&candidates[a.index].number)));
    ranked
}

fn read(candidate: &Candidate<'_>, places: &HashMap<&str, usize>, asked: usize) -> Read {
    let mut read = Read { counts: vec![Count::default(); asked], hits: Vec::new(), long_title: 0.0, long_text: 0.0 };
    terms::visit(candidate.title, |term, at, _| {
        read.long_title += 1.0;
        if let Some(&place) = places.get(term) {
            read.counts[place].title += 1.0;
            read.counts[place].at.get_or_insert((true, at));
        }
    });
    terms::visit(candidate.text, |term, at, _| {
        read.long_text += 1.0;
        if let Some(&place) = places.get(term) {
            read.counts[place].text += 1.0;
            read.counts[place].at.get_or_insert((false, at.clone()));
            read.hits.push((at, place));
        }
    });
    read
}

fn alike(index: usize, read: &Read, tell: &[f64], candidate: &Candidate<'_>) -> Alike {
    let title = TITLE / (1.0 - B_TITLE + B_TITLE * read.long_title / LONG_TITLE);
    let text = 1.0 / (1.0 - B_TEXT + B_TEXT * read.long_text / LONG_TEXT);
    let mut told: Vec<(f64, usize)> = Vec::new();
    let mut score = 0.0;
    for (place, count) in read.counts.iter().enumerate().filter(|(_, count)| count.at.is_some()) {
        let often = title * count.title + text * count.text;
        let adds = tell[place] * often * (K1 + 1.0) / (often + K1);
        score += adds;
        told.push((adds, place));
    }
    told.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut shared: Vec<String> = Vec::new();
    for (_, place) in &told {
        let Some((in_title, at)) = &read.counts[*place].at else { continue };
        let word = if *in_title { &candidate.title[at.clone()] } else { &candidate.text[at.clone()] };
        let lower = word.to_lowercase();
        // A name tells its words, too.
        if shared.len() < SHARED && !shared.iter().any(|other| other.to_lowercase().contains(&lower)) {
            shared.push(word.to_owned());
        }
    }
    // Only what tells something is worth being shown.
    let worth = told.first().map_or(0.0, |(most, _)| most / 4.0);
    let weight = |place: usize| told.iter().find(|(_, other)| *other == place).map_or(0.0, |(adds, _)| *adds);
    let hits: Vec<Hit> =
        read.hits.iter().map(|(at, id)| Hit { at: at.clone(), id: *id, weight: weight(*id) }).filter(|hit| hit.weight >= worth).collect();
    Alike { index, score, shared, snippet: snippet(candidate.text, &hits) }
}

/// Counts are far below 2⁵².
#[expect(clippy::cast_precision_loss, reason = "counts of deltas and terms are small")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::search::asked::asked;

    #[test]
    fn a_rare_word_in_the_title_counts_most_and_the_newest_of_equals_is_first() {
        let asked = asked("Agent corridor", "");
        let known = [Known::Deltas(900), Known::Deltas(3)];
        let long = format!("A corridor {}", (0..90).map(|n| format!("word{} ", char::from(b'a' + n % 26))).collect::<String>());
        let one = |number, title, text| Candidate { number, title, text };
        let all = [
            one(1, "Agent agent", "agent"),
            one(2, "Other", &long),
            one(3, "Corridor", &long[10..]),
            one(4, "Other", &long),
            one(5, "None", ""),
        ];
        let known = if asked[0].term == "agent" { known } else { [known[1], known[0]] };
        let ranked = rank(&asked, &known, 1000, &all);
        assert_eq!(ranked.iter().map(|one| all[one.index].number).collect::<Vec<_>>(), [3, 4, 2, 1]);
        assert_eq!(ranked[1].shared, ["corridor"]);
        assert!(
            ranked[1].snippet.as_deref().is_some_and(|html| html.starts_with("A <mark>corridor</mark> word")),
            "{:?}",
            ranked[1].snippet
        );
    }
}
