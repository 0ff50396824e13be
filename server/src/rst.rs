//! reStructuredText to HTML: the part of it that specs are written in. What is not understood is shown as its source, with
//! the name of the construct: nothing is dropped, and no HTML of the author's comes out. Pure; never panics; linear but for
//! nesting and tables, which are bounded.
//!
//! After the reStructuredText specification of docutils (<https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html>)
//! and the roles and directives that Sphinx adds. Why it is our own: `docs/adr/0013-specs-in-two-formats.md`.

use crate::markdown::Known as Mentioned;

mod block;
mod directive;
mod explicit;
mod grid;
mod inline;
mod lines;
mod list;
mod names;
mod plain;
mod room;
mod show;
mod simple;
#[cfg(test)]
mod tests;
mod tree;

/// Longest text that is read as reStructuredText, in bytes; longer ones are shown as they are.
const LONGEST: usize = 1 << 20;

/// What came of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// HTML, not yet sanitised. Headings are `h1` to `h6` in the order of the text's own levels.
    pub html: String,
    /// Names of the constructs that are shown as source, in their order; one each time.
    pub unread: Vec<String>,
}

/// Renders a text. Of words that look like the keys of tasks, those of organisations that are `there` become links.
pub fn render(text: &str, there: &Mentioned) -> Rendered {
    if text.len() > LONGEST {
        return Rendered { html: format!("<pre>{}</pre>", escape(text)), unread: vec!["a text of more than 1 MiB".to_owned()] };
    }
    let length = text.len();
    let text = lines::plain(text);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut parser = block::Parser::default();
    let blocks = parser.blocks(&lines, 0);
    show::Show::new(parser.names.done(), there, length).document(&blocks)
}

/// Text as HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
