//! Bytes to values, pure: no files, no clock, no database. Whatever comes in is read within bounds of time and memory; what cannot
//! be read is answered with where and why.
//!
//! - [`junit`] reads the results of a CI run, [`json`] fits those that came as JSON;
//! - [`fingerprint`] says which failures are alike;
//! - [`tracker`] reads other trackers' records: [`launchpad`], [`github`], [`storyboard`], [`bugzilla`], [`jira`];
//! - [`media`] tells what a file is, and what it may be called;
//! - [`trace`] takes stack traces apart and says which crashes are alike.

pub mod bugzilla;
pub mod encoding;
pub mod fingerprint;
pub mod github;
pub mod gzip;
pub mod jira;
pub mod json;
pub mod junit;
pub mod launchpad;
pub mod media;
pub mod storyboard;
pub mod text;
pub mod trace;
pub mod tracker;

use schema::ci;

/// Why an input could not be read, and where. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct ReadError {
    /// The line at which reading stopped.
    pub line: usize,
    /// The column in that line.
    pub column: usize,
    /// What is wrong there, as a sentence's part for people.
    pub what: String,
}

impl ReadError {
    /// The error at a byte offset of `text`.
    pub fn at(text: &str, offset: usize, what: impl Into<String>) -> Self {
        let (line, column) = text::line_column(text, offset);
        ReadError { line, column, what: what.into() }
    }

    /// An error that concerns the input as a whole.
    pub fn whole(what: impl Into<String>) -> Self {
        ReadError { line: 1, column: 1, what: what.into() }
    }
}

/// How much of an input is taken before it is refused.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The input's size in bytes, unpacked.
    pub bytes: usize,
    /// How deep XML elements may be nested; reports seen in the wild stay under 10.
    pub depth: usize,
    /// How many attributes one XML element may have.
    pub attributes: usize,
    /// How many tests a run may have.
    pub tests: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { bytes: 64 * 1024 * 1024, depth: 32, attributes: 256, tests: ci::MAX_TESTS }
    }
}
