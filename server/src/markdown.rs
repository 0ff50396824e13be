//! People's text to safe HTML: CommonMark with tables, task lists, strikethrough, bare links and coloured code; `D-1042`, `NW-207`
//! and the `@name` of somebody there is become links. Raw HTML is shown as text; what comes out is sanitised all the same. Long
//! texts, of either format, go on to [`crate::prose`].

mod code;
mod task;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

use regex::Regex;

pub use self::task::{tickable, ticked};

/// Texts nested deeper than this are shown as they were written: the sanitiser's work grows with the square of depth.
const DEPTH: usize = 32;
/// Rendered texts kept in memory.
const KEPT: usize = 2048;
/// Longest text that is kept rendered, in bytes: all that are kept take at most some 100 MB.
const KEPT_BYTES: usize = 24 << 10;

/// Renders, and remembers what it rendered.
#[derive(Debug, Default)]
pub struct Markdown {
    seen: Mutex<HashMap<u128, Arc<str>>>,
}

/// Keys and names in running text. Linear, like every expression of this crate.
static MENTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(^|[\s(\[,;:>])(@[a-z0-9][a-z0-9._-]{0,63}|[A-Z][A-Z0-9]{0,7}-[1-9][0-9]{0,17})\b").expect("a constant expression")
});

/// `@name` in running text.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[\s(\[,;:>])@([a-z0-9][a-z0-9._-]{0,63})\b").expect("a constant expression"));

/// The people there are among those that a text names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known(BTreeSet<String>);

impl Known {
    /// These people.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().collect())
    }
}

/// The names that may be meant by `@name` in a text: more than are, where it quotes code.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    // Most texts name nobody.
    let text = if text.contains('@') { text } else { "" };
    NAME.captures_iter(text).filter_map(|found| found.get(1)).map(|name| name.as_str())
}

/// Whom a text speaks to: names in its running text, not in code, links or quotes.
pub fn addressed(text: &str) -> BTreeSet<String> {
    use comrak::nodes::NodeValue;
    let options = options();
    if !text.contains('@') || quoted_depth(text) > DEPTH {
        return BTreeSet::new();
    }
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, text, &options);
    let mut found = BTreeSet::new();
    for node in root.descendants() {
        let data = node.data.borrow();
        let NodeValue::Text(text) = &data.value else { continue };
        let apart = |up: &NodeValue| matches!(up, NodeValue::Link(_) | NodeValue::Image(_) | NodeValue::BlockQuote);
        if !text.contains('@') || node.ancestors().skip(1).any(|up| apart(&up.data.borrow().value)) {
            continue;
        }
        found.extend(names(text).map(str::to_owned));
    }
    found
}

impl Markdown {
    /// Safe HTML of a Markdown text, in which these people are known.
    pub fn html(&self, text: &str, known: &Known) -> Arc<str> {
        if text.is_empty() {
            return Arc::from("");
        }
        if text.len() > KEPT_BYTES {
            return render(text, known).into();
        }
        let key = key(text, known);
        if let Ok(seen) = self.seen.lock()
            && let Some(html) = seen.get(&key)
        {
            return html.clone();
        }
        let html: Arc<str> = render(text, known).into();
        if let Ok(mut seen) = self.seen.lock() {
            if seen.len() >= KEPT {
                seen.clear();
            }
            seen.insert(key, html.clone());
        }
        html
    }
}

/// What a text with these people in it is known by.
pub(crate) fn key(text: &str, known: &Known) -> u128 {
    let mut all = text.to_owned();
    for name in names(text).filter(|name| known.0.contains(*name)) {
        // No text holds NUL.
        all.push('\0');
        all.push_str(name);
    }
    let digest = crate::clock::digest(all);
    digest.iter().take(16).fold(0, |key, byte| key << 8 | u128::from(*byte))
}

fn options() -> comrak::Options<'static> {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options.render.escape = true;
    options
}

/// Text as HTML, sanitised. Wide code scrolls by itself: by keyboard too.
fn render(text: &str, known: &Known) -> String {
    task::labelled(&SANITISER.clean(&raw(text, known)).to_string()).replace("<pre>", "<pre tabindex=\"0\">")
}

/// A long text as sanitised HTML with its headings' and footnotes' ids, for [`crate::prose`].
pub fn document(text: &str, known: &Known) -> String {
    task::labelled(&clean(&raw(text, known)))
}

/// Sanitises HTML that was made of a long text. Ids stay: they are made here, and set apart from the page's own afterwards.
pub fn clean(html: &str) -> String {
    DOCUMENT.clean(html).to_string()
}

/// Text as HTML, not sanitised yet.
fn raw(text: &str, known: &Known) -> String {
    let options = options();
    if quoted_depth(text) > DEPTH {
        return plain(text);
    }
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, text, &options);
    if deeper_than(root, DEPTH) {
        return plain(text);
    }
    unload_images(&arena, root);
    link_mentions(&arena, root, known);
    colour(root);
    let mut html = String::new();
    if comrak::format_html(root, &options, &mut html).is_err() {
        return plain(text);
    }
    html
}

