//! What an import did, and what it could not carry over.

use std::{collections::BTreeSet, fmt};

use super::{Options, draft};
use crate::ingest::launchpad::{Bug, Importance, Status, Work, work};

/// What an import did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Records that became deltas.
    pub added: usize,
    /// Deltas whose text was brought up to date.
    pub changed: usize,
    /// Records that were in already, as they are.
    pub unchanged: usize,
    /// Deltas that another now stands for.
    pub duplicates: usize,
    /// Projects that were made.
    pub projects: usize,
    /// Tasks written down for mapped organisations.
    pub tasks: usize,
    /// Records that could not be brought in: file, position, reason.
    pub bad: Vec<String>,
    /// Why organisations got no task: each reason once.
    pub refused: BTreeSet<String>,
    /// What was not carried over.
    pub losses: Loss,
}

/// What was not carried over of the records that became deltas, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// Records with a count of affected users: votes are made by people here.
    pub affected: usize,
    /// The users they count.
    pub affected_users: i64,
    /// Records with Launchpad's heat.
    pub heat: usize,
    /// Bug tasks with an importance: a priority belongs to an organisation here.
    pub importance: usize,
    /// Bug tasks aimed at a milestone.
    pub milestones: usize,
    /// Bug tasks with an assignee whom no organisation is mapped to.
    pub assignees: usize,
    /// Bug tasks of a series: their project stands for them.
    pub series: usize,
    /// Bug tasks under work or done, without a mapped organisation.
    pub work: usize,
    /// Bug tasks somebody would not fix.
    pub wont_fix: usize,
    /// Tags that cannot be labels.
    pub tags: usize,
    /// Records whose text was longer than is kept.
    pub cut: usize,
    /// Duplicates of records that are not here.
    pub duplicates: usize,
    /// Tasks that an organisation's board did not take.
    pub tasks: usize,
    /// Tasks of private records: a task is seen by others than its delta.
    pub private: usize,
    /// Changed records whose words people have changed here: theirs stand.
    pub words: usize,
}

impl Loss {
    /// Counts what a record has that its delta does not.
    pub(super) fn count(&mut self, bug: &Bug, options: &Options) {
        if let Some(users) = bug.affected_count.filter(|users| *users > 0) {
            self.affected += 1;
            self.affected_users = self.affected_users.saturating_add(users);
        }
        self.heat += usize::from(bug.heat.is_some_and(|heat| heat != 0));
        self.tags += bug.tags.len().saturating_sub(draft::labels(bug).len());
        self.cut += usize::from(draft::is_cut(bug));
        for task in &bug.tasks {
            let target = task.target.as_ref();
            let names = [
                task.assignee.as_deref(),
                target.and_then(|target| target.component.as_deref()),
                target.map(|target| target.project.as_str()),
            ];
            let mapped = names.into_iter().flatten().any(|name| options.orgs.contains_key(name));
            self.importance += usize::from(!matches!(task.importance, Importance::Undecided | Importance::Unknown) && !mapped);
            self.milestones += usize::from(task.milestone.is_some());
            self.assignees += usize::from(task.assignee.is_some() && !mapped);
            self.series += usize::from(target.is_some_and(|target| target.series.is_some()));
            self.work += usize::from(matches!(work(task.status), Work::Doing | Work::Done) && !mapped);
            self.wont_fix += usize::from(task.status == Status::WontFix);
        }
    }

    fn lines(&self) -> [(usize, &'static str); 14] {
        [
            (self.affected, "records with a count of affected users"),
            (self.heat, "records with heat"),
            (self.importance, "importances (a priority belongs to an organisation)"),
            (self.milestones, "milestones"),
            (self.assignees, "assignees without a mapped organisation"),
            (self.series, "bug tasks of a series (their project stands for them)"),
            (self.work, "bug tasks under work or done, without a mapped organisation"),
            (self.wont_fix, "Won't Fix"),
            (self.tags, "tags that cannot be labels"),
            (self.cut, "texts longer than is kept"),
            (self.duplicates, "duplicates of records that are not here"),
            (self.tasks, "tasks that a board did not take"),
            (self.private, "tasks of private records"),
            (self.words, "new words of records whose words were changed here"),
        ]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { added, changed, unchanged, duplicates, projects, tasks, bad, refused, losses } = self;
        writeln!(f, "{added} added, {changed} changed, {unchanged} unchanged, {} bad", bad.len())?;
        writeln!(f, "{projects} projects made, {duplicates} duplicates linked, {tasks} tasks written down")?;
        for reason in refused {
            writeln!(f, "  no task: {reason}")?;
        }
        if losses.lines().iter().any(|(count, _)| *count > 0) {
            writeln!(f, "not carried over:")?;
        }
        for (count, what) in losses.lines().into_iter().filter(|(count, _)| *count > 0) {
            writeln!(f, "  {count:>7} {what}")?;
        }
        if losses.affected_users > 0 {
            writeln!(f, "          ({} affected users in all)", losses.affected_users)?;
        }
        Ok(())
    }
}
