//! What the pages of tasks show.

use time::OffsetDateTime;

use super::{Task, TaskSummary};
use crate::{attachment::Attachment, day::Day, problem::Refused, user::Person};

/// The page of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskPage {
    /// The organisation's name.
    pub org_name: String,
    /// Name of the board.
    pub board_name: String,
    /// Name of the column.
    pub column_name: String,
    /// The task.
    pub task: Task,
    /// Its body as safe HTML.
    pub body_html: String,
    /// Where it can be moved: boards with their columns.
    pub boards: Vec<BoardChoice>,
    /// Who can work on it.
    pub members: Vec<Person>,
    /// What happened to it, newest first.
    pub timeline: Vec<Happening>,
    /// Its files, oldest first.
    pub files: Vec<Attachment>,
    /// The caller's handle; none for a guest.
    pub me: Option<String>,
    /// Whether the caller may change it.
    pub may_change: bool,
    /// While it is open: its place in the organisation's order, from 1, and how many open tasks there are.
    pub position: Option<(i64, i64)>,
    /// For how many days nothing was heard of its promise, once that is long, and whether others may take it over.
    pub quiet: Option<(i64, bool)>,
    /// The form that was refused, what was typed there and why.
    pub refused: Option<Refused>,
    /// The task's own words, as the form that changes them begins.
    pub edit: TaskForm,
    /// What the times are relative to.
    pub now: OffsetDateTime,
}

/// A board one can move a task to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardChoice {
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Slug and name of each column.
    pub columns: Vec<(String, String)>,
}

/// Something that happened to a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// When.
    pub at: OffsetDateTime,
    /// Noun and verb.
    pub kind: String,
    /// By whom; nobody where the server did it.
    pub by: Option<Person>,
    /// What else there is to say.
    pub data: serde_json::Value,
}

/// A task as it stands in a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskForm {
    /// In one line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The word of the priority.
    pub priority: String,
    /// Handles, with commas or spaces between.
    pub assignees: String,
    /// With commas between.
    pub labels: String,
    /// As typed.
    pub estimate: String,
    /// As typed.
    pub due: String,
    /// Keys, with commas or spaces between.
    pub blocked_by: String,
    /// For a new one: keys of deltas.
    pub delta: String,
    /// For a new one: the word of the relation.
    pub relation: String,
    /// For a new one: `board/column`.
    pub column: String,
    /// For a new one: whether the delta is private.
    pub private: bool,
}

/// The page that writes down a task.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskNewPage {
    /// The organisation's slug.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// What is typed.
    pub form: TaskForm,
    /// Where it can stand.
    pub boards: Vec<BoardChoice>,
    /// Who can work on it.
    pub members: Vec<Person>,
    /// What is wrong with it: field and words.
    pub errors: Vec<(String, String)>,
}

words! {
    /// How a list of tasks is laid out.
    Layout {
        /// A table with columns.
        Table = "table",
        /// One line each.
        List = "list",
        /// Cards, in a column for each category.
        Board = "board",
        /// A month, with what is due or promised on each day.
        Calendar = "calendar",
    }
}

/// Whose tasks are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// An organisation's.
    Org {
        /// Its slug.
        slug: String,
        /// Its name.
        name: String,
    },
    /// Those of all the reader's organisations.
    Mine,
}

/// A list of tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskListPage {
    /// Whose they are.
    pub scope: Scope,
    /// The query.
    pub q: String,
    /// What is wrong with the query.
    pub error: Option<String>,
    /// The tasks.
    pub items: Vec<TaskSummary>,
    /// Where the next page is.
    pub next: Option<String>,
    /// How they are laid out.
    pub layout: Layout,
    /// The first day of the month that the calendar shows.
    pub month: Day,
    /// Whether the caller may write down tasks.
    pub may_change: bool,
    /// Whether somebody is signed in.
    pub signed_in: bool,
    /// What the times are relative to.
    pub now: OffsetDateTime,
}
