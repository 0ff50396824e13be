//! The ledger of promises: what each line of it did to the promise, the same wherever promises are counted.

use serde::{Deserialize, Serialize};

use crate::{
    day::Day,
    delta::Kind,
    id::{DeltaKey, TaskKey},
    impact::day_number,
    task::Commitment,
    user::Person,
};

/// So many days before its day a promise is due soon.
pub const SOON: i64 = 14;
/// Fewest days after which a promise can count as gone quiet, or expire.
pub const DAYS_MIN: i64 = 1;
/// Most days.
pub const DAYS_MAX: i64 = 3650;

/// A line of a task's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was promised.
    pub state: Commitment,
    /// For which release or day; none where nothing was said.
    pub target: Option<String>,
    /// The day that is meant: the target, or its release's; none where nobody knows.
    pub due: Option<Day>,
    /// The day it was written.
    pub on: Day,
}

/// What a line did to a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There was none, and now there is.
    Made,
    /// It is for another target.
    Moved,
    /// It was kept in time, or had no day to keep.
    Kept,
    /// It was kept after its day.
    Late,
    /// It was taken back.
    Dropped,
}

/// Whether something is promised and not ended.
#[must_use]
pub const fn stands(state: Commitment) -> bool {
    matches!(state, Commitment::Intended | Commitment::Committed)
}

/// Whether a promise that stands moved: its target was something else.
#[must_use]
pub fn moved<T: PartialEq>((before, had): (Commitment, &Option<T>), (after, has): (Commitment, &Option<T>)) -> bool {
    stands(before) && stands(after) && had.is_some() && had != has
}

/// What a line did, after the one before it.
#[must_use]
pub fn step(before: Option<&Line>, after: &Line) -> Option<Step> {
    let stood = before.is_some_and(|line| stands(line.state));
    match after.state {
        Commitment::Intended | Commitment::Committed => match before.filter(|line| stands(line.state)) {
            None => Some(Step::Made),
            Some(line) => moved((line.state, &line.target), (after.state, &after.target)).then_some(Step::Moved),
        },
        // Who keeps a promise that was written down as kept before keeps it once.
        Commitment::Delivered if before.is_some_and(|line| line.state == Commitment::Delivered) => None,
        Commitment::Delivered => match after.due {
            Some(due) if after.on > due => Some(Step::Late),
            _ => Some(Step::Kept),
        },
        Commitment::Withdrawn | Commitment::None => stood.then_some(Step::Dropped),
    }
}

words! {
    /// What became of a promise.
    PromiseOutcome {
        /// It stands.
        Open = "open",
        /// It was kept in time, or had no day to keep.
        Kept = "kept",
        /// It was kept after its day.
        Late = "late",
        /// It was taken back.
        Dropped = "dropped",
    }
}

/// What all lines of a task's ledger come to: of the last promise, where there were several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What was said last.
    pub state: Commitment,
    /// For which release or day.
    pub target: Option<String>,
    /// The day that is meant, where one is known.
    pub due: Option<Day>,
    /// The day it was made.
    pub made: Day,
    /// The day of the line that said last what it is now.
    pub on: Day,
    /// How often its target moved.
    pub moves: i64,
    /// By how many days, from the first day that was known to the last; less than nothing where it came nearer.
    pub shift: i64,
    /// What became of it.
    pub outcome: PromiseOutcome,
}

/// Reads a task's ledger, oldest line first. Nothing where nothing was ever promised or kept.
#[must_use]
pub fn account(lines: &[Line]) -> Option<Account> {
    let mut told: Option<Account> = None;
    let mut first_due = None;
    for (at, line) in lines.iter().enumerate() {
        let step = step(at.checked_sub(1).map(|before| &lines[before]), line);
        let outcome = match step {
            _ if stands(line.state) => PromiseOutcome::Open,
            Some(Step::Kept) => PromiseOutcome::Kept,
            Some(Step::Late) => PromiseOutcome::Late,
            Some(Step::Dropped) => PromiseOutcome::Dropped,
            _ => continue,
        };
        let ended = told.as_ref().is_none_or(|one| one.outcome != PromiseOutcome::Open);
        if ended {
            first_due = None;
        }
        first_due = first_due.or(line.due);
        let before = told.take().filter(|_| !ended);
        // Who takes a promise back without a word about its target had that target.
        let goes = line.target.is_none() && outcome != PromiseOutcome::Open;
        let (target, due) = match &before {
            Some(before) if goes => (before.target.clone(), before.due),
            _ => (line.target.clone(), line.due),
        };
        told = Some(Account {
            state: line.state,
            target,
            due,
            made: before.as_ref().map_or(line.on, |before| before.made),
            on: line.on,
            moves: before.map_or(0, |before| before.moves) + i64::from(step == Some(Step::Moved)),
            shift: due.zip(first_due).map_or(0, |(last, first)| (last.0 - first.0).whole_days()),
            outcome,
        });
    }
    told
}

