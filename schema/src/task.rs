//! Tasks: what one organisation will do, with its own priority, on its own board.

pub mod page;

use serde::{Deserialize, Deserializer, Serialize};
use time::OffsetDateTime;

use crate::{
    board::{CardDelta, Category},
    day::Day,
    delta::Visibility,
    id::{DeltaKey, TaskKey},
    user::Person,
};

/// Longest title, in characters.
pub const TITLE_MAX: usize = 300;
/// Longest body or note, in characters.
pub const TEXT_MAX: usize = 65_536;
/// Longest label, in characters.
pub const LABEL_MAX: usize = 64;
/// Most labels, assignees, deltas or blocking tasks of one task.
pub const EACH_MAX: usize = 50;
/// Longest address of a reference, in characters.
pub const URL_MAX: usize = 2000;
/// Longest name of a release, in characters.
pub const RELEASE_MAX: usize = 100;

/// What a task for a delta is called at first: as the delta is, unless that is private. A task is seen by others than its deltas are.
pub fn title_for(delta: DeltaKey, title: &str, visibility: Visibility) -> String {
    match visibility {
        Visibility::Public => title.to_owned(),
        Visibility::Private => format!("Work on {delta}"),
    }
}

/// What is said beside the title of a task for a private delta.
pub const PRIVATE_HINT: &str = "The delta is private, the task is not: whoever sees the task reads its title and text.";

words! {
    /// How pressing a task is, inside its organisation.
    Priority {
        /// Now.
        Urgent = "urgent",
        /// Next.
        High = "high",
        /// In its turn.
        Normal = "normal",
        /// When there is time.
        Low = "low",
    }
}

words! {
    /// What an organisation has promised about a task.
    Commitment {
        /// Nothing.
        None = "none",
        /// It means to.
        Intended = "intended",
        /// It will.
        Committed = "committed",
        /// It did.
        Delivered = "delivered",
        /// It took the promise back.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What a task does about a delta.
    Relation {
        /// Closes the gap.
        Resolves = "resolves",
        /// Makes it hurt less.
        Mitigates = "mitigates",
        /// Finds out.
        Investigates = "investigates",
        /// Builds what a spec describes.
        Implements = "implements",
        /// Writes it down.
        Documents = "documents",
        /// Shows that it is closed.
        Verifies = "verifies",
    }
}

words! {
    /// What an outside address is.
    ReferenceKind {
        /// A design document.
        Design = "design",
        /// A change or pull request.
        Change = "change",
        /// Crash data.
        Crash = "crash",
        /// A build.
        Build = "build",
        /// Another tracker's entry.
        Tracker = "tracker",
    }
}

/// A task to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    /// In one line, at most 300 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 300))]
    pub title: String,
    /// Markdown, at most 65536 characters.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 65536))]
    pub body: String,
    /// `normal` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The board it stands on; the organisation's first when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board: Option<String>,
    /// The column's slug; the board's first when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub deltas: Vec<NewTaskLink>,
    /// Who works on it: handles of members.
    #[serde(default)]
    pub assignees: Vec<String>,
    /// At most 50 of at most 64 characters.
    #[serde(default)]
    pub labels: Vec<String>,
    /// 0 to 10000, in the organisation's own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<i64>,
    /// When it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Day>,
}

/// A link of a task to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTaskLink {
    /// Which delta.
    pub delta: DeltaKey,
    /// What the task does about it.
    pub relation: Relation,
}

/// A change of a task. What is absent stays; `null` empties what can be empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaskChange {
    /// At most 300 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Markdown, at most 65536 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The organisation's priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Everybody who works on it: handles of members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignees: Option<Vec<String>>,
    /// All its labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// All tasks of the organisation it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_by: Option<Vec<TaskKey>>,
    /// 0 to 10000; null for none.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub estimate: Option<Option<i64>>,
    /// When it is due; null for never.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Day>))]
    pub due: Option<Option<Day>>,
}

