//! One issue, in the names of REST, of `gh` and of GraphQL.

use schema::{
    delta::{Kind, Resolution},
    task::Priority,
};
use serde_json::Value;

use super::{MARK, parts, place};
use crate::ingest::{
    text::clean,
    tracker::{Extent, Fields, Item, Lost, Person, Record, Stage, Work, web},
};

/// Reads an issue; `repo` is where it is, unless it says so itself.
pub(super) fn read(fields: Fields<'_>, repo: Option<&str>) -> Result<Item, String> {
    let url = web(&fields.any(&["html_url", "url"])?.unwrap_or_default());
    if fields.has("pull_request") || fields.has("mergedAt") || url.contains("/pull/") {
        return pull(fields);
    }
    let number = fields.int("number")?.filter(|number| *number > 0).ok_or("`number` is missing")?;
    let repo = repository(fields, &url)?.or(repo.map(str::to_owned));
    let repo = repo.ok_or("says neither `url` nor its repository: add `url` to what is exported")?;
    let place = place(&repo).ok_or_else(|| format!("{:?} is no repository", repo.chars().take(60).collect::<String>()))?;
    let title = fields.need("title")?;
    let labels = fields.words("labels")?;
    let mut record = Record {
        id: id(&repo, number),
        name: format!("GitHub issue {repo}#{number}"),
        url: if url.starts_with("https://api.github.com/") { String::new() } else { url },
        extent: Extent::Whole,
        kind: kind(&labels),
        title,
        text: fields.text("body")?.unwrap_or_default(),
        reporter: person(fields, &["user", "author"])?,
        created_at: fields.time(&["created_at", "createdAt"])?,
        updated_at: fields.time(&["updated_at", "updatedAt"])?,
        closed_at: fields.time(&["closed_at", "closedAt"])?,
        release: milestone(fields)?,
        labels,
        places: vec![place],
        ..Record::default()
    };
    let closed = fields.some("state")?.is_some_and(|state| state.eq_ignore_ascii_case("closed"));
    let reason = fields.any(&["state_reason", "stateReason"])?.unwrap_or_default().to_lowercase();
    record.resolution = closed.then_some(match reason.as_str() {
        "not_planned" => Resolution::Declined,
        "duplicate" => Resolution::Withdrawn,
        _ => Resolution::Closed,
    });
    record.reason = match reason.as_str() {
        "not_planned" => "GitHub: closed as not planned.".to_owned(),
        "duplicate" => "GitHub: closed as a duplicate; of which issue, its export does not say.".to_owned(),
        _ => "GitHub: closed.".to_owned(),
    };
    if closed && reason == "duplicate" {
        record.lose("duplicates that do not say of what", format!("{repo}#{number}"));
    }
    parts::take(&mut record, fields)?;
    assigned(&mut record, fields, closed)?;
    if fields.flag("locked")?.unwrap_or(false) {
        record.lose("locks on conversations", format!("{repo}#{number}"));
    }
    Ok(Item::Record(Box::new(record)))
}

/// A pull request, which is passed over.
pub(super) fn pull(fields: Fields<'_>) -> Result<Item, String> {
    let number = fields.int("number")?.unwrap_or_default();
    let url = fields.any(&["html_url", "url"])?.unwrap_or_default();
    let example = if url.is_empty() { format!("#{number}") } else { url };
    Ok(Item::Skipped(Lost { what: "pull requests (changes, not gaps)", example }))
}

/// The id of an issue. GitHub does not tell capitals apart.
pub(super) fn id(repo: &str, number: i64) -> String {
    format!("github:{}#{number}", repo.to_lowercase())
}

/// `owner/name`, as the issue's own addresses say.
pub(super) fn repository(fields: Fields<'_>, url: &str) -> Result<Option<String>, String> {
    let link = fields.some("repository_url")?;
    let of_link = link.as_deref().and_then(|link| link.split_once("/repos/")).map(|(_, name)| name.trim_matches('/').to_owned());
    let of_url = || {
        let path = url.split_once("://")?.1.split_once('/')?.1;
        let path = path.strip_prefix("repos/").unwrap_or(path);
        path.split_once("/issues/").map(|(name, _)| name.to_owned())
    };
    Ok(of_link.or_else(of_url))
}

/// A person of one of these fields: an object with a login, or the login itself.
pub(super) fn person(fields: Fields<'_>, names: &[&str]) -> Result<Option<Person>, String> {
    let Some(name) = names.iter().find(|name| fields.has(name)) else { return Ok(None) };
    match fields.value(name) {
        Some(Value::String(login)) => Ok(Person::new(MARK, login, None)),
        Some(value) => {
            let of = Fields::of(value).map_err(|_| format!("`{name}` is no person"))?;
            Ok(of.some("login")?.and_then(|login| Person::new(MARK, &login, None)))
        }
        None => Ok(None),
    }
}

fn milestone(fields: Fields<'_>) -> Result<Option<String>, String> {
    match fields.value("milestone") {
        Some(Value::String(title)) => Ok(Some(clean(title))),
        _ => fields.object("milestone")?.map_or(Ok(None), |milestone| milestone.some("title")),
    }
}

/// A kind where a label says so.
pub(super) fn kind(labels: &[String]) -> Option<Kind> {
    let said = |words: &[&str]| {
        labels.iter().any(|label| {
            let label = label.to_lowercase();
            let bare = label.rsplit([':', '/']).next().unwrap_or_default().trim();
            words.contains(&bare)
        })
    };
    if said(&["crash", "panic", "segfault", "ice", "i-crash", "i-ice"]) {
        Some(Kind::Crash)
    } else if said(&[
        "enhancement",
        "feature",
        "feature request",
        "feature-request",
        "rfc",
        "proposal",
        "spec",
        "c-enhancement",
        "improvement",
    ]) {
        Some(Kind::Spec)
    } else {
        Some(Kind::Bug)
    }
}

/// Who is assigned to an open issue has taken it up.
fn assigned(record: &mut Record, fields: Fields<'_>, closed: bool) -> Result<(), String> {
    let mut of = Vec::new();
    for value in fields.list("assignees")? {
        let login = value.as_str().or_else(|| value.get("login").and_then(Value::as_str)).ok_or("`assignees` is not a list of people")?;
        of.push(clean(login));
    }
    let assignee = person(fields, &["assignee"])?.map(|person| person.name).filter(|name| !of.contains(name));
    of.extend(assignee);
    if of.is_empty() {
        return Ok(());
    }
    if closed {
        record.lose("assignees of closed issues", format!("{}: {}", record.name, of.join(", ")));
        return Ok(());
    }
    record.work.push(Work {
        id: String::new(),
        of,
        title: None,
        stage: Stage::Doing,
        priority: Priority::Normal,
        promises: true,
        position: None,
        seat: None,
    });
    Ok(())
}
