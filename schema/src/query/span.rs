//! Comparisons and ranges of numbers and dates.

use time::{Date, Duration, OffsetDateTime, Time};

/// Which values of a number or date a test takes. `20..` is read as at least, `..60` as at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span<T> {
    /// `40`, `=40`
    Exactly(T),
    /// `<40`
    Below(T),
    /// `<=40`
    AtMost(T),
    /// `>40`
    Above(T),
    /// `>=40`
    AtLeast(T),
    /// `20..60`, both ends included
    Between(T, T),
}

/// A time as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A day in UTC, from midnight to midnight: `2026-01-31`. Years 1970 to 9998.
    Day(Date),
    /// So many seconds before now: `7d`. Whole hours, at most 100 years. Its comparisons are of age: below is younger.
    Age(u32),
    /// So many seconds after now: `+7d`. Whole hours, at most 100 years. Its comparisons are of time: below is sooner.
    Ahead(u32),
}

/// A count within the last days: `>5/7d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Which counts are taken.
    pub count: Span<i64>,
    /// Within how many days (UTC), today included: 1 to 365.
    pub days: u32,
}

impl Span<i64> {
    /// The lowest and the highest value taken, both included; none where there is no bound.
    pub fn bounds(&self) -> (Option<i64>, Option<i64>) {
        match *self {
            Self::Exactly(value) => (Some(value), Some(value)),
            Self::Below(value) => (None, Some(value.saturating_sub(1))),
            Self::AtMost(value) => (None, Some(value)),
            Self::Above(value) => (Some(value.saturating_add(1)), None),
            Self::AtLeast(value) => (Some(value), None),
            Self::Between(from, to) => (Some(from), Some(to)),
        }
    }

    /// Is the value taken?
    pub fn takes(&self, value: i64) -> bool {
        let (from, to) = self.bounds();
        from.is_none_or(|from| from <= value) && to.is_none_or(|to| value <= to)
    }
}

impl Span<Moment> {
    /// The first time taken and the first one not taken any more; none where there is no bound. Times count in
    /// microseconds, as they are stored.
    pub fn bounds(&self, now: OffsetDateTime) -> (Option<OffsetDateTime>, Option<OffsetDateTime>) {
        let span = match *self {
            // The younger, the later: comparisons of age run against time.
            Self::Below(Moment::Age(age)) => Self::Above(Moment::Age(age)),
            Self::AtMost(Moment::Age(age)) => Self::AtLeast(Moment::Age(age)),
            Self::Above(Moment::Age(age)) => Self::Below(Moment::Age(age)),
            Self::AtLeast(Moment::Age(age)) => Self::AtMost(Moment::Age(age)),
            span => span,
        };
        match span {
            Self::Exactly(at) => at.extent(now),
            Self::Below(at) => (None, at.extent(now).0),
            Self::AtMost(at) => (None, at.extent(now).1),
            Self::Above(at) => (at.extent(now).1, None),
            Self::AtLeast(at) => (at.extent(now).0, None),
            Self::Between(one, other) => {
                let (one, other) = (one.extent(now), other.extent(now));
                (one.0.min(other.0), one.1.zip(other.1).map(|(one, other)| one.max(other)))
            }
        }
    }

    /// Is the time taken?
    pub fn takes(&self, time: OffsetDateTime, now: OffsetDateTime) -> bool {
        let (from, until) = self.bounds(now);
        from.is_none_or(|from| from <= time) && until.is_none_or(|until| time < until)
    }
}

impl Moment {
    /// From when to when it lasts, the end not included. None only beyond the calendar's ends.
    fn extent(self, now: OffsetDateTime) -> (Option<OffsetDateTime>, Option<OffsetDateTime>) {
        let start = match self {
            Self::Day(day) => Some(OffsetDateTime::new_utc(day, Time::MIDNIGHT)),
            Self::Age(seconds) => now.checked_sub(Duration::seconds(seconds.into())),
            Self::Ahead(seconds) => now.checked_add(Duration::seconds(seconds.into())),
        };
        let lasts = if matches!(self, Self::Day(_)) { Duration::DAY } else { Duration::MICROSECOND };
        (start, start.and_then(|start| start.checked_add(lasts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    #[test]
    fn ages_compare_as_ages() {
        let week = Moment::Age(7 * 86_400);
        let (edge, young, old) = (datetime!(2026-11-15 12:00 UTC), datetime!(2026-11-15 12:01 UTC), datetime!(2026-11-15 11:59 UTC));
        let takes = |span: Span<Moment>| [young, edge, old].map(|time| span.takes(time, NOW));
        assert_eq!(takes(Span::Below(week)), [true, false, false]);
        assert_eq!(takes(Span::AtMost(week)), [true, true, false]);
        assert_eq!(takes(Span::Above(week)), [false, false, true]);
        assert_eq!(takes(Span::AtLeast(week)), [false, true, true]);
        assert_eq!(takes(Span::Between(Moment::Age(0), week)), [true, true, false]);
    }

    #[test]
    fn a_day_lasts_from_midnight_to_midnight() {
        let day = Moment::Day(date!(2026 - 01 - 31));
        let times = [datetime!(2026-01-30 23:59:59 UTC), datetime!(2026-01-31 00:00 UTC), datetime!(2026-01-31 23:59:59 UTC)];
        let after = datetime!(2026-02-01 00:00 UTC);
        let takes = |span: Span<Moment>| [times[0], times[1], times[2], after].map(|time| span.takes(time, NOW));
        assert_eq!(takes(Span::Exactly(day)), [false, true, true, false]);
        assert_eq!(takes(Span::Below(day)), [true, false, false, false]);
        assert_eq!(takes(Span::AtMost(day)), [true, true, true, false]);
        assert_eq!(takes(Span::Above(day)), [false, false, false, true]);
        assert_eq!(takes(Span::AtLeast(day)), [false, true, true, true]);
    }

    #[test]
    fn a_time_ahead_compares_as_a_time() {
        let soon = Span::Below(Moment::Ahead(7 * 86_400));
        assert!(soon.takes(datetime!(2026-11-20 00:00 UTC), NOW));
        assert!(soon.takes(datetime!(2026-11-29 11:59 UTC), NOW));
        assert!(!soon.takes(datetime!(2026-11-29 12:00 UTC), NOW));
    }

    #[test]
    fn a_number_just_outside_a_comparison_is_not_taken() {
        let takes = |span: Span<i64>| [39, 40, 41].map(|value| span.takes(value));
        assert_eq!(takes(Span::Exactly(40)), [false, true, false]);
        assert_eq!(takes(Span::Below(40)), [true, false, false]);
        assert_eq!(takes(Span::AtMost(40)), [true, true, false]);
        assert_eq!(takes(Span::Above(40)), [false, false, true]);
        assert_eq!(takes(Span::AtLeast(40)), [false, true, true]);
        assert_eq!(takes(Span::Between(40, 41)), [false, true, true]);
    }
}
