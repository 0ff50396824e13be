//! Where in a text a trace may stand: found without reading the text as a trace.

/// What the traces that people paste have in them: a text with none of these is not read any further.
const MARKS: [&str; 6] = ["Traceback", "\n\tat ", "panicked at", "goroutine ", "#0 ", "    at "];
/// How much of a passage is looked at, in bytes.
const BYTES: usize = 49_152;
/// Lines before the first mark that may belong to it: what was thrown, and where.
const BEFORE: usize = 8;
/// Blocks of code that are looked at, each by itself.
const BLOCKS: usize = 8;

/// Parts of a text in Markdown that may hold a trace, in the order in which they are worth reading: blocks of code, then the text from
/// where it may begin.
pub fn passages(text: &str) -> Vec<&str> {
    if !marked(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut block: Option<usize> = None;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let start = end;
        end += line.len();
        let line = line.trim_start_matches([' ', '>']);
        if !line.starts_with("```") && !line.starts_with("~~~") {
            continue;
        }
        block = match block {
            None => Some(end),
            Some(from) => {
                // The line break before it is one of the marks' own.
                let inside = &text[from.saturating_sub(1)..start];
                if found.len() < BLOCKS && marked(inside) {
                    found.push(cut(&text[from..start]));
                }
                None
            }
        };
    }
    found.extend(from_first(text));
    found
}

fn marked(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(*mark))
}

/// The text from a few lines before its first mark on.
fn from_first(text: &str) -> Option<&str> {
    let first = MARKS.iter().filter_map(|mark| text.find(*mark)).min()?;
    let from = text[..first].rmatch_indices('\n').nth(BEFORE).map_or(0, |(at, _)| at + 1);
    Some(cut(&text[from..]))
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_a_mark_has_no_passage() {
        assert!(passages("It stays DOWN.\n```\nls -l\n```\nSee #07 at home.").is_empty());
        assert!(passages("").is_empty());
    }

    #[test]
    fn a_block_of_code_is_looked_at_by_itself_and_the_text_after_it() {
        let text = "It fell over:\n```text\nTraceback (most recent call last):\n```\nWhy?\n~~~\nno\n~~~\n";
        assert_eq!(passages(text), ["Traceback (most recent call last):\n", text]);
        let open = "> ```\n> goroutine 1 [running]:\n";
        assert_eq!(passages(open), [open]);
    }

    #[test]
    fn a_long_text_is_looked_at_from_a_few_lines_before_its_first_mark() {
        let text = format!("{}panic: boom\n\ngoroutine 1 [running]:\n{}", "word\n".repeat(1000), "ä".repeat(BYTES));
        let found = passages(&text);
        let [one] = found.as_slice() else { panic!("one: {found:?}") };
        assert!(one.starts_with("word\nword\n") && one.contains("panic: boom\n\ngoroutine 1"), "{one}");
        assert!(one.len() <= BYTES && one.lines().count() < 12);
    }
}
