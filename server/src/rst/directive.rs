//! Directives: those of docutils and Sphinx that a spec is likely to hold.

use super::{
    block::Parser,
    lines::shared,
    list::field,
    tree::{Block, Cell, Table},
};

/// Most cells of a table made of a list or of values with commas.
const CELLS: usize = 20_000;
/// Longest name of a language that is kept for the code below it, in characters: each piece of code has a copy of it.
const LANGUAGE: usize = 40;

/// What a directive's lines say: its options, and what is in it.
struct Parts<'a> {
    options: Vec<(&'a str, &'a str)>,
    content: Vec<&'a str>,
}

impl Parts<'_> {
    fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn number(&self, name: &str) -> usize {
        self.option(name).and_then(|value| value.parse().ok()).unwrap_or(0)
    }
}

/// Options stand first, up to a blank line.
fn parts<'a>(gap: Option<&'a str>, below: &[&'a str]) -> Parts<'a> {
    let mut options = Vec::new();
    let mut at = 0;
    if gap.is_none() {
        while let Some(width) = below.get(at).and_then(|line| field(line)) {
            options.push((&below[at][1..width - 1], below[at][width..].trim()));
            at += 1;
            while below.get(at).is_some_and(|line| line.starts_with(' ')) {
                at += 1;
            }
        }
    }
    Parts { options, content: shared(&below[at..]) }
}

impl Parser {
    /// The block a directive makes; none where it is not one of those known here.
    pub fn directive(&mut self, name: &str, argument: &str, gap: Option<&str>, below: &[&str], depth: usize) -> Option<Block> {
        let name = name.strip_prefix("rst:").unwrap_or(name);
        let parts = parts(gap, below);
        if let Some((class, title)) = aside(name) {
            return Some(self.aside(class, title, name, argument, &parts, depth));
        }
        // An option that says nothing about words is left out; these do.
        let caption = parts.option("caption").unwrap_or_default().to_owned();
        let block = match name {
            "code" | "code-block" | "sourcecode" | "highlight" | "prompt" if name != "highlight" => {
                let code = Block::Code(argument.to_owned(), parts.content.join("\n"));
                titled(caption, code)
            }
            "highlight" => {
                self.language = argument.chars().take(LANGUAGE).collect();
                Block::Group(Vec::new())
            }
            "parsed-literal" => Block::Parsed(with_argument(argument, &parts.content).join("\n")),
            "math" => Block::Code("math".to_owned(), with_argument(argument, &parts.content).join("\n").trim().to_owned()),
            "image" => Block::Picture(argument.to_owned(), parts.option("alt").unwrap_or_default().to_owned(), Vec::new()),
            "figure" => {
                let inside = self.blocks(&parts.content, depth + 1);
                Block::Picture(argument.to_owned(), parts.option("alt").unwrap_or_default().to_owned(), inside)
            }
            "rubric" | "centered" => Block::Paragraph(format!("**{}**", with_argument(argument, &parts.content).join("\n").trim())),
            "table" => {
                let mut inside = self.blocks(&parts.content, depth + 1);
                if let Some(Block::Table(table)) = inside.first_mut() {
                    argument.clone_into(&mut table.caption);
                    Block::Group(inside)
                } else {
                    return None;
                }
            }
            "list-table" => self.list_table(argument, &parts, depth)?,
            "csv-table" => self.csv_table(argument, &parts, depth)?,
            "epigraph" | "highlights" | "pull-quote" => {
                let content = with_argument(argument, &parts.content);
                Block::Quote(self.blocks(&content, depth + 1))
            }
            "compound" | "container" | "glossary" | "rst-class" | "class" | "only" => Block::Group(self.blocks(&parts.content, depth + 1)),
            "productionlist" => Block::Code(String::new(), with_argument(argument, &parts.content).join("\n")),
            // What only says how to set the text; the outline is the page's own.
            "contents" | "sectnum" | "section-numbering" | "default-role" | "tabularcolumns" | "currentmodule" => Block::Group(Vec::new()),
            _ => return None,
        };
        Some(block)
    }

    fn aside(&mut self, class: &'static str, title: &str, name: &str, argument: &str, parts: &Parts<'_>, depth: usize) -> Block {
        // Those with a title of their own take it from their line; with others the text begins there.
        let own = matches!(name, "admonition" | "topic" | "sidebar");
        let since = matches!(name, "versionadded" | "versionchanged" | "deprecated" | "versionremoved");
        let (title, first) = match (own, since) {
            (true, _) => (argument.to_owned(), ""),
            (_, true) => {
                let (version, rest) = argument.split_once(' ').unwrap_or((argument, ""));
                (format!("{title} {version}").trim().to_owned(), rest)
            }
            _ => (title.to_owned(), argument),
        };
        let content = with_argument(first, &parts.content);
        Block::Aside(class, title, self.blocks(&content, depth + 1))
    }

    fn list_table(&mut self, argument: &str, parts: &Parts<'_>, depth: usize) -> Option<Block> {
        let [Block::Bullets(lines)] = <[Block; 1]>::try_from(self.blocks(&parts.content, depth + 1)).ok()? else { return None };
        let mut rows = Vec::new();
        for line in lines {
            let [Block::Bullets(cells)] = <[Block; 1]>::try_from(line).ok()? else { return None };
            rows.push(cells.into_iter().map(|inside| Cell { columns: 1, rows: 1, inside }).collect());
        }
        let (head, stub) = (parts.number("header-rows"), parts.number("stub-columns"));
        Some(Block::Table(Table { caption: argument.to_owned(), head, stub, rows }))
    }

    fn csv_table(&mut self, argument: &str, parts: &Parts<'_>, depth: usize) -> Option<Block> {
        if parts.option("file").or_else(|| parts.option("url")).is_some() {
            return None;
        }
        let delimiter = match parts.option("delim") {
            None => ',',
            Some("tab") => '\t',
            Some("space") => ' ',
            Some(other) => other.chars().next()?,
        };
        let header = parts.option("header").map(|header| values(header, delimiter)).unwrap_or_default();
        let head = header.len().saturating_add(parts.number("header-rows"));
        let values = header.into_iter().chain(values(&parts.content.join("\n"), delimiter)).collect::<Vec<_>>();
        if values.iter().map(Vec::len).sum::<usize>() > CELLS {
            return None;
        }
        let mut rows = Vec::new();
        for line in values {
            let mut row = Vec::new();
            for value in line {
                let lines: Vec<&str> = value.lines().map(str::trim_end).collect();
                row.push(Cell { columns: 1, rows: 1, inside: self.blocks(&shared(&lines), depth + 1) });
            }
            rows.push(row);
        }
        Some(Block::Table(Table { caption: argument.to_owned(), head, stub: parts.number("stub-columns"), rows }))
    }
}

/// How a directive that sets its text apart looks, and what it is called.
fn aside(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "note" => ("note", "Note"),
        "seealso" => ("note", "See also"),
        "todo" => ("note", "To do"),
        "admonition" | "topic" | "sidebar" => ("note", ""),
        "hint" => ("good", "Hint"),
        "tip" => ("good", "Tip"),
        "important" => ("warn", "Important"),
        "attention" => ("warn", "Attention"),
        "caution" => ("warn", "Caution"),
        "warning" => ("warn", "Warning"),
        "danger" => ("bad", "Danger"),
        "error" => ("bad", "Error"),
        "versionadded" => ("note", "New in version"),
        "versionchanged" => ("note", "Changed in version"),
        "versionremoved" => ("note", "Removed in version"),
        "deprecated" => ("warn", "Deprecated since version"),
        _ => return None,
    })
}

/// A block under a line that says what it is.
fn titled(title: String, block: Block) -> Block {
    if title.is_empty() { block } else { Block::Group(vec![Block::Paragraph(format!("*{title}*")), block]) }
}

fn with_argument<'a>(argument: &'a str, content: &[&'a str]) -> Vec<&'a str> {
    let mut lines: Vec<&str> = if argument.is_empty() { Vec::new() } else { vec![argument] };
    lines.extend(content);
    lines
}

/// Values with a character between them, some of them in double quotes.
fn values(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut value, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                value.push('"');
                letters.next();
            }
            '"' if quoted => quoted = false,
            '"' if value.trim().is_empty() => {
                value.clear();
                quoted = true;
            }
            '\n' if !quoted => {
                row.push(std::mem::take(&mut value));
                rows.push(std::mem::take(&mut row));
            }
            c if c == delimiter && !quoted => row.push(std::mem::take(&mut value)),
            c => value.push(c),
        }
    }
    if !value.is_empty() || !row.is_empty() {
        row.push(value);
        rows.push(row);
    }
    rows.retain(|row| row.iter().any(|value| !value.trim().is_empty()));
    rows
}
