//! What an issue's words mean here, however it was exported.

use schema::{
    delta::{Kind, Resolution},
    place::Consensus,
    relation::Relation,
    task::Priority,
};

use super::MARK;
use crate::ingest::tracker::{Extent, Person, Place, Record, Site, Stage, Tracker, Work, place_slug};

/// Where an issue stands, in Jira's words.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Bug, Story, Task …
    pub kind: String,
    /// To Do, In Progress, Done, or a project's own word.
    pub status: String,
    /// The status's category, where the export says it.
    pub category: String,
    /// Fixed, Won't Do …; empty while it is open.
    pub resolution: String,
    /// Highest … Lowest, Blocker … Trivial.
    pub priority: String,
    /// Who works on it: their name or account.
    pub assignee: Option<String>,
    /// How many story points.
    pub points: String,
}

/// A record of an issue of this key (`MESOS-4164`).
pub(super) fn blank(site: &Site, key: &str) -> Result<Record, String> {
    let sound = key.split_once('-').is_some_and(|(project, number)| {
        !project.is_empty()
            && project.len() <= 64
            && project.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && number.parse::<u64>().is_ok()
    });
    if !sound {
        return Err(format!("{:?} is no issue's key", key.chars().take(60).collect::<String>()));
    }
    Ok(Record {
        id: site.id(Tracker::Jira, key),
        name: format!("Jira issue {key}"),
        url: site.page(&format!("browse/{key}")),
        extent: Extent::Whole,
        ..Record::default()
    })
}

/// A person by an account or name; what people are called may come with it.
pub(super) fn person(account: &str, shown: &str) -> Option<Person> {
    let name = if account.is_empty() { shown } else { account };
    Person::new(MARK, name, Some(shown).filter(|shown| !shown.is_empty()))
}

/// What an issue has to do with one that it is linked to by this type of link: `out` where it is the link's beginning. `None` for a
/// duplicate: what stands for what is said otherwise.
pub(super) fn relation(kind: &str, out: bool) -> Option<Relation> {
    let said = match kind.to_lowercase().as_str() {
        "duplicate" => return None,
        "blocks" | "blocker" => Relation::Blocks,
        "dependency" | "depends" | "dependent" => Relation::BlockedBy,
        "supercedes" | "supersedes" => Relation::Supersedes,
        "cause" | "causes" | "problem/incident" | "regression" => Relation::Causes,
        _ => Relation::Relates,
    };
    Some(if out { said } else { said.inverse() })
}

/// The project of a key, with its components.
pub(super) fn place(record: &mut Record, key: &str, components: Vec<String>, state: &State) {
    let project = key.split('-').next().unwrap_or_default();
    if let Some(slug) = place_slug(project) {
        let components = components.iter().filter_map(|name| place_slug(name)).collect();
        let rationale = if state.status.is_empty() { String::new() } else { format!("Jira: {}", state.status) };
        record.places.push(Place { name: project.to_owned(), slug, components, consensus: Consensus::Proposed, rationale });
    }
}

/// Its kind, its end and who works on it.
pub(super) fn settle(record: &mut Record, state: &State) {
    let kind = state.kind.to_lowercase();
    record.kind = Some(match kind.as_str() {
        "" | "bug" | "defect" | "incident" | "problem" | "fault" => Kind::Bug,
        _ => Kind::Spec,
    });
    if !kind.is_empty() {
        record.labels.push(format!("type:{}", kind.chars().take(50).collect::<String>()));
    }
    end(record, state);
    work(record, state);
}

fn end(record: &mut Record, state: &State) {
    let (status, resolution) = (state.status.to_lowercase(), state.resolution.to_lowercase().replace('’', "'"));
    let open = matches!(resolution.as_str(), "" | "unresolved");
    let done = match state.category.to_lowercase().as_str() {
        "" => matches!(status.as_str(), "done" | "closed" | "resolved"),
        category => matches!(category, "done" | "complete"),
    };
    if open && !done {
        return;
    }
    record.resolution = Some(match resolution.as_str() {
        "won't do" | "won't fix" | "wont fix" | "wontfix" | "invalid" | "not a bug" | "not a problem" | "rejected" | "declined"
        | "works as designed" => Resolution::Declined,
        "duplicate"
        | "cannot reproduce"
        | "incomplete"
        | "abandoned"
        | "withdrawn"
        | "obsolete"
        | "later"
        | "not enough information"
        | "auto closed" => Resolution::Withdrawn,
        _ => Resolution::Closed,
    });
    record.reason = format!("Jira: {}{}.", state.status, if open { String::new() } else { format!(", {}", state.resolution) });
    if resolution == "duplicate" && record.duplicate_of.is_none() {
        record.lose("duplicates that do not say of what", record.name.clone());
    }
    if resolution != "duplicate" {
        // A link says only that they are alike.
        record.duplicate_of = None;
    }
}

fn work(record: &mut Record, state: &State) {
    let Some(assignee) = state.assignee.clone().filter(|name| !name.is_empty()) else { return };
    let (status, category) = (state.status.to_lowercase(), state.category.to_lowercase());
    let stage = if status.contains("review") {
        Stage::Review
    } else if status.contains("progress") || category == "in progress" || category == "indeterminate" {
        Stage::Doing
    } else {
        record.lose("assignees of issues that nobody works on", format!("{}: {assignee}", record.name));
        return;
    };
    let priority = match state.priority.to_lowercase().as_str() {
        "highest" | "blocker" | "critical" => Priority::Urgent,
        "high" | "major" => Priority::High,
        "low" | "lowest" | "minor" | "trivial" => Priority::Low,
        _ => Priority::Normal,
    };
    let project = record.places.first().map(|place| place.name.clone());
    let of = Some(assignee).into_iter().chain(project).collect();
    record.work.push(Work { id: String::new(), of, title: None, stage, priority, promises: true, position: None, seat: None });
}
