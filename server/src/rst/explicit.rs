//! Explicit markup, which starts with two dots: targets, footnotes, substitutions, directives, comments.

use super::{
    block::Parser,
    lines::{end_of, indent, shared},
    names::{Substitute, Target, slug},
    tree::Block,
};

impl Parser {
    /// What starts at a line with two dots; the line after it.
    pub fn explicit(&mut self, lines: &[&str], at: usize, depth: usize, out: &mut Vec<Block>) -> usize {
        let text = lines[at][2..].trim_start();
        let end = end_of(lines, at + 1, 1).max(at + 1);
        if text.is_empty() {
            // Two dots alone end what stands before them; with text indented right below, that is a comment.
            let comment = lines.get(at + 1).is_some_and(|next| !next.is_empty());
            return if comment { end } else { at + 1 };
        }
        if let Some(next) = self.target(lines, at, text, out) {
            return next;
        }
        if let Some((label, rest)) = footnote(text) {
            let number = self.names.footnote(label);
            let mut inside = vec![rest.trim()];
            inside.extend(gap(lines, at));
            inside.extend(shared(&lines[at + 1..end]));
            let inside = self.blocks(&inside, depth + 1);
            out.push(Block::Footnote(number, inside));
            return end;
        }
        let below = &lines[at + 1..end];
        if let Some((name, rest)) = text.strip_prefix('|').and_then(|text| text.split_once('|'))
            && !name.is_empty()
            && let Some((directive, argument)) = directive(rest.trim_start())
        {
            self.substitution(name, directive, argument, below, out, || source(lines, at, end));
            return end;
        }
        if let Some((name, argument)) = directive(text) {
            let name = name.to_ascii_lowercase();
            let block = self.directive(&name, argument, gap(lines, at), &shared(below), depth);
            out.push(block.unwrap_or_else(|| Block::Unread(name, source(lines, at, end))));
            return end;
        }
        // A comment: it is for those who write the text.
        end
    }

    /// A link's target: `.. _name: address`, `.. __: address`, or `.. _name:` for the place it stands at.
    fn target(&mut self, lines: &[&str], at: usize, text: &str, out: &mut Vec<Block>) -> Option<usize> {
        let text = text.strip_prefix('_')?;
        let rest = &lines[at + 1..];
        let end = at + 1 + rest.iter().position(|line| line.is_empty() || indent(line) == 0).unwrap_or(rest.len());
        let more: String = lines[at + 1..end].iter().map(|line| line.trim()).collect();
        if let Some(url) = text.strip_prefix("_:") {
            self.names.anonymous(&format!("{}{more}", url.trim()));
            return Some(end);
        }
        let (name, url) = match text.strip_prefix('`') {
            Some(quoted) => quoted.split_once("`:")?,
            None => {
                let colon = text.match_indices(':').map(|(at, _)| at).find(|at| {
                    let after = &text[at + 1..];
                    (after.is_empty() || after.starts_with(' ')) && !text[..*at].ends_with('\\')
                })?;
                (&text[..colon], &text[colon + 1..])
            }
        };
        let name = name.replace('\\', "");
        let url = format!("{}{more}", url.trim());
        let target = match url.strip_suffix('_') {
            _ if url.is_empty() => {
                let id = slug(&name);
                out.push(Block::Place(id.clone()));
                Target::Place(id)
            }
            Some(other) if !other.ends_with('\\') && !other.contains([':', '/']) => Target::Name(other.trim_matches('`').to_owned()),
            _ => Target::Url(url.replace('\\', "")),
        };
        self.names.target(&name, target);
        Some(end)
    }

    fn substitution(
        &mut self,
        name: &str,
        directive: &str,
        argument: &str,
        below: &[&str],
        out: &mut Vec<Block>,
        source: impl Fn() -> String,
    ) {
        let below = shared(below);
        let by = match directive {
            "replace" => Substitute::Text(std::iter::once(argument).chain(below).collect::<Vec<_>>().join("\n").trim().to_owned()),
            "unicode" => {
                let codes = argument.split(" ..").next().unwrap_or_default().split_whitespace();
                Substitute::Text(codes.map(unicode).collect())
            }
            "image" => {
                let alt = below.iter().find_map(|line| line.strip_prefix(":alt:")).unwrap_or_default();
                Substitute::Picture(argument.trim().to_owned(), alt.trim().to_owned())
            }
            other => return out.push(Block::Unread(other.to_owned(), source())),
        };
        self.names.substitute(name, by);
    }
}

/// What stands there, as it was written.
fn source(lines: &[&str], at: usize, end: usize) -> String {
    lines[at..end].join("\n")
}

/// A blank line, where one stands right below.
pub fn gap<'a>(lines: &[&str], at: usize) -> Option<&'a str> {
    lines.get(at + 1).filter(|next| next.is_empty()).map(|_| "")
}

/// The label of a footnote or citation, and what follows it on its line.
fn footnote(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.strip_prefix('[')?.split_once(']')?;
    let fits = label == "*" || (!label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || "#-_.:+".contains(c)));
    (fits && (rest.is_empty() || rest.starts_with(' '))).then_some((label, rest))
}

/// A directive's name and what follows it on its line.
fn directive(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once("::")?;
    let name = name.trim_end();
    let fits = name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(|c| c.is_alphanumeric() || "-_+:.".contains(c));
    (fits && !name.ends_with(':') && (rest.is_empty() || rest.starts_with(' '))).then_some((name, rest.trim()))
}

/// A code such as `0xA9`, `U+2014` or `169`, as its character; anything else as it is.
fn unicode(code: &str) -> String {
    let hex = ["0x", "0X", "U+", "u+", "\\x", "\\u", "x"].iter().find_map(|mark| code.strip_prefix(mark));
    let number = hex.map_or_else(|| code.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
    number.and_then(char::from_u32).map_or_else(|| code.to_owned(), String::from)
}
