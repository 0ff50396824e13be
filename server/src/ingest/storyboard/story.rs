//! One story with its tasks, comments and timeline.

use schema::{
    delta::{Kind, Resolution},
    place::Consensus,
    task::Priority,
};
use serde_json::Value;

use super::{World, number};
use crate::ingest::{
    text::clean,
    tracker::{Change, Comment, Extent, Fields, Person, Place, Record, Stage, Tracker, Work, place_slug},
};

/// Reads a story.
pub(super) fn read(world: &World<'_>, story: Fields<'_>) -> Result<Record, String> {
    let number = story.int("id")?.ok_or("`id` is missing")?;
    let tasks = world.tasks.get(&number).map(Vec::as_slice).unwrap_or_default();
    let mut record = Record {
        id: world.site.id(Tracker::StoryBoard, &number.to_string()),
        name: format!("StoryBoard story {number}"),
        url: world.site.page(&format!("#!/story/{number}")),
        extent: Extent::Whole,
        kind: Some(if story.flag("is_bug")?.unwrap_or(true) { Kind::Bug } else { Kind::Spec }),
        title: story.need("title")?,
        text: story.text("description")?.unwrap_or_default(),
        reporter: person(world, story, "creator_id")?,
        created_at: story.time(&["created_at"])?,
        updated_at: story.time(&["updated_at"])?,
        private: story.flag("private")?.unwrap_or(false),
        labels: story.words("tags")?,
        reason: "StoryBoard: its tasks are done.".to_owned(),
        ..Record::default()
    };
    places(world, &mut record, tasks)?;
    record.resolution = ended(story, tasks)?;
    for task in tasks {
        work(world, &mut record, *task, number)?;
    }
    if let Some((position, seat)) = world.lanes.story(number) {
        let stage = if record.resolution.is_some() { Stage::Done } else { Stage::Todo };
        let title = Some(record.title.clone());
        let position = Some(position);
        record.work.push(Work {
            id: format!("{}/story", record.id),
            of: Vec::new(),
            title,
            stage,
            priority: Priority::Normal,
            promises: false,
            position,
            seat,
        });
    }
    for comment in world.comments.get(&number).into_iter().flatten() {
        said(world, &mut record, *comment)?;
    }
    for event in world.events.get(&number).into_iter().flatten() {
        happened(world, &mut record, *event)?;
    }
    for (field, what) in [
        ("users", "people and teams who may see a private story"),
        ("teams", "people and teams who may see a private story"),
        ("due_dates", "due dates"),
    ] {
        if !story.list(field)?.is_empty() {
            record.lose(what, record.name.clone());
        }
    }
    Ok(record)
}

fn person(world: &World<'_>, fields: Fields<'_>, name: &str) -> Result<Option<Person>, String> {
    Ok(fields.int(name)?.and_then(|id| world.people.get(&id)).cloned())
}

fn places(world: &World<'_>, record: &mut Record, tasks: &[Fields<'_>]) -> Result<(), String> {
    for task in tasks {
        let Some(name) = task.int("project_id")?.and_then(|id| world.projects.get(&id)) else { continue };
        let Some(slug) = name.rsplit('/').next().and_then(place_slug) else { continue };
        if record.places.iter().all(|place| place.name != *name) {
            record.places.push(Place {
                name: name.clone(),
                slug,
                components: Vec::new(),
                consensus: Consensus::Proposed,
                rationale: String::new(),
            });
        }
    }
    Ok(())
}

/// StoryBoard derives a story's status from its tasks, and so do we; a story without tasks says it itself.
fn ended(story: Fields<'_>, tasks: &[Fields<'_>]) -> Result<Option<Resolution>, String> {
    let mut words = Vec::new();
    for task in tasks {
        words.push(task.some("status")?.unwrap_or_default());
    }
    if tasks.is_empty() {
        words.push(story.some("status")?.unwrap_or_default());
    }
    let all = |wanted: &[&str]| words.iter().all(|word| wanted.contains(&word.as_str()));
    // An empty story counts as invalid there: nobody has said that it is.
    Ok(match (tasks.is_empty(), all(&["merged", "invalid"]), all(&["invalid"])) {
        (false, true, true) => Some(Resolution::Declined),
        (_, true, false) => Some(Resolution::Closed),
        _ => None,
    })
}

