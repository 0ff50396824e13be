//! The order of an organisation's open tasks: what stands where, what the lens would put first, and which band fits a place.

use serde::{Deserialize, Serialize};

use crate::{id::TaskKey, task::Priority};

/// Most tasks of the order that are listed at once: its top.
pub const TOP: usize = 100;
/// Most tasks that are suggested.
pub const SUGGESTED: usize = 20;
/// Highest position that can be asked for.
pub const POSITION_MAX: i64 = 1_000_000;

/// An open task in its organisation's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ranked {
    /// Its place among the open tasks, from 1.
    pub position: i64,
    /// Its key.
    pub key: TaskKey,
    /// In one line.
    pub title: String,
    /// Its band.
    pub priority: Priority,
    /// Whether its band is more pressing than that of the task right above it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub out_of_order: bool,
    /// The highest score of the open deltas it is for, as far as the caller may see: through the organisation's lens for who belongs to it,
    /// where it has one, else their impact.
    pub score: i64,
    /// How many open deltas it is for, as far as the caller may see.
    pub deltas: i64,
}

/// The order of an organisation's open tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Priorities {
    /// How many open tasks there are.
    pub open: i64,
    /// The first 100 of them.
    pub items: Vec<Ranked>,
    /// The first 20 by score, the highest first; tasks for nothing open that the caller may see are not among them. It is a suggestion, and
    /// nothing applies it by itself.
    pub suggested: Vec<Ranked>,
    /// Whether scores are the lens's.
    pub lens: bool,
}

impl Priorities {
    /// What an order says, given all open tasks in it.
    #[must_use]
    pub fn of(mut all: Vec<Ranked>, lens: bool) -> Self {
        let mut above: Option<Priority> = None;
        for (at, one) in (1..).zip(&mut all) {
            one.position = at;
            one.out_of_order = above.is_some_and(|above| weight(one.priority) < weight(above));
            above = Some(one.priority);
        }
        let mut suggested: Vec<Ranked> = all.iter().filter(|one| one.score > 0).cloned().collect();
        suggested.sort_by_key(|one| (-one.score, one.position));
        suggested.truncate(SUGGESTED);
        let open = i64::try_from(all.len()).unwrap_or(i64::MAX);
        all.truncate(TOP);
        Self { open, items: all, suggested, lens }
    }
}

/// Where a task is to stand in its organisation's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutAt {
    /// Its place among the open tasks, from 1; behind the last one where there are fewer.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000000))]
    pub position: i64,
}

/// Where a task stands now in its organisation's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Positioned {
    /// The task.
    pub key: TaskKey,
    /// Its place among the open tasks, from 1.
    pub position: i64,
    /// Its band: another one than before where that did not fit between its new neighbours.
    pub priority: Priority,
    /// Its version, for the next change.
    pub version: i64,
}

/// The page of an organisation's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrioritiesPage {
    /// The organisation's slug.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// The order.
    pub order: Priorities,
    /// Whether the reader may change it.
    pub may_change: bool,
}

/// Bands as numbers: 0 is the most pressing.
fn weight(priority: Priority) -> usize {
    Priority::ALL.iter().position(|known| *known == priority).unwrap_or_default()
}

/// The band for a place in the order: the task's own where it fits, else the nearest that is not more pressing than the task above and not
/// less than the one below. Where these two are out of order themselves, the one above counts.
#[must_use]
pub fn fit(above: Option<Priority>, below: Option<Priority>, own: Priority) -> Priority {
    let first = above.map_or(0, weight);
    let last = below.map_or(Priority::ALL.len() - 1, weight).max(first);
    Priority::ALL[weight(own).clamp(first, last)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(number: i64, priority: Priority, score: i64) -> Ranked {
        let key = TaskKey { prefix: "NW".into(), number };
        Ranked { position: 0, key, title: format!("T{number}"), priority, out_of_order: false, score, deltas: 1 }
    }

    #[test]
    fn a_band_fits_between_its_neighbours() {
        use Priority::{High, Low, Normal, Urgent};
        assert_eq!(fit(None, None, Low), Low);
        assert_eq!(fit(Some(Urgent), Some(Normal), High), High, "it fits");
        assert_eq!(fit(Some(Urgent), Some(Urgent), Low), Urgent);
        assert_eq!(fit(Some(High), Some(Low), Urgent), High);
        assert_eq!(fit(None, Some(High), Normal), High);
        assert_eq!(fit(Some(Low), None, Urgent), Low);
        assert_eq!(fit(Some(Normal), Some(Urgent), Low), Normal, "neighbours out of order: the one above counts");
    }

    #[test]
    fn an_order_says_what_is_out_of_it_and_what_the_score_would_put_first() {
        use Priority::{High, Low, Normal};
        let order = Priorities::of(vec![task(1, High, 5), task(2, Low, 0), task(3, Normal, 90), task(4, Normal, 5)], true);
        assert_eq!(
            order.items.iter().map(|one| (one.position, one.out_of_order)).collect::<Vec<_>>(),
            [(1, false), (2, false), (3, true), (4, false)]
        );
        assert_eq!(order.suggested.iter().map(|one| one.position).collect::<Vec<_>>(), [3, 1, 4], "by score, then as they stand");
        let many = Priorities::of((0..150).map(|number| task(number, Normal, number)).collect(), false);
        assert_eq!((many.open, many.items.len(), many.suggested.len()), (150, TOP, SUGGESTED));
    }
}