/// For how many days nothing was heard of a promise, once these are `after` or more, and whether they are twice as many: then somebody
/// else may take it over. `days` is since its task last changed; none where nothing is promised.
#[must_use]
pub fn quiet(days: Option<i64>, after: i64) -> Option<(i64, bool)> {
    days.filter(|days| *days >= after).map(|days| (days, days >= after * 2))
}

words! {
    /// Which promises are wanted.
    Show {
        /// Those that stand.
        Open = "open",
        /// Those that stand and are due within 14 days.
        Soon = "soon",
        /// Those that stand and whose day has passed.
        Overdue = "overdue",
        /// Those that stand and of which nothing was heard for long.
        Quiet = "quiet",
        /// Those that stand and whose target moved.
        Moved = "moved",
        /// Those that were kept in time.
        Kept = "kept",
        /// Those that were kept after their day.
        Late = "late",
        /// Those that were taken back.
        Dropped = "dropped",
        /// All.
        All = "all",
    }
}

/// Which promises, and where to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Which; `open` when absent.
    #[serde(default)]
    pub show: Option<Show>,
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[serde(default, deserialize_with = "crate::list::within")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<i64>,
}

/// A delta that something is promised about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerDelta {
    /// Its key.
    pub key: DeltaKey,
    /// What it is.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// Whether its gap is open.
    pub open: bool,
}

/// One promise: a task's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Promised {
    /// What was said last.
    pub state: Commitment,
    /// What became of it.
    pub outcome: PromiseOutcome,
    /// For which release or day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The day that is meant: the target, or the day its release is out, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Day>,
    /// The day it was made.
    pub made: Day,
    /// The day of the last word about it.
    pub on: Day,
    /// How often its target moved.
    pub moves: i64,
    /// By how many days in all, where they are known; less than nothing where it came nearer.
    pub shift: i64,
    /// Days until its day, less than nothing once that passed; absent where it has none, or does not stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// For so many days nothing was heard of it, once that is long. Others than members are told from twice as long on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<i64>,
    /// Whether nothing was heard of it for so long that somebody else may take it over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takeover: bool,
    /// What it is about, as far as the caller may see.
    pub deltas: Vec<LedgerDelta>,
    /// The task, where the caller sees the organisation's own work; the fields below too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskKey>,
    /// The task in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who gave the last word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
}

impl Promised {
    /// Whether it is among those wanted.
    #[must_use]
    pub fn is(&self, show: Show) -> bool {
        let open = self.outcome == PromiseOutcome::Open;
        match show {
            Show::All => true,
            Show::Open => open,
            Show::Soon => self.days_left.is_some_and(|days| (0..=SOON).contains(&days)),
            Show::Overdue => self.days_left.is_some_and(|days| days < 0),
            Show::Quiet => self.quiet.is_some(),
            Show::Moved => open && self.moves > 0,
            Show::Kept => self.outcome == PromiseOutcome::Kept,
            Show::Late => self.outcome == PromiseOutcome::Late,
            Show::Dropped => self.outcome == PromiseOutcome::Dropped,
        }
    }

    /// In which order they stand: open ones by their day, those without one last; then the others, the latest first.
    #[must_use]
    pub fn order(&self) -> (bool, i64) {
        let number = |day: Day| day_number(day.0.midnight().assume_utc());
        match self.outcome {
            PromiseOutcome::Open => (false, self.due.map_or(i64::MAX, number)),
            _ => (true, -number(self.on)),
        }
    }
}

/// How many promises there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    /// That stand.
    pub open: i64,
    /// Of these, due within 14 days.
    pub soon: i64,
    /// Of these, whose day has passed.
    pub overdue: i64,
    /// Of these, that have gone quiet.
    pub quiet: i64,
    /// Of these, whose target moved.
    pub moved: i64,
    /// Kept in time.
    pub kept: i64,
    /// Kept after their day.
    pub late: i64,
    /// Taken back.
    pub dropped: i64,
}

impl Totals {
    /// Counts them.
    #[must_use]
    pub fn of(entries: &[Promised]) -> Self {
        let of = |show| i64::try_from(entries.iter().filter(|one| one.is(show)).count()).unwrap_or(i64::MAX);
        Self {
            open: of(Show::Open),
            soon: of(Show::Soon),
            overdue: of(Show::Overdue),
            quiet: of(Show::Quiet),
            moved: of(Show::Moved),
            kept: of(Show::Kept),
            late: of(Show::Late),
            dropped: of(Show::Dropped),
        }
    }

    /// Those of one kind.
    #[must_use]
    pub fn count(&self, show: Show) -> i64 {
        match show {
            Show::Open => self.open,
            Show::Soon => self.soon,
            Show::Overdue => self.overdue,
            Show::Quiet => self.quiet,
            Show::Moved => self.moved,
            Show::Kept => self.kept,
            Show::Late => self.late,
            Show::Dropped => self.dropped,
            Show::All => self.open + self.kept + self.late + self.dropped,
        }
    }
}

