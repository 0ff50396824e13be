//! The blocks of a text: sections, paragraphs, literal blocks, quotes. Lists, tables and explicit markup have their own files.

use super::{
    lines::{adornment, dedent, end_of, indent, shared},
    list,
    names::Names,
    simple,
    tree::Block,
};
use crate::rst::grid;

/// Deeper nesting than this is shown as source: the work of everything after this grows with depth.
const DEPTH: usize = 20;

/// Reads blocks, and gathers the names in them.
#[derive(Default)]
pub struct Parser {
    /// Section titles' characters, and whether they stand above the title too, in the order of their levels.
    styles: Vec<(u8, bool)>,
    /// Link targets, footnotes, substitutions.
    pub names: Names,
    /// The language of code that names none.
    pub language: String,
    /// Whether no simple table ends in the rest of the lines that are read at each depth: looked for once.
    pub endless: [bool; DEPTH + 1],
    /// Pieces that the lines of simple tables have been cut into.
    pub pieces: usize,
}

impl Parser {
    /// The blocks of these lines.
    pub fn blocks(&mut self, lines: &[&str], depth: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        if depth > DEPTH {
            blocks.push(Block::Unread("deep nesting".to_owned(), lines.join("\n")));
            return blocks;
        }
        self.endless[depth] = false;
        let mut at = 0;
        while at < lines.len() {
            if lines[at].is_empty() {
                at += 1;
                continue;
            }
            let next = self.block(lines, at, depth, &mut blocks);
            // Whatever happens, the next line is another one.
            at = next.max(at + 1);
        }
        blocks
    }

    /// The block that starts at a line; the line after it.
    fn block(&mut self, lines: &[&str], at: usize, depth: usize, out: &mut Vec<Block>) -> usize {
        let line = lines[at];
        if indent(line) > 0 {
            let end = end_of(lines, at, 1);
            let inside = self.blocks(&shared(&lines[at..end]), depth + 1);
            out.push(Block::Quote(inside));
            return end;
        }
        if line == ".." || line.starts_with(".. ") {
            return self.explicit(lines, at, depth, out);
        }
        if let Some(url) = line.strip_prefix("__ ") {
            self.names.anonymous(url.trim());
            return at + 1;
        }
        if let Some(end) = self.title(lines, at, out) {
            return end;
        }
        if let Some((table, end)) = grid::table(self, lines, at, depth).or_else(|| simple::table(self, lines, at, depth)) {
            out.push(table);
            return end;
        }
        if let Some((found, end)) = list::list(self, lines, at, depth) {
            out.push(found);
            return end;
        }
        if line.starts_with(">>> ") {
            let end = lines[at..].iter().position(|line| line.is_empty()).map_or(lines.len(), |blank| at + blank);
            out.push(Block::Code("python".to_owned(), lines[at..end].join("\n")));
            return end;
        }
        let defines = lines.get(at + 1).is_some_and(|next| indent(next) > 0) && !line.ends_with("::");
        if defines {
            let (terms, end) = list::terms(self, lines, at, depth);
            out.push(terms);
            return end;
        }
        self.paragraph(lines, at, out)
    }

    /// A section's title, or a line across.
    fn title(&mut self, lines: &[&str], at: usize, out: &mut Vec<Block>) -> Option<usize> {
        let line = lines[at];
        if let Some(over) = adornment(line) {
            let (title, under) = (lines.get(at + 1), lines.get(at + 2));
            if let (Some(title), Some(under)) = (title, under)
                && !title.is_empty()
                && line.len() > 1
                && adornment(under) == Some(over)
                && (under.len() == line.len() || (line.len() >= 4 && under.len() >= 4))
                && (line.len() >= 4 || line.len() >= title.chars().count())
            {
                self.heading((over, true), title.trim(), out);
                return Some(at + 3);
            }
            let alone = title.is_none_or(|next| next.is_empty()) && (at == 0 || lines[at - 1].is_empty());
            if line.len() >= 4 && alone {
                out.push(Block::Rule);
                return Some(at + 1);
            }
        }
        let under = lines.get(at + 1)?;
        let style = adornment(under)?;
        let fits = under.len() >= 4 || under.len() >= line.chars().count();
        // Two dots or colons below a line of one or two characters are no underline.
        if !fits || *under == ".." || *under == "::" {
            return None;
        }
        self.heading((style, false), line, out);
        Some(at + 2)
    }

    fn heading(&mut self, style: (u8, bool), title: &str, out: &mut Vec<Block>) {
        let level = self.styles.iter().position(|known| *known == style).unwrap_or_else(|| {
            self.styles.push(style);
            self.styles.len() - 1
        });
        self.names.title(title);
        out.push(Block::Heading(level + 1, title.to_owned()));
    }

    /// Running text up to a blank or indented line; and the literal block that it announces.
    fn paragraph(&mut self, lines: &[&str], at: usize, out: &mut Vec<Block>) -> usize {
        let rest = &lines[at + 1..];
        let mut end = at + 1 + rest.iter().position(|line| line.is_empty() || indent(line) > 0).unwrap_or(rest.len());
        let text = lines[at..end].join("\n");
        let Some(before) = text.strip_suffix("::") else {
            out.push(Block::Paragraph(text));
            return end;
        };
        let shown = match before.chars().next_back() {
            None => String::new(),
            Some(c) if c.is_whitespace() => before.trim_end().to_owned(),
            Some(_) => format!("{before}:"),
        };
        if !shown.is_empty() {
            out.push(Block::Paragraph(shown));
        }
        let start = lines[end..].iter().position(|line| !line.is_empty()).map_or(lines.len(), |skip| end + skip);
        let Some(first) = lines.get(start) else { return end };
        if indent(first) > 0 {
            end = end_of(lines, start, 1);
            out.push(Block::Code(self.language.clone(), shared(&lines[start..end]).join("\n")));
            return end;
        }
        let quoted = first.as_bytes()[0];
        if !quoted.is_ascii_punctuation() || first.starts_with(".. ") || start == end {
            return end;
        }
        let rest = &lines[start..];
        end = start + rest.iter().position(|line| line.as_bytes().first() != Some(&quoted)).unwrap_or(rest.len());
        out.push(Block::Code(self.language.clone(), lines[start..end].join("\n")));
        end
    }

    /// What stands in an item whose marker is `bytes` long and `columns` wide; the line after it.
    pub fn item(&mut self, lines: &[&str], at: usize, (bytes, columns): (usize, usize), depth: usize) -> (Vec<Block>, usize) {
        let first = lines[at].get(bytes..).unwrap_or_default().trim_start();
        if first.is_empty() {
            let end = end_of(lines, at + 1, 1);
            let blank = lines.get(at + 1).is_none_or(|next| next.is_empty());
            let end = if blank { at + 1 } else { end };
            return (self.blocks(&shared(&lines[at + 1..end]), depth + 1), end);
        }
        let spaces = lines[at].len() - bytes - first.len();
        let width = columns + spaces;
        let end = end_of(lines, at + 1, width).max(at + 1);
        let mut inside = vec![first];
        inside.extend(dedent(&lines[at + 1..end], width));
        (self.blocks(&inside, depth + 1), end)
    }
}
