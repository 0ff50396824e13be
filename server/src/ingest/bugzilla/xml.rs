//! The XML of `show_bug.cgi?ctype=xml`: each sound bug is read; where the document breaks off, line and column are told.

use quick_xml::{Reader, events::Event};
use serde_json::{Map, Value, json};

use super::bug;
use crate::ingest::{
    ReadError,
    text::clean,
    tracker::{Fields, Found, Item, Site},
};

/// How deep elements may be nested; Bugzilla's are nested four deep.
const DEPTH: usize = 16;

/// Reads the bugs, and where and why it could not read on.
pub(super) fn read(site: &Site, text: &str) -> (Found, Option<ReadError>) {
    let mut found = Found::new();
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let (mut site, mut stack, mut any): (Site, Vec<Node>, bool) = (site.clone(), Vec::new(), false);
    loop {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let fail = |at: usize, what: String| Some(ReadError::at(text, at, what));
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return (found, fail(before, format!("not well-formed: {error}"))),
        };
        match event {
            Event::Start(start) | Event::Empty(start) if stack.is_empty() && any => {
                let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
                return (found, fail(before, format!("a second root element {name}")));
            }
            Event::Start(start) => {
                any = true;
                if stack.len() >= DEPTH {
                    return (found, fail(before, format!("nested more than {DEPTH} deep")));
                }
                match Node::of(&start) {
                    Ok(node) => stack.push(node),
                    Err(reason) => return (found, fail(before, reason)),
                }
                if stack.len() == 1 {
                    site = root(&stack[0], site);
                }
            }
            Event::Empty(start) => match (Node::of(&start), stack.last_mut()) {
                (Ok(node), Some(parent)) => parent.children.push(node),
                (Ok(_), None) => any = true,
                (Err(reason), _) => return (found, fail(before, reason)),
            },
            Event::End(_) => {
                let Some(node) = stack.pop() else { return (found, fail(before, "an end without a start".to_owned())) };
                match stack.len() {
                    1 if node.name == "bug" => found.push((Some(found.len() + 1), one(&site, &node))),
                    0 => {}
                    _ => stack.last_mut().expect("not empty").children.push(node),
                }
            }
            Event::Text(piece) => {
                if let Some(odd) = piece.iter().position(|byte| *byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t')) {
                    return (found, fail(before + odd, "a control character, which XML does not allow".to_owned()));
                }
                if let Some(node) = stack.last_mut() {
                    node.text.push_str(&String::from_utf8_lossy(&piece));
                }
            }
            Event::CData(piece) => {
                if let Some(node) = stack.last_mut() {
                    node.text.push_str(&String::from_utf8_lossy(&piece));
                }
            }
            Event::GeneralRef(name) => {
                let name = String::from_utf8_lossy(&name).into_owned();
                let Some(said) = entity(&name) else { return (found, fail(before, format!("the entity &{name}; is not read"))) };
                if let Some(node) = stack.last_mut() {
                    node.text.push(said);
                }
            }
            Event::Eof => {
                let open = (!stack.is_empty())
                    .then(|| fail(text.len(), format!("the document ends within {}", stack.last().map_or("", |node| node.name.as_str()))))
                    .flatten();
                let empty = found.is_empty().then(|| ReadError::whole("no bug in this document"));
                return (found, open.or(empty));
            }
            Event::Decl(_) | Event::DocType(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
}

/// One of XML's own entities, or a character by its number. No other is expanded.
fn entity(name: &str) -> Option<char> {
    let number = name.strip_prefix("#x").map(|hex| u32::from_str_radix(hex, 16)).or(name.strip_prefix('#').map(str::parse));
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => number?.ok().and_then(char::from_u32),
    }
}

#[derive(Debug, Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn of(start: &quick_xml::events::BytesStart<'_>) -> Result<Self, String> {
        let mut node = Node { name: String::from_utf8_lossy(start.name().as_ref()).into_owned(), ..Node::default() };
        for attribute in start.attributes().take(64) {
            let attribute = attribute.map_err(|error| format!("not well-formed: {error}"))?;
            let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
            node.attributes.push((name, clean(&String::from_utf8_lossy(&attribute.value))));
        }
        Ok(node)
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn all(&self, name: &'static str) -> impl Iterator<Item = &Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    fn get(&self, name: &'static str) -> Option<&str> {
        self.all(name).map(|child| child.text.trim()).find(|text| !text.is_empty())
    }
}

