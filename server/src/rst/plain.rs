//! Text without inline markup: escapes, bare addresses, keys.

use std::sync::LazyLock;

use regex::Regex;

use super::escape;
use crate::markdown::Known as Mentioned;

/// Longest address that is a link, in bytes: browsers and servers take no longer ones everywhere.
pub const ADDRESS: usize = 2_000;

/// Addresses, and keys of deltas and tasks: what becomes a link by itself. Linear, like every expression of this crate.
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\bhttps?://[^\s<>"`]+|(^|[\s(\[,;:>])([A-Z][A-Z0-9]{0,7}-[1-9][0-9]{0,17})\b"#).expect("a constant expression")
});

/// A text without the backslashes that escape.
pub fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        match c {
            '\\' => match letters.next() {
                None => out.push('\\'),
                Some(c) if c.is_whitespace() => {}
                Some(c) => out.push(c),
            },
            c => out.push(c),
        }
    }
    out
}

/// A text as HTML, with links: to tasks, of the organisations there are.
pub fn linked(text: &str, there: &Mentioned, out: &mut String) {
    let text = unescape(text);
    let mut from = 0;
    for found in LINK.captures_iter(&text) {
        let Some(whole) = found.get(0) else { continue };
        let (start, word, url) = match found.get(2) {
            Some(word) if !word.as_str().starts_with("D-") && !there.has_task(word.as_str()) => continue,
            Some(word) => {
                let url = match word.as_str().starts_with("D-") {
                    true => format!("/deltas/{}", word.as_str()),
                    false => format!("/tasks/{}", word.as_str()),
                };
                (word.start(), word.as_str(), url)
            }
            None => {
                let url = address(whole.as_str());
                (whole.start(), url, url.to_owned())
            }
        };
        out.push_str(&escape(&text[from..start]));
        link(&url, &escape(word), out);
        from = start + word.len();
    }
    out.push_str(&escape(&text[from..]));
}

/// An address without the punctuation of the sentence around it.
fn address(text: &str) -> &str {
    let mut url = text.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '|']);
    let mut more = url.matches(')').count().saturating_sub(url.matches('(').count());
    while more > 0 && url.ends_with(')') {
        url = url[..url.len() - 1].trim_end_matches(['.', ',', ';', ':']);
        more -= 1;
    }
    url.trim_end_matches([']', '}'])
}

/// A link around HTML; the HTML alone where the address is too long for one.
pub fn link(url: &str, inside: &str, out: &mut String) {
    if url.len() > ADDRESS {
        return out.push_str(inside);
    }
    out.push_str("<a href=\"");
    out.push_str(&escape(url));
    out.push_str("\">");
    out.push_str(inside);
    out.push_str("</a>");
}
