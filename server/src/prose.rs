//! Long texts of people as parts of a page: headings that can be linked to, an outline, tables in boxes of their own, and the
//! passages that comments are made on. Rendered once, kept in memory within a bound.

mod dress;
mod kept;
mod passage;

use std::sync::{Arc, Mutex};

use schema::delta::{Format, Heading};

use self::kept::Kept;
pub use self::passage::Passages;
use crate::{
    markdown::{self, Known},
    rst,
};

/// Most bytes of rendered documents kept in memory.
const KEPT: usize = 48 << 20;

/// A rendered text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Safe HTML; ids in it begin with the name of the field it is of.
    pub html: String,
    /// Its headings, in their order.
    pub outline: Vec<Heading>,
    /// Its words as they are read, with one space between them: what quotes are looked for in.
    pub text: String,
    /// Its paragraphs and other pieces, in their order.
    pub blocks: Vec<Block>,
    /// How many constructs are shown as source.
    pub unread: usize,
}

/// A paragraph, item, heading, literal block or table of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Where its words begin and end in the document's text, in bytes.
    pub text: (usize, usize),
    /// Where its words begin and end in the HTML, in bytes.
    pub html: (usize, usize),
    /// Where in the HTML something may stand below it.
    pub below: usize,
    /// Where in the HTML something may stand at its end.
    pub end: usize,
}

/// Renders documents and remembers them.
#[derive(Debug)]
pub struct Documents(Mutex<Kept<Arc<Document>>>);

impl Default for Documents {
    fn default() -> Self {
        Self(Mutex::new(Kept::new(KEPT)))
    }
}

impl Documents {
    /// A text of this format, in which these people are known. `field` begins the ids in it: `desired`, `actual` or `body`.
    pub fn of(&self, text: &str, format: Format, field: &'static str, known: &Known) -> Arc<Document> {
        if text.is_empty() {
            return Arc::default();
        }
        let key = (markdown::key(text, known), format, field);
        if let Ok(kept) = self.0.lock()
            && let Some(document) = kept.get(&key)
        {
            return document;
        }
        let document = Arc::new(render(text, format, field, known));
        if let Ok(mut kept) = self.0.lock() {
            let size = document.html.len() + document.text.len() + document.blocks.len() * size_of::<Block>();
            kept.put(key, document.clone(), size);
        }
        document
    }
}

/// Renders a text without remembering it.
pub fn render(text: &str, format: Format, field: &str, known: &Known) -> Document {
    let (html, unread) = match format {
        Format::Markdown => (markdown::document(text, known), 0),
        Format::Rst => {
            let rst::Rendered { html, unread } = rst::render(text, known);
            (markdown::clean(&html), unread.len())
        }
    };
    let document = dress::dress(&html, field);
    Document { unread, ..document }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn headings_make_an_outline_with_ids_of_their_own() {
        let document =
            render("# Top\n\n## A *b*\n\n## A b\n\n[to](#a-b) [^1]\n\n[^1]: Note.\n", Format::Markdown, "body", &Known::default());
        let outline: Vec<_> = document.outline.iter().map(|heading| (heading.level, heading.id.as_str(), heading.text.as_str())).collect();
        assert_eq!(outline, [(1, "body-top", "Top"), (2, "body-a-b", "A b"), (2, "body-a-b-2", "A b")]);
        assert!(document.html.contains("<h3 id=\"body-top\">Top <a class=\"perma\" href=\"#body-top\""), "{}", document.html);
        assert!(document.html.contains("href=\"#body-a-b\""), "{}", document.html);
        assert!(document.html.contains("href=\"#body-fn-1\"") && document.html.contains("id=\"body-fn-1\""), "{}", document.html);
    }

    #[test]
    fn a_page_marks_passages_and_puts_things_below_their_pieces() {
        let document = render(
            "One *two* three & four.\n\n- item\n  - inner\n\n| a | b |\n|---|---|\n| c | d |\n",
            Format::Markdown,
            "body",
            &Known::default(),
        );
        assert_eq!(document.text.trim(), "One two three & four. item inner a b c d");
        let at = document.text.find("two three & f").unwrap();
        let last = document.blocks.len() - 1;
        let put = Passages {
            marked: vec![(at, at + 13)],
            below: vec![(0, "<i>x</i>".into()), (last, "<i>y</i>".into())],
            ends: vec![(1, "<b>z</b>".into())],
        };
        let html = document.with(&put);
        assert!(html.contains("<p>One <em><mark>two</mark></em><mark> three &amp; f</mark>our.</p><i>x</i>"), "{html}");
        assert!(html.contains("<li>item<b>z</b>") || html.contains("<li>item\n<b>z</b>"), "{html}");
        assert!(html.contains("</table></div><i>y</i>"), "{html}");
        assert_eq!(document.with(&Passages::default()), document.html);
    }

    proptest! {
        #[test]
        fn every_piece_is_where_it_says(text in "([a-z*`_#>|&<-]{0,6}[ \n]{0,3}){0,40}", rst: bool) {
            let document = render(&text, if rst { Format::Rst } else { Format::Markdown }, "body", &Known::default());
            for block in &document.blocks {
                prop_assert!(block.text.0 < block.text.1 && block.text.1 <= document.text.len());
                prop_assert!(block.html.0 <= block.html.1 && block.html.1 <= block.end && block.end <= block.below);
                prop_assert!(document.text.is_char_boundary(block.text.0) && document.html.is_char_boundary(block.below));
            }
            prop_assert_eq!(document.with(&Passages::default()), document.html.clone());
            let all = Passages { marked: vec![(0, document.text.len())], ..Passages::default() };
            let marked = document.with(&all);
            prop_assert_eq!(marked.replace("<mark>", "").replace("</mark>", ""), document.html);
            prop_assert!(marked.contains("<mark>") || document.blocks.is_empty());
        }
    }
}
