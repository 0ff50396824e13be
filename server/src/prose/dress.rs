//! Goes over sanitised HTML once: ids, the outline, boxes around what is wide, and where each piece's words are.

use std::collections::HashMap;

use schema::delta::Heading;

use super::{Block, Document, passage};

/// The highest heading of a text on a page, where `h1` is the page's title and `h2` the panel's.
const TOP: usize = 3;

/// What ends one piece and begins the next.
const BLOCKS: [&str; 30] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "div",
    "section",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "caption",
    "pre",
    "hr",
    "details",
    "summary",
    "figure",
    "article",
];

/// A piece of HTML.
pub enum Token<'a> {
    /// A tag: its name, whether it is a closing one, and the whole of it.
    Tag(&'a str, bool, &'a str),
    /// Text, with its entities.
    Text(&'a str),
}

/// The pieces of HTML as the sanitiser writes it: quotes around values, every `<` in text escaped.
pub fn tokens(html: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(tag) = rest.strip_prefix('<') else {
            let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            rest = after;
            return Some(Token::Text(text));
        };
        let mut quoted = false;
        let end = tag.bytes().position(|byte| {
            quoted ^= byte == b'"';
            byte == b'>' && !quoted
        });
        let (whole, after) = rest.split_at(end.map_or(rest.len(), |end| end + 2));
        rest = after;
        let closing = whole.starts_with("</");
        let name = whole.trim_start_matches(['<', '/']);
        let name = &name[..name.find([' ', '>', '/']).unwrap_or(name.len())];
        Some(Token::Tag(name, closing, whole))
    })
}

/// A piece whose end has not come yet.
struct Open {
    text: usize,
    html: usize,
}

struct Dress<'a> {
    field: &'a str,
    done: Document,
    open: Option<Open>,
    /// The ids there are, each with the number that the next one of its kind gets.
    ids: HashMap<String, usize>,
    shift: isize,
    /// How many tables the place is in: words in one are all of one piece.
    tables: usize,
    heading: Option<Heading>,
}

/// The document of sanitised HTML.
pub fn dress(html: &str, field: &str) -> Document {
    let highest = (1..=6).find(|level| html.contains(&format!("<h{level}"))).unwrap_or(TOP);
    let shift = TOP as isize - highest as isize;
    let done = Document { html: String::with_capacity(html.len() + html.len() / 8), ..Document::default() };
    let mut dress = Dress { field, done, open: None, ids: HashMap::new(), shift, tables: 0, heading: None };
    for token in tokens(html) {
        match token {
            Token::Text(text) => dress.text(text),
            Token::Tag(name, closing, whole) => dress.tag(name, closing, whole),
        }
    }
    dress.end();
    dress.done
}

