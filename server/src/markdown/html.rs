//! Raw HTML in a text: what only shapes text is let in, comments go, and everything else is shown as it was written.

use std::sync::LazyLock;

use comrak::nodes::{AstNode, NodeValue};
use regex::Regex;

/// Tags nested deeper than this are shown as they were written: the sanitiser's work grows with the square of depth.
const DEPTH: i64 = 16;

/// Text and tags that shape it, as trackers' templates write them. Linear, like every expression of this crate.
static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?is)^(?:[^<]|</?(?:details|summary|br|hr|sub|sup|kbd|b|i|em|strong|u|s|ins|del|code|pre|ul|ol|li|dl|dt|dd|p|table|thead|tbody|tr|th|td)(?:\s[^<>]*)?/?>)*$",
    )
    .expect("a constant expression")
});

static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)<!--.*?-->").expect("a constant expression"));

/// A tag that holds something: whether it ends.
static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)<(/?)(?:[ac-gi-z][a-z]*|b|h[0-9])\b").expect("a constant expression"));

/// Lets the harmless of a text's raw HTML stand as HTML.
pub(super) fn let_in<'a>(root: &'a AstNode<'a>) {
    let nodes: Vec<_> =
        root.descendants().filter(|node| matches!(node.data.borrow().value, NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_))).collect();
    let mut depth = 0;
    for node in nodes {
        let literal = match &node.data.borrow().value {
            NodeValue::HtmlBlock(block) => block.literal.clone(),
            NodeValue::HtmlInline(literal) => literal.clone(),
            _ => continue,
        };
        let said = COMMENT.replace_all(&literal, "");
        if said.trim().is_empty() {
            node.detach();
        } else if SHAPES.is_match(&said) {
            let (mut now, mut deepest) = (depth, depth);
            for tag in TAG.captures_iter(&said) {
                now = if tag[1].is_empty() { now + 1 } else { (now - 1).max(0) };
                deepest = deepest.max(now);
            }
            if deepest <= DEPTH {
                depth = now;
                node.data.borrow_mut().value = NodeValue::Raw(said.into_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::markdown::{Known, Markdown};

    fn html(text: &str) -> String {
        Markdown::default().html(text, &Known::default()).to_string()
    }

    #[test]
    fn what_shapes_text_is_let_in_and_comments_go() {
        let shown = html(
            "<!-- @browser: Firefox -->\n\n<details>\n<summary>Log</summary>\n\n*Line* 1<br>H<sub>2</sub>O\n\n</details>\n\nAfter <!-- x -->it.",
        );
        assert!(shown.contains("<details>") && shown.contains("<summary>Log</summary>") && shown.contains("<em>Line</em>"), "{shown}");
        assert!(shown.contains("<br>") && shown.contains("<sub>2</sub>") && shown.contains("After it."), "{shown}");
        assert!(!shown.contains("browser") && !shown.contains("&lt;"), "{shown}");
    }

    #[test]
    fn what_does_more_is_shown_as_it_was_written() {
        for text in [
            "<script>alert(1)</script>",
            "<iframe src=x></iframe>",
            "<ul><form action=/sign-out></ul>",
            "<style>p { color: red }</style>",
            "<svg onload=x>",
        ] {
            assert!(html(text).contains("&lt;"), "{text}");
        }
        let dressed = html("<p onclick=\"x()\" style=\"position:fixed\">word</p>");
        assert!(dressed.contains("word") && !dressed.contains("onclick") && !dressed.contains("style"), "{dressed}");
    }

    #[test]
    fn an_open_tag_ends_with_its_text_and_deep_ones_are_words() {
        assert_eq!(html("<details><summary>Open").matches("</details>").count(), 1);
        let deep = html(&"<ul><li>".repeat(5_000));
        assert!(deep.contains("&lt;ul&gt;") && !deep.contains("<ul>"), "{}", &deep[..200]);
        let lines = html(&"x <b> y\n\n".repeat(3_000));
        assert!(lines.matches("<b>").count() <= 20 * 3_000 && lines.contains("&lt;b&gt;"), "{}", lines.len());
    }
}
