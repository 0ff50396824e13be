//! The first page, and the help.

use crate::{
    delta::Kind,
    fixed::Question,
    id::{DeltaKey, TaskKey},
    outsider::Claim,
    query::Help,
};

/// What is new to this person, or for guests what this is.
#[derive(Clone, Debug, Default)]
pub struct HomePage {
    /// The person's name as shown; none for a guest.
    pub person: Option<String>,
    /// Whether anybody may make an account.
    pub registration_open: bool,
    /// Their inboxes: the organisation's slug, its name, how many deltas wait.
    pub inboxes: Vec<(String, String, i64)>,
    /// The first of what waits there.
    pub waiting: Vec<Waiting>,
    /// Open tasks that are theirs.
    pub tasks: Vec<Task>,
    /// Their boards.
    pub boards: Vec<Board>,
    /// Projects: slug and name.
    pub projects: Vec<(String, String)>,
    /// Deltas they filed that are open.
    pub filed: i64,
    /// Open deltas they said affect them.
    pub affecting: i64,
    /// Closed deltas that wait for their answer: "fixed for you?".
    pub questions: Vec<Question>,
    /// Whom they are said to be, of those without an account.
    pub claims: Vec<Claim>,
    /// Whether there is any project yet.
    pub has_project: bool,
    /// For a guest: nobody has an account yet.
    pub fresh: bool,
}

/// A delta that waits in an inbox.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The organisation's slug.
    pub org: String,
    /// The delta.
    pub key: DeltaKey,
    /// What sort of gap.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// Its impact.
    pub impact: i64,
}

/// A task of one's own.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its key.
    pub key: TaskKey,
    /// In one line.
    pub title: String,
    /// The word of its priority.
    pub priority: String,
    /// Name of the column it stands in.
    pub column: String,
}

/// A board of one's organisations.
#[derive(Clone, Debug)]
pub struct Board {
    /// The organisation's slug.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// The board's slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// How many of its tasks are open.
    pub tasks: i64,
}

/// The help: the query language, the keys.
#[derive(Clone, Debug)]
pub struct HelpPage {
    /// What may be asked of deltas, of tasks, and of failures (signatures): title and fields.
    pub languages: Vec<(&'static str, Vec<Help>)>,
}
