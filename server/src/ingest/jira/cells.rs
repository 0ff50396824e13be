//! An issue of a CSV export.

use std::collections::{BTreeMap, HashSet};

use sha2::{Digest, Sha256};

use super::issue::{self, State, blank, person, relation};
use crate::ingest::{
    text,
    tracker::{Comment, Item, Link, Record, Row, Site, jira, web, when},
};

/// Reads a row.
pub(super) fn read(site: &Site, row: &Row<'_>) -> Result<Item, String> {
    let first = |names: &[&str]| names.iter().map(|name| row.get(name)).find(|cell| !cell.is_empty()).unwrap_or_default();
    let key = first(&["Issue key", "issuekey"]);
    let title = first(&["Summary", "title"]);
    if title.is_empty() {
        return Err(format!("{}: `Summary` is empty", if key.is_empty() { "an issue without key" } else { key }));
    }
    let time = |name: &str| {
        let cell = row.get(name);
        (!cell.is_empty())
            .then(|| when(cell).ok_or_else(|| format!("`{name}` is {:?}, which is no time", cell.chars().take(60).collect::<String>())))
            .transpose()
    };
    let account = |name: &str| first(&[&format!("{name} Id"), name]).to_owned();
    let state = State {
        kind: row.get("Issue Type").to_owned(),
        status: row.get("Status").to_owned(),
        category: row.get("Status Category").to_owned(),
        resolution: row.get("Resolution").to_owned(),
        priority: row.get("Priority").to_owned(),
        assignee: Some(first(&["Assignee"]).to_owned()),
        points: first(&["Custom field (Story Points)", "Custom field (Story point estimate)", "storypoint"]).to_owned(),
    };
    let mut record = blank(site, key)?;
    record.title = title.to_owned();
    record.text = jira(row.get("Description"));
    record.reporter = person(&account("Reporter"), row.get("Reporter"));
    record.created_at = time("Created")?;
    record.updated_at = time("Updated")?;
    record.closed_at = time("Resolved")?;
    record.private = !row.get("Security Level").is_empty();
    record.labels = row.all("Labels").map(str::to_owned).collect();
    record.release = ["Fix Version/s", "Fix versions"].iter().flat_map(|name| row.all(name)).next().map(str::to_owned);
    let components = ["Component/s", "Components"].iter().flat_map(|name| row.all(name)).map(str::to_owned).collect();
    issue::place(&mut record, key, components, &state);
    links(site, &mut record, row);
    issue::settle(&mut record, &state);
    facts(&mut record, row, &state);
    attachments(&mut record, row);
    let mut met = HashSet::new();
    for cell in row.all("Comment").filter(|cell| met.insert(*cell)) {
        comment(&mut record, key, cell);
    }
    losses(&mut record, row);
    Ok(Item::Record(Box::new(record)))
}

fn links(site: &Site, record: &mut Record, row: &Row<'_>) {
    let mut others: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (head, key) in row.pairs() {
        let Some((way, kind)) = head.split_once(" issue link (") else { continue };
        let kind = kind.trim_end_matches(')');
        // What this one duplicates is the way out; who duplicates this one comes in.
        if kind.eq_ignore_ascii_case("duplicate") && way == "Outward" && record.duplicate_of.is_none() {
            record.duplicate_of = Some(site.id(crate::ingest::tracker::Tracker::Jira, key));
        }
        if let Some(said) = relation(kind, way == "Outward") {
            record.relate(said, site.id(crate::ingest::tracker::Tracker::Jira, key));
        }
        others.entry(kind).or_default().push(key);
    }
    for (kind, keys) in others {
        if relation(kind, true).is_none() {
            record.lose("links between duplicates (kept as words)", format!("{}: {kind} {}", record.name, keys.join(", ")));
        }
        record.fact("Linked", format!("{kind}: {}", keys.join(", ")));
    }
    for name in ["Parent key", "Parent", "Parent id", "Custom field (Epic Link)"] {
        let cell = row.get(name);
        if !cell.is_empty() {
            record.lose("parents and epics (kept as words)", format!("{}: {cell}", record.name));
            return record.fact("Parent", cell);
        }
    }
}

fn facts(record: &mut Record, row: &Row<'_>, state: &State) {
    let versions = ["Affects Version/s", "Affects versions"].iter().flat_map(|name| row.all(name)).collect::<Vec<_>>().join(", ");
    record.fact("Affects", versions);
    record.fact("Environment", row.get("Environment").split_whitespace().collect::<Vec<_>>().join(" "));
    record.fact("Sprint", row.all("Sprint").collect::<Vec<_>>().join(", "));
    record.fact("Story points", state.points.clone());
    record.count("votes", row.get("Votes").parse().ok());
    if row.get("Votes").parse::<i64>().is_ok_and(|votes| votes > 0) {
        record.lose("votes that only are counted (kept as a note)", format!("{}: {}", record.name, row.get("Votes")));
    }
}

fn attachments(record: &mut Record, row: &Row<'_>) {
    for cell in row.all("Attachment") {
        let parts: Vec<&str> = cell.splitn(4, ';').collect();
        let (title, url) = match parts[..] {
            [_, _, title, url] => (title, url),
            _ => ("attachment", cell),
        };
        record.lose("attachments (linked, their contents stay there)", format!("{}: {title}", record.name));
        record.links.push(Link { title: title.to_owned(), url: web(url) });
    }
}

/// `date;user;text`; a text alone where it does not begin so.
fn comment(record: &mut Record, key: &str, cell: &str) {
    let mut parts = cell.splitn(3, ';');
    let told = (|| Some((when(parts.next()?)?, parts.next()?, parts.next()?)))();
    let (at, author, said) = match told {
        Some((at, author, said)) => (Some(at), person(author, ""), said),
        None => (None, None, cell),
    };
    if said.trim().is_empty() {
        return;
    }
    let id = format!("{}-{}", record.id, text::hex(&Sha256::digest(format!("{key}\0{cell}"))[..8]));
    record.comment(Comment { id, author, at, text: jira(said.trim()) });
}

fn losses(record: &mut Record, row: &Row<'_>) {
    let name = record.name.clone();
    let mut count = |what: &'static str, columns: &dyn Fn(&str) -> bool| {
        let found: Vec<&str> = row.pairs().filter(|(head, _)| columns(head)).map(|(head, _)| head).collect();
        if let Some(first) = found.first() {
            record.lose(what, format!("{name}: {first}"));
        }
    };
    count("watchers", &|head| head == "Watchers");
    count("worklogs and time estimates", &|head| {
        matches!(head.to_lowercase().as_str(), "log work" | "original estimate" | "remaining estimate" | "time spent")
    });
    count("due dates", &|head| head.eq_ignore_ascii_case("due date"));
    count("custom fields", &|head| {
        head.starts_with("Custom field")
            && !["Rank", "Story Points", "Story point estimate", "Epic Link"].iter().any(|known| head.contains(known))
    });
    count("ranks (a rank belongs to an organisation)", &|head| head == "Custom field (Rank)");
}
