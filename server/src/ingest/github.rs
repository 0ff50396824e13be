//! GitHub's issues: of its REST API, of `gh issue list --json`, of archives in GraphQL's names, of webhooks, of a CSV.
//!
//! An input is any of:
//! - an issue, a list of issues, JSON lines of issues; with `events`, `comments` (or `comments_data`) and `reactions` (or
//!   `reactions_data`) as lists beside their counts, they come along;
//! - `{"issues": […], "pulls": […], "repo": "owner/name"}`, or the answer of a GraphQL query over `repository.issues`;
//! - payloads of the webhooks `issues` and `issue_comment`;
//! - comments of a repository: parts of the issues that they name;
//! - a CSV with the columns `repo` and `title`.
//!
//! Pull requests are passed over: they are changes, not gaps.
//!
//! | GitHub | here |
//! |---|---|
//! | open | open, proposed |
//! | closed, completed or without a reason | closed |
//! | closed, not planned | declined |
//! | closed as a duplicate | withdrawn: of which issue, exports do not say |
//! | label `bug`, `crash`, `enhancement` and the like | kind; labels are kept |
//! | milestone | the release that is to have it |
//! | 👍 and 👎 with names | votes: affected, not affected |
//! | 👍 and 👎 as counts | a note: nobody's vote can be made of them |
//! | assignee | a task of the organisation that they are mapped to |

mod issue;
mod parts;

use serde_json::Value;

use super::tracker::{Extent, Fields, Found, Item, Lost, Place, Record, Row, place_slug, when};
use crate::ingest::text;
use sha2::{Digest, Sha256};

/// The mark of GitHub's people.
const MARK: &str = "gh";

/// The records of a JSON value.
pub fn items(value: Value) -> Found {
    let Ok(fields) = Fields::of(&value) else { return vec![(None, Err("not a JSON object".to_owned()))] };
    if fields.value("issues").is_some_and(Value::is_array) {
        return archive(fields);
    }
    let graph = fields.value("data").and_then(|data| data.get("repository"));
    if let Some(repository) = graph {
        let name = repository.get("nameWithOwner").and_then(Value::as_str);
        return match repository.pointer("/issues/nodes").and_then(Value::as_array) {
            Some(issues) => list(issues, name),
            None => vec![(None, Err("a timeline does not say of which issue: put it into its issue as `events`".to_owned()))],
        };
    }
    vec![(None, single(fields))]
}

fn archive(fields: Fields<'_>) -> Found {
    let repo = fields.text("repo").ok().flatten();
    let mut found = list(fields.list("issues").unwrap_or_default(), repo.as_deref());
    for pull in fields.list("pulls").unwrap_or_default() {
        let skipped = Fields::of(pull).and_then(issue::pull);
        found.push((Some(found.len() + 1), skipped));
    }
    found
}

fn list(issues: &[Value], repo: Option<&str>) -> Found {
    let read = |value| Fields::of(value).and_then(|fields| issue::read(fields, repo));
    issues.iter().enumerate().map(|(index, value)| (Some(index + 1), read(value))).collect()
}

fn single(fields: Fields<'_>) -> Result<Item, String> {
    let payload = fields.has("sender") || (fields.has("repository") && fields.has("action"));
    if let Some(issue) = fields.object("issue")?.filter(|_| payload || fields.has("repository")) {
        return parts::payload(fields, issue);
    }
    if payload || fields.has("zen") || fields.has("hook_id") {
        let kinds = ["check_run", "workflow_job", "label", "milestone", "commits", "hook", "pull_request"];
        let kind = kinds.into_iter().find(|kind| fields.has(kind)).unwrap_or("unknown");
        return Ok(Item::Skipped(Lost { what: "payloads of webhooks that are about no issue", example: kind.to_owned() }));
    }
    if fields.has("number") && fields.has("title") {
        return issue::read(fields, None);
    }
    if fields.has("issue_url") || (fields.has("body") && fields.text("html_url")?.is_some_and(|url| url.contains("#issuecomment-"))) {
        return parts::comment_of(fields);
    }
    if fields.has("content") && fields.has("user") {
        return Err("a reaction does not say of which issue: put the list into its issue as `reactions`".to_owned());
    }
    if fields.has("full_name") {
        return Err("a repository is no issue".to_owned());
    }
    Err("not an issue: neither `number` nor `title`".to_owned())
}

/// An issue of a CSV: without a number, it is known by its repository, time and title.
pub fn row(row: &Row<'_>) -> Result<Item, String> {
    let (repo, title) = (row.get("repo"), row.get("title"));
    if title.is_empty() {
        return Err("`title` is empty".to_owned());
    }
    let place = place(repo).ok_or("`repo` names no repository")?;
    let created = row.get("created_at");
    let created_at = (!created.is_empty()).then(|| when(created).ok_or_else(|| format!("`created_at` is {created:?}"))).transpose()?;
    let number = Some(row.get("number")).filter(|number| number.parse::<u64>().is_ok());
    let own = match number {
        Some(number) => number.to_owned(),
        None => format!("~{}", text::hex(&Sha256::digest(format!("{created}\0{title}"))[..8])),
    };
    let labels: Vec<String> =
        row.all("label").chain(row.all("labels")).flat_map(|cell| cell.split(',')).map(|l| l.trim().to_owned()).collect();
    Ok(Item::Record(Box::new(Record {
        id: format!("github:{}#{own}", repo.to_lowercase()),
        name: number.map_or_else(|| format!("GitHub issue of {repo}"), |number| format!("GitHub issue {repo}#{number}")),
        url: number
            .map(|number| format!("https://github.com/{repo}/issues/{number}"))
            .filter(|_| place.name.contains('/'))
            .unwrap_or_default(),
        extent: Extent::Whole,
        kind: issue::kind(&labels),
        title: title.to_owned(),
        text: row.get("body").to_owned(),
        created_at,
        labels,
        places: vec![place],
        ..Record::default()
    })))
}

/// A repository as a project: `owner/name` is `name`.
fn place(repo: &str) -> Option<Place> {
    let slug = place_slug(repo.rsplit('/').next()?)?;
    let sound = repo.len() <= 200 && repo.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.'));
    sound.then(|| Place {
        name: repo.to_owned(),
        slug,
        components: Vec::new(),
        consensus: schema::place::Consensus::Proposed,
        rationale: String::new(),
    })
}

#[cfg(test)]
mod tests;
