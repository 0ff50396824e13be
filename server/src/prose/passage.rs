//! Passages of a document: from places in its words to places in its HTML.

use super::{
    Document,
    dress::{Token, tokens},
};

/// What is put into a document for one page.
#[derive(Clone, Debug, Default)]
pub struct Passages {
    /// Passages to be marked: where they begin and end in the document's text.
    pub marked: Vec<(usize, usize)>,
    /// HTML to stand below the piece of this number.
    pub below: Vec<(usize, String)>,
    /// HTML to stand at the end of the piece of this number.
    pub ends: Vec<(usize, String)>,
}

/// The letters of text in HTML, and how many bytes each takes there.
pub fn letters(html: &str) -> impl Iterator<Item = (char, usize)> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (letter, length) = match first {
            '&' => {
                let entities = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&nbsp;", '\u{a0}')];
                let known = entities.into_iter().find(|(entity, _)| rest.starts_with(entity));
                known.map_or((first, 1), |(entity, letter)| (letter, entity.len()))
            }
            _ => (first, first.len_utf8()),
        };
        rest = &rest[length..];
        Some((letter, length))
    })
}

/// Adds a letter to words that have one space between them and none before the place `from`.
pub fn push(text: &mut String, from: usize, letter: char) {
    if !letter.is_whitespace() {
        text.push(letter);
    } else if text.len() > from && !text.ends_with(' ') {
        text.push(' ');
    }
}

impl Document {
    /// The number of the piece that a place in the text is in.
    pub fn block_at(&self, place: usize) -> Option<usize> {
        let after = self.blocks.partition_point(|block| block.text.1 < place);
        (after < self.blocks.len()).then_some(after)
    }

    /// The words of a piece.
    pub fn words(&self, block: usize) -> &str {
        self.blocks.get(block).map_or("", |block| &self.text[block.text.0..block.text.1])
    }

    /// The document's HTML with what a page puts into it.
    pub fn with(&self, passages: &Passages) -> String {
        let mut marks: Vec<(usize, usize)> = passages.marked.iter().copied().filter(|(from, to)| from < to).collect();
        marks.sort_unstable();
        let mut inserts: Vec<(usize, &str)> = Vec::new();
        let place = |of: &(usize, String), at: fn(&super::Block) -> usize| self.blocks.get(of.0).map(at);
        inserts.extend(passages.ends.iter().filter_map(|one| Some((place(one, |block| block.end)?, one.1.as_str()))));
        inserts.extend(passages.below.iter().filter_map(|one| Some((place(one, |block| block.below)?, one.1.as_str()))));
        inserts.sort_by_key(|(at, _)| *at);
        let mut out = String::with_capacity(self.html.len() + inserts.iter().map(|(_, html)| html.len()).sum::<usize>());
        let (mut at, mut next) = (0, inserts.iter().peekable());
        let mut copy = |out: &mut String, from: usize, to: usize| {
            let mut from = from;
            while let Some((place, html)) = next.next_if(|(place, _)| *place <= to) {
                out.push_str(&self.html[from..*place]);
                out.push_str(html);
                from = *place;
            }
            out.push_str(&self.html[from..to]);
        };
        for block in &self.blocks {
            let touched = marks.iter().any(|(from, to)| *from < block.text.1 && *to > block.text.0);
            if !touched {
                continue;
            }
            copy(&mut out, at, block.html.0);
            mark(&self.html[block.html.0..block.html.1], block.text.0, &marks, &mut out);
            at = block.html.1;
        }
        copy(&mut out, at, self.html.len());
        out
    }
}

/// A piece's HTML with its marked words in `<mark>`, which never holds a tag.
fn mark(html: &str, from: usize, marks: &[(usize, usize)], out: &mut String) {
    let mut words = String::new();
    for token in tokens(html) {
        let text = match token {
            Token::Tag(name, _, whole) => {
                if matches!(
                    name,
                    "td" | "th" | "tr" | "caption" | "thead" | "tbody" | "p" | "li" | "ul" | "ol" | "dl" | "dt" | "dd" | "div"
                ) {
                    push(&mut words, 0, ' ');
                }
                out.push_str(whole);
                continue;
            }
            Token::Text(text) => text,
        };
        let (mut at, mut open) = (0, false);
        for (letter, length) in letters(text) {
            let before = from + words.len();
            push(&mut words, 0, letter);
            let after = from + words.len();
            // White space that is not counted belongs to what stands before it.
            let inside = if after > before { marks.iter().any(|(from, to)| *from < after && *to > before) } else { open };
            if inside != open {
                out.push_str(if inside { "<mark>" } else { "</mark>" });
                open = inside;
            }
            out.push_str(&text[at..at + length]);
            at += length;
        }
        if open {
            out.push_str("</mark>");
        }
    }
}