fn work(world: &World<'_>, record: &mut Record, task: Fields<'_>, story: i64) -> Result<(), String> {
    let id = number(task, "tasks", "id")?;
    let status = task.some("status")?.unwrap_or_default();
    let stage = match status.as_str() {
        "todo" | "" => Stage::Todo,
        "inprogress" => Stage::Doing,
        "review" => Stage::Review,
        "merged" => Stage::Done,
        "invalid" => {
            record.lose("invalid tasks", format!("task {id} of story {story}"));
            return Ok(());
        }
        other => {
            return Err(format!(
                "task {id}: `status` is {:?}, which StoryBoard does not write",
                other.chars().take(60).collect::<String>()
            ));
        }
    };
    let priority = match task.some("priority")?.as_deref() {
        Some("high") => Priority::High,
        Some("low") => Priority::Low,
        _ => Priority::Normal,
    };
    let project = task.int("project_id")?.and_then(|id| world.projects.get(&id)).cloned();
    let assignee = person(world, task, "assignee_id")?;
    if let Some(person) = &assignee {
        record.lose("assignees of tasks", format!("task {id}: {}", person.shown));
    }
    let standing = world.lanes.task(id).or_else(|| world.lanes.story(story).map(|(position, _)| (position, None)));
    let (position, seat) = standing.map_or((None, None), |(position, seat)| (Some(position), seat));
    record.work.push(Work {
        id: world.site.id(Tracker::StoryBoard, &format!("task/{id}")),
        of: assignee.map(|person| person.shown).into_iter().chain(project).collect(),
        title: Some(task.some("title")?.unwrap_or_else(|| record.title.clone())),
        stage,
        priority,
        promises: false,
        position,
        seat,
    });
    Ok(())
}

fn said(world: &World<'_>, record: &mut Record, comment: Fields<'_>) -> Result<(), String> {
    // In a timeline the words are inside the event that tells of them.
    let inner = comment.object("comment")?.unwrap_or(comment);
    let text = inner.text("content")?.unwrap_or_default();
    let id = number(inner, "comments", "id")?;
    if text.trim().is_empty() || inner.flag("is_active")? == Some(false) {
        return Ok(());
    }
    let id = world.site.id(Tracker::StoryBoard, &format!("comment/{id}"));
    if record.comments.iter().any(|known| known.id == id) {
        return Ok(());
    }
    let author = person(world, comment, "author_id")?;
    record.comment(Comment { id, author, at: inner.time(&["created_at"])?, text });
    Ok(())
}

fn happened(world: &World<'_>, record: &mut Record, event: Fields<'_>) -> Result<(), String> {
    let kind = event.some("event_type")?.unwrap_or_default();
    if kind == "user_comment" {
        // Its author stands in the event, not in the comment.
        let inner = event.object("comment")?;
        if let (Some(inner), Some(author)) = (inner, person(world, event, "author_id")?) {
            let id = world.site.id(Tracker::StoryBoard, &format!("comment/{}", number(inner, "comments", "id")?));
            if let Some(known) = record.comments.iter_mut().find(|known| known.id == id) {
                known.author.get_or_insert(author);
                return Ok(());
            }
        }
        return said(world, record, event);
    }
    let info: Value = event.text("event_info")?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null);
    let word = |name: &str| match info.get(name) {
        Some(Value::String(text)) => clean(text),
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).map(clean).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    };
    let task = word("task_title");
    let (what, from, to) = match kind.as_str() {
        "task_status_changed" => (format!("status of “{task}”"), word("old_status"), word("new_status")),
        "task_priority_changed" => (format!("priority of “{task}”"), word("old_priority"), word("new_priority")),
        "task_assignee_changed" => (format!("assignee of “{task}”"), word("old_assignee_fullname"), word("new_assignee_fullname")),
        "tags_added" => ("tags".to_owned(), String::new(), word("tags")),
        "tags_deleted" => ("tags".to_owned(), word("tags"), String::new()),
        "task_created" => ("task".to_owned(), String::new(), task),
        "task_deleted" => ("task".to_owned(), task, String::new()),
        "story_created" => return Ok(()),
        other => {
            record.lose("other events", format!("{}: {}", record.name, other.chars().take(60).collect::<String>()));
            return Ok(());
        }
    };
    if let Some(at) = event.time(&["created_at"])? {
        record.change(Change { at, who: person(world, event, "author_id")?, what, from, to });
    }
    Ok(())
}
