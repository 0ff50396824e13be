//! Keys and names in running text.

use std::sync::LazyLock;

use regex::Regex;

use super::Known;

/// Keys and names in running text. Linear, like every expression of this crate.
static MENTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(^|[\s(\[,;:>])(@[a-z0-9][a-z0-9._-]{0,63}|[A-Z][A-Z0-9]{0,7}-[1-9][0-9]{0,17})\b").expect("a constant expression")
});

/// `@name` in running text.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[\s(\[,;:>])@([a-z0-9][a-z0-9._-]{0,63})\b").expect("a constant expression"));

/// A task's key in running text, of which the organisation's letters count.
static KEY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[\s(\[,;:>])([A-Z][A-Z0-9]{0,7})-[1-9][0-9]{0,17}\b").expect("a constant expression"));

/// The letters of the keys in a text that may be tasks'.
pub fn prefixes(text: &str) -> impl Iterator<Item = &str> {
    let text = if text.contains('-') { text } else { "" };
    KEY.captures_iter(text).filter_map(|found| found.get(1)).map(|letters| letters.as_str()).filter(|letters| *letters != "D")
}

/// The names that may be meant by `@name` in a text: more than are, where it quotes code.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    // Most texts name nobody.
    let text = if text.contains('@') { text } else { "" };
    NAME.captures_iter(text).filter_map(|found| found.get(1)).map(|name| name.as_str())
}

/// Makes links of the keys and names in running text.
pub(super) fn link<'a>(arena: &'a comrak::Arena<'a>, root: &'a comrak::nodes::AstNode<'a>, known: &Known) {
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
                None if !known.has_task(word.as_str()) => continue,
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