/// Colours code of the languages known here.
fn colour<'a>(root: &'a comrak::nodes::AstNode<'a>) {
    use comrak::nodes::NodeValue;
    for node in root.descendants() {
        let raw = match &node.data.borrow().value {
            NodeValue::CodeBlock(block) => {
                let named = block.info.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase();
                code::html(&named, &block.literal)
                    .map(|html| format!("<pre><code class=\"language-{}\">{html}</code></pre>\n", plain_word(&named)))
            }
            _ => None,
        };
        if let Some(raw) = raw {
            node.data.borrow_mut().value = NodeValue::Raw(raw);
        }
    }
}

/// A language's name as it may stand in an attribute.
fn plain_word(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || "+#-".contains(*c)).collect()
}

fn plain(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<pre>{escaped}</pre>")
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

/// Images other than attachments become links: to load another server's would tell it who reads what, and the pages' policy forbids it.
fn unload_images<'a>(arena: &'a comrak::Arena<'a>, root: &'a comrak::nodes::AstNode<'a>) {
    use comrak::nodes::NodeValue;
    let images: Vec<_> = root.descendants().filter(|node| matches!(node.data.borrow().value, NodeValue::Image(_))).collect();
    for node in images {
        let NodeValue::Image(image) = node.data.borrow().value.clone() else { continue };
        if image.url.starts_with("/attachments/") {
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

fn link_mentions<'a>(arena: &'a comrak::Arena<'a>, root: &'a comrak::nodes::AstNode<'a>, known: &Known) {
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
                Some(name) if !known.0.contains(name) => continue,
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

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(sanitiser);

static DOCUMENT: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = sanitiser();
    builder
        .add_generic_attributes(["id"])
        .add_tag_attributes("ol", ["type"])
        .add_allowed_classes("div", ["aside", "note", "good", "warn", "bad", "footnote"])
        .add_allowed_classes("p", ["aside-title", "unread"]);
    builder
});

fn sanitiser() -> ammonia::Builder<'static> {
    let mut builder = ammonia::Builder::default();
    builder
        .add_tags(["input", "section"])
        .add_tag_attributes("input", ["type", "checked", "disabled"])
        .add_tag_attribute_values("input", "type", ["checkbox"])
        .add_tag_attributes("code", ["class"])
        .add_allowed_classes("span", code::CLASSES)
        .add_tag_attributes("th", ["align"])
        .add_tag_attributes("td", ["align"])
        .link_rel(Some("nofollow noopener ugc"))
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(ammonia::UrlRelative::PassThrough);
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_names_become_links() {
        let known = Known::new(["mara".to_owned()]);
        let html = Markdown::default().html("See D-12 and NW-7, says @mara to @nobody. `D-13` stays code.", &known);
        assert!(
            html.contains("href=\"/deltas/D-12\"") && html.contains("href=\"/tasks/NW-7\"") && html.contains("href=\"/people/mara\""),
            "{html}"
        );
        assert!(!html.contains("/deltas/D-13") && html.contains("to @nobody"), "{html}");
    }

    #[test]
    fn nothing_runs_and_no_markup_is_lost() {
        let html =
            Markdown::default().html("<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>", &Known::default());
        assert!(!html.contains("<script") && !html.contains("href=\"javascript") && !html.contains("<img"), "{html}");
        assert!(html.contains("&lt;script&gt;"), "{html}");
    }

    #[test]
    fn images_of_other_servers_become_links() {
        let html = Markdown::default()
            .html("![a plan](https://example.org/p.png) ![](http://x.org/y.png) [![in](https://z.org/i.png)](/deltas) ![own](/attachments/1/a.png) ![out](/sign-out)", &Known::default());
        assert!(html.contains(">a plan</a>") && html.contains(">http://x.org/y.png</a>") && html.contains(">in</a>"), "{html}");
        assert_eq!(html.matches("<img").count(), 1, "{html}");
    }

    #[test]
    fn deep_nesting_is_shown_as_written() {
        let deep = "> ".repeat(20_000);
        let started = std::time::Instant::now();
        assert!(Markdown::default().html(&deep, &Known::default()).starts_with("<pre "));
        assert!(Markdown::default().html(&"* ".repeat(5_000), &Known::default()).starts_with("<pre "));
        assert!(started.elapsed().as_secs() < 2);
    }

    #[test]
    fn a_text_speaks_to_those_it_names_itself() {
        let text = "@mara, see `@code` and [@link](/x).\n\n> @tom wrote this\n\nThanks, @wei.";
        assert_eq!(addressed(text).into_iter().collect::<Vec<_>>(), ["mara", "wei"]);
        assert!(addressed("mail me at a@b.org").is_empty());
    }

    #[test]
    fn known_code_is_coloured_without_styles_and_stays_itself() {
        let html = Markdown::default().html("```rust\nlet a = \"<b>\"; // x\n```\n\n```what<\n<i>\n```", &Known::default());
        assert!(html.contains(r#"<span class="hl-k">let</span>"#) && html.contains("&lt;b&gt;") && !html.contains("style"), "{html}");
        assert!(html.contains("&lt;i&gt;") && !html.contains("<i>"), "{html}");
    }
}
