//! Blueprints: specifications, with what was decided of them and the work items that they list.
//!
//! | definition status | consensus | resolution |
//! |---|---|---|
//! | Approved | agreed | |
//! | Discussion, Review, Pending Approval | discussing | |
//! | New, Drafting | proposed | |
//! | Superseded, Obsolete | proposed | withdrawn |
//!
//! An implementation status of Implemented closes it. A work item is a task of the organisation that is chosen: `TODO`, `INPROGRESS`,
//! `DONE`; `POSTPONED` and `BLOCKED` are to be done.

use schema::{
    delta::{Kind, Resolution},
    place::Consensus,
    task::Priority,
};
use serde_json::Value;

use super::{Target, item::person, parse};
use crate::ingest::tracker::{Extent, Fields, Item, Link, Place, Record, Stage, Work, plain, web};

/// Reads a blueprint.
pub(super) fn read(value: &Value) -> Result<Item, String> {
    let fields = Fields::of(value)?;
    let name = fields.need("name")?;
    let target = fields.any(&["target_link", "self_link"])?.as_deref().and_then(|link| Target::of_link(link.split("/+spec/").next()?));
    let target = target.ok_or("neither `target_link` nor `self_link` names a project")?;
    let definition = fields.some("definition_status")?.unwrap_or_default();
    let implementation = fields.some("implementation_status")?.unwrap_or_default();
    let consensus = match definition.as_str() {
        "Approved" => Consensus::Agreed,
        "Discussion" | "Review" | "Pending Approval" => Consensus::Discussing,
        "New" | "Drafting" | "Superseded" | "Obsolete" | "" => Consensus::Proposed,
        other => {
            return Err(format!("`definition_status` is {:?}, which Launchpad does not write", other.chars().take(60).collect::<String>()));
        }
    };
    let resolution = match (implementation.as_str(), definition.as_str()) {
        ("Implemented", _) => Some(Resolution::Closed),
        (_, "Superseded" | "Obsolete") => Some(Resolution::Withdrawn),
        _ => None,
    };
    let who = |name: &str| -> Result<Option<String>, String> { Ok(parse::person(fields.text(name)?.as_deref())) };
    let hidden = ["Private", "Proprietary", "Embargoed"].map(Some).contains(&fields.some("information_type")?.as_deref());
    let url = web(&fields.any(&["web_link"])?.unwrap_or_default());
    let summary = fields.text("summary")?.unwrap_or_default();
    let whiteboard = fields.some("whiteboard")?.map(|text| format!("\n\n**Whiteboard**\n\n{}", plain(&text))).unwrap_or_default();
    let mut record = Record {
        id: format!("launchpad:{}/+spec/{name}", target.project),
        name: format!("Launchpad blueprint {name}"),
        url: if url.is_empty() { format!("https://blueprints.launchpad.net/{}/+spec/{}", target.project, encoded(&name)) } else { url },
        extent: Extent::Whole,
        kind: Some(Kind::Spec),
        title: fields.some("title")?.unwrap_or_else(|| name.clone()),
        text: format!("{}{whiteboard}", plain(&summary)),
        reporter: who("owner_link")?.as_deref().and_then(person),
        created_at: fields.time(&["date_created"])?,
        closed_at: fields.time(&["date_completed"])?,
        private: hidden || fields.flag("private")?.unwrap_or(false),
        resolution,
        reason: format!("Launchpad: {}", if resolution == Some(Resolution::Closed) { &implementation } else { &definition }),
        release: fields.text("milestone_link")?.and_then(|link| Some(link.split_once("/+milestone/")?.1.to_owned())),
        ..Record::default()
    };
    record.places.push(Place {
        name: target.project.clone(),
        slug: target.project.clone(),
        components: Vec::new(),
        consensus,
        rationale: format!("Launchpad: {definition}"),
    });
    if let Some(link) = fields.some("specification_url")?.map(|link| web(&link)).filter(|link| !link.is_empty()) {
        record.links.push(Link { title: "Specification".to_owned(), url: link });
    }
    for (name, field) in [("Drafter", "drafter_link"), ("Approver", "approver_link"), ("Assignee", "assignee_link")] {
        record.fact(name, who(field)?.unwrap_or_default());
    }
    record.fact("Implementation", implementation);
    if let Some(priority) = fields.some("priority")?.filter(|priority| priority != "Undefined") {
        record.lose("priorities of blueprints (a priority belongs to an organisation)", format!("{name}: {priority}"));
    }
    let assignee = who("assignee_link")?;
    let items = fields.text("workitems_text")?.unwrap_or_default();
    record.work = work_items(&record.id, &items, [assignee, Some(target.project)].into_iter().flatten().collect());
    Ok(Item::Record(Box::new(record)))
}

fn encoded(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+' | '_')).collect()
}

/// `[person] what is to be done: STATUS`, a line each; headings and blank lines are passed over.
fn work_items(id: &str, text: &str, of: Vec<String>) -> Vec<Work> {
    let mut found: Vec<Work> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let heading = line.to_lowercase().starts_with("work items");
        let (who, rest) = match line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((who, rest)) => (Some(who.trim().to_owned()), rest.trim()),
            None => (None, line),
        };
        let (title, status) = rest.rsplit_once(':').map_or((rest, ""), |(title, status)| (title.trim(), status.trim()));
        let stage = match status.to_uppercase().replace(' ', "").as_str() {
            "DONE" => Stage::Done,
            "INPROGRESS" => Stage::Doing,
            _ => Stage::Todo,
        };
        if heading || title.is_empty() {
            continue;
        }
        let work = Work {
            id: format!("{id}#{}", found.len() + 1),
            of: who.into_iter().chain(of.iter().cloned()).collect(),
            title: Some(title.to_owned()),
            stage,
            priority: Priority::Normal,
            promises: false,
            position: None,
            seat: None,
        };
        found.push(work);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_items_are_read_with_their_people_and_states() {
        let text = "Work items for 2.0:\n[tom] Write: the code: DONE\nWrite docs: INPROGRESS\n\n[ann] Ask: POSTPONED\n:\n";
        let read: Vec<_> = work_items("x", text, vec!["shop".into()])
            .into_iter()
            .map(|work| (work.id, work.title.unwrap(), work.stage, work.of.len()))
            .collect();
        assert_eq!(
            read,
            [
                ("x#1".into(), "Write: the code".into(), Stage::Done, 2),
                ("x#2".into(), "Write docs".into(), Stage::Doing, 1),
                ("x#3".into(), "Ask".into(), Stage::Todo, 2)
            ]
        );
    }
}
