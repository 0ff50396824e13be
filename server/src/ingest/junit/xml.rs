//! The XML underneath: elements with resolved attributes, entities, messages.

use quick_xml::{
    XmlVersion,
    escape::{EscapeError, resolve_predefined_entity},
    events::{BytesRef, BytesStart},
};

/// The attributes that matter; others are checked and dropped.
const WANTED: [&str; 7] = ["name", "classname", "class", "message", "type", "time", "file"];

/// An element with its local name and the attributes that matter.
pub(super) struct Element {
    pub name: String,
    attributes: [String; WANTED.len()],
}

impl Element {
    /// An attribute's value, empty where it is missing. Asking for one that is not wanted gives an empty one too.
    pub fn get(&self, name: &str) -> &str {
        WANTED.iter().position(|wanted| *wanted == name).map_or("", |at| &self.attributes[at])
    }
}

/// Reads a start tag; the error says what is wrong in it.
pub(super) fn element(tag: &BytesStart<'_>, most: usize) -> Result<Element, String> {
    let name = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
    let mut attributes: [String; WANTED.len()] = Default::default();
    // The reader finds repeated attributes by comparing each with all before it: the bound keeps that cheap.
    for (count, attribute) in tag.attributes().enumerate() {
        let attribute = attribute.map_err(|error| format!("<{}>: {}", short(&name), short(&error.to_string())))?;
        if count >= most {
            return Err(format!("<{}> has more than {most} attributes", short(&name)));
        }
        let key = String::from_utf8_lossy(attribute.key.as_ref());
        if attribute.value.contains(&b'<') {
            return Err(format!("<{}>: the value of {} has a bare `<`", short(&name), short(&key)));
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|error| format!("<{}>, {}: {}", short(&name), short(&key), message(&error)))?;
        if let Some(at) = WANTED.iter().position(|wanted| *wanted == key) {
            attributes[at] = value.into_owned();
        }
    }
    Ok(Element { name, attributes })
}

/// The character an entity stands for. Only numbers and XML's own five are known.
pub(super) fn entity(entity: &BytesRef<'_>) -> Result<char, String> {
    match entity.resolve_char_ref() {
        Ok(Some(character)) => Ok(character),
        Ok(None) => {
            let name = String::from_utf8_lossy(entity);
            // XML's own entities are one character each.
            let known = resolve_predefined_entity(&name).and_then(|text| text.chars().next());
            known.ok_or_else(|| unknown_entity(&name))
        }
        Err(error) => Err(message(&error)),
    }
}

/// A reader's error, short enough to show.
pub(super) fn message(error: &quick_xml::Error) -> String {
    match error {
        quick_xml::Error::Escape(EscapeError::UnrecognizedEntity(_, name)) => unknown_entity(name),
        error => short(&error.to_string()),
    }
}

fn unknown_entity(name: &str) -> String {
    format!("unknown entity &{};: declared entities are not expanded", short(name))
}

/// Says that another kind of file came, and which if it is a well-known one.
pub(super) fn not_junit(root: &str) -> String {
    let kind = match root {
        "TestRun" => " (this is a TRX file)",
        "assemblies" | "assembly" => " (this is an xUnit.net file)",
        "test-run" | "test-results" => " (this is an NUnit file)",
        "robot" => " (this is Robot Framework's output.xml; ask robot for --xunit)",
        "html" => " (this is a web page)",
        _ => "",
    };
    format!("not JUnit XML: the root is <{}>, not <testsuites> or <testsuite>{kind}", short(root))
}

fn short(text: &str) -> String {
    match text.char_indices().nth(200) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
