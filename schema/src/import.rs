//! Other trackers' records, brought into a project as a file.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{list::Page, problem::Refused, user::Person};

/// Longest address of a tracker, in characters.
pub const URL_MAX: usize = 200;

words! {
    /// A tracker whose records can be brought in.
    Tracker {
        /// Launchpad: bugs, bug tasks, comments, activity, blueprints.
        Launchpad = "launchpad",
        /// GitHub: issues of REST, of `gh`, of GraphQL archives, of webhooks.
        GitHub = "github",
        /// StoryBoard: a dump of `/v1`.
        StoryBoard = "storyboard",
        /// Bugzilla: REST, XML, the CSV of a list.
        Bugzilla = "bugzilla",
        /// Jira: CSV of Cloud and Server, REST searches.
        Jira = "jira",
    }
}

impl Tracker {
    /// As its people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Launchpad => "Launchpad",
            Self::GitHub => "GitHub",
            Self::StoryBoard => "StoryBoard",
            Self::Bugzilla => "Bugzilla",
            Self::Jira => "Jira",
        }
    }
}

words! {
    /// How far an import is.
    ImportState {
        /// Its turn has not come.
        Waiting = "waiting",
        /// It is being done.
        Running = "running",
        /// It is done.
        Done = "done",
        /// It could not be done: `detail` says why.
        Failed = "failed",
    }
}

/// What is asked for with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct New {
    /// Which tracker it is from.
    #[cfg_attr(feature = "openapi", param(inline))]
    pub tracker: Tracker,
    /// What the file is called; of a path only the last part counts.
    #[serde(default)]
    pub name: String,
    /// Whether only to say what would come in: nothing is written, and it can be brought in afterwards.
    #[serde(default)]
    pub dry_run: bool,
    /// The organisation, one of your own, whose tasks and boards the records' work becomes.
    #[serde(default)]
    pub org: Option<String>,
    /// The tracker's address, for links and to keep the numbers of two servers apart: `https://bugzilla.example.org`. Give it each time or
    /// never; at most 200 characters.
    #[serde(default)]
    pub url: String,
}

/// An import of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Import {
    /// Its id.
    pub id: Uuid,
    /// The project's slug.
    pub project: String,
    /// Which tracker the file is from.
    pub tracker: Tracker,
    /// What the file is called.
    pub file: String,
    /// Bytes of the file.
    pub size: i64,
    /// Whether the file is still here, so that it can be started once more. It goes when it has been brought in, and after seven days.
    pub kept: bool,
    /// The tracker's address, where it was given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The organisation that takes the records' work, as far as it is one of your own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// How far it is.
    pub state: ImportState,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Records that were read, good or bad.
    pub read: i64,
    /// Records that became deltas; of a dry run, that would.
    pub added: i64,
    /// Deltas that were brought up to date.
    pub changed: i64,
    /// Records that were in already, as they are.
    pub unchanged: i64,
    /// Records that could not be brought in.
    pub refused: i64,
    /// How much of the file is read, 0 to 100; 100 once it is done.
    pub percent: i64,
    /// Who brought it, and in whose name it is done.
    pub by: Person,
    /// When it was brought.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was begun; of one that was cut off, for the last time.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<OffsetDateTime>,
    /// What came along and what could not be carried over; once it has ended, and not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
}

impl Import {
    /// Whether it has ended, well or not.
    pub fn ended(&self) -> bool {
        matches!(self.state, ImportState::Done | ImportState::Failed)
    }

    /// Whether it can be started once more: a dry run that is done, to bring it in; what failed, to try again.
    pub fn startable(&self) -> bool {
        self.kept && self.ended()
    }
}

/// What an import did besides its records, and what it could not carry over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ImportReport))]
pub struct Report {
    /// Comments that came in.
    pub comments: i64,
    /// Things that happened there, now on timelines.
    pub events: i64,
    /// Votes that came in.
    pub votes: i64,
    /// Deltas that another now stands for.
    pub duplicates: i64,
    /// Relations that were written down.
    #[serde(default)]
    pub relations: i64,
    /// Boards that were made.
    pub boards: i64,
    /// Tasks that were written down.
    pub tasks: i64,
    /// Stack traces in new records' words, kept as their deltas' first occurrences.
    #[serde(default)]
    pub traces: i64,
    /// Stances of organisations that declined.
    #[serde(default)]
    pub stances: i64,
    /// What was not carried over, by what it is.
    pub losses: Vec<Loss>,
    /// The first thousand records that could not be brought in: file, place in it, reason. Only for who brought the file and who sees the
    /// project's private deltas, as are the examples of what was lost.
    pub bad: Vec<String>,
    /// Why the organisation got no task or board: each reason once.
    pub refused: Vec<String>,
}

impl Report {
    /// What of it does not name any record.
    #[must_use]
    pub fn counted(mut self) -> Self {
        self.bad.clear();
        self.refused.clear();
        self.losses.iter_mut().for_each(|loss| loss.examples.clear());
        self
    }
}

/// What of one sort was not carried over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ImportLoss))]
pub struct Loss {
    /// What it is.
    pub what: String,
    /// How many.
    pub count: i64,
    /// The first of them.
    pub examples: Vec<String>,
}

/// The page of a project's imports.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportsPage {
    /// The project's slug.
    pub project: String,
    /// Its name.
    pub name: String,
    /// The imports.
    pub imports: Page<Import>,
    /// The organisations whose work the reader may write down: slug and name.
    pub orgs: Vec<(String, String)>,
    /// Most bytes of a file.
    pub most: i64,
    /// The form that was refused, what was typed there and why.
    pub refused: Option<Refused>,
    /// Now.
    pub now: OffsetDateTime,
}

/// The page of one import.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportPage {
    /// The import.
    pub import: Import,
    /// The project's name.
    pub name: String,
    /// Now.
    pub now: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_before_counts_nothing_it_did_not_know() {
        let kept = r#"{"comments":1,"events":0,"votes":0,"duplicates":0,"boards":0,"tasks":0,"losses":[],"bad":[],"refused":[]}"#;
        let report: Report = serde_json::from_str(kept).unwrap();
        assert_eq!((report.comments, report.relations, report.traces, report.stances), (1, 0, 0, 0));
    }

    #[test]
    fn what_is_only_counted_names_no_record() {
        let loss = Loss { what: "labels".to_owned(), count: 2, examples: vec!["cart#1".to_owned()] };
        let report = Report { losses: vec![loss], bad: vec!["a.json: line 1: no".to_owned()], votes: 3, ..Report::default() };
        let counted = report.counted();
        assert_eq!((counted.votes, counted.losses[0].count), (3, 2));
        assert!(counted.bad.is_empty() && counted.losses[0].examples.is_empty());
    }
}
