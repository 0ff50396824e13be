//! Blocks to HTML.

use super::{
    Rendered, escape,
    inline::Inline,
    names::{Known, slug},
    tree::{Block, Cell, Table},
};
use crate::markdown::Known as Mentioned;

/// Writes HTML.
pub struct Show<'a> {
    inline: Inline<'a>,
    out: String,
}

impl<'a> Show<'a> {
    /// Of a text of so many bytes, with these names known, and those of organisations that are there.
    pub fn new(known: Known, there: &'a Mentioned, length: usize) -> Self {
        Self { inline: Inline::new(known, there, length), out: String::new() }
    }

    /// The whole text.
    pub fn document(mut self, blocks: &[Block]) -> Rendered {
        self.blocks(blocks);
        Rendered { html: self.out, unread: self.inline.unread }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn tag(&mut self, tag: &str, inside: impl FnOnce(&mut Self)) {
        let name = tag.split(' ').next().unwrap_or_default();
        self.out.push_str(&format!("<{tag}>"));
        inside(self);
        self.out.push_str(&format!("</{name}>\n"));
    }

    fn text(&mut self, text: &str) {
        let html = self.inline.html(text);
        self.out.push_str(&html);
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(level, title) => {
                let level = (*level).min(6);
                self.tag(&format!("h{level} id=\"{}\"", escape(&slug(title))), |show| show.text(title));
            }
            Block::Paragraph(text) => self.tag("p", |show| show.text(text)),
            Block::Code(language, text) => self.code(language, text),
            Block::Parsed(text) => self.tag("pre", |show| show.text(text)),
            Block::Lines(lines) => self.tag("p", |show| {
                for (i, (indent, line)) in lines.iter().enumerate() {
                    show.out.push_str(if i > 0 { "<br>\n" } else { "" });
                    show.out.push_str(&"\u{a0}".repeat((*indent).min(40)));
                    show.text(line);
                }
            }),
            Block::Quote(inside) => self.tag("blockquote", |show| show.blocks(inside)),
            Block::Bullets(items) => self.tag("ul", |show| show.items(items)),
            Block::Numbers(numbering, items) => {
                let kind = if numbering.kind == '1' { String::new() } else { format!(" type=\"{}\"", numbering.kind) };
                let start = if numbering.start == 1 { String::new() } else { format!(" start=\"{}\"", numbering.start) };
                self.tag(&format!("ol{kind}{start}"), |show| show.items(items));
            }
            Block::Terms(terms) => self.tag("dl", |show| {
                for (term, inside) in terms {
                    show.tag("dt", |show| show.text(term));
                    show.tag("dd", |show| show.tight(inside));
                }
            }),
            Block::Fields(code, fields) => self.tag("dl", |show| {
                for (name, inside) in fields {
                    show.tag("dt", |show| {
                        if *code {
                            show.out.push_str(&format!("<code>{}</code>", escape(name)));
                        } else {
                            show.text(name);
                        }
                    });
                    show.tag("dd", |show| show.tight(inside));
                }
            }),
            Block::Table(table) => self.table(table),
            Block::Aside(class, title, inside) => self.tag(&format!("div class=\"aside {class}\""), |show| {
                if !title.is_empty() {
                    show.tag("p class=\"aside-title\"", |show| show.text(title));
                }
                show.blocks(inside);
            }),
            Block::Picture(url, alt, inside) => {
                self.tag("p", |show| {
                    let words = if alt.is_empty() { url } else { alt };
                    super::plain::link(url, &escape(words), &mut show.out);
                });
                self.blocks(inside);
            }
            Block::Footnote(number, inside) => self.footnote(*number, inside),
            Block::Place(id) => self.out.push_str(&format!("<span id=\"{}\"></span>", escape(id))),
            Block::Rule => self.out.push_str("<hr>\n"),
            Block::Group(inside) => self.blocks(inside),
            Block::Unread(name, source) => {
                self.inline.unread.push(name.clone());
                self.out.push_str(&format!("<p class=\"unread\">Shown as it was written: {}</p>\n", escape(name)));
                self.code("", source);
            }
        }
    }

    fn code(&mut self, language: &str, text: &str) {
        let language: String = language.chars().filter(|c| c.is_ascii_alphanumeric() || "-_+#".contains(*c)).take(40).collect();
        let class = if language.is_empty() { String::new() } else { format!(" class=\"language-{language}\"") };
        self.out.push_str(&format!("<pre><code{class}>{}\n</code></pre>\n", escape(text)));
    }

    fn footnote(&mut self, number: usize, inside: &[Block]) {
        let label = escape(self.inline.known.labels.get(number).map_or("", String::as_str));
        self.tag(&format!("div class=\"footnote\" id=\"note-{}\"", number + 1), |show| match inside {
            [Block::Paragraph(first), rest @ ..] => {
                show.tag("p", |show| {
                    show.out.push_str(&format!("[{label}] "));
                    show.text(first);
                });
                show.blocks(rest);
            }
            inside => {
                show.out.push_str(&format!("<p>[{label}]</p>\n"));
                show.blocks(inside);
            }
        });
    }

    /// The items of a list: without space between them where each is a paragraph with at most lists below it.
    fn items(&mut self, items: &[Vec<Block>]) {
        for item in items {
            self.tag("li", |show| show.tight(item));
        }
    }

    /// Blocks in an item or cell: a single paragraph is its text.
    fn tight(&mut self, inside: &[Block]) {
        match inside {
            [Block::Paragraph(first), rest @ ..] if rest.iter().all(|block| matches!(block, Block::Bullets(_) | Block::Numbers(..))) => {
                self.text(first);
                self.blocks(rest);
            }
            inside => self.blocks(inside),
        }
    }

    fn table(&mut self, table: &Table) {
        let (head, body) = table.rows.split_at(table.head.min(table.rows.len()));
        self.tag("table", |show| {
            if !table.caption.is_empty() {
                show.tag("caption", |show| show.text(&table.caption));
            }
            if !head.is_empty() {
                show.tag("thead", |show| show.rows(head, usize::MAX));
            }
            show.tag("tbody", |show| show.rows(body, table.stub));
        });
    }

    fn rows(&mut self, rows: &[Vec<Cell>], stub: usize) {
        for row in rows {
            self.tag("tr", |show| {
                for (i, cell) in row.iter().enumerate() {
                    let name = if i < stub { "th" } else { "td" };
                    let columns = if cell.columns > 1 { format!(" colspan=\"{}\"", cell.columns) } else { String::new() };
                    let rows = if cell.rows > 1 { format!(" rowspan=\"{}\"", cell.rows) } else { String::new() };
                    show.tag(&format!("{name}{columns}{rows}"), |show| show.tight(&cell.inside));
                }
            });
        }
    }
}