impl Dress<'_> {
    fn text(&mut self, text: &str) {
        if self.open.is_none() && !text.trim().is_empty() {
            self.begin();
        }
        if self.open.is_some() {
            let from = self.open.as_ref().map_or(0, |open| open.text);
            for (c, _) in passage::letters(text) {
                passage::push(&mut self.done.text, from, c);
            }
        }
        if let Some(heading) = &mut self.heading {
            heading.text.extend(passage::letters(text).map(|(c, _)| c));
        }
        self.done.html.push_str(text);
    }

    fn begin(&mut self) {
        if !self.done.text.is_empty() && !self.done.text.ends_with(' ') {
            self.done.text.push(' ');
        }
        self.open = Some(Open { text: self.done.text.len(), html: self.done.html.len() });
    }

    /// Ends the piece that is open.
    fn end(&mut self) {
        let Some(open) = self.open.take() else { return };
        let text = self.done.text.trim_end_matches(' ').len().max(open.text);
        if text == open.text {
            return;
        }
        let at = self.done.html.len();
        self.done.blocks.push(Block { text: (open.text, text), html: (open.html, at), below: at, end: at });
    }

    /// Says where something may stand below the last piece: here.
    fn below(&mut self, count: usize, end_too: bool) {
        let at = self.done.html.len();
        if self.done.blocks.len() > count
            && let Some(last) = self.done.blocks.last_mut()
        {
            last.below = at;
            if end_too {
                last.end = at;
            }
        }
    }

    fn tag(&mut self, name: &str, closing: bool, whole: &str) {
        if !BLOCKS.contains(&name) {
            // Markup in a piece: a piece may begin with it.
            if self.open.is_none() && !closing && !matches!(name, "span" | "input" | "br") {
                self.begin();
            }
            let whole = self.attributes(whole);
            self.done.html.push_str(&whole);
            return;
        }
        if name == "table" {
            return self.table(closing, whole);
        }
        if self.tables > 0 {
            if let Some(open) = &self.open {
                passage::push(&mut self.done.text, open.text, ' ');
            }
            let whole = self.attributes(whole);
            self.done.html.push_str(&whole);
            return;
        }
        let count = self.done.blocks.len();
        self.end();
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(name, closing, whole),
            "pre" if !closing => self.done.html.push_str(&whole.replacen("<pre", "<pre tabindex=\"0\"", 1)),
            _ => {
                let whole = self.attributes(whole);
                self.done.html.push_str(&whole);
            }
        }
        if closing && matches!(name, "p" | "pre" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary") {
            self.below(count, name == "pre");
        }
    }

    /// A table is one piece, in a box in which it scrolls by itself.
    fn table(&mut self, closing: bool, whole: &str) {
        if !closing {
            if self.tables == 0 {
                self.end();
                self.done.html.push_str("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table\">");
                self.begin();
            }
            self.tables += 1;
            self.done.html.push_str(whole);
            return;
        }
        self.done.html.push_str(whole);
        self.tables = self.tables.saturating_sub(1);
        if self.tables == 0 {
            let count = self.done.blocks.len();
            self.end();
            self.done.html.push_str("</div>");
            self.below(count, true);
        }
    }

    fn heading(&mut self, name: &str, closing: bool, whole: &str) {
        let own: isize = name[1..].parse().unwrap_or(6);
        let level = (own + self.shift).clamp(TOP as isize, 6);
        if !closing {
            let id = value(whole, "id").unwrap_or_default().to_owned();
            // Its id is known when its words are.
            self.heading = Some(Heading { level: (own - (TOP as isize - self.shift) + 1).max(1) as usize, id, text: String::new() });
            self.done.html.push_str(&format!("<h{level}>"));
            return;
        }
        let Some(mut heading) = self.heading.take() else { return };
        heading.text = heading.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let slug = if heading.id.is_empty() { slug(&heading.text) } else { std::mem::take(&mut heading.id) };
        heading.id = self.id(&slug);
        let open = format!("<h{level}>");
        if let Some(at) = self.done.html.rfind(&open) {
            let id = format!(" id=\"{}\"", heading.id);
            self.done.html.insert_str(at + open.len() - 1, &id);
            if let Some(last) = self.done.blocks.last_mut().filter(|last| last.html.0 > at) {
                let by = id.len();
                (last.html.0, last.html.1, last.below, last.end) = (last.html.0 + by, last.html.1 + by, last.below + by, last.end + by);
            }
        }
        let words = heading.text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        self.done.html.push_str(&format!(" <a class=\"perma\" href=\"#{}\" aria-label=\"Link to “{words}”\">#</a></h{level}>", heading.id));
        if !heading.text.is_empty() {
            self.done.outline.push(heading);
        }
    }

    /// An id that begins with the field's name and is there once.
    fn id(&mut self, slug: &str) -> String {
        let slug = if slug.is_empty() { "section" } else { slug };
        let base = format!("{}-{slug}", self.field);
        let Some(mut number) = self.ids.get(&base).copied() else {
            self.ids.insert(base.clone(), 2);
            return base;
        };
        let mut id = format!("{base}-{number}");
        while self.ids.contains_key(&id) {
            number += 1;
            id = format!("{base}-{number}");
        }
        self.ids.insert(base, number + 1);
        self.ids.insert(id.clone(), 2);
        id
    }

    /// A tag with its id, and the place in this text it leads to, under the field's name.
    fn attributes(&mut self, whole: &str) -> String {
        let mut tag = whole.to_owned();
        if let Some(id) = value(whole, "id") {
            let new = self.id(id);
            tag = tag.replacen(&format!(" id=\"{id}\""), &format!(" id=\"{new}\""), 1);
        }
        if let Some(to) = value(whole, "href").and_then(|href| href.strip_prefix('#')) {
            tag = tag.replacen(&format!("href=\"#{to}\""), &format!("href=\"#{}-{to}\"", self.field), 1);
        }
        tag
    }
}

/// An attribute's value.
fn value<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[from..].find('"').map(|end| &tag[from..from + end])
}

/// A heading's words as an id, the way forges make them, so that links within a text that were written for one lead on here.
fn slug(text: &str) -> String {
    let letters = text.trim().chars().flat_map(char::to_lowercase).take(120);
    letters.filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_there_once_whatever_headings_are_called() {
        let document = dress("<h1>a</h1><h1>a-2</h1><h1>a</h1><h1>a-2</h1><h1>a</h1><h1></h1><h1>a</h1>", "f");
        let ids: Vec<_> = document.outline.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(ids, ["f-a", "f-a-2", "f-a-3", "f-a-2-2", "f-a-4", "f-a-5"]);
    }

    #[test]
    fn many_equal_headings_take_no_long_time() {
        let started = std::time::Instant::now();
        let document = dress(&"<h2>Again</h2>\n".repeat(30_000), "body");
        let took = started.elapsed();
        // Built without optimisation and beside other tests: the bound is for what grows with the square, which took minutes.
        assert!(took.as_secs() < 5, "{took:?}");
        let ids: std::collections::HashSet<_> = document.outline.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!((ids.len(), document.html.matches("<h3 id=").count()), (30_000, 30_000));
        assert!(ids.contains("body-again") && ids.contains("body-again-30000"));
    }
}
