//! People's text to safe HTML: CommonMark with tables, task lists, strikethrough and bare links; `D-1042`, `NW-207` and
//! `@name` become links. Raw HTML is shown as text; what comes out is sanitised all the same.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use regex::Regex;

/// Texts nested deeper than this are shown as they were written: the sanitiser's work grows with the square of depth.
const DEPTH: usize = 32;
/// Rendered texts kept in memory.
const KEPT: usize = 2048;

/// Renders, and remembers what it rendered.
#[derive(Debug, Default)]
pub struct Markdown {
    seen: Mutex<HashMap<u128, Arc<str>>>,
}

/// Keys and names in running text. Linear, like every expression of this crate.
static MENTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(^|[\s(\[,;:>])(@[a-z0-9][a-z0-9._-]{0,63}|[A-Z][A-Z0-9]{0,7}-[1-9][0-9]{0,17})\b").expect("a constant expression")
});

impl Markdown {
    /// Safe HTML of a Markdown text.
    pub fn html(&self, text: &str) -> Arc<str> {
        if text.is_empty() {
            return Arc::from("");
        }
        let key = key(text);
        if let Ok(seen) = self.seen.lock()
            && let Some(html) = seen.get(&key)
        {
            return html.clone();
        }
        let html: Arc<str> = render(text).into();
        if let Ok(mut seen) = self.seen.lock() {
            if seen.len() >= KEPT {
                seen.clear();
            }
            seen.insert(key, html.clone());
        }
        html
    }
}

fn key(text: &str) -> u128 {
    let digest = crate::clock::digest(text);
    digest.iter().take(16).fold(0, |key, byte| key << 8 | u128::from(*byte))
}

fn render(text: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options.render.escape = true;
    if quoted_depth(text) > DEPTH {
        return plain(text);
    }
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, text, &options);
    if deeper_than(root, DEPTH) {
        return plain(text);
    }
    unload_images(&arena, root);
    link_mentions(&arena, root);
    let mut html = String::new();
    if comrak::format_html(root, &options, &mut html).is_err() {
        return plain(text);
    }
    // Wide code scrolls by itself: by keyboard too.
    SANITISER.clean(&html).to_string().replace("<pre>", "<pre tabindex=\"0\">")
}

fn plain(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<pre tabindex=\"0\">{escaped}</pre>")
}

/// Depth of quotes and lists at the start of a line, seen without parsing.
fn quoted_depth(text: &str) -> usize {
    text.lines()
        .map(|line| line.bytes().take_while(|b| matches!(b, b'>' | b' ' | b'-' | b'*' | b'+')).filter(|b| *b != b' ').count())
        .max()
        .unwrap_or(0)
}

fn deeper_than<'a>(root: &'a comrak::nodes::AstNode<'a>, limit: usize) -> bool {
    let mut open = vec![(root, 0)];
    while let Some((node, depth)) = open.pop() {
        if depth > limit {
            return true;
        }
        open.extend(node.children().map(|child| (child, depth + 1)));
    }
    false
}

/// Other servers' images become links: to load them would tell these servers who reads what, and the pages' policy forbids it.
fn unload_images<'a>(arena: &'a comrak::Arena<'a>, root: &'a comrak::nodes::AstNode<'a>) {
    use comrak::nodes::NodeValue;
    let images: Vec<_> = root.descendants().filter(|node| matches!(node.data.borrow().value, NodeValue::Image(_))).collect();
    for node in images {
        let NodeValue::Image(image) = node.data.borrow().value.clone() else { continue };
        if image.url.starts_with('/') && !image.url.starts_with("//") {
            continue;
        }
        if node.ancestors().skip(1).any(|up| matches!(up.data.borrow().value, NodeValue::Link(_))) {
            // A link holds no link: its words stay.
            while let Some(child) = node.first_child() {
                node.insert_before(child);
            }
            node.detach();
            continue;
        }
        if node.first_child().is_none() {
            node.append(arena.alloc(NodeValue::Text(image.url.clone().into()).into()));
        }
        node.data.borrow_mut().value = NodeValue::Link(image);
    }
}

fn link_mentions<'a>(arena: &'a comrak::Arena<'a>, root: &'a comrak::nodes::AstNode<'a>) {
    use comrak::nodes::{AstNode, NodeLink, NodeValue};
    let texts: Vec<_> = root
        .descendants()
        .filter(|node| matches!(node.data.borrow().value, NodeValue::Text(_)))
        .filter(|node| !node.ancestors().any(|up| matches!(up.data.borrow().value, NodeValue::Link(_) | NodeValue::Image(_))))
        .collect();
    for node in texts {
        let text = match &node.data.borrow().value {
            NodeValue::Text(text) => text.to_string(),
            _ => continue,
        };
        let mut from = 0;
        for found in MENTION.captures_iter(&text) {
            let Some(word) = found.get(2) else { continue };
            let url = match word.as_str().strip_prefix('@') {
                Some(name) => format!("/people/{name}"),
                None if word.as_str().starts_with("D-") => format!("/deltas/{}", word.as_str()),
                None => format!("/tasks/{}", word.as_str()),
            };
            let leaf = |value: NodeValue| -> &'a AstNode<'a> { arena.alloc(value.into()) };
            node.insert_before(leaf(NodeValue::Text(text[from..word.start()].to_owned().into())));
            let link = leaf(NodeValue::Link(Box::new(NodeLink { url, title: String::new() })));
            link.append(leaf(NodeValue::Text(word.as_str().to_owned().into())));
            node.insert_before(link);
            from = word.end();
        }
        if from > 0 {
            node.data.borrow_mut().value = NodeValue::Text(text[from..].to_owned().into());
        }
    }
}

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .add_tags(["input", "section"])
        .add_tag_attributes("input", ["type", "checked", "disabled"])
        .add_tag_attribute_values("input", "type", ["checkbox"])
        .add_tag_attributes("code", ["class"])
        .add_tag_attributes("th", ["align"])
        .add_tag_attributes("td", ["align"])
        .link_rel(Some("nofollow noopener ugc"))
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(ammonia::UrlRelative::PassThrough);
    builder
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_names_become_links() {
        let html = Markdown::default().html("See D-12 and NW-7, says @mara. `D-13` stays code.");
        assert!(
            html.contains("href=\"/deltas/D-12\"") && html.contains("href=\"/tasks/NW-7\"") && html.contains("href=\"/people/mara\""),
            "{html}"
        );
        assert!(!html.contains("/deltas/D-13"), "{html}");
    }

    #[test]
    fn nothing_runs_and_no_markup_is_lost() {
        let html = Markdown::default().html("<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>");
        assert!(!html.contains("<script") && !html.contains("href=\"javascript") && !html.contains("<img"), "{html}");
        assert!(html.contains("&lt;script&gt;"), "{html}");
    }

    #[test]
    fn images_of_other_servers_become_links() {
        let html = Markdown::default()
            .html("![a plan](https://example.org/p.png) ![](http://x.org/y.png) [![in](https://z.org/i.png)](/deltas) ![own](/files/1)");
        assert!(html.contains(">a plan</a>") && html.contains(">http://x.org/y.png</a>") && html.contains(">in</a>"), "{html}");
        assert_eq!(html.matches("<img").count(), 1, "{html}");
    }

    #[test]
    fn deep_nesting_is_shown_as_written() {
        let deep = "> ".repeat(20_000);
        let started = std::time::Instant::now();
        assert!(Markdown::default().html(&deep).starts_with("<pre "));
        assert!(Markdown::default().html(&"* ".repeat(5_000)).starts_with("<pre "));
        assert!(started.elapsed().as_secs() < 2);
    }
}