/// Tells `null` from absence.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Where a task is to stand. Without `after` and `before` its place in the organisation's order stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// The board's slug; the one it stands on when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board: Option<String>,
    /// The column's slug.
    pub column: String,
    /// Below this card of the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<TaskKey>,
    /// Above this card of the column. Not together with `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<TaskKey>,
}

/// Where a task stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Placed {
    /// The task.
    pub key: TaskKey,
    /// Its version, for the next change.
    pub version: i64,
    /// Slug of the column.
    pub column: String,
    /// The board's version: the live event of this number is this move.
    pub board_version: i64,
    /// Whether the column is one of finished work while the promise still stands: it may be time to say `delivered`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deliverable: bool,
}

/// What a task is to do about a delta.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// What the task does about it.
    pub relation: Relation,
}

/// A promise to be kept in the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CommitmentChange {
    /// What is promised.
    pub state: Commitment,
    /// The release it is promised for, at most 100 characters. Not together with `target_date`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_release: Option<String>,
    /// The day it is promised for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_date: Option<Day>,
    /// Why, at most 65536 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// An outside address to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewReference {
    /// What is there.
    pub kind: ReferenceKind,
    /// `http` or `https`, at most 2000 characters.
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub url: String,
    /// In one line, at most 300 characters; may be empty.
    #[serde(default)]
    pub title: String,
}

/// An outside address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reference {
    /// Names it, to take it away.
    pub id: uuid::Uuid,
    /// What is there.
    pub kind: ReferenceKind,
    /// The address.
    pub url: String,
    /// In one line; may be empty.
    pub title: String,
}

/// One line of the ledger of promises.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Promise {
    /// What was promised.
    pub state: Commitment,
    /// For which release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_release: Option<String>,
    /// For which day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_date: Option<Day>,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// By whom.
    pub by: Option<Person>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A task that another one waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskRef {
    /// Its key.
    pub key: TaskKey,
    /// In one line.
    pub title: String,
    /// Whether it is finished.
    pub done: bool,
}

/// A task, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Task {
    /// Its key.
    pub key: TaskKey,
    /// The organisation's slug.
    pub org: String,
    /// In one line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The organisation's priority.
    pub priority: Priority,
    /// Slug of the board it stands on.
    pub board: String,
    /// Slug of the column.
    pub column: String,
    /// What it means to stand there.
    pub category: Category,
    /// Its place in the organisation's order; compares as bytes.
    pub rank: String,
    /// Who works on it.
    pub assignees: Vec<Person>,
    /// Its labels.
    pub labels: Vec<String>,
    /// In the organisation's own unit.
    pub estimate: Option<i64>,
    /// When it is due.
    pub due: Option<Day>,
    /// What was promised.
    pub commitment: Commitment,
    /// For which release.
    pub target_release: Option<String>,
    /// For which day.
    pub target_date: Option<Day>,
    /// How often the promise's target moved.
    pub moves: i64,
    /// What it waits for.
    pub blocked_by: Vec<TaskRef>,
    /// What it is for, as far as the caller may see.
    pub deltas: Vec<CardDelta>,
    /// Outside addresses.
    pub references: Vec<Reference>,
    /// Every promise, oldest first.
    pub ledger: Vec<Promise>,
    /// Rises with each change.
    pub version: i64,
    /// Who wrote it down.
    pub created_by: Option<Person>,
    /// When it was written down.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// When work on it began.
    #[serde(with = "time::serde::rfc3339::option")]
    pub started_at: Option<OffsetDateTime>,
    /// When it was finished.
    #[serde(with = "time::serde::rfc3339::option")]
    pub done_at: Option<OffsetDateTime>,
}

/// One line of a list of tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskSummary {
    /// What a card shows.
    #[serde(flatten)]
    pub card: crate::board::Card,
    /// Slug of the organisation.
    pub org: String,
    /// Slug of the board.
    pub board: String,
    /// Slug of the column.
    pub column: String,
    /// Name of the column.
    pub column_name: String,
    /// What it means to stand there.
    pub category: Category,
    /// When it is due.
    pub due: Option<Day>,
    /// When it last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}