/// The document says which server it is of, unless the importer knows better.
fn root(node: &Node, site: Site) -> Site {
    match node.attribute("urlbase") {
        Some(url) if site.url.is_empty() && (url.starts_with("https://") || url.starts_with("http://")) => Site::new(url),
        _ => site,
    }
}

/// A bug in the names of the REST answers, which are the newer.
fn one(site: &Site, node: &Node) -> Result<Item, String> {
    if let Some(error) = node.attribute("error") {
        return Err(format!("an error of the server instead of a bug: {error}"));
    }
    let mut bug = Map::new();
    for (name, field) in [
        ("bug_id", "id"),
        ("short_desc", "summary"),
        ("creation_ts", "creation_time"),
        ("delta_ts", "last_change_time"),
        ("product", "product"),
        ("component", "component"),
        ("version", "version"),
        ("rep_platform", "platform"),
        ("op_sys", "op_sys"),
        ("bug_status", "status"),
        ("resolution", "resolution"),
        ("priority", "priority"),
        ("bug_severity", "severity"),
        ("target_milestone", "target_milestone"),
        ("status_whiteboard", "whiteboard"),
        ("bug_file_loc", "url"),
        ("dup_id", "dupe_of"),
        ("reporter", "creator"),
        ("assigned_to", "assigned_to"),
        ("votes", "votes"),
    ] {
        bug.extend(node.get(name).map(|text| (field.to_owned(), json!(text))));
    }
    let confirmed = node.get("everconfirmed").map(|text| json!(text == "1"));
    bug.extend(confirmed.map(|value| ("is_confirmed".to_owned(), value)));
    let shown = node.all("reporter").next().and_then(|who| who.attribute("name"));
    bug.extend(shown.map(|name| ("creator_detail".to_owned(), json!({ "real_name": name }))));
    let list = |name: &'static str| Value::Array(node.all(name).map(|child| json!(child.text.trim())).collect());
    let numbers = |name: &'static str| {
        Value::Array(node.all(name).filter_map(|child| child.text.trim().parse::<i64>().ok()).map(Value::from).collect())
    };
    let keywords: Vec<&str> = node.get("keywords").map(|text| text.split(',').map(str::trim).collect()).unwrap_or_default();
    bug.insert("keywords".to_owned(), json!(keywords));
    bug.insert("groups".to_owned(), list("group"));
    bug.insert("cc".to_owned(), list("cc"));
    bug.insert("see_also".to_owned(), list("see_also"));
    bug.insert("depends_on".to_owned(), numbers("dependson"));
    bug.insert("blocks".to_owned(), numbers("blocked"));
    bug.insert("comments".to_owned(), node.all("long_desc").enumerate().map(comment).collect());
    bug.insert("attachments".to_owned(), node.all("attachment").map(attachment).collect());
    let bug = Value::Object(bug);
    bug::read(site, Fields::of(&bug)?).map(|record| Item::Record(Box::new(record)))
}

fn comment((index, node): (usize, &Node)) -> Value {
    json!({
        "id": node.get("commentid"), "count": index, "text": node.get("thetext").unwrap_or_default(), "creator": node.get("who"),
        "creation_time": node.get("bug_when"), "is_private": node.attribute("isprivate") == Some("1"),
    })
}

fn attachment(node: &Node) -> Value {
    json!({
        "id": node.get("attachid"), "summary": node.get("desc"), "file_name": node.get("filename"),
        "is_private": node.attribute("isprivate") == Some("1"),
    })
}
