//! Task lists: `- [ ]` in people's texts, and ticking them.

use comrak::nodes::NodeValue;

use super::{DEPTH, options, quoted_depth};

/// How a box looks in what the renderer writes; nothing else writes one, since no raw `input` is let in.
const BOX: &str = "<input type=\"checkbox\"";

/// Says of each box what it is: it has no label of its own.
pub(super) fn labelled(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for (i, part) in html.split(BOX).enumerate() {
        if i > 0 {
            let done = part.split('>').next().is_some_and(|rest| rest.contains("checked"));
            out.push_str(BOX);
            out.push_str(if done { " aria-label=\"Done\"" } else { " aria-label=\"To do\"" });
        }
        out.push_str(part);
    }
    out
}

/// A rendered text whose boxes can be pressed: buttons of the form `form`, which send `tick`, the number of the box (from 1) and
/// what it shall be: `3+` or `3-`.
pub fn tickable(html: &str, form: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for (i, part) in html.split(BOX).enumerate() {
        if i == 0 {
            out.push_str(part);
            continue;
        }
        let (attributes, rest) = part.split_once('>').unwrap_or((part, ""));
        let done = attributes.contains("checked");
        let (sign, said) = if done { ('-', "true") } else { ('+', "false") };
        out.push_str(&format!(
            "<button class=\"tick\" type=\"submit\" form=\"{form}\" name=\"tick\" value=\"{i}{sign}\" role=\"checkbox\" aria-checked=\"{said}\" \
             aria-label=\"Task {i}\"></button>"
        ));
        out.push_str(rest);
    }
    out
}

/// A text with its `nth` task (from 1) ticked, or not; none where it has no such task.
pub fn ticked(text: &str, nth: usize, done: bool) -> Option<String> {
    if quoted_depth(text) > DEPTH {
        return None;
    }
    let arena = comrak::Arena::new();
    let options = options();
    let root = comrak::parse_document(&arena, text, &options);
    let mut items = root.descendants().filter_map(|node| match &node.data.borrow().value {
        NodeValue::TaskItem(item) => Some(item.symbol_sourcepos.start),
        _ => None,
    });
    let at = items.nth(nth.checked_sub(1)?)?;
    let line = lines(text).nth(at.line.checked_sub(1)?)?;
    let place = line + at.column.checked_sub(1)?;
    let around = text.get(place.checked_sub(1)?..place + 2)?;
    // Where the parser counts otherwise than this does, nothing is touched.
    if !matches!(around, "[ ]" | "[x]" | "[X]") {
        return None;
    }
    let mut out = text.to_owned();
    out.replace_range(place..=place, if done { "x" } else { " " });
    Some(out)
}

/// Where the lines of a text begin, in bytes.
fn lines(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter(move |(i, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(i + 1) != Some(&b'\n'),
        _ => false,
    });
    std::iter::once(0).chain(ends.map(|(i, _)| i + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::{Known, Markdown};

    const TEXT: &str = "# Ü\r\n\r\n- [ ] one\r\n- [x] two\r\n  > - [ ] nested\r\n\r\n`- [ ] code`\r\n\r\n1. [ ] last\r\n";

    #[test]
    fn each_task_is_ticked_where_it_stands() {
        assert_eq!(ticked(TEXT, 1, true).unwrap(), TEXT.replace("[ ] one", "[x] one"));
        assert_eq!(ticked(TEXT, 2, false).unwrap(), TEXT.replace("[x] two", "[ ] two"));
        assert_eq!(ticked(TEXT, 3, true).unwrap(), TEXT.replace("[ ] nested", "[x] nested"));
        assert_eq!(ticked(TEXT, 4, true).unwrap(), TEXT.replace("[ ] last", "[x] last"));
        assert_eq!(ticked(TEXT, 0, true), None);
        assert_eq!(ticked(TEXT, 5, true), None);
        assert_eq!(ticked("no tasks", usize::MAX, true), None);
    }

    #[test]
    fn the_boxes_of_a_page_are_counted_as_those_of_the_text() {
        let html = Markdown::default().html(TEXT, &Known::default());
        assert_eq!(html.matches("aria-label=\"To do\"").count(), 3, "{html}");
        assert_eq!(html.matches("aria-label=\"Done\"").count(), 1, "{html}");
        let html = tickable(&html, "tick-1");
        assert!(html.contains("value=\"2-\" role=\"checkbox\" aria-checked=\"true\"") && html.contains("value=\"4+\""), "{html}");
        assert!(!html.contains("<input"), "{html}");
    }
}
