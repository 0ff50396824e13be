//! Other trackers' records: what every importer gives, whichever tracker it reads.
//!
//! An input is JSON lines, one JSON document, a list in JSON, a CSV with a heading, or (Bugzilla) XML; packed with gzip or not. [`read`]
//! finds out which, cuts it into records one at a time, and has the tracker's own reader make [`Record`]s of them. A record that cannot
//! be read is told with its place and why; the others are read on.

mod elements;
mod fields;
mod markup;
mod record;
mod records;
mod table;
mod when;

pub use schema::import::Tracker;
use serde_json::Value;

pub use self::{
    fields::Fields,
    markup::{jira, plain},
    record::{
        Board, Change, Comment, Extent, HANDLE_MAX, Item, Link, Lost, Person, Place, RELATIONS_MAX, Record, Refused, Seat, Stage, Vote,
        WORK_MAX, Work, place_slug,
    },
    records::{BadRecord, Limits, Position, Records, read},
    table::Row,
    when::when,
};
use super::{ReadError, bugzilla, github, jira as jira_issues, launchpad, storyboard};

/// What a record or a page of them holds: each item with its number (from 1) where it came from a list.
pub type Found = Vec<(Option<usize>, Result<Item, String>)>;

/// How a tracker's exports are read.
trait Reads {
    /// What a document holds.
    fn json(self, site: &Site, value: Value) -> Found;
    /// Whether a table of this heading is one of this tracker's; else which it would read.
    fn heading(self, row: &Row<'_>) -> Result<(), &'static str>;
    /// What a row of such a table holds.
    fn row(self, site: &Site, row: &Row<'_>) -> Result<Item, String>;
    /// Reads an XML document as far as it is sound: the records before an error stay good.
    fn xml(self, site: &Site, text: &str) -> (Found, Option<ReadError>);
}

impl Reads for Tracker {
    fn json(self, site: &Site, value: Value) -> Found {
        match self {
            Tracker::Launchpad => launchpad::items(value),
            Tracker::GitHub => github::items(value),
            Tracker::StoryBoard => storyboard::items(site, value),
            Tracker::Bugzilla => bugzilla::items(site, value),
            Tracker::Jira => jira_issues::items(site, value),
        }
    }

    fn heading(self, row: &Row<'_>) -> Result<(), &'static str> {
        let needs: &[&[&str]] = match self {
            Tracker::Launchpad | Tracker::StoryBoard => &[],
            Tracker::GitHub => &[&["repo", "title"]],
            Tracker::Bugzilla => &[&["bug_id", "short_desc"]],
            Tracker::Jira => &[&["Issue key", "Summary"], &["issuekey", "title"]],
        };
        if needs.iter().any(|names| names.iter().all(|name| row.has(name))) {
            return Ok(());
        }
        Err(match self {
            Tracker::Launchpad => "neither JSON nor JSON lines: a table has no titles to make bugs of",
            Tracker::StoryBoard => "not JSON: export the answers of /v1",
            Tracker::GitHub => "neither JSON nor a CSV with the columns `repo` and `title`",
            Tracker::Bugzilla => "neither JSON, XML nor a CSV with the columns `bug_id` and `short_desc`",
            Tracker::Jira => "neither JSON nor a CSV with the columns `Issue key` and `Summary`",
        })
    }

    fn row(self, site: &Site, row: &Row<'_>) -> Result<Item, String> {
        match self {
            Tracker::GitHub => github::row(row),
            Tracker::Bugzilla => bugzilla::row(site, row),
            Tracker::Jira => jira_issues::row(site, row),
            Tracker::Launchpad | Tracker::StoryBoard => Err("a row is no record of this tracker".to_owned()),
        }
    }

    fn xml(self, site: &Site, text: &str) -> (Found, Option<ReadError>) {
        match self {
            Tracker::Bugzilla => bugzilla::document(site, text),
            _ => (Vec::new(), Some(ReadError::whole(format!("XML, which {} does not export", self.name())))),
        }
    }
}

/// Which server the records are from, where they do not say so themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// Its address without a `/` at the end (`https://bugzilla.mozilla.org`); empty where it is not known.
    pub url: String,
}

impl Site {
    /// The site of an address.
    pub fn new(url: &str) -> Self {
        Site { url: url.trim().trim_end_matches('/').to_owned() }
    }

    /// Its host, which keeps records of two servers apart; empty where it is not known.
    pub fn host(&self) -> &str {
        self.url.split_once("://").map_or("", |(_, rest)| rest).split('/').next().unwrap_or_default()
    }

    /// An id that no other server's record has: `bugzilla:355`, or `bugzilla:bugs.example.org:355` where the server is known.
    pub fn id(&self, tracker: Tracker, id: &str) -> String {
        match self.host() {
            "" => format!("{}:{id}", tracker),
            host => format!("{}:{host}:{id}", tracker),
        }
    }

    /// An address on it; empty where it is not known.
    pub fn page(&self, path: &str) -> String {
        if self.url.is_empty() { String::new() } else { web(&format!("{}/{path}", self.url)) }
    }
}

/// An address that pages may show as a link; empty for any other.
pub fn web(link: &str) -> String {
    let sound = (link.starts_with("https://") || link.starts_with("http://"))
        && link.len() <= 500
        && !link.contains(|c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"'));
    if sound { link.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests;
