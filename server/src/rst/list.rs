//! Lists: bullets, numbers, fields, options, lines, terms.

use super::{
    block::Parser,
    lines::{end_of, indent, shared},
    tree::{Block, Numbering},
};

/// The list that starts at a line, if one does; the line after it.
pub fn list(parser: &mut Parser, lines: &[&str], at: usize, depth: usize) -> Option<(Block, usize)> {
    let line = lines[at];
    if let Some(mark) = bullet(line) {
        return Some(bullets(parser, lines, at, depth, mark));
    }
    if line == "|" || line.starts_with("| ") {
        return Some(kept(lines, at));
    }
    if numbered(lines, at).is_some() {
        return Some(numbers(parser, lines, at, depth));
    }
    if field(line).is_some() {
        return Some(fields(parser, lines, at, depth, false, field));
    }
    if option(lines, at).is_some() {
        let (mut found, mut end) = (Vec::new(), at);
        while let Some(width) = lines.get(end).and_then(|_| option(lines, end)) {
            let (inside, next) = body(parser, lines, end, width, depth);
            found.push((lines[end][..width].trim().to_owned(), inside));
            end = skip_blank(lines, next, |next| option(lines, next).is_some());
        }
        return Some((Block::Fields(true, found), end));
    }
    None
}

/// The next line that is not blank, where the list goes on there.
fn skip_blank(lines: &[&str], at: usize, goes_on: impl Fn(usize) -> bool) -> usize {
    let next = lines[at..].iter().position(|line| !line.is_empty()).map_or(lines.len(), |skip| at + skip);
    if next < lines.len() && goes_on(next) { next } else { at }
}

/// The bullet of a line.
fn bullet(line: &str) -> Option<char> {
    let mark = line.chars().next().filter(|c| matches!(c, '*' | '+' | '-' | '•' | '‣' | '⁃'))?;
    let rest = &line[mark.len_utf8()..];
    (rest.is_empty() || rest.starts_with(' ')).then_some(mark)
}

fn bullets(parser: &mut Parser, lines: &[&str], at: usize, depth: usize, mark: char) -> (Block, usize) {
    let (mut items, mut end) = (Vec::new(), at);
    while lines.get(end).is_some_and(|line| bullet(line) == Some(mark)) {
        let (inside, next) = parser.item(lines, end, (mark.len_utf8(), 1), depth);
        items.push(inside);
        end = skip_blank(lines, next, |next| bullet(lines[next]) == Some(mark));
    }
    (Block::Bullets(items), end)
}

/// A number's form: what stands before and after it; how it is written; its value, none for `#`; how long it is with these.
type Marker = ((bool, char), char, Option<i64>, usize);

/// The number that a line starts with.
fn marker(line: &str) -> Option<Marker> {
    let open = line.starts_with('(');
    let rest = &line[usize::from(open)..];
    let length = rest.find([')', '.']).filter(|length| (1..=9).contains(length))?;
    let close = rest.as_bytes()[length] as char;
    if open && close != ')' {
        return None;
    }
    let after = &rest[length + 1..];
    if !after.is_empty() && !after.starts_with(' ') {
        return None;
    }
    let word = &rest[..length];
    let (kind, value) = if word == "#" {
        ('1', None)
    } else if word.bytes().all(|b| b.is_ascii_digit()) {
        ('1', Some(word.parse().ok()?))
    } else if word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic()) && !matches!(word, "i" | "I") {
        let byte = word.as_bytes()[0];
        let kind = if byte.is_ascii_lowercase() { 'a' } else { 'A' };
        (kind, Some(i64::from(byte.to_ascii_lowercase() - b'a') + 1))
    } else {
        let lower = word.to_ascii_lowercase();
        let kind = if word == lower { 'i' } else { 'I' };
        if word != lower && word != word.to_ascii_uppercase() {
            return None;
        }
        (kind, Some(roman(&lower)?))
    };
    Some(((open, close), kind, value, usize::from(open) + length + 1))
}

fn roman(word: &str) -> Option<i64> {
    let digit = |c| {
        Some(match c {
            'i' => 1,
            'v' => 5,
            'x' => 10,
            'l' => 50,
            'c' => 100,
            'd' => 500,
            'm' => 1000,
            _ => return None,
        })
    };
    let digits: Option<Vec<i64>> = word.chars().map(digit).collect();
    let digits = digits?;
    let value = |(i, value): (usize, &i64)| if digits.get(i + 1).is_some_and(|next| next > value) { -value } else { *value };
    Some(digits.iter().enumerate().map(value).sum()).filter(|sum| *sum > 0)
}

/// The marker of an item: what comes below it is blank, of it, or another item. Else it is running text ("A. Lovelace").
fn numbered(lines: &[&str], at: usize) -> Option<Marker> {
    let found = marker(lines[at])?;
    let goes_on = |next: &&&str| next.is_empty() || indent(next) > 0 || marker(next).is_some();
    lines.get(at + 1).is_none_or(|next| goes_on(&next)).then_some(found)
}

