//! How impact moves: week by week, and from release to release.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use crate::{day::Day, id::DeltaKey};

/// Weeks that a delta's own trend goes back.
pub const WEEKS: usize = 12;
/// Weeks that the trend in a line of a list goes back.
pub const LIST_WEEKS: usize = 8;
/// Weeks that the history of the segments goes back.
pub const HISTORY_WEEKS: usize = 52;

/// The day's number, counted from 1970-01-01 (UTC): what the roll-ups are kept by.
pub fn day_number(at: OffsetDateTime) -> i64 {
    at.unix_timestamp().div_euclid(86_400)
}

/// The number of the Monday of the day's week.
pub fn monday(day: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    day - (day + 3).rem_euclid(7)
}

/// The day of a number; the last there is for one beyond it.
pub fn day(number: i64) -> Day {
    Day(OffsetDateTime::from_unix_timestamp(number.saturating_mul(86_400)).map_or(Date::MAX, OffsetDateTime::date))
}

/// How many people a delta came to affect, and no longer affects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trend {
    /// People who came to be affected within the last seven days, less those who no longer are.
    pub net: i64,
    /// The last twelve spans of seven days, oldest first; the last one ends today. Empty where nothing moved in them.
    pub weeks: Vec<Week>,
}

/// Seven days of a trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Week {
    /// Its first day.
    pub start: Day,
    /// People who came to be affected: by a new vote, or by one changed from "not affected".
    pub came: i64,
    /// People who no longer are: their vote was withdrawn, or changed to "not affected".
    pub went: i64,
}

/// The spans of `weeks` times seven days that end on the day of this number, oldest first, from what happened on single days: its number,
/// who came, who went. Empty where nothing did.
pub fn weeks(days: impl Iterator<Item = (i64, i64, i64)>, today: i64, weeks: usize) -> Vec<Week> {
    let first = |ago: usize| today + 1 - 7 * (i64::try_from(ago).unwrap_or(i64::MAX / 14) + 1);
    let mut spans: Vec<Week> = (0..weeks).rev().map(|ago| Week { start: day(first(ago)), came: 0, went: 0 }).collect();
    let mut moved = false;
    for (number, came, went) in days {
        let ago = usize::try_from((today - number).div_euclid(7)).unwrap_or(usize::MAX);
        if let Some(span) = weeks.checked_sub(ago + 1).and_then(|at| spans.get_mut(at)) {
            span.came += came;
            span.went += went;
            moved = true;
        }
    }
    if moved { spans } else { Vec::new() }
}

/// What the votes said of one segment over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct History {
    /// The project whose users these are.
    pub project: String,
    /// The segment.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Each week in which a vote changed, oldest first; it holds until the next one. At most 52 weeks back.
    pub points: Vec<Point>,
}

/// What the votes said of a segment at the end of a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Point {
    /// The week's Monday.
    pub week: Day,
    /// Users who voted 1 to 4.
    pub affected: i64,
    /// Users there were.
    pub known: i64,
    /// 0 to 100.
    pub score: i64,
}

/// Who still says of a release that the delta affects them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OnRelease {
    /// The project.
    pub project: String,
    /// The release: `2026.1`.
    pub release: String,
    /// When it came out.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub released_at: OffsetDateTime,
    /// People who confirmed that it still affects them there, each counted once.
    pub confirmed: i64,
    /// Whether the caller did.
    pub mine: bool,
    /// Whether the caller is asked: they said before this release that it affects them, and it is the newest of its project.
    pub asks: bool,
    /// The same by named segment, the most first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Confirmed>,
}

/// How many of a segment confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Confirmed {
    /// The segment's name.
    pub segment: String,
    /// People of it who confirmed.
    pub confirmed: i64,
}

/// "Still affects me on this release."
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// A release, that is out, of a project the delta is in.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub release: String,
    /// Which project's, where several have one of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// The caller's own vote and how it came to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mine {
    /// 0 to 4; absent where there is none now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<i64>,
    /// What the caller stated, oldest first: the last hundred.
    pub history: Vec<Statement>,
}

/// The page of what one stated about a delta.
#[derive(Clone, Debug, PartialEq)]
pub struct MinePage {
    /// The delta.
    pub key: DeltaKey,
    /// Its title.
    pub title: String,
    /// What was stated.
    pub mine: Mine,
    /// Now.
    pub now: OffsetDateTime,
}

/// One thing somebody stated about how a delta affects them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Statement {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: OffsetDateTime,
    /// `voted`, `withdrawn` or `confirmed`.
    pub what: String,
    /// The severity stated, 0 to 4; absent for `withdrawn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<i64>,
    /// The release confirmed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_end_today_and_what_is_older_falls_out() {
        let today = day_number(time::macros::datetime!(2026-11-23 10:00 UTC));
        let spans = weeks([(today, 3, 0), (today - 6, 1, 1), (today - 7, 0, 2), (today - 14, 9, 0)].into_iter(), today, 2);
        let said: Vec<_> = spans.iter().map(|week| (week.start.to_string(), week.came, week.went)).collect();
        assert_eq!(said, [("2026-11-10".to_owned(), 0, 2), ("2026-11-17".to_owned(), 4, 1)]);
        assert!(weeks([(today - 14, 9, 0)].into_iter(), today, 2).is_empty());
    }

    #[test]
    fn a_week_begins_on_its_monday() {
        let number = |text: &str| text.parse::<Day>().map(|day| day_number(day.0.midnight().assume_utc())).unwrap();
        for (at, start) in [("2026-11-23", "2026-11-23"), ("2026-11-29", "2026-11-23"), ("1969-12-31", "1969-12-29")] {
            assert_eq!(day(monday(number(at))).to_string(), start);
        }
    }
}
