//! When so many tasks will be done, told from how many were done each day.
//!
//! A Monte-Carlo simulation as ActionableAgile and Troy Magennis describe it: a day of the future is like some day of the past, drawn at random; that is played
//! until the tasks are done, many times; the spread of the ends is the answer. The random numbers always begin at the same place, so the same past gives the same answer.

use serde::{Deserialize, Serialize};

use super::{Spread, Took};
use crate::{day::Day, impact::day};

/// How often the future is played.
pub const TRIALS: usize = 2_000;
/// Most days a trial goes on: what is not done in ten years is told as that.
pub const HORIZON: i64 = 3_653;
/// Most tasks that are asked about.
pub const TASKS_MAX: i64 = 1_000;
/// Fewer finished tasks than that are too few to say much: with eleven samples, the next lies between the least and the most of them nine times in ten.
pub const THIN: i64 = 11;

/// When the tasks will be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forecast {
    /// How many tasks it is for.
    pub tasks: i64,
    /// The day by which half of the trials were done.
    pub p50: Day,
    /// The day by which 85 in 100 were.
    pub p85: Day,
    /// The day by which 95 in 100 were; ten years ahead stands for "then or later".
    pub p95: Day,
    /// Days of the past that it was told from.
    pub days: i64,
    /// Tasks finished on them.
    pub finished: i64,
    /// Whether those were too few to say much.
    pub thin: bool,
}

/// SplitMix64 (G. Steele and others, *Fast splittable pseudorandom number generators*): small, and good enough to draw days by.
struct Draw(u64);

impl Draw {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// One of `n` at random, by multiplication (Lemire): no bias that days would show.
    fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        usize::try_from((u128::from(self.next()) * u128::from(n)) >> 64).unwrap_or(0)
    }
}

/// When `tasks` will be done, counted from the day after `today`, if days go on as those from the first to the last did. None where nothing was finished on them
/// or nothing is to do.
#[must_use]
pub fn forecast(tasks: i64, took: &[Took], (first, last): (i64, i64), today: i64) -> Option<Forecast> {
    let days = usize::try_from(last - first + 1).ok()?;
    let mut past = vec![0i64; days];
    for one in took {
        if let Some(day) = usize::try_from(one.done - first).ok().and_then(|at| past.get_mut(at)) {
            *day += one.tasks;
        }
    }
    let finished: i64 = past.iter().sum();
    let tasks = tasks.min(TASKS_MAX);
    if finished == 0 || tasks <= 0 {
        return None;
    }
    let mut draw = Draw(1);
    let ends = (0..TRIALS).map(|_| {
        let (mut done, mut needed) = (0, 0);
        while done < tasks && needed < HORIZON {
            done += past[draw.below(days)];
            needed += 1;
        }
        (needed, 1)
    });
    let Spread { p50, p85, p95 } = Spread::of(ends.collect())?;
    let (on, days) = (|ahead: i64| day(today + ahead), last - first + 1);
    Some(Forecast { tasks, p50: on(p50), p85: on(p85), p95: on(p95), days, finished, thin: finished < THIN })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn done(days: &[i64]) -> Vec<Took> {
        (0..).zip(days).map(|(done, tasks)| Took { created: 0, started: 0, done, tasks: *tasks }).collect()
    }

    #[test]
    fn a_steady_team_needs_what_it_always_needed() {
        let told = forecast(10, &done(&[2; 20]), (0, 19), 100).unwrap();
        assert_eq!((told.p50, told.p85, told.p95), (day(105), day(105), day(105)));
        assert_eq!((told.days, told.finished, told.thin), (20, 40, false));
    }

    #[test]
    fn every_second_day_one_task_is_a_coin_thrown_until_it_lands() {
        // One task, done with a chance of one half each day: 1 day in 50 of 100, 3 days in 87.5, 5 days in 96.9.
        let told = forecast(1, &done(&[0, 1].repeat(10)), (0, 19), 0).unwrap();
        assert_eq!((told.p85, told.p95, told.thin), (day(3), day(5), true));
        assert!((day(1)..=day(2)).contains(&told.p50));
    }

    #[test]
    fn nothing_follows_from_nothing() {
        assert_eq!(forecast(3, &[], (0, 9), 0), None);
        assert_eq!(forecast(0, &done(&[1, 1]), (0, 1), 0), None);
        assert_eq!(forecast(1_000_000, &done(&[1]), (0, 700), 0).map(|told| (told.tasks, told.p95)), Some((1_000, day(HORIZON))));
    }

    proptest! {
        #[test]
        fn more_tasks_never_end_earlier(past in prop::collection::vec(0i64..4, 5..40), few in 1i64..20, more in 0i64..20) {
            let last = i64::try_from(past.len()).unwrap() - 1;
            let told = |tasks| forecast(tasks, &done(&past), (0, last), 0);
            if let (Some(few), Some(many)) = (told(few), told(few + more)) {
                prop_assert!(few.p50 <= few.p85 && few.p85 <= few.p95);
                // Another draw of days: what differs by chance is a small part of what is told.
                let slack = |days: Day| crate::impact::day(crate::impact::day_number(days.0.midnight().assume_utc()) * 11 / 10 + 3);
                prop_assert!(few.p50 <= slack(many.p50));
            }
        }
    }
}
