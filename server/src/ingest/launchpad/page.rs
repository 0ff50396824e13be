//! What collections say of a bug that comes, or came, by itself: messages, activity, attachments, whom it affects.

use serde_json::{Map, Value};

use super::{item::person, parse};
use crate::ingest::tracker::{Change, Comment, Extent, Fields, Item, Link, Person, Record, Vote, plain, web};

/// One message, activity or attachment as a part of the bug that it names.
pub(super) fn part(value: &Value) -> Result<Item, String> {
    let fields = Fields::of(value)?;
    let link = fields.any(&["bug_link", "self_link"])?.unwrap_or_default();
    let number = bug_of(&link).ok_or("names no bug: neither `bug_link` nor `self_link` does")?;
    let mut record = Record {
        id: parse::external_id(number),
        name: format!("Launchpad bug {number}"),
        url: parse::web_link(None, number),
        extent: Extent::Part,
        ..Record::default()
    };
    take(&mut record, fields)?;
    Ok(Item::Record(Box::new(record)))
}

/// A bug with the collections that came beside it: `users_affected`, `users_unaffected`, `messages`, `activity`, `attachments`.
pub(super) fn with(mut record: Record, beside: &Map<String, Value>) -> Result<Record, String> {
    for (name, affected) in [("users_affected", true), ("users_unaffected", false)] {
        for entry in entries(beside, name)? {
            let who = voter(entry).ok_or_else(|| format!("`{name}`: a person without name"))?;
            record.vote(Vote { who, affected, at: None });
        }
    }
    for name in ["messages", "activity", "attachments", "subscriptions", "cves"] {
        for entry in entries(beside, name)? {
            let fields = Fields::of(entry).map_err(|reason| format!("`{name}`: {reason}"))?;
            match name {
                "subscriptions" => {
                    let who = fields.any(&["person_link"])?.unwrap_or_default();
                    record.lose("subscribers", who);
                }
                "cves" => {
                    let title = fields.any(&["sequence", "title"])?.unwrap_or_default();
                    record.fact("CVE", title);
                }
                _ => take(&mut record, fields).map_err(|reason| format!("`{name}`: {reason}"))?,
            }
        }
    }
    Ok(record)
}

fn entries<'a>(beside: &'a Map<String, Value>, name: &str) -> Result<&'a [Value], String> {
    let list = match beside.get(name) {
        None | Some(Value::Null) => return Ok(&[]),
        Some(Value::Object(collection)) => collection.get("entries"),
        Some(list) => Some(list),
    };
    list.and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| format!("`{name}` is neither a list nor a collection"))
}

fn voter(entry: &Value) -> Option<Person> {
    let link = entry.as_str().or_else(|| entry.get("self_link").and_then(Value::as_str));
    let name = link.map(|link| parse::person(Some(link)).unwrap_or_else(|| link.trim_start_matches('~').to_owned()));
    let name = name.or_else(|| entry.get("name").and_then(Value::as_str).map(str::to_owned))?;
    let shown = entry.get("display_name").and_then(Value::as_str);
    Person::new(super::item::MARK, &name, shown)
}

fn take(record: &mut Record, fields: Fields<'_>) -> Result<(), String> {
    let who =
        |name: &str| -> Result<Option<Person>, String> { Ok(parse::person(fields.text(name)?.as_deref()).as_deref().and_then(person)) };
    if fields.has("whatchanged") {
        let at = fields.time(&["datechanged"])?.ok_or("`datechanged` is missing")?;
        let what = fields.need("whatchanged")?;
        // The first entry says only that there is a bug.
        if what != "bug" {
            let [from, to] = ["oldvalue", "newvalue"].map(|name| fields.text(name));
            let change = Change { at, who: who("person_link")?, what, from: from?.unwrap_or_default(), to: to?.unwrap_or_default() };
            record.change(change);
        }
        return Ok(());
    }
    if fields.has("data_link") || fields.text("self_link")?.is_some_and(|link| link.contains("/+attachment/")) {
        let title = fields.any(&["title"])?.unwrap_or_else(|| "attachment".to_owned());
        let url = fields.any(&["web_link", "data_link"])?.unwrap_or_default();
        record.lose("attachments (linked, their contents stay there)", format!("{}: {title}", record.name));
        record.links.push(Link { title, url: web(&url) });
        return Ok(());
    }
    let link = fields.need("self_link")?;
    let index: Option<u32> = link.rsplit_once("/comments/").and_then(|(_, index)| index.parse().ok());
    // The first message is the description.
    if index == Some(0) {
        return Ok(());
    }
    let text = plain(fields.text("content")?.unwrap_or_default().trim());
    if !text.is_empty() {
        let id = format!("{}/comments/{}", record.id, index.map_or_else(|| link.clone(), |index| index.to_string()));
        record.comment(Comment { id, author: who("owner_link")?, at: fields.time(&["date_created"])?, text });
    }
    Ok(())
}

/// The bug's number in `…/bugs/71`, `…/+bug/71/comments/1`.
fn bug_of(link: &str) -> Option<u64> {
    let after = link.split_once("/+bug/").or_else(|| link.split_once("/bugs/")).map(|(_, after)| after)?;
    after.split('/').next()?.parse().ok()
}
