//! The first page, and the help.

use crate::query::Help;

/// What is new to this person, or for guests what this is.
#[derive(Clone, Debug, Default)]
pub struct HomePage {
    /// The person's name as shown; none for a guest.
    pub person: Option<String>,
    /// Whether anybody may make an account.
    pub registration_open: bool,
    /// Their inboxes: the organisation's slug, its name, how many deltas wait.
    pub inboxes: Vec<(String, String, i64)>,
    /// Their boards: the organisation's slug and name, the board's slug and name.
    pub boards: Vec<(String, String, String, String)>,
    /// Projects: slug and name.
    pub projects: Vec<(String, String)>,
    /// Deltas they filed that are open.
    pub filed: i64,
    /// Open deltas they said affect them.
    pub affecting: i64,
    /// Whether there is any project yet.
    pub has_project: bool,
}

/// The help: the query language, the keys.
#[derive(Clone, Debug)]
pub struct HelpPage {
    /// What may be asked of deltas, of tasks, and of failures (signatures): title and fields.
    pub languages: Vec<(&'static str, Vec<Help>)>,
}
