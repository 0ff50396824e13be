//! What free words ask for.

use std::ops::Range;

use rust_stemmers::{Algorithm, Stemmer};
use schema::query::{Query, QueryError, Term};

use super::{
    plain::{plain, words},
    snippet::{Hit, snippet},
};

/// Shortest stem that is looked for in place of the word: shorter ones begin too many others.
const STEM: usize = 4;

/// Most pieces that are looked for at once.
pub const MOST: usize = 64;

/// Words one after the other, letters and digits without marks. Nothing in them means anything to either database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    /// As they were asked for.
    pub words: Vec<String>,
    /// What the last of them begins with; `None` where it is to stand as it is.
    pub begins: Option<String>,
}

impl Needle {
    /// The words with a blank between each two.
    pub fn exact(&self) -> String {
        self.words.join(" ")
    }

    /// The same, of the last word only what it begins with.
    pub fn beginning(&self) -> Option<String> {
        let begins = self.begins.as_ref()?;
        let before = self.words.split_last().map(|(_, before)| before).unwrap_or_default();
        Some(before.iter().chain([begins]).map(String::as_str).collect::<Vec<_>>().join(" "))
    }

    /// Whether these words begin with it.
    fn is_at(&self, words: &[(String, Range<usize>)]) -> bool {
        let Some((last, before)) = self.words.split_last() else { return false };
        let Some(there) = words.get(before.len()) else { return false };
        before.iter().zip(words).all(|(one, (other, _))| one == other)
            && self.begins.as_ref().map_or(there.0 == *last, |begins| there.0.starts_with(begins.as_str()))
    }
}

/// What these terms of a query ask for, all of it. Each piece between wildcards, and each plain word, is the beginning of a word; of a plain word its
/// stem is (`crashes` finds "crashed"). A quoted phrase is its words as they are. A term without a letter or digit asks for nothing beside others
/// that have one: error messages are full of such.
///
/// # Errors
/// Where no term has a letter or digit, for a wildcard before a word, and for more than [`MOST`] pieces.
pub fn needles(query: &Query, terms: &[&Term]) -> Result<Vec<Needle>, QueryError> {
    let refuse = |term: &Term, message: String| QueryError::at(query.values("").find(|word| word.term == *term), message);
    let mut all: Vec<Needle> = Vec::with_capacity(terms.len());
    for term in terms {
        if term.as_word().is_none() && term.parts().first().is_some_and(|first| first.trim().is_empty()) {
            let message = format!("\"{term}\" begins with *: a word is found by how it begins, so * stands after that (rest*).");
            return Err(refuse(term, message));
        }
        // A quoted phrase has white space in it; each piece of a text with wildcards is looked for by itself.
        let phrase = term.as_word().is_some_and(|word| word.trim().contains(char::is_whitespace));
        for piece in term.parts() {
            let words = words(piece);
            let Some(last) = words.last() else { continue };
            let begins = match (phrase, term.as_word()) {
                (true, _) => None,
                (false, Some(_)) => Some(stem(last).to_owned()),
                (false, None) => Some(last.clone()),
            };
            let needle = Needle { words, begins };
            if !all.contains(&needle) {
                all.push(needle);
            }
        }
        if all.len() > MOST {
            return Err(refuse(term, format!("This looks for more than {MOST} words: leave some out.")));
        }
    }
    match terms {
        [term, ..] if all.is_empty() => Err(refuse(term, format!("\"{term}\" has no letter or digit in it to search for."))),
        _ => Ok(all),
    }
}

/// What a word and its inflections begin with.
fn stem(word: &str) -> &str {
    let stem = Stemmer::create(Algorithm::English).stem(word);
    // The stem of "policy" and "policies" is "polici": all begin with what they share.
    let stem = stem.strip_suffix('i').filter(|_| stem != word).unwrap_or(&stem);
    let shared = word.bytes().zip(stem.bytes()).take_while(|(one, other)| one == other).count();
    if word.is_ascii() && shared >= STEM { &word[..shared] } else { word }
}

/// Where the text has what was asked for, as HTML that holds nothing but escaped text and `<mark>`; `None` where it has not.
pub fn marked(text: &str, needles: &[Needle]) -> Option<String> {
    let mut words: Vec<(String, Range<usize>)> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let inner = c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c);
        match (start, inner) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push((plain(&text[from..at]), from..at));
                start = None;
            }
            _ => {}
        }
    }
    let mut hits = Vec::new();
    for (at, (_, place)) in words.iter().enumerate() {
        for (id, needle) in needles.iter().enumerate() {
            if needle.is_at(&words[at..]) {
                let end = words[at + needle.words.len() - 1].1.end;
                hits.push(Hit { at: place.start..end, id, weight: 1.0 });
            }
        }
    }
    snippet(text, &hits)
}

#[cfg(test)]
mod tests {
    use schema::query::{DELTAS, parse};

    use super::*;

    fn of(terms: &[&str]) -> Vec<Needle> {
        let terms: Vec<Term> = terms.iter().map(|term| Term::wildcard(term)).collect();
        needles(&Query::default(), &terms.iter().collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_plain_word_is_looked_for_by_its_stem_and_others_as_they_stand() {
        let begins = |term: &str| of(&[term])[0].beginning();
        assert_eq!(begins("crashes").as_deref(), Some("crash"));
        assert_eq!(begins("policies").as_deref(), Some("polic"));
        assert_eq!(begins("uses").as_deref(), Some("uses"));
        assert_eq!(begins("Zürich").as_deref(), Some("zurich"));
        assert_eq!(begins("crashes*").as_deref(), Some("crashes"));
        assert_eq!(begins("two words"), None);
        assert_eq!(begins("vendor-drivers").as_deref(), Some("vendor driver"));
    }

    #[test]
    fn what_cannot_be_looked_for_is_said_and_signs_beside_words_are_passed_over() {
        let asked = |text: &str| {
            let query = parse(text, &DELTAS).unwrap();
            needles(&query, &query.words()).map_err(|error| error.to_string())
        };
        assert_eq!(asked("partition - leaderless ==").unwrap().len(), 2);
        assert_eq!(asked("is:open - ==").unwrap_err(), "Column 9: \"-\" has no letter or digit in it to search for.");
        assert!(asked("rest *eaderless").unwrap_err().starts_with("Column 6: \"*eaderless\" begins with *"));
        assert_eq!(asked("agent agent agent*agent").unwrap().len(), 1, "what is said again is looked for once");
        let many: String = (0..=MOST).map(|n| format!("word{n}*")).collect();
        assert!(asked(&format!("one {many}")).unwrap_err().starts_with("Column 5: This looks for more than 64 words"));
    }

    #[test]
    fn what_was_found_is_marked_whole_words_and_phrases() {
        assert_eq!(marked("It CRASHED: a <b>", &of(&["crashes"])).unwrap(), "It <mark>CRASHED</mark>: a &lt;b&gt;");
        assert_eq!(marked("agent of an OVS-agent restart", &of(&["ovs agent"])).unwrap(), "agent of an <mark>OVS-agent</mark> restart");
        assert_eq!(marked("nothing of it", &of(&["crash"])), None);
    }
}