fn numbers(parser: &mut Parser, lines: &[&str], at: usize, depth: usize) -> (Block, usize) {
    let (mut items, mut end) = (Vec::new(), at);
    let (form, kind, start) = numbered(lines, at).map_or(((false, '.'), '1', 1), |(form, kind, value, _)| (form, kind, value.unwrap_or(1)));
    let mut expected = start;
    // A lone "i" may go on as a letter or as a Roman number; what was begun stays.
    let fits = |found: &Marker, expected: i64| {
        let (other, k, value, _) = found;
        *other == form && value.is_none_or(|value| value == expected && *k == kind)
    };
    while let Some(found) = lines.get(end).and_then(|_| numbered(lines, end)).filter(|found| fits(found, expected)) {
        let (inside, next) = parser.item(lines, end, (found.3, found.3), depth);
        items.push(inside);
        expected = expected.saturating_add(1);
        end = skip_blank(lines, next, |next| numbered(lines, next).is_some_and(|found| fits(&found, expected)));
    }
    (Block::Numbers(Numbering { kind, start }, items), end)
}

/// Where the text of a field begins: `:name: text`.
pub fn field(line: &str) -> Option<usize> {
    let rest = line.strip_prefix(':')?;
    if rest.starts_with([' ', ':']) {
        return None;
    }
    let mut from = 0;
    loop {
        let colon = from + rest[from..].find(':')?;
        let after = &rest[colon + 1..];
        let escaped = rest[..colon].ends_with('\\');
        if !escaped && !rest[..colon].ends_with(' ') && (after.is_empty() || after.starts_with(' ')) {
            return Some(colon + 2);
        }
        if after.starts_with('`') {
            return None;
        }
        from = colon + 1;
    }
}

type Body = (Vec<Block>, usize);

/// What follows a name that is `width` bytes long: on its line, and indented below it.
fn body(parser: &mut Parser, lines: &[&str], at: usize, width: usize, depth: usize) -> Body {
    let end = end_of(lines, at + 1, 1).max(at + 1);
    let mut inside = Vec::new();
    let first = lines[at][width..].trim();
    if !first.is_empty() {
        inside.push(first);
    }
    inside.extend(shared(&lines[at + 1..end]));
    if !first.is_empty() && lines.get(at + 1).is_some_and(|next| next.is_empty()) && end > at + 1 {
        inside.insert(1, "");
    }
    (parser.blocks(&inside, depth + 1), end)
}

fn fields(parser: &mut Parser, lines: &[&str], at: usize, depth: usize, code: bool, is: fn(&str) -> Option<usize>) -> (Block, usize) {
    let (mut found, mut end) = (Vec::new(), at);
    while let Some(width) = lines.get(end).and_then(|line| is(line)) {
        let (inside, next) = body(parser, lines, end, width, depth);
        found.push((lines[end][1..width - 1].to_owned(), inside));
        end = skip_blank(lines, next, |next| is(lines[next]).is_some());
    }
    (Block::Fields(code, found), end)
}

/// How long the options are that a line starts with: `-f FILE, --file=FILE  What it does.`
fn option(lines: &[&str], at: usize) -> Option<usize> {
    let line = lines[at];
    let name = line.strip_prefix("--").or_else(|| line.strip_prefix('-'))?;
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let width = line.find("  ").unwrap_or(line.len());
    let below = lines.get(at + 1).is_some_and(|next| indent(next) > 0);
    let words = line[..width].split([' ', '=', ',']).filter(|word| !word.is_empty());
    let names =
        words.enumerate().all(|(i, word)| word.starts_with('-') || (i > 0 && word.starts_with(|c: char| c.is_uppercase() || c == '<')));
    (names && (width < line.len() || below)).then_some(width)
}

/// Lines that stay lines.
fn kept(lines: &[&str], at: usize) -> (Block, usize) {
    let (mut found, mut end) = (Vec::<(usize, String)>::new(), at);
    while let Some(line) = lines.get(end) {
        if *line == "|" || line.starts_with("| ") {
            let text = &line[1..];
            found.push((indent(text).saturating_sub(1), text.trim().to_owned()));
        } else if indent(line) > 0
            && let Some((_, last)) = found.last_mut()
        {
            last.push('\n');
            last.push_str(line.trim());
        } else {
            break;
        }
        end += 1;
    }
    (Block::Lines(found), end)
}

/// Terms, each with what is indented below it.
pub fn terms(parser: &mut Parser, lines: &[&str], at: usize, depth: usize) -> (Block, usize) {
    let (mut found, mut end) = (Vec::new(), at);
    let defines = |at: usize| {
        let term = lines[at];
        let below = lines.get(at + 1).is_some_and(|next| indent(next) > 0);
        below
            && indent(term) == 0
            && !term.is_empty()
            && !term.ends_with("::")
            && !term.starts_with(".. ")
            && bullet(term).is_none()
            && field(term).is_none()
            && marker(term).is_none()
            && !term.starts_with("| ")
    };
    while end < lines.len() && (end == at || defines(end)) {
        let next = end_of(lines, end + 1, 1).max(end + 1);
        let inside = parser.blocks(&shared(&lines[end + 1..next]), depth + 1);
        found.push((lines[end].to_owned(), inside));
        end = skip_blank(lines, next, defines);
    }
    (Block::Terms(found), end)
}
