//! Lines and their indentation.

/// A text without tabs (a step is eight columns, as everywhere in reStructuredText) and without other space that is none.
pub fn plain(text: &str) -> String {
    if !text.contains(['\t', '\r', '\u{b}', '\u{c}', '\0']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let step = 8 - column % 8;
                out.extend(std::iter::repeat_n(' ', step));
                column += step;
            }
            '\n' => {
                out.push(c);
                column = 0;
            }
            '\r' => {}
            '\u{b}' | '\u{c}' | '\0' => {
                out.push(' ');
                column += 1;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    out
}

/// How far a line is indented, in columns.
pub fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Lines without their first `columns` columns, which are spaces.
pub fn dedent<'a>(lines: &[&'a str], columns: usize) -> Vec<&'a str> {
    lines.iter().map(|line| &line[indent(line).min(columns)..]).collect()
}

/// The end of what is indented at least by `least` from line `from` on; blank lines at its end are not of it.
pub fn end_of(lines: &[&str], from: usize, least: usize) -> usize {
    let mut end = from;
    for (i, line) in lines.iter().enumerate().skip(from) {
        if line.is_empty() {
            continue;
        }
        if indent(line) < least {
            break;
        }
        end = i + 1;
    }
    end
}

/// Lines without the indentation they share, and without blank lines around them.
pub fn shared<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let least = lines.iter().filter(|line| !line.is_empty()).map(|line| indent(line)).min().unwrap_or(0);
    let lines = dedent(lines, least);
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.is_empty()).map_or(first, |last| last + 1);
    lines[first..last].to_vec()
}

/// The character of a line that is nothing but one punctuation character repeated.
pub fn adornment(line: &str) -> Option<u8> {
    let first = *line.as_bytes().first()?;
    (first.is_ascii_punctuation() && line.bytes().all(|byte| byte == first)).then_some(first)
}
