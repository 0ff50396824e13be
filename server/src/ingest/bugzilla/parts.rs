//! What belongs to a bug: comments, history, attachments, in answers of their own or inside it.

use serde_json::Value;

use super::{MARK, bug};
use crate::ingest::tracker::{Change, Comment, Extent, Fields, Item, Link, Person, Record, Site, Tracker, plain};

/// A bug's entry in an answer that maps numbers to comments or attachments.
pub(super) fn of_map(site: &Site, id: &str, value: &Value) -> Result<Item, String> {
    let number = id.parse().map_err(|_| format!("{:?} is no bug's number", id.chars().take(60).collect::<String>()))?;
    let mut record = Record { extent: Extent::Part, ..bug::blank(site, number) };
    match value {
        Value::Array(attachments) => {
            for value in attachments {
                attachment(site, &mut record, Fields::of(value)?)?;
            }
        }
        _ => take(site, &mut record, Fields::of(value)?, false)?,
    }
    Ok(Item::Record(Box::new(record)))
}

/// A bug's entry in an answer about histories.
pub(super) fn history_of(site: &Site, fields: Fields<'_>) -> Result<Record, String> {
    let id = fields.int("id")?.filter(|id| *id > 0).ok_or("`id` is missing")?;
    let mut record = Record { extent: Extent::Part, ..bug::blank(site, id) };
    take(site, &mut record, fields, false)?;
    Ok(record)
}

/// Takes what stands in `comments`, `history` and `attachments`; the first comment is the description of a `whole` bug.
pub(super) fn take(site: &Site, record: &mut Record, fields: Fields<'_>, whole: bool) -> Result<(), String> {
    for (index, value) in fields.list("comments")?.iter().enumerate() {
        let read = Fields::of(value).map_err(|reason| format!("`comments`: {reason}"))?;
        comment(site, record, read, whole && index == 0).map_err(|reason| format!("`comments`: {reason}"))?;
    }
    for value in fields.list("history")? {
        history(record, Fields::of(value)?).map_err(|reason| format!("`history`: {reason}"))?;
    }
    for value in fields.list("attachments")? {
        attachment(site, record, Fields::of(value)?).map_err(|reason| format!("`attachments`: {reason}"))?;
    }
    if let Some(text) = fields.some("description")?.filter(|_| record.text.is_empty() && whole) {
        record.text = plain(&text);
    }
    Ok(())
}

fn comment(site: &Site, record: &mut Record, fields: Fields<'_>, first: bool) -> Result<(), String> {
    let text = plain(&fields.text("text")?.unwrap_or_default());
    if fields.flag("is_private")?.unwrap_or(false) {
        record.lose("private comments", record.name.clone());
        return Ok(());
    }
    let first = first && fields.int("count")?.unwrap_or(0) == 0;
    if first || text.is_empty() {
        if first {
            record.text = text;
        }
        return Ok(());
    }
    let id = fields.int("id")?.ok_or("`id` is missing")?;
    let author = fields.any(&["creator", "author"])?.and_then(|name| Person::new(MARK, &name, None));
    let id = site.id(Tracker::Bugzilla, &format!("comment/{id}"));
    record.comment(Comment { id, author, at: fields.time(&["creation_time", "time"])?, text });
    Ok(())
}

fn history(record: &mut Record, fields: Fields<'_>) -> Result<(), String> {
    let at = fields.time(&["when"])?.ok_or("`when` is missing")?;
    let who = fields.some("who")?.and_then(|name| Person::new(MARK, &name, None));
    for value in fields.list("changes")? {
        let change = Fields::of(value)?;
        let what = change.some("field_name")?.unwrap_or_default();
        // Who follows a bug is nobody else's business, and people are named by their addresses.
        if matches!(what.as_str(), "cc" | "" | "qa_contact" | "flagtypes.name" | "attachments.isobsolete") {
            record.lose("changes of subscribers, flags and attachments", format!("{}: {what}", record.name));
            continue;
        }
        let word = |name: &str| -> Result<String, String> { Ok(without_address(change.text(name)?.unwrap_or_default())) };
        record.change(Change { at, who: who.clone(), what, from: word("removed")?, to: word("added")? });
    }
    Ok(())
}

/// A word without the host of an e-mail address.
fn without_address(word: String) -> String {
    match word.split_once('@') {
        Some((local, host)) if !word.contains(char::is_whitespace) && host.contains('.') => local.to_owned(),
        _ => word,
    }
}

fn attachment(site: &Site, record: &mut Record, fields: Fields<'_>) -> Result<(), String> {
    if fields.flag("is_private")?.unwrap_or(false) {
        record.lose("private attachments", record.name.clone());
        return Ok(());
    }
    let title = fields.some("summary")?.or(fields.any(&["description", "file_name"])?).unwrap_or_else(|| "attachment".to_owned());
    let id = fields.int("id")?.ok_or("`id` is missing")?;
    record.lose("attachments (linked, their contents stay there)", format!("{}: {title}", record.name));
    record.links.push(Link { title, url: site.page(&format!("attachment.cgi?id={id}")) });
    Ok(())
}
