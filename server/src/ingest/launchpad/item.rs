//! A bug as the common record.

use schema::{delta::Kind, task::Priority};

use super::{Bug, BugTask, Importance, Status, Work as Done, consensus, resolution, work};
use crate::ingest::tracker::{Extent, Person, Place, Record, Refused, Stage, Work, plain};

/// The mark of Launchpad's people.
pub(super) const MARK: &str = "lp";

/// A person of a Launchpad name.
pub(super) fn person(name: &str) -> Option<Person> {
    Person::new(MARK, name, None)
}

/// The record of a bug.
pub(super) fn record(bug: &Bug) -> Record {
    let number = bug.external_id.strip_prefix("launchpad:").unwrap_or(&bug.external_id);
    let crash = bug.tags.iter().any(|tag| matches!(tag.to_lowercase().as_str(), "crash" | "apport-crash" | "segfault"));
    // What it duplicates may come later: until then it stands as its tasks say.
    let ended = resolution(&Bug { duplicate_of: None, ..bug.clone() });
    let mut record = Record {
        id: bug.external_id.clone(),
        name: format!("Launchpad bug {number}"),
        url: bug.url.clone(),
        extent: if bug.complete { Extent::Whole } else { Extent::Stub },
        kind: Some(if crash { Kind::Crash } else { Kind::Bug }),
        title: bug.title.clone(),
        text: plain(&bug.description),
        reporter: bug.reporter.as_deref().and_then(person),
        created_at: bug.created_at,
        updated_at: bug.updated_at,
        closed_at: bug.tasks.iter().filter_map(|task| task.closed_at).max(),
        private: bug.private,
        places: places(bug),
        resolution: ended,
        release: bug.tasks.iter().find_map(|task| task.milestone.clone()),
        duplicate_of: bug.duplicate_of.clone(),
        labels: bug.tags.clone(),
        work: bug.tasks.iter().filter_map(taken).collect(),
        refused: bug.tasks.iter().filter_map(refused).collect(),
        ..Record::default()
    };
    record.count("users affected", bug.affected_count);
    record.count("users not affected", bug.unaffected_count);
    record.count("heat", bug.heat);
    if bug.heat.is_some_and(|heat| heat != 0) {
        record.lose("heat (worked out there, kept as a note)", format!("{number}: {}", bug.heat.unwrap_or_default()));
    }
    for task in &bug.tasks {
        losses(&mut record, number, task);
    }
    record
}

fn places(bug: &Bug) -> Vec<Place> {
    let mut places: Vec<Place> = bug
        .places()
        .into_iter()
        .map(|(project, components, task)| Place {
            name: project.to_owned(),
            slug: project.to_owned(),
            components: components.into_iter().map(str::to_owned).collect(),
            consensus: consensus(task.status),
            rationale: format!("Launchpad: {:?}", task.status),
        })
        .collect();
    // A simplified bug names no project, but may state a status.
    if let (true, Some(task)) = (places.is_empty(), bug.tasks.first()) {
        let rationale = format!("Launchpad: {:?}", task.status);
        places.push(Place {
            name: String::new(),
            slug: String::new(),
            components: Vec::new(),
            consensus: consensus(task.status),
            rationale,
        });
    }
    places
}

/// Who works on a task is its assignee's organisation, else that of the package or the project.
fn taken(task: &BugTask) -> Option<Work> {
    let stage = match work(task.status) {
        Done::Doing => Stage::Doing,
        Done::Done => Stage::Done,
        Done::None | Done::Released | Done::Declined => return None,
    };
    let target = task.target.as_ref();
    let of = [task.assignee.clone(), target.and_then(|target| target.component.clone()), target.map(|target| target.project.clone())];
    Some(Work {
        id: String::new(),
        of: of.into_iter().flatten().collect(),
        title: None,
        stage,
        priority: task.importance.priority(),
        promises: true,
        position: None,
        seat: None,
    })
}

/// A refusal is the package's or project's organisation's: whom the task was given to said nothing by it.
fn refused(task: &BugTask) -> Option<Refused> {
    let word = match (work(task.status), task.status) {
        (Done::Declined, Status::Opinion) => "Opinion",
        (Done::Declined, _) => "Won't Fix",
        _ => return None,
    };
    let target = task.target.as_ref()?;
    let of = target.component.iter().chain([&target.project]).cloned().collect();
    Some(Refused { of, reason: format!("Launchpad: {word}.") })
}

fn losses(record: &mut Record, number: &str, task: &BugTask) {
    let target = task.target.as_ref();
    let name = target.map_or("", |target| target.project.as_str());
    if task.importance.priority() != Priority::Normal || task.importance == Importance::Medium {
        record.lose("importances (a priority belongs to an organisation)", format!("{number} in {name}: {:?}", task.importance));
    }
    if let Some(assignee) = task.assignee.as_deref().filter(|_| taken(task).is_none()) {
        record.lose("assignees of bug tasks that nobody works on", format!("{number} in {name}: {assignee}"));
    }
    if let Some(series) = target.and_then(|target| target.series.as_deref()) {
        record.lose("bug tasks of a series (their project stands for them)", format!("{number} in {name}/{series}: {:?}", task.status));
    }
}
