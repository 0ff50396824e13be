//! The ledger of promises: what each line of it did to the promise, the same wherever promises are counted.

use crate::{day::Day, task::Commitment};

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
}
