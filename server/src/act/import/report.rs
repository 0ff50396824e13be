//! What an import did, and what it could not carry over.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;

use crate::ingest::tracker::Lost;

/// Bad records that are told one by one; the others are counted.
const BAD: usize = 1000;
/// Examples of each sort of loss.
const EXAMPLES: usize = 3;

/// What an import did; of a dry run, what it would have done.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Records that became deltas.
    pub added: usize,
    /// Deltas that were brought up to date.
    pub changed: usize,
    /// Records that were in already, as they are.
    pub unchanged: usize,
    /// Comments that came in.
    pub comments: usize,
    /// Things that happened there, now on timelines.
    pub events: usize,
    /// Votes that came in.
    pub votes: usize,
    /// Deltas that another now stands for.
    pub duplicates: usize,
    /// Relations that were written down.
    pub relations: usize,
    /// Projects that were made.
    pub projects: usize,
    /// Boards that were made.
    pub boards: usize,
    /// Tasks written down for organisations.
    pub tasks: usize,
    /// Stack traces in new records' words, kept as their deltas' first occurrences.
    pub traces: usize,
    /// Stances of organisations that declined.
    pub stances: usize,
    /// How many records could not be brought in.
    pub refused_records: usize,
    /// The first thousand of them: file, position, reason.
    pub bad: Vec<String>,
    /// Why organisations got no task or board: each reason once.
    pub refused: BTreeSet<String>,
    /// What was not carried over, by what it is.
    pub losses: BTreeMap<String, Loss>,
}

/// What of one sort was not carried over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub examples: Vec<String>,
}

impl Report {
    /// How many of a sort were not carried over.
    pub fn lost(&self, what: &str) -> usize {
        self.losses.get(what).map_or(0, |loss| loss.count)
    }

    /// Records of any fate.
    pub fn records(&self) -> usize {
        self.added + self.changed + self.unchanged
    }

    pub(super) fn refuse(&mut self, file: &str, why: impl fmt::Display) {
        self.refused_records += 1;
        if self.bad.len() < BAD {
            self.bad.push(format!("{file}: {why}"));
        }
    }

    pub(super) fn lose(&mut self, lost: &Lost) {
        self.miss(lost.what, &lost.example);
    }

    pub(super) fn miss(&mut self, what: &str, example: &str) {
        self.miss_some(what, example, 1);
    }

    /// Counts so many of a sort at once, by one example.
    pub(super) fn miss_some(&mut self, what: &str, example: &str, count: usize) {
        if count == 0 {
            return;
        }
        if !self.losses.contains_key(what) {
            self.losses.insert(what.to_owned(), Loss::default());
        }
        let Some(loss) = self.losses.get_mut(what) else { return };
        loss.count += count;
        if loss.examples.len() < EXAMPLES && !example.is_empty() {
            loss.examples.push(super::draft::cut(example, 120));
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { added, changed, unchanged, comments, events, votes, duplicates, relations, projects, boards, tasks, .. } = self;
        if self.dry_run {
            writeln!(f, "A dry run: nothing was written. With this input there would be:")?;
        }
        writeln!(f, "{added} added, {changed} changed, {unchanged} unchanged, {} refused", self.refused_records)?;
        writeln!(f, "{comments} comments, {events} events, {votes} votes, {duplicates} duplicates linked, {relations} relations")?;
        writeln!(f, "{projects} projects made, {boards} boards made, {tasks} tasks written down")?;
        writeln!(f, "{} stack traces kept as occurrences, {} stances of organisations", self.traces, self.stances)?;
        for reason in &self.refused {
            writeln!(f, "  no task: {reason}")?;
        }
        if !self.losses.is_empty() {
            writeln!(f, "not carried over:")?;
        }
        for (what, loss) in &self.losses {
            writeln!(f, "  {:>7}  {what}", loss.count)?;
            if !loss.examples.is_empty() {
                writeln!(f, "           as {}", loss.examples.join("; "))?;
            }
        }
        Ok(())
    }
}
