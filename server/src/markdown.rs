//! People's text to safe HTML: CommonMark with tables, task lists, strikethrough, bare links and coloured code; `D-1042`, `NW-207`
//! and the `@name` of somebody there is become links. Of raw HTML what only shapes text is let in, comments go, and the rest is shown as text; what comes out is
//! sanitised all the same. Long
//! texts, of either format, go on to [`crate::prose`].

mod code;
mod html;
mod mention;
mod task;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

pub use self::{
    mention::{names, prefixes},
    task::{tickable, ticked},
};

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

/// The people and the organisations there are among those that a text names: `UTF-8` is no task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known(BTreeSet<String>);

impl Known {
    /// These people by their names, and organisations by the letters their tasks' keys begin with.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().collect())
    }

    /// Whether this is the key of a task that may be there: one of an organisation that is.
    pub fn has_task(&self, key: &str) -> bool {
        key.rsplit_once('-').is_some_and(|(letters, _)| self.0.contains(letters))
    }
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
    for name in names(text).chain(prefixes(text)).filter(|name| known.0.contains(*name)) {
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
    html::let_in(root);
    unload_images(&arena, root);
    mention::link(&arena, root, known);
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
    text.split(['\n', '\r']).map(|line| marks(line.as_bytes())).max().unwrap_or(0)
}

/// How many quotes and lists a line may begin. A `-`, `*` or `+` begins one only before a blank: rules, borders of tables and underlines
/// are made of them too.
fn marks(line: &[u8]) -> usize {
    let mut marks = 0;
    for (at, byte) in line.iter().enumerate() {
        let blank = || line.get(at + 1).is_none_or(|next| matches!(next, b' ' | b'\t'));
        match byte {
            b' ' | b'\t' => {}
            b'>' => marks += 1,
            b'-' | b'*' | b'+' if blank() => marks += 1,
            _ => break,
        }
    }
    marks
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
        let known = Known::new(["mara".to_owned(), "NW".to_owned()]);
        let html = Markdown::default().html("See D-12 and NW-7, says @mara to @nobody in UTF-8. `D-13` stays code.", &known);
        assert!(
            html.contains("href=\"/deltas/D-12\"") && html.contains("href=\"/tasks/NW-7\"") && html.contains("href=\"/people/mara\""),
            "{html}"
        );
        assert!(!html.contains("/deltas/D-13") && html.contains("to @nobody in UTF-8"), "{html}");
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
    fn marks_that_begin_no_list_are_no_nesting() {
        let row = format!("+{}+{}+", "-".repeat(22), "-".repeat(40));
        let table = format!("Seen *often*, @mara:\n\n{row}\n| Field | Value |\n{row}\n| id | 7 |\n{row}\n");
        let html = Markdown::default().html(&table, &Known::default());
        assert!(!html.contains("<pre") && html.contains("<em>often</em>") && html.contains("| id | 7 |"), "{html}");
        assert!(addressed(&table).contains("mara"));
        let html = Markdown::default().html(&format!("One *two*\n\n{}\n\nthree", "-".repeat(60)), &Known::default());
        assert!(html.contains("<hr") && html.contains("<em>two</em>") && !html.contains("<pre"), "{html}");
        for under in ["-", "="] {
            let html = Markdown::default().html(&format!("A *title*\n{}\n\nwords", under.repeat(60)), &Known::default());
            assert!(html.contains("<em>title</em></h") && !html.contains("<pre"), "{html}");
        }
    }

    #[test]
    fn marks_that_nest_are_counted_by_line() {
        for (text, depth) in [
            ("> - + * x", 4),
            (">>> x", 3),
            ("-\t-\t-", 3),
            ("a\r\n> > b", 2),
            ("a\r> > > b", 3),
            ("- **bold**", 1),
            ("-- - -", 0),
            ("--- ---", 0),
            ("+--+ > >", 0),
            ("x > > >", 0),
            ("", 0),
        ] {
            assert_eq!(quoted_depth(text), depth, "{text:?}");
        }
        for deep in ["> ", ">", "- ", "*\t", "+ - > "] {
            assert!(Markdown::default().html(&format!("{}x", deep.repeat(40)), &Known::default()).starts_with("<pre "), "{deep}");
        }
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
