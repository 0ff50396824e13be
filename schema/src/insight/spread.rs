//! How long it took, how many were finished, and what became of promises.

use serde::{Deserialize, Serialize};

use super::{Month, Point, Times, Week};
use crate::{
    day::Day,
    impact::{day, monday},
    ledger::Step,
};

/// Times that half, most and nearly all kept, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spread {
    /// At least 50 in 100 took that long or less.
    pub p50: i64,
    /// At least 85 in 100.
    pub p85: i64,
    /// At least 95 in 100.
    pub p95: i64,
}

impl Spread {
    /// Of values with how often there are, by nearest rank; none of nothing.
    #[must_use]
    pub fn of(mut values: Vec<(i64, i64)>) -> Option<Self> {
        values.retain(|(_, count)| *count > 0);
        values.sort_unstable();
        let all: i64 = values.iter().map(|(_, count)| count).sum();
        let at = |percent: i64| {
            let rank = (all * percent + 99) / 100;
            let mut seen = 0;
            values.iter().find_map(|(value, count)| {
                seen += count;
                (seen >= rank).then_some(*value)
            })
        };
        Some(Self { p50: at(50)?, p85: at(85)?, p95: at(95)? })
    }
}

/// Tasks that were written down, begun and finished on the same days, of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Took {
    /// When they were written down.
    pub created: i64,
    /// When they were begun.
    pub started: i64,
    /// When they were finished.
    pub done: i64,
    /// How many.
    pub tasks: i64,
}

impl Took {
    /// Days from a day to the finish, both counted: never less than one, though a clock went back.
    const fn since(&self, begun: i64) -> i64 {
        if self.done < begun { 1 } else { self.done - begun + 1 }
    }
}

/// How long finished tasks took.
#[must_use]
pub fn times(took: &[Took]) -> Times {
    let mut points: Vec<Point> = took
        .iter()
        .map(|one| Point { day: day(one.done), cycle: one.since(one.started), lead: one.since(one.created), tasks: one.tasks })
        .collect();
    points.sort_unstable();
    Times {
        finished: points.iter().map(|point| point.tasks).sum(),
        cycle: Spread::of(points.iter().map(|point| (point.cycle, point.tasks)).collect()),
        lead: Spread::of(points.iter().map(|point| (point.lead, point.tasks)).collect()),
        points,
    }
}

/// How many were finished in each week of a period, also in those without any.
#[must_use]
pub fn throughput(took: &[Took], (first, last): (i64, i64)) -> Vec<Week> {
    let weeks = (monday(first)..=monday(last)).step_by(7);
    let within = |start: i64| took.iter().filter(move |one| (start..start + 7).contains(&one.done) && (first..=last).contains(&one.done));
    weeks.map(|start| Week { start: day(start), finished: within(start).map(|one| one.tasks).sum() }).collect()
}

/// How many steps of the ledger fell into each month of a period, also into those without any. `steps` come with their day.
#[must_use]
pub fn months(steps: &[(Day, Step)], from: Day, to: Day) -> Vec<Month> {
    let mut months = Vec::new();
    let mut month = from.month();
    loop {
        let mut told = Month { month, made: 0, moved: 0, kept: 0, late: 0, dropped: 0 };
        for (_, step) in steps.iter().filter(|(day, _)| (from..=to).contains(day) && day.month() == month) {
            told.count(*step);
        }
        months.push(told);
        let next = month.next_month();
        if next > to || next == month {
            return months;
        }
        month = next;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn took(created: i64, started: i64, done: i64) -> Took {
        Took { created, started, done, tasks: 1 }
    }

    #[test]
    fn a_task_begun_and_finished_on_one_day_took_a_day() {
        let times = times(&[took(10, 12, 12), took(11, 12, 16), took(20, 30, 19)]);
        let told: Vec<_> = times.points.iter().map(|point| (point.cycle, point.lead)).collect();
        assert_eq!(told, [(1, 3), (5, 6), (1, 1)], "and what seems to end before it began took one as well");
        assert_eq!(times.finished, 3);
    }

    #[test]
    fn percentiles_are_times_that_were_measured() {
        // The times 1 to 20: half are at most 10, 17 are 85 % and 19 are 95 % of them.
        assert_eq!(Spread::of((1..=20).map(|days| (days, 1)).collect()), Some(Spread { p50: 10, p85: 17, p95: 19 }));
        assert_eq!(Spread::of(vec![(4, 1)]), Some(Spread { p50: 4, p85: 4, p95: 4 }));
        assert_eq!(Spread::of(vec![(3, 0)]), None);
    }

    #[test]
    fn a_week_without_any_is_told_too() {
        // 1970-01-05 was a Monday: day 4.
        let weeks = throughput(&[took(0, 0, 5), took(0, 0, 10), took(0, 0, 20), took(0, 0, 25)], (5, 24));
        assert_eq!(weeks.iter().map(|week| week.finished).collect::<Vec<_>>(), [2, 0, 1]);
        assert_eq!(weeks[0].start, day(4));
    }

    #[test]
    fn promises_are_counted_in_their_month() {
        let on = |text: &str| text.parse::<Day>().unwrap();
        let steps = [
            (on("2026-09-30"), Step::Made),
            (on("2026-10-01"), Step::Made),
            (on("2026-12-02"), Step::Kept),
            (on("2026-12-02"), Step::Moved),
            (on("2026-12-20"), Step::Dropped),
        ];
        let months = months(&steps, on("2026-10-01"), on("2026-12-19"));
        let told: Vec<_> =
            months.iter().map(|one| (one.month.month_text(), one.made, one.moved, one.kept, one.late, one.dropped)).collect();
        assert_eq!(told, [("2026-10".into(), 1, 0, 0, 0, 0), ("2026-11".into(), 0, 0, 0, 0, 0), ("2026-12".into(), 0, 1, 1, 0, 0)]);
    }

    proptest! {
        #[test]
        fn at_least_so_many_took_as_long_or_less(values in prop::collection::vec(1i64..400, 1..60)) {
            let spread = Spread::of(values.iter().map(|value| (*value, 1)).collect()).unwrap();
            for (percent, bound) in [(50, spread.p50), (85, spread.p85), (95, spread.p95)] {
                let within = values.iter().filter(|value| **value <= bound).count();
                let below = values.iter().filter(|value| **value < bound).count();
                prop_assert!(within * 100 >= values.len() * percent && below * 100 < values.len() * percent && values.contains(&bound));
            }
        }
    }
}
