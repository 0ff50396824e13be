//! One JSON record to bugs.

use super::{Bug, BugTask, Importance, Status, Target, blueprint, item, page};
use crate::ingest::{
    text::clean,
    tracker::{Found, Item, when},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use time::OffsetDateTime;

/// A bug as the web service writes it. Other fields are left alone: the service may add some.
#[derive(Deserialize)]
struct RawBug {
    id: u64,
    title: String,
    #[serde(default)]
    description: Option<String>,
    owner_link: Option<String>,
    date_created: Option<String>,
    date_last_updated: Option<String>,
    private: Option<bool>,
    information_type: Option<String>,
    duplicate_of_link: Option<String>,
    #[serde(default)]
    tags: Option<Vec<String>>,
    users_affected_count: Option<i64>,
    users_unaffected_count: Option<i64>,
    message_count: Option<i64>,
    heat: Option<i64>,
    web_link: Option<String>,
    /// Of a simplified bug.
    importance: Option<String>,
}

/// A bug task as the web service writes it.
#[derive(Deserialize)]
struct RawTask {
    bug_link: Option<String>,
    title: Option<String>,
    target_link: Option<String>,
    bug_target_name: Option<String>,
    status: String,
    importance: Option<String>,
    assignee_link: Option<String>,
    milestone_link: Option<String>,
    date_created: Option<String>,
    date_closed: Option<String>,
}

/// Reads whatever kind of record it is.
pub(super) fn record(value: Value) -> Found {
    let Value::Object(mut object) = value else {
        return vec![(None, Err("not a JSON object".to_owned()))];
    };
    if let Some(bug) = object.remove("bug") {
        let tasks = object.remove("bug_tasks").unwrap_or(Value::Null);
        let read = whole(bug, tasks).and_then(|bug| page::with(item::record(&bug), &object)).map(|record| Item::Record(Box::new(record)));
        return vec![(None, read)];
    }
    match object.remove("entries") {
        Some(Value::Array(entries)) => collection(entries),
        Some(_) => vec![(None, Err("`entries` is not a list".to_owned()))],
        None => vec![(None, single(Value::Object(object)).map(Read::item))],
    }
}

/// An entry that was read.
enum Read {
    Bug(Box<Bug>),
    Item(Item),
}

impl Read {
    fn item(self) -> Item {
        match self {
            Read::Bug(bug) => Item::Record(Box::new(item::record(&bug))),
            Read::Item(item) => item,
        }
    }
}

/// Bugs, or bug tasks gathered by their bug.
fn collection(entries: Vec<Value>) -> Found {
    let mut found: Vec<(usize, Result<Read, String>)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let mut read = single(entry);
        if let Ok(Read::Bug(bug)) = &mut read
            && !bug.complete
        {
            if let Some(at) = known.get(&bug.external_id).copied() {
                let (_, Ok(Read::Bug(first))) = &mut found[at] else { continue };
                first.tasks.append(&mut bug.tasks);
                continue;
            }
            known.insert(bug.external_id.clone(), found.len());
        }
        found.push((index + 1, read));
    }
    found.into_iter().map(|(entry, read)| (Some(entry), read.map(Read::item))).collect()
}

fn single(value: Value) -> Result<Read, String> {
    let has = |field: &str| value.get(field).is_some();
    let kind = value.get("resource_type_link").and_then(Value::as_str).and_then(|link| link.rsplit_once('#')).map(|(_, kind)| kind);
    let boxed = |bug: Bug| Read::Bug(Box::new(bug));
    match kind {
        Some("bug_task") => bug_of_task(value).map(boxed),
        Some("bug") => bug(value).map(boxed),
        Some("specification") => blueprint::read(&value).map(Read::Item),
        Some("message" | "bug_activity" | "bug_attachment") => page::part(&value).map(Read::Item),
        Some("person" | "team") => {
            Err("a person does not say whom a bug affects: put the collection into its bug as `users_affected`".to_owned())
        }
        Some(other) => Err(format!("a {} is not a bug", clean(other))),
        None if has("bug_link") && has("status") => bug_of_task(value).map(boxed),
        None if has("definition_status") => blueprint::read(&value).map(Read::Item),
        None if has("id") && has("title") => bug(value).map(boxed),
        None => Err("not a bug: neither `bug` nor `id` and `title`".to_owned()),
    }
}

fn whole(bug_value: Value, tasks: Value) -> Result<Bug, String> {
    let mut read = bug(bug_value)?;
    let entries = match tasks {
        Value::Object(mut object) => object.remove("entries").unwrap_or(Value::Null),
        other => other,
    };
    match entries {
        Value::Array(entries) => {
            let tasks = entries.into_iter().enumerate().map(|(index, entry)| {
                let task = serde_json::from_value(entry).map_err(|error| error.to_string()).and_then(task);
                task.map_err(|reason| format!("bug task {}: {reason}", index + 1))
            });
            read.tasks = tasks.collect::<Result<_, _>>()?;
        }
        Value::Null => {}
        _ => return Err("`bug_tasks` is neither a list nor a collection".to_owned()),
    }
    Ok(read)
}

