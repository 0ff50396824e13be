//! Launchpad's bugs, as its web service writes them (version 1.0) and as studies republish them.
//!
//! One file is JSON lines or one JSON document, packed with gzip or not. A record is any of:
//! - `{"bug": {…}, "bug_tasks": {"entries": […]}}`: a bug with its tasks;
//! - a bug alone, as `/bugs/{id}` answers;
//! - a collection `{"entries": […]}` of bugs or of bug tasks, as searches answer; tasks of one bug are gathered;
//! - a collection of messages, of activity, of attachments: parts of the bug that they name;
//! - a blueprint, or a collection of them;
//! - `{"id", "title", "description", "importance", …}`: a simplified bug of one task, which names no project.
//!
//! A record that cannot be read is reported with its place; the others are read on.

mod blueprint;
mod item;
mod page;
mod parse;
mod status;
mod target;

pub use status::{Importance, Status, Work, consensus, resolution, work};
pub use target::Target;

use serde_json::Value;
use time::OffsetDateTime;

use super::tracker::Found;

/// The records of a JSON value.
pub fn items(value: Value) -> Found {
    parse::record(value)
}

/// A bug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bug {
    /// `launchpad:NUMBER`: the same whenever the same bug is read again.
    pub external_id: String,
    /// Where people read it.
    pub url: String,
    /// Its title.
    pub title: String,
    /// What the reporter wrote, as plain text; empty where only a task of it was read.
    pub description: String,
    /// Who reported it: a Launchpad name without `~`.
    pub reporter: Option<String>,
    /// When it was reported.
    pub created_at: Option<OffsetDateTime>,
    /// When it last changed.
    pub updated_at: Option<OffsetDateTime>,
    /// Whether only some people may see it: by its own flag or by its information type (private, private security, proprietary,
    /// embargoed). `Public Security` is public.
    pub private: bool,
    /// The external id of the bug it duplicates.
    pub duplicate_of: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Where it stands in each target.
    pub tasks: Vec<BugTask>,
    /// How many users said that it affects them; `None` where the record does not say.
    pub affected_count: Option<i64>,
    /// How many said that it does not.
    pub unaffected_count: Option<i64>,
    /// How many messages it has, its description among them; `None` where the record does not say.
    pub message_count: Option<i64>,
    /// Launchpad's own measure of attention, kept as a note.
    pub heat: Option<i64>,
    /// Whether the bug itself was read; false when it is known by a task alone, and must not overwrite what is known.
    pub complete: bool,
}

/// Where a bug stands in one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BugTask {
    /// The project, with component and series; `None` where the record names none and the importer has to.
    pub target: Option<Target>,
    /// Its status there.
    pub status: Status,
    /// Its importance there: one party's priority, never impact.
    pub importance: Importance,
    /// Who works on it: a Launchpad name without `~`.
    pub assignee: Option<String>,
    /// The milestone it is aimed at.
    pub milestone: Option<String>,
    /// When it was opened there.
    pub created_at: Option<OffsetDateTime>,
    /// When it was closed there.
    pub closed_at: Option<OffsetDateTime>,
}

impl Bug {
    /// The bug's projects, each once and in order, with the components named for it and the task that speaks for it: that of the project
    /// itself, else the first of its series or packages. Tasks without target are left out.
    pub fn places(&self) -> Vec<(&str, Vec<&str>, &BugTask)> {
        let mut places: Vec<(&str, Vec<&str>, &BugTask)> = Vec::new();
        for (task, target) in self.tasks.iter().filter_map(|task| task.target.as_ref().map(|target| (task, target))) {
            let component = target.component.as_deref();
            match places.iter_mut().find(|(project, ..)| *project == target.project) {
                None => places.push((&target.project, component.into_iter().collect(), task)),
                Some((_, components, speaker)) => {
                    components.extend(component.filter(|name| !components.contains(name)));
                    let of_series = speaker.target.as_ref().is_some_and(|target| target.series.is_some());
                    if of_series && target.series.is_none() {
                        *speaker = task;
                    }
                }
            }
        }
        places
    }
}

#[cfg(test)]
mod tests;