/// An organisation's ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ledger {
    /// How many there are, as far as the caller may see.
    pub totals: Totals,
    /// Open ones by their day, then the others, the latest first.
    pub items: Vec<Promised>,
    /// Where the next page is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The page of an organisation's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerPage {
    /// The organisation's slug.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// Which are shown.
    pub show: Show,
    /// They.
    pub ledger: Ledger,
    /// Whether the reader sees the organisation's own work.
    pub inside: bool,
    /// Whether they do that work.
    pub may_change: bool,
    /// After so many days without a word a promise has gone quiet.
    pub quiet_after: i64,
    /// After so many it expires.
    pub expires_after: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(state: Commitment, target: Option<&str>, on: &str) -> Line {
        let due = target.and_then(|target| target.parse().ok());
        Line { state, target: target.map(str::to_owned), due, on: on.parse().unwrap() }
    }

    #[test]
    fn each_line_does_one_thing_to_a_promise() {
        use Commitment::{Committed, Delivered, Intended, None as Nothing, Withdrawn};
        let told = |lines: &[Line]| -> Vec<Option<Step>> {
            (0..lines.len()).map(|at| step(at.checked_sub(1).map(|b| &lines[b]), &lines[at])).collect()
        };
        let moved = [
            line(Intended, None, "2026-01-01"),
            line(Committed, Some("2026-02-01"), "2026-01-02"),
            line(Committed, Some("2026-03-01"), "2026-01-20"),
            line(Committed, Some("2026-03-01"), "2026-01-21"),
            line(Delivered, Some("2026-03-01"), "2026-03-01"),
            line(Delivered, Some("2026-03-01"), "2026-03-09"),
        ];
        assert_eq!(
            told(&moved),
            [Some(Step::Made), None, Some(Step::Moved), None, Some(Step::Kept), None],
            "giving a target first moves nothing"
        );
        let late = [line(Committed, Some("2026-02-01"), "2026-01-02"), line(Delivered, Some("2026-02-01"), "2026-02-02")];
        assert_eq!(told(&late), [Some(Step::Made), Some(Step::Late)]);
        let dropped =
            [line(Committed, Some("3.2"), "2026-01-02"), line(Withdrawn, Some("3.2"), "2026-02-02"), line(Nothing, None, "2026-02-03")];
        assert_eq!(told(&dropped), [Some(Step::Made), Some(Step::Dropped), None]);
        assert_eq!(told(&[line(Delivered, None, "2026-01-01")]), [Some(Step::Kept)], "nobody has to promise before");
        let open = [line(Committed, Some("2026-02-01"), "2026-01-02"), line(Committed, None, "2026-01-03")];
        assert_eq!(told(&open), [Some(Step::Made), Some(Step::Moved)], "a target taken away is a promise moved out of sight");
    }

    #[test]
    fn an_account_is_of_the_last_promise() {
        use Commitment::{Committed, Delivered, Intended, None as Nothing, Withdrawn};
        let of = |lines: &[Line]| account(lines).map(|one| (one.outcome, one.made.to_string(), one.moves, one.shift, one.target));
        assert_eq!(account(&[]), None);
        assert_eq!(of(&[line(Nothing, None, "2026-01-01")]), None);
        let open = [
            line(Intended, None, "2026-01-01"),
            line(Committed, Some("2026-02-01"), "2026-01-02"),
            line(Committed, Some("2026-03-01"), "2026-01-20"),
            line(Committed, Some("2026-02-15"), "2026-01-21"),
        ];
        let first = "2026-01-01".to_owned();
        assert_eq!(of(&open), Some((PromiseOutcome::Open, first.clone(), 2, 14, Some("2026-02-15".to_owned()))));
        let dropped = [&open[..], &[line(Withdrawn, None, "2026-01-30"), line(Nothing, None, "2026-01-31")]].concat();
        assert_eq!(of(&dropped), Some((PromiseOutcome::Dropped, first, 2, 14, Some("2026-02-15".to_owned()))), "with the target it had");
        let again = [&dropped[..], &[line(Committed, Some("2026-06-01"), "2026-05-01")]].concat();
        assert_eq!(of(&again), Some((PromiseOutcome::Open, "2026-05-01".to_owned(), 0, 0, Some("2026-06-01".to_owned()))));
        let late = [&again[..], &[line(Delivered, Some("2026-06-01"), "2026-06-02")]].concat();
        assert_eq!(of(&late).map(|one| (one.0, one.1)), Some((PromiseOutcome::Late, "2026-05-01".to_owned())));
        let later = [&late[..], &[line(Delivered, Some("2026-06-01"), "2026-07-02")]].concat();
        assert_eq!(account(&later).unwrap().on, account(&late).unwrap().on, "it is kept once");
    }
}