fn bug(value: Value) -> Result<Bug, String> {
    // Only a simplified bug has an importance, even if it is null; it names no project and no status.
    let simplified = value.get("importance").is_some();
    let raw: RawBug = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let title = clean(raw.title.trim());
    if title.is_empty() {
        return Err("`title` is empty".to_owned());
    }
    let hidden =
        matches!(raw.information_type.as_deref(), Some("Private" | "Private Security" | "User Data" | "Proprietary" | "Embargoed"));
    let word = raw.importance.as_deref().unwrap_or("Undecided");
    let importance = Importance::of(word).ok_or_else(|| unknown("importance", word))?;
    let simple = simplified.then_some(BugTask {
        target: None,
        status: Status::Unknown,
        importance,
        assignee: None,
        milestone: None,
        created_at: None,
        closed_at: None,
    });
    Ok(Bug {
        external_id: external_id(raw.id),
        url: web_link(raw.web_link, raw.id),
        title,
        description: clean(raw.description.unwrap_or_default().trim_end()),
        reporter: person(raw.owner_link.as_deref()),
        created_at: instant("date_created", raw.date_created)?,
        updated_at: instant("date_last_updated", raw.date_last_updated)?,
        private: raw.private.unwrap_or(false) || hidden,
        duplicate_of: raw
            .duplicate_of_link
            .map(|link| bug_number(&link).ok_or_else(|| unknown("duplicate_of_link", &link)))
            .transpose()?
            .map(external_id),
        tags: raw.tags.unwrap_or_default().iter().map(|tag| clean(tag)).collect(),
        tasks: simple.into_iter().collect(),
        affected_count: raw.users_affected_count,
        unaffected_count: raw.users_unaffected_count,
        message_count: raw.message_count,
        heat: raw.heat,
        complete: true,
    })
}

/// What a bug task tells about its bug: number, title, dates.
fn bug_of_task(value: Value) -> Result<Bug, String> {
    let raw: RawTask = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let link = raw.bug_link.clone().ok_or("`bug_link` is missing")?;
    let number = bug_number(&link).ok_or_else(|| unknown("bug_link", &link))?;
    let title = raw.title.as_deref().map(bare_title).filter(|title| !title.is_empty()).ok_or("`title` is empty")?;
    let read = task(raw)?;
    Ok(Bug {
        external_id: external_id(number),
        url: web_link(None, number),
        title,
        description: String::new(),
        reporter: None,
        created_at: read.created_at,
        updated_at: None,
        private: false,
        duplicate_of: None,
        tags: Vec::new(),
        tasks: vec![read],
        affected_count: None,
        unaffected_count: None,
        message_count: None,
        heat: None,
        complete: false,
    })
}

fn task(raw: RawTask) -> Result<BugTask, String> {
    let by_link = raw.target_link.as_deref().and_then(Target::of_link);
    let target = by_link.or_else(|| raw.bug_target_name.as_deref().and_then(Target::of_name));
    let importance = raw.importance.as_deref().unwrap_or("Undecided");
    Ok(BugTask {
        target: Some(target.ok_or("neither `target_link` nor `bug_target_name` names a project")?),
        status: Status::of(&raw.status).ok_or_else(|| unknown("status", &raw.status))?,
        importance: Importance::of(importance).ok_or_else(|| unknown("importance", importance))?,
        assignee: person(raw.assignee_link.as_deref()),
        milestone: raw.milestone_link.as_deref().and_then(|link| link.split_once("/+milestone/")).map(|(_, name)| clean(name)),
        created_at: instant("date_created", raw.date_created)?,
        closed_at: instant("date_closed", raw.date_closed)?,
    })
}

pub(super) fn external_id(number: u64) -> String {
    format!("launchpad:{number}")
}

/// The bug's page; only an ordinary web address is taken from the record, since pages show it as a link.
pub(super) fn web_link(link: Option<String>, number: u64) -> String {
    link.filter(|link| link.starts_with("https://") && link.len() <= 500 && !link.contains(char::is_control))
        .unwrap_or_else(|| format!("https://bugs.launchpad.net/bugs/{number}"))
}

pub(super) fn bug_number(link: &str) -> Option<u64> {
    link.trim_end_matches('/').rsplit('/').next()?.parse().ok()
}

pub(super) fn person(link: Option<&str>) -> Option<String> {
    link.and_then(|link| link.rsplit_once("/~")).map(|(_, name)| clean(name)).filter(|name| !name.is_empty())
}

/// The title inside `Bug #1 in synaptic (Ubuntu): "Synaptic has memory leaks"`.
fn bare_title(title: &str) -> String {
    let bare = title.strip_prefix("Bug #").and_then(|rest| rest.split_once(": ")).map_or(title, |(_, bare)| bare).trim();
    clean(bare.strip_prefix('"').and_then(|bare| bare.strip_suffix('"')).unwrap_or(bare))
}

fn instant(field: &str, text: Option<String>) -> Result<Option<OffsetDateTime>, String> {
    text.map(|text| when(&text).ok_or_else(|| unknown(field, &text))).transpose()
}

fn unknown(field: &str, value: &str) -> String {
    let short: String = value.chars().take(60).collect();
    format!("`{field}` is {:?}, which Launchpad does not write", clean(&short))
}
