//! Inline markup: emphasis, literals, roles, references, substitutions.

use super::{
    escape,
    names::{Known, NAME, Substitute, slug},
    plain::{link, linked, unescape},
    room::Room,
};
use crate::markdown::Known as Mentioned;

/// Renders texts.
#[derive(Debug)]
pub struct Inline<'a> {
    /// Organisations there are: `UTF-8` is no task.
    there: &'a Mentioned,
    /// What can be referred to.
    pub known: Known,
    /// Constructs shown as source.
    pub unread: Vec<String>,
    room: Room,
    depth: usize,
}

/// Delimiters that have no end from a place on: looked for once.
#[derive(Default)]
struct Endless {
    emphasis: bool,
    strong: bool,
    literal: bool,
    quoted: bool,
    /// Of what a role or a target in running text is written for.
    marked: bool,
}

/// What stands before and after is what markup may stand between.
fn opens(text: &str, at: usize, length: usize) -> bool {
    let before = text[..at].chars().next_back();
    let Some(after) = text[at + length..].chars().next() else { return false };
    if after.is_whitespace() {
        return false;
    }
    let Some(before) = before else { return true };
    let pair =
        matches!((before, after), ('"', '"') | ('\'', '\'') | ('(', ')') | ('[', ']') | ('{', '}') | ('<', '>') | ('«', '»') | ('“', '”'));
    !pair && (before.is_whitespace() || "'\"([{<-/:‘“’«¡¿–—…".contains(before))
}

/// Whether markup may end before this place.
fn closes(text: &str, after: usize) -> bool {
    text[after..].chars().next().is_none_or(|c| c.is_whitespace() || "'\")]}>-/\\:.,;!?’”»–—…".contains(c))
}

/// Where a delimiter ends what begins at `from`.
fn end(text: &str, from: usize, delimiter: &str) -> Option<usize> {
    let raw = delimiter == "``";
    let mut at = from;
    while let Some(found) = text[at..].find(delimiter).map(|found| at + found) {
        let before = &text[..found];
        let escaped = !raw && before.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        let blank = before.ends_with(char::is_whitespace);
        if found > from && !escaped && !blank && closes(text, found + delimiter.len()) {
            return Some(found);
        }
        at = found + 1;
    }
    None
}

impl<'a> Inline<'a> {
    /// Of a text of so many bytes in which this is known.
    pub fn new(known: Known, there: &'a Mentioned, length: usize) -> Self {
        Self { there, known, unread: Vec::new(), room: Room::of(length), depth: 0 }
    }

