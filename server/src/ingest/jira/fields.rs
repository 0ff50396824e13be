//! An issue of a REST answer.

use serde_json::Value;

use super::issue::{self, State, blank, person, relation};
use crate::ingest::tracker::{Change, Comment, Fields, Item, Link, Person, Record, Site, Tracker, jira, web};

/// Reads an issue.
pub(super) fn read(site: &Site, issue: Fields<'_>) -> Result<Item, String> {
    let key = issue.need("key")?;
    let own = issue.some("self")?.and_then(|link| Some(Site::new(web(&link).split_once("/rest/")?.0)));
    let site = if site.url.is_empty() { own.unwrap_or_default() } else { site.clone() };
    let fields = issue.object("fields")?.ok_or("`fields` is missing")?;
    let named =
        |name: &str| -> Result<String, String> { Ok(fields.object(name)?.map_or(Ok(None), |of| of.some("name"))?.unwrap_or_default()) };
    let category = fields.object("status")?.map_or(Ok(None), |status| status.object("statusCategory"))?;
    let state = State {
        kind: named("issuetype")?,
        status: named("status")?,
        category: category.map_or(Ok(None), |category| category.some("key"))?.unwrap_or_default(),
        resolution: named("resolution")?,
        priority: named("priority")?,
        assignee: who(fields, "assignee")?.map(|person| person.shown),
        points: String::new(),
    };
    let mut record = blank(&site, &key)?;
    // An answer that was asked for few fields leaves the summary out.
    record.title = fields.some("summary")?.unwrap_or_else(|| key.clone());
    record.text = words(fields.value("description"));
    record.reporter = who(fields, "reporter")?.or(who(fields, "creator")?);
    record.created_at = fields.time(&["created"])?;
    record.updated_at = fields.time(&["updated"])?;
    record.closed_at = fields.time(&["resolutiondate"])?;
    record.private = fields.has("security");
    record.labels = fields.words("labels")?;
    record.release = fields.words("fixVersions")?.into_iter().next();
    issue::place(&mut record, &key, fields.words("components")?, &state);
    links(&site, &mut record, fields)?;
    issue::settle(&mut record, &state);
    record.fact("Affects", fields.words("versions")?.join(", "));
    record.fact("Environment", words(fields.value("environment")));
    let votes = fields.object("votes")?.map_or(Ok(None), |votes| votes.int("votes"))?;
    record.count("votes", votes);
    if votes.is_some_and(|votes| votes > 0) {
        record.lose("votes that only are counted (kept as a note)", format!("{}: {}", record.name, votes.unwrap_or_default()));
    }
    for value in fields.object("comment")?.map_or(Ok(&[][..]), |page| page.list("comments"))? {
        comment(&site, &mut record, Fields::of(value)?)?;
    }
    for value in fields.list("attachment")? {
        let of = Fields::of(value)?;
        let title = of.some("filename")?.unwrap_or_else(|| "attachment".to_owned());
        record.lose("attachments (linked, their contents stay there)", format!("{}: {title}", record.name));
        record.links.push(Link { title, url: web(&of.some("content")?.unwrap_or_default()) });
    }
    for value in issue.object("changelog")?.map_or(Ok(&[][..]), |log| log.list("histories"))? {
        changes(&mut record, Fields::of(value)?)?;
    }
    let custom = fields.names().filter(|name| name.starts_with("customfield_") && fields.has(name)).count();
    if custom > 0 {
        record.lose("custom fields", format!("{}: {custom}", record.name));
    }
    Ok(Item::Record(Box::new(record)))
}

fn who(fields: Fields<'_>, name: &str) -> Result<Option<Person>, String> {
    let Some(of) = fields.object(name)? else { return Ok(None) };
    let account = of.any(&["accountId", "name", "key"])?.unwrap_or_default();
    Ok(person(&account, &of.some("displayName")?.unwrap_or_default()))
}

fn links(site: &Site, record: &mut Record, fields: Fields<'_>) -> Result<(), String> {
    for value in fields.list("issuelinks")? {
        let link = Fields::of(value)?;
        let kind = link.object("type")?.map_or(Ok(None), |of| of.some("name"))?.unwrap_or_default();
        for way in ["outwardIssue", "inwardIssue"] {
            let Some(key) = link.object(way)?.map_or(Ok(None), |of| of.some("key"))? else { continue };
            if kind.eq_ignore_ascii_case("duplicate") && way == "outwardIssue" && record.duplicate_of.is_none() {
                record.duplicate_of = Some(site.id(Tracker::Jira, &key));
            }
            match relation(&kind, way == "outwardIssue") {
                Some(said) => record.relate(said, site.id(Tracker::Jira, &key)),
                None => record.lose("links between duplicates (kept as words)", format!("{}: {kind} {key}", record.name)),
            }
            record.fact("Linked", format!("{kind}: {key}"));
        }
    }
    if let Some(parent) = fields.object("parent")?.map_or(Ok(None), |of| of.some("key"))? {
        record.lose("parents and epics (kept as words)", format!("{}: {parent}", record.name));
        record.fact("Parent", parent);
    }
    Ok(())
}

fn comment(site: &Site, record: &mut Record, of: Fields<'_>) -> Result<(), String> {
    if of.has("visibility") {
        record.lose("comments that only some may read", record.name.clone());
        return Ok(());
    }
    let id = of.some("id")?.ok_or("`comment`: `id` is missing")?;
    let text = words(of.value("body"));
    if !text.trim().is_empty() {
        let id = site.id(Tracker::Jira, &format!("comment/{id}"));
        record.comment(Comment { id, author: who(of, "author")?, at: of.time(&["created"])?, text });
    }
    Ok(())
}

fn changes(record: &mut Record, of: Fields<'_>) -> Result<(), String> {
    let Some(at) = of.time(&["created"])? else { return Ok(()) };
    let by = who(of, "author")?;
    for value in of.list("items")? {
        let item = Fields::of(value)?;
        let word = |name: &str| -> Result<String, String> { Ok(item.text(name)?.unwrap_or_default()) };
        record.change(Change { at, who: by.clone(), what: word("field")?, from: word("fromString")?, to: word("toString")? });
    }
    Ok(())
}

/// A text in Jira's markup, or in its document format, of which the paragraphs are kept.
fn words(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => jira(&crate::ingest::text::clean(text)),
        Some(document @ Value::Object(_)) => {
            let mut out = String::new();
            document_words(document, &mut out);
            out.trim().to_owned()
        }
        _ => String::new(),
    }
}

fn document_words(node: &Value, out: &mut String) {
    let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
    if let Some(text) = node.get("text").and_then(Value::as_str) {
        out.push_str(&crate::ingest::text::clean(text));
    }
    match kind {
        "hardBreak" => out.push_str("  \n"),
        "codeBlock" => out.push_str("```text\n"),
        "listItem" => out.push_str("- "),
        _ => {}
    }
    for child in node.get("content").and_then(Value::as_array).into_iter().flatten() {
        document_words(child, out);
    }
    match kind {
        "codeBlock" => out.push_str("\n```\n\n"),
        "paragraph" | "heading" | "blockquote" => out.push_str("\n\n"),
        _ => {}
    }
}
