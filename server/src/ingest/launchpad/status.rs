//! Launchpad's words and ours.
//!
//! | Launchpad | consensus of the place | resolution | an organisation's work |
//! |---|---|---|---|
//! | New, Unknown, Expired, Deferred, Does Not Exist | proposed | | none |
//! | Incomplete | discussing | | none |
//! | Confirmed, Triaged | agreed | | none |
//! | Opinion | disputed | | declined |
//! | Invalid | declined | declined | none |
//! | Won't Fix | proposed | | declined |
//! | In Progress | proposed | | doing |
//! | Fix Committed | proposed | | done |
//! | Fix Released | proposed | closed | released |
//!
//! Consensus comes from the words that state one and from no other: that somebody works on a bug is not yet the project's agreement.
//! Won't Fix and Opinion are one party's refusal, not a statement that the gap does not exist; Expired says only that nobody answered.

use super::{Bug, BugTask};
use schema::{delta::Resolution, place::Consensus, task::Priority};

/// A bug task's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // Launchpad's own words.
pub enum Status {
    New,
    Incomplete,
    Opinion,
    Invalid,
    WontFix,
    Expired,
    Confirmed,
    Triaged,
    InProgress,
    Deferred,
    FixCommitted,
    FixReleased,
    DoesNotExist,
    /// Of a remote tracker that was not read, or of a record that names none.
    Unknown,
}

impl Status {
    /// Reads Launchpad's word for it; `None` for any other.
    pub fn of(word: &str) -> Option<Status> {
        Some(match word {
            "New" => Status::New,
            "Incomplete" | "Incomplete (with response)" | "Incomplete (without response)" => Status::Incomplete,
            "Opinion" => Status::Opinion,
            "Invalid" => Status::Invalid,
            "Won't Fix" => Status::WontFix,
            "Expired" => Status::Expired,
            "Confirmed" => Status::Confirmed,
            "Triaged" => Status::Triaged,
            "In Progress" => Status::InProgress,
            "Deferred" => Status::Deferred,
            "Fix Committed" => Status::FixCommitted,
            "Fix Released" => Status::FixReleased,
            "Does Not Exist" => Status::DoesNotExist,
            "Unknown" => Status::Unknown,
            _ => return None,
        })
    }
}

/// A bug task's importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // Launchpad's own words.
pub enum Importance {
    Critical,
    High,
    Medium,
    Low,
    Wishlist,
    Undecided,
    Unknown,
}

impl Importance {
    /// Reads Launchpad's word for it; `None` for any other.
    pub fn of(word: &str) -> Option<Importance> {
        Some(match word {
            "Critical" => Importance::Critical,
            "High" => Importance::High,
            "Medium" => Importance::Medium,
            "Low" => Importance::Low,
            "Wishlist" => Importance::Wishlist,
            "Undecided" => Importance::Undecided,
            "Unknown" => Importance::Unknown,
            _ => return None,
        })
    }

    /// The priority band of a task made from it.
    pub fn priority(self) -> Priority {
        match self {
            Importance::Critical => Priority::Urgent,
            Importance::High => Priority::High,
            Importance::Medium | Importance::Undecided | Importance::Unknown => Priority::Normal,
            Importance::Low | Importance::Wishlist => Priority::Low,
        }
    }
}

/// How far an organisation's own work on a bug has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Work {
    /// Nobody has taken it: no task is made.
    None,
    /// It is being worked on: a task in a column of category `doing`.
    Doing,
    /// It is done but not released: a task in a column of category `done`.
    Done,
    /// It is released: a task in a column of category `done`, its commitment `delivered`.
    Released,
    /// It was refused: no task, the stance `declined`.
    Declined,
}

/// The consensus of a place (see the table above).
pub fn consensus(status: Status) -> Consensus {
    match status {
        Status::Confirmed | Status::Triaged => Consensus::Agreed,
        Status::Opinion => Consensus::Disputed,
        Status::Invalid => Consensus::Declined,
        Status::Incomplete => Consensus::Discussing,
        Status::New
        | Status::WontFix
        | Status::Expired
        | Status::InProgress
        | Status::Deferred
        | Status::FixCommitted
        | Status::FixReleased
        | Status::DoesNotExist
        | Status::Unknown => Consensus::Proposed,
    }
}

/// A bug's resolution, or none while its gap is open.
///
/// A duplicate is one whatever its tasks say. Else the places decide together: it is open while any of them is, closed when at least one
/// released a fix and the others did or found it invalid, declined when all found it invalid. A series counts through its project.
pub fn resolution(bug: &Bug) -> Option<Resolution> {
    if bug.duplicate_of.is_some() {
        return Some(Resolution::Duplicate);
    }
    let places = bug.places();
    let speakers: Vec<&BugTask> =
        if places.is_empty() { bug.tasks.iter().collect() } else { places.into_iter().map(|(.., task)| task).collect() };
    let all = |wanted: &[Status]| !speakers.is_empty() && speakers.iter().all(|task| wanted.contains(&task.status));
    if all(&[Status::Invalid]) {
        Some(Resolution::Declined)
    } else if all(&[Status::Invalid, Status::FixReleased]) {
        Some(Resolution::Closed)
    } else {
        None
    }
}

/// How far work has come where the status is this (see the table above).
pub fn work(status: Status) -> Work {
    match status {
        Status::InProgress => Work::Doing,
        Status::FixCommitted => Work::Done,
        Status::FixReleased => Work::Released,
        Status::WontFix | Status::Opinion => Work::Declined,
        _ => Work::None,
    }
}