    /// A text as HTML.
    pub fn html(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + text.len() / 8);
        let mut endless = Endless::default();
        let (mut from, mut at) = (0, 0);
        let bytes = text.as_bytes();
        while at < bytes.len() {
            let mut html = String::new();
            let step = match bytes[at] {
                b'\\' => {
                    at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
                    continue;
                }
                b'*' => stars(text, at, &mut endless, &mut html),
                b'`' => self.quoted(text, at, &mut endless, &mut html),
                b'|' => self.substitution(text, at, &mut html),
                b'[' => self.footnote(text, at, &mut html),
                b':' => self.role_before(text, at, &mut endless, &mut html),
                b'_' => match self.reference(text, from, at, &mut html) {
                    Some((start, end)) => {
                        linked(&text[from..start], self.there, &mut out);
                        out.push_str(&html);
                        (from, at) = (end, end);
                        continue;
                    }
                    None => inline_target(text, at, &mut endless, &mut html),
                },
                _ => None,
            };
            match step {
                Some(end) => {
                    linked(&text[from..at], self.there, &mut out);
                    out.push_str(&html);
                    (from, at) = (end, end);
                }
                None => at += 1,
            }
        }
        linked(&text[from..], self.there, &mut out);
        out
    }

    /// A literal, a role, or a reference of several words.
    fn quoted(&mut self, text: &str, at: usize, endless: &mut Endless, out: &mut String) -> Option<usize> {
        if text[at..].starts_with("``") {
            let found = (!endless.literal && opens(text, at, 2)).then(|| end(text, at + 2, "``"));
            endless.literal |= found == Some(None);
            let found = found.flatten()?;
            wrap("code", &escape(&text[at + 2..found]), out);
            return Some(found + 2);
        }
        if endless.quoted || !opens(text, at, 1) {
            return None;
        }
        let mut search = at + 1;
        loop {
            let Some(found) = text[search..].find('`').map(|found| search + found) else {
                endless.quoted = true;
                return None;
            };
            let inside = &text[at + 1..found];
            search = found + 1;
            if inside.is_empty() || inside.ends_with('\\') || inside.ends_with(char::is_whitespace) {
                continue;
            }
            let rest = &text[found + 1..];
            for mark in ["__", "_"] {
                if rest.starts_with(mark) && closes(text, found + 1 + mark.len()) {
                    self.phrase(inside, mark == "__", out);
                    return Some(found + 1 + mark.len());
                }
            }
            if let Some(name) = role(rest)
                && closes(text, found + 1 + name.len() + 2)
            {
                self.role(name, inside, &text[at..found + 1 + name.len() + 2], out);
                return Some(found + 1 + name.len() + 2);
            }
            if closes(text, found + 1) {
                wrap("cite", &plain(inside), out);
                return Some(found + 1);
            }
        }
    }

    /// A reference of several words: with the address in it, or to a target.
    fn phrase(&mut self, inside: &str, anonymous: bool, out: &mut String) {
        let (words, url) = match inside.strip_suffix('>').and_then(|inside| inside.rsplit_once('<')) {
            Some((words, url)) if words.is_empty() || words.ends_with(char::is_whitespace) => {
                let said = url.split_whitespace().collect::<String>().replace("\\", "");
                let url = match said.strip_suffix('_').and_then(|other| self.known.target(other)) {
                    Some(url) => self.room.takes(url.len()).then_some(url),
                    None => Some(said.clone()),
                };
                (if words.trim().is_empty() { url.clone().unwrap_or(said) } else { words.trim().to_owned() }, url)
            }
            _ => {
                let url = if anonymous { self.known.anonymous() } else { self.known.target(&unescape(inside)) };
                (inside.to_owned(), url.filter(|url| self.room.takes(url.len())))
            }
        };
        match url {
            Some(url) => link(&mailed(&url), &plain(&words), out),
            // It leads nowhere, or there is no room for where it leads: its words stay.
            None => out.push_str(&plain(&words)),
        }
    }

    /// `:role:` before what it says something of.
    fn role_before(&mut self, text: &str, at: usize, endless: &mut Endless, out: &mut String) -> Option<usize> {
        let name = role(&text[at..])?;
        let start = at + name.len() + 2;
        if !text[start..].starts_with('`') || !opens(text, at, 1) {
            return None;
        }
        let found = marked(text, start + 1, endless)?;
        self.role(name, &text[start + 1..found], &text[at..=found], out);
        Some(found + 1)
    }

    fn role(&mut self, name: &str, inside: &str, source: &str, out: &mut String) {
        let (words, target) = match inside.strip_suffix('>').and_then(|inside| inside.rsplit_once('<')) {
            Some((words, target)) if words.ends_with(char::is_whitespace) => (words.trim(), target),
            _ => (inside, inside),
        };
        let shown = |tag: &str, out: &mut String| wrap(tag, &plain(inside), out);
        match name {
            "code" | "literal" | "command" | "file" | "samp" | "kbd" | "program" | "option" | "envvar" | "makevar" | "mimetype" | "dfn"
            | "guilabel" | "menuselection" | "regexp" | "token" | "math" | "oslo.config:option" | "oslo.policy:policy" => {
                wrap("code", &escape(inside), out);
            }
            "sup" | "superscript" => shown("sup", out),
            "sub" | "subscript" => shown("sub", out),
            "strong" => shown("strong", out),
            "emphasis" | "title" | "title-reference" | "t" | "term" | "abbr" | "manpage" => shown("em", out),
            "pep" | "PEP" => {
                link(&format!("https://peps.python.org/pep-{:0>4}/", number(target)), &escape(&named("PEP ", words, inside)), out)
            }
            "rfc" | "RFC" => {
                link(&format!("https://www.rfc-editor.org/rfc/rfc{}", number(target)), &escape(&named("RFC ", words, inside)), out);
            }
            "ref" | "numref" | "doc" | "any" | "download" => match self.known.target(target).filter(|url| self.room.takes(url.len())) {
                Some(url) => link(&url, &plain(words), out),
                None if words == target => wrap("code", &escape(inside), out),
                None => {
                    out.push_str(&plain(words));
                    out.push_str(" (");
                    wrap("code", &escape(target), out);
                    out.push(')');
                }
            },
            // Objects of a program, of any language.
            name if name.contains(':') || matches!(name, "class" | "func" | "meth" | "mod" | "attr" | "exc" | "data" | "obj" | "const") => {
                wrap("code", &escape(inside.trim_start_matches(['~', '!'])), out);
            }
            _ => {
                self.unread.push(format!("role {name}"));
                wrap("code", &escape(source), out);
            }
        }
    }

    /// `|name|`: what it stands for, where that is known.
    fn substitution(&mut self, text: &str, at: usize, out: &mut String) -> Option<usize> {
        if !opens(text, at, 1) {
            return None;
        }
        let rest = &text[at + 1..];
        let length = rest.char_indices().take(100).find(|(_, c)| *c == '|').map(|(at, _)| at).filter(|length| *length > 0)?;
        let name = &rest[..length];
        let mut end = at + length + 2;
        let mut html = match self.known.substitute(name)? {
            Substitute::Picture(url, alt) => {
                let words = if alt.is_empty() { url } else { alt };
                if !self.room.takes(url.len() + words.len()) {
                    return None;
                }
                let mut html = String::new();
                link(url, &escape(words), &mut html);
                html
            }
            Substitute::Text(text) => {
                if self.depth > 4 || !self.room.takes(text.len()) {
                    return None;
                }
                let text = text.clone();
                self.depth += 1;
                let html = self.html(&text);
                self.depth -= 1;
                html
            }
        };
        for mark in ["__", "_"] {
            if text[end..].starts_with(mark) {
                if let Some(url) = self.known.target(name).filter(|url| self.room.takes(url.len())) {
                    let inside = std::mem::take(&mut html);
                    link(&url, &inside, &mut html);
                }
                end += mark.len();
                break;
            }
        }
        out.push_str(&html);
        Some(end)
    }

    /// `[label]_`.
    fn footnote(&mut self, text: &str, at: usize, out: &mut String) -> Option<usize> {
        let rest = &text[at + 1..];
        let length = rest.bytes().take(64).position(|byte| byte == b']')?;
        let label = rest.get(..length)?;
        let end = at + length + 3;
        if !rest[length..].starts_with("]_") || label.is_empty() || label.contains(char::is_whitespace) {
            return None;
        }
        let number = self.known.footnote(label)?;
        let called = escape(self.known.labels.get(number)?);
        if !self.room.takes(called.len()) {
            return None;
        }
        link(&format!("#note-{}", number + 1), &format!("[{called}]"), out);
        Some(end)
    }

    /// `word_` or `word__`, where it leads somewhere: where the word begins, and where the mark ends.
    fn reference(&mut self, text: &str, from: usize, at: usize, out: &mut String) -> Option<(usize, usize)> {
        let marks = if text[at + 1..].starts_with('_') { 2 } else { 1 };
        if at == from || !closes(text, at + marks) {
            return None;
        }
        let simple = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '+');
        let mut letters = text[from..at].char_indices().rev().take_while(|(_, c)| simple(*c)).map(|(at, _)| from + at);
        let start = letters.by_ref().take(NAME).last()?;
        // No name is longer; and each mark in a long word would walk back over all of it.
        if letters.next().is_some() {
            return None;
        }
        // Punctuation before the word is none of it.
        let word = text[start..at].trim_start_matches(['-', '_', '.', ':', '+']);
        let start = at - word.len();
        if word.is_empty() || !word.ends_with(char::is_alphanumeric) || (start > 0 && !opens(text, start, 0)) {
            return None;
        }
        let url = if marks == 2 { self.known.anonymous() } else { self.known.target(word) };
        let url = url.filter(|url| self.room.takes(url.len()))?;
        link(&mailed(&url), &escape(word), out);
        Some((start, at + marks))
    }
}

