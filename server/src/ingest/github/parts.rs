//! What belongs to an issue: comments, reactions, events.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::issue;
use crate::ingest::{
    text,
    tracker::{Change, Comment, Extent, Fields, Item, Lost, Record, Vote},
};

/// The payload of a webhook: its issue with what it tells besides.
pub(super) fn payload(fields: Fields<'_>, of: Fields<'_>) -> Result<Item, String> {
    let action = fields.some("action")?.unwrap_or_default();
    if matches!(action.as_str(), "transferred") || (action == "deleted" && !fields.has("comment")) {
        return Ok(Item::Skipped(Lost { what: "payloads of issues that were deleted or moved", example: action }));
    }
    let repo = fields.object("repository")?.map_or(Ok(None), |repository| repository.some("full_name"))?;
    let mut item = issue::read(of, repo.as_deref())?;
    if let (Item::Record(record), Some(comment)) = (&mut item, fields.object("comment")?)
        && action != "deleted"
    {
        let read = self::comment(&record.id, comment)?;
        if let Some(comment) = read {
            record.comment(comment);
        }
    }
    Ok(item)
}

/// A comment that names its issue: a part of it.
pub(super) fn comment_of(fields: Fields<'_>) -> Result<Item, String> {
    let link = fields.any(&["issue_url", "html_url"])?.unwrap_or_default();
    let repo = issue::repository(fields, &link)?;
    let number = link.split_once("/issues/").map(|(_, rest)| rest.split(['#', '/', '?']).next().unwrap_or_default());
    let (Some(repo), Some(number)) = (repo, number.and_then(|number| number.parse().ok())) else {
        return Err("a comment that names no issue: neither `issue_url` nor `html_url` does".to_owned());
    };
    let mut record =
        Record { id: issue::id(&repo, number), name: format!("GitHub issue {repo}#{number}"), extent: Extent::Part, ..Record::default() };
    if let Some(comment) = comment(&record.id, fields)? {
        record.comment(comment);
    }
    Ok(Item::Record(Box::new(record)))
}

/// What an issue carries: comments, reactions, events, as lists or counts.
pub(super) fn take(record: &mut Record, fields: Fields<'_>) -> Result<(), String> {
    let listed = |names: &[&'static str]| names.iter().find_map(|name| fields.value(name).and_then(Value::as_array));
    let comments = listed(&["comments_data", "comments"]);
    for value in comments.into_iter().flatten() {
        let read = Fields::of(value).and_then(|fields| comment(&record.id, fields)).map_err(|reason| format!("`comments`: {reason}"))?;
        if let Some(comment) = read {
            record.comment(comment);
        }
    }
    let told = fields.value("comments").and_then(Value::as_i64).unwrap_or_default();
    if comments.is_none() && told > 0 {
        record.lose("comments that only are counted (export them as `comments`)", format!("{}: {told}", record.name));
    }
    for value in listed(&["reactions_data", "reactions"]).into_iter().flatten() {
        let read = Fields::of(value).map_err(|reason| format!("`reactions`: {reason}"))?;
        reaction(record, read)?;
    }
    if let Some(Value::Object(_)) = fields.value("reactions")
        && listed(&["reactions_data"]).is_none()
        && let Some(counts) = fields.object("reactions")?
    {
        tally(record, counts.int("+1")?, counts.int("-1")?);
    }
    let (mut up, mut down) = (None, None);
    for value in fields.list("reactionGroups")? {
        let group = Fields::of(value)?;
        let count = group.object("users")?.map_or(Ok(None), |users| users.int("totalCount"))?;
        match group.some("content")?.as_deref() {
            Some("THUMBS_UP") => up = count,
            Some("THUMBS_DOWN") => down = count,
            _ => {}
        }
    }
    tally(record, up, down);
    for value in listed(&["events", "events_data", "timelineItems"]).into_iter().flatten() {
        event(record, Fields::of(value).map_err(|reason| format!("`events`: {reason}"))?)?;
    }
    Ok(())
}

fn tally(record: &mut Record, up: Option<i64>, down: Option<i64>) {
    record.count("👍", up);
    record.count("👎", down);
    if up.unwrap_or(0) + down.unwrap_or(0) > 0 {
        let example = format!("{}: {} 👍, {} 👎", record.name, up.unwrap_or(0), down.unwrap_or(0));
        record.lose("👍 and 👎 that only are counted (kept as a note; export them as `reactions` with their users)", example);
    }
}

fn reaction(record: &mut Record, fields: Fields<'_>) -> Result<(), String> {
    let affected = match fields.some("content")?.as_deref() {
        Some("+1" | "THUMBS_UP") => true,
        Some("-1" | "THUMBS_DOWN") => false,
        other => {
            record.lose("other reactions", format!("{}: {}", record.name, other.unwrap_or("?")));
            return Ok(());
        }
    };
    if let Some(who) = issue::person(fields, &["user"])? {
        record.vote(Vote { who, affected, at: fields.time(&["created_at", "createdAt"])? });
    }
    Ok(())
}

fn comment(of: &str, fields: Fields<'_>) -> Result<Option<Comment>, String> {
    let text = fields.text("body")?.unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(None);
    }
    let author = issue::person(fields, &["user", "author"])?;
    let at = fields.time(&["created_at", "createdAt"])?;
    let link = fields.any(&["html_url", "url"])?.unwrap_or_default();
    let number = link.rsplit_once("#issuecomment-").map(|(_, number)| number.to_owned());
    let number = number.or(fields.value("id").and_then(Value::as_i64).map(|id| id.to_string()));
    // An archive that dropped the numbers: who said what, when.
    let number = number.unwrap_or_else(|| text::hex(&Sha256::digest(format!("{author:?}\0{at:?}\0{text}"))[..8]));
    Ok(Some(Comment { id: format!("{of}-{number}"), author, at, text }))
}

fn event(record: &mut Record, fields: Fields<'_>) -> Result<(), String> {
    let what = fields.any(&["event", "eventType"])?.unwrap_or_default();
    let Some(at) = fields.time(&["created_at", "createdAt"])? else { return Ok(()) };
    let who = issue::person(fields, &["actor"])?;
    let named = |name: &str, field: &str| -> Result<String, String> {
        Ok(fields.object(name)?.map_or(Ok(None), |of| of.some(field))?.unwrap_or_default())
    };
    let (what, from, to) = match what.trim_end_matches("Event").to_lowercase().as_str() {
        "labeled" => ("label", String::new(), named("label", "name")?),
        "unlabeled" => ("label", named("label", "name")?, String::new()),
        "milestoned" => ("milestone", String::new(), named("milestone", "title")?),
        "demilestoned" => ("milestone", named("milestone", "title")?, String::new()),
        "renamed" => ("title", named("rename", "from")?, named("rename", "to")?),
        "closed" => ("state", "open".to_owned(), "closed".to_owned()),
        "reopened" => ("state", "closed".to_owned(), "open".to_owned()),
        "assigned" => ("assignee", String::new(), named("assignee", "login")?),
        "unassigned" => ("assignee", named("assignee", "login")?, String::new()),
        other => {
            record.lose("other events", format!("{}: {other}", record.name));
            return Ok(());
        }
    };
    record.change(Change { at, who, what: what.to_owned(), from, to });
    Ok(())
}
