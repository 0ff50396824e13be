//! The terms of a text, by which texts that tell the same are found: stems of English words, and identifiers both whole and in parts.
//!
//! `image_member_update`, `imageMemberUpdate` and `Image-Member.Update` are the name `imagememberupdate` and the words `imag`, `member`, `updat`.
//! Terms are ASCII letters and digits, so that nothing in them means anything to either database: other scripts are written in
//! hexadecimal, those without spaces two signs at a time. Words that stand in every text, long numbers, digests and ids are left out.

use std::{collections::HashSet, fmt::Write as _, ops::Range, sync::LazyLock};

use rust_stemmers::{Algorithm, Stemmer};

use super::{faint, plain::base};

/// What sort of term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word's stem.
    Word,
    /// The stem of a word that reports of any kind are full of (`error`, `fails`).
    Faint,
    /// A number of two to five digits.
    Number,
    /// A whole identifier, path part, version or error class.
    Name,
}

/// Longest part of a name that counts as a word, in characters.
const WORD: usize = 30;
/// Longest name, in characters.
const NAME: usize = 64;

/// Visits a text's terms in order: each with its place in the text, in bytes, and what sort it is. A name comes before its words.
pub fn visit(text: &str, mut each: impl FnMut(&str, Range<usize>, Kind)) {
    let stemmer = Stemmer::create(Algorithm::English);
    let mut parts: Vec<Part> = Vec::new();
    for run in runs(text) {
        split(text, run.clone(), &mut parts);
        let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
        if is_digest(&whole) {
            continue;
        }
        if parts.len() > 1 && whole.is_ascii() && whole.len() <= NAME && telling(&whole) {
            each(&whole, run, Kind::Name);
        }
        for part in &parts {
            of_part(&stemmer, part, &mut each);
        }
    }
}

/// The different terms of some texts with a blank between each two, as both databases keep them.
pub fn of(texts: &[&str]) -> String {
    let (mut seen, mut out) = (HashSet::new(), String::new());
    for text in texts {
        visit(&ends(text), |term, _, _| {
            if seen.insert(term.to_owned()) {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(term);
            }
        });
    }
    out
}

/// Most characters of a text that count: the first [`HEAD`] and the last [`TAIL`], where what went wrong stands.
pub const ENDS: usize = 6000;
/// How many count of a longer text's beginning.
pub const HEAD: usize = 4000;
/// How many count of its end.
pub const TAIL: usize = ENDS - HEAD;

/// A long text's beginning and end.
pub fn ends(text: &str) -> std::borrow::Cow<'_, str> {
    let Some((from, _)) = text.char_indices().nth(ENDS) else { return text.into() };
    debug_assert!(from <= text.len());
    let head: String = text.chars().take(HEAD).collect();
    let tail = text.char_indices().rev().nth(TAIL - 1).map_or("", |(at, _)| &text[at..]);
    format!("{head}\n{tail}").into()
}

/// A piece of a run: in lower case, without marks.
struct Part {
    text: String,
    at: Range<usize>,
}

/// Runs of letters, digits and `_`, with `.`, `:` and `-` inside them.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let inner = |c: char| c.is_alphanumeric() || c == '_' || ('\u{300}'..='\u{36f}').contains(&c);
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(inner)?;
        let mut end = start;
        for (from, c) in text[start..].char_indices() {
            if inner(c) {
                end = start + from + c.len_utf8();
            } else if !(matches!(c, '.' | ':' | '-') && end == start + from && text[end + 1..].starts_with(inner)) {
                break;
            }
        }
        at = end;
        Some(start..end)
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Ideograph,
}

/// Cuts a run at signs, between letters and digits, and at humps (`HTTPServer` is `http` and `server`).
fn split(text: &str, run: Range<usize>, parts: &mut Vec<Part>) {
    parts.clear();
    let mut last: Option<Class> = None;
    for (from, c) in text[run.clone()].char_indices() {
        let at = run.start + from;
        if ('\u{300}'..='\u{36f}').contains(&c) {
            continue;
        }
        if !c.is_alphanumeric() {
            last = None;
            continue;
        }
        let class = match c {
            c if c.is_numeric() => Class::Digit,
            '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' => Class::Ideograph,
            c if c.is_uppercase() => Class::Upper,
            _ => Class::Lower,
        };
        let goes_on = match (last, class) {
            (Some(before), now) if before == now => true,
            // The hump's capital begins the word: what came before it ends.
            (Some(Class::Upper), Class::Lower) => {
                let moved = parts.last_mut().and_then(|part| {
                    let (cut, capital) = text[part.at.clone()].char_indices().next_back()?;
                    (cut > 0).then(|| {
                        let began = part.at.start + cut;
                        part.at.end = began;
                        part.text = folded(&text[part.at.clone()]);
                        Part { text: folded(capital.encode_utf8(&mut [0; 4])), at: began..at }
                    })
                });
                parts.extend(moved);
                true
            }
            _ => false,
        };
        last = Some(class);
        let end = at + c.len_utf8();
        if let (true, Some(part)) = (goes_on, parts.last_mut()) {
            part.at.end = end;
            part.text.extend(c.to_lowercase().map(base));
        } else {
            parts.push(Part { text: c.to_lowercase().map(base).collect(), at: at..end });
        }
    }
}

fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(base).collect()
}

/// The terms of a part of a run.
fn of_part(stemmer: &Stemmer, part: &Part, each: &mut impl FnMut(&str, Range<usize>, Kind)) {
    let (text, at) = (part.text.as_str(), part.at.clone());
    if !text.is_ascii() {
        let signs: Vec<char> = text.chars().collect();
        let spaced = !signs.iter().any(|c| ('\u{2e80}'..='\u{9fff}').contains(c) || ('\u{ac00}'..='\u{d7af}').contains(c));
        let pieces: Vec<String> =
            if spaced || signs.len() < 3 { vec![text.to_owned()] } else { signs.windows(2).map(|two| two.iter().collect()).collect() };
        for piece in pieces.iter().filter(|piece| piece.len() <= NAME) {
            each(&hexadecimal(piece), at.clone(), Kind::Word);
        }
        return;
    }
    if text.len() < 2 || text.len() > WORD || STOP.contains(text) {
        return;
    }
    if text.as_bytes()[0].is_ascii_digit() {
        if text.len() <= 5 {
            each(text, at, Kind::Number);
        }
        return;
    }
    let stem = stemmer.stem(text);
    each(&stem, at, if FAINT.contains(stem.as_ref()) { Kind::Faint } else { Kind::Word });
}

fn hexadecimal(text: &str) -> String {
    text.bytes().fold("u".to_owned(), |mut out, byte| {
        // Writing to a text cannot fail.
        write!(out, "{byte:02x}").ok();
        out
    })
}

/// A digest, a UUID, an address: many hexadecimal digits, some of which are numbers.
fn is_digest(whole: &str) -> bool {
    let digits = whole.bytes().filter(u8::is_ascii_digit).count();
    whole.len() >= 8
        && digits >= 2
        && whole.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'x')
        && (whole.len() >= 12 || digits < whole.len())
}

/// Whether a name is more than a date, a time or a number.
fn telling(whole: &str) -> bool {
    let digits = whole.bytes().filter(u8::is_ascii_digit).count();
    whole.len() >= 2 && (digits * 2 <= whole.len() || whole.len() <= 5)
}

/// Words that every text is made of.
static STOP: LazyLock<HashSet<&str>> = LazyLock::new(|| faint::STOP.split_whitespace().collect());

/// Stems of words that every report is made of.
static FAINT: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let stemmer = Stemmer::create(Algorithm::English);
    faint::FAINT.split_whitespace().map(|word| stemmer.stem(word).into_owned()).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_kept_whole_and_in_its_words_however_it_is_written() {
        for name in ["image_member_update", "imageMemberUpdate", "Image-Member.Update"] {
            assert_eq!(of(&[name]), "imagememberupdate imag member updat", "{name}");
        }
        assert_eq!(of(&["HTTPServerError x86_64 ml2"]), "httpservererror http server error x8664 86 64 ml2 ml");
    }

    #[test]
    fn inflected_words_are_one_term_and_empty_ones_none() {
        assert_eq!(of(&["The volumes are attached, attaching a volume"]), "volum attach");
        assert_eq!(of(&["of and the", "…"]), "");
    }

    #[test]
    fn ids_digests_and_dates_say_nothing() {
        assert_eq!(
            of(&["9ee73a9a-27d5-42f8-a9d8-1009a09f9586 2014-07-28_10-30-48.123456 0x7f00aa12 f4a7cb217f70474f6bd1f2ec3fa8e46e"]),
            ""
        );
    }

    #[test]
    fn other_scripts_are_written_in_plain_signs() {
        assert_eq!(of(&["Zürich"]), "zurich");
        assert_eq!(of(&["ошибка"]), "ud0bed188d0b8d0b1d0bad0b0");
        assert_eq!(of(&["日本語"]), "ue697a5e69cac ue69cace8aa9e");
        assert!(of(&["नमस्ते e\u{301}t\u{e9}  \0 'x' \"y\" & | !"]).bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' '));
    }

    #[test]
    fn of_a_long_text_the_beginning_and_the_end_count() {
        let long = format!("begin {} finish", "é ".repeat(9000));
        assert!(ends(&long).chars().count() == ENDS + 1 && ends(&long).ends_with("finish") && ends("short") == "short");
    }
}