/// Emphasis, weak or strong.
fn stars(text: &str, at: usize, endless: &mut Endless, out: &mut String) -> Option<usize> {
    let strong = text[at..].starts_with("**");
    let (delimiter, tag, none) = if strong { ("**", "strong", &mut endless.strong) } else { ("*", "em", &mut endless.emphasis) };
    if *none || !opens(text, at, delimiter.len()) {
        return None;
    }
    let Some(found) = end(text, at + delimiter.len(), delimiter) else {
        *none = true;
        return None;
    };
    wrap(tag, &plain(&text[at + delimiter.len()..found]), out);
    Some(found + delimiter.len())
}

/// Where the text in quotes ends that a role or a target is written for.
fn marked(text: &str, from: usize, endless: &mut Endless) -> Option<usize> {
    if endless.marked {
        return None;
    }
    let found = end(text, from, "`");
    endless.marked = found.is_none();
    found
}

/// `_` and a quoted text: a target in running text.
fn inline_target(text: &str, at: usize, endless: &mut Endless, out: &mut String) -> Option<usize> {
    if !text[at + 1..].starts_with('`') || !opens(text, at, 2) {
        return None;
    }
    let found = marked(text, at + 2, endless)?;
    let words = &text[at + 2..found];
    out.push_str(&format!("<span id=\"{}\">{}</span>", escape(&slug(words)), plain(words)));
    Some(found + 1)
}

/// The name of a role with its colons.
fn role(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(':')?;
    let length = rest.bytes().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.+:".contains(byte)).count();
    let name = rest[..length].strip_suffix(':')?;
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.ends_with(':')).then_some(name)
}

fn wrap(tag: &str, inside: &str, out: &mut String) {
    for part in ["<", tag, ">", inside, "</", tag, ">"] {
        out.push_str(part);
    }
}

/// Text in markup: nothing in it is markup again, and no link is made of it.
fn plain(text: &str) -> String {
    escape(&unescape(text))
}

/// A mail address as a link's address.
fn mailed(url: &str) -> String {
    let mail = url.contains('@') && !url.contains([':', '/']);
    if mail { format!("mailto:{url}") } else { url.to_owned() }
}

fn number(target: &str) -> &str {
    target.split('#').next().unwrap_or_default().trim()
}

/// What a numbered document is called, where no other words are given.
fn named(before: &str, words: &str, inside: &str) -> String {
    if words == inside { format!("{before}{words}") } else { words.to_owned() }
}
