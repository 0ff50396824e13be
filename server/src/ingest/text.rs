//! Texts cut to their limits and freed of what a database does not take.

use schema::ci::CUT_MARK;
use sha2::{Digest, Sha256};

/// `text` without the characters a database or a page cannot hold: control characters other than line feed and tab become U+FFFD,
/// carriage returns go.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_clean(&mut out, text);
    out
}

fn push_clean(out: &mut String, text: &str) {
    out.extend(text.chars().filter(|c| *c != '\r').map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }));
}

/// `text` cleaned, trimmed and cut to `most` characters, its end marked when it was longer; `None` when nothing is left.
pub fn line(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    Some(match text.char_indices().nth(most) {
        None => clean(text),
        Some(_) => {
            let keep = most.saturating_sub(CUT_MARK.chars().count());
            let end = text.char_indices().nth(keep).map_or(text.len(), |(at, _)| at);
            clean(&text[..end]) + CUT_MARK
        }
    })
}

/// An id cleaned and cut to `most` characters; a hash of the whole replaces what was cut, so two long ids stay two.
pub fn id(text: &str, most: usize) -> String {
    let text = text.trim();
    if text.char_indices().nth(most).is_none() {
        return clean(text).replace(['\n', '\t'], " ");
    }
    let mark = format!("…#{}", hex(&Sha256::digest(text.as_bytes())[..8]));
    let keep = most.saturating_sub(mark.chars().count());
    let end = text.char_indices().nth(keep).map_or(text.len(), |(at, _)| at);
    clean(&text[..end]).replace(['\n', '\t'], " ") + &mark
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The line and column (in characters) of a byte offset, both from 1.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

/// A text that is collected in pieces and never grows past its limit.
#[derive(Debug, Default)]
pub struct Capped {
    text: String,
    cut: bool,
}

impl Capped {
    /// Adds a piece, as far as `most` bytes allow.
    pub fn push(&mut self, piece: &str, most: usize) {
        let room = most.saturating_sub(self.text.len() + CUT_MARK.len());
        let mut end = piece.len().min(room);
        while !piece.is_char_boundary(end) {
            end -= 1;
        }
        self.cut |= end < piece.len();
        push_clean(&mut self.text, &piece[..end]);
    }

    /// Whether nothing but blanks came.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The first line with something on it.
    pub fn first_line(&self, most: usize) -> Option<String> {
        self.text.lines().find_map(|text| line(text, most))
    }

    /// What was collected, blank lines around it and blanks at its end removed, its end marked when some was left out.
    pub fn take(&mut self) -> Option<String> {
        let whole = std::mem::take(self);
        let text = whole.text.trim_end();
        let start = text.len() - text.trim_start().len();
        // The first line's own indentation stays: stack traces are read by it.
        let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let text = &text[start..];
        match (text.trim().is_empty(), whole.cut) {
            (true, _) => None,
            (false, false) => Some(text.to_owned()),
            (false, true) => Some(format!("{text}{CUT_MARK}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_visibly_and_never_exceeds_its_limit() {
        let cut = line(&"é".repeat(50), 20).unwrap();
        assert!(cut.ends_with(CUT_MARK));
        assert_eq!(cut.chars().count(), 20);
        assert_eq!(line("short", 20).unwrap(), "short");
        assert_eq!(line("  \n ", 20), None);
    }

    #[test]
    fn long_ids_with_the_same_beginning_stay_different() {
        let (a, b) = (id(&("x".repeat(2000) + "a"), 100), id(&("x".repeat(2000) + "b"), 100));
        assert_ne!(a, b);
        assert_eq!(a.chars().count(), 100);
    }

    #[test]
    fn a_nul_character_does_not_get_through() {
        assert_eq!(clean("a\0b\u{1b}[0m\r\n\tc"), "a\u{fffd}b\u{fffd}[0m\n\tc");
    }

    #[test]
    fn collected_text_stays_under_its_limit_and_keeps_its_indentation() {
        let mut text = Capped::default();
        text.push("\n\n    at first\n", 64);
        text.push(&"b".repeat(100), 64);
        let text = text.take().unwrap();
        assert!(text.starts_with("    at first\nb") && text.ends_with(CUT_MARK));
        assert!(text.len() <= 64);
    }

    #[test]
    fn positions_count_characters() {
        assert_eq!(line_column("ab\nçd", 5), (2, 2));
        assert_eq!(line_column("", 9), (1, 1));
    }
}
