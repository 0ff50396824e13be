//! How many stood where at the end of each day, told back from where tasks stand now.

use std::collections::BTreeMap;

use super::{ColumnTime, FlowDay};
use crate::{board::Category, impact::day};

/// Tasks that stand in a column now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Board and column, by slug.
    pub at: (String, String),
    /// What it means to stand there.
    pub category: Category,
    /// How many.
    pub tasks: i64,
}

/// Tasks that came to a column on a day, or left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// Board and column, by slug.
    pub at: (String, String),
    /// What it meant to stand there.
    pub category: Category,
    /// The day's number ([`crate::impact::day_number`]).
    pub day: i64,
    /// How many.
    pub tasks: i64,
    /// How long those that left had stood there, in seconds, added up; 0 for those that came.
    pub seconds: i64,
}

/// Calls `told` with each day from `last` back to `first`, and how many stood in each place at its end. `standing` is how many stand there now, at the end of
/// the crossings.
fn back<K: Ord + Clone>(
    standing: impl IntoIterator<Item = (K, i64)>,
    net: &BTreeMap<(i64, K), i64>,
    (first, last): (i64, i64),
    mut told: impl FnMut(i64, &BTreeMap<K, i64>),
) {
    let mut stand: BTreeMap<K, i64> = BTreeMap::new();
    for (at, tasks) in standing {
        *stand.entry(at).or_default() += tasks;
    }
    let mut changes: Vec<(&(i64, K), &i64)> = net.iter().collect();
    for now in (first..=last).rev() {
        // What came later was not there yet.
        while let Some(((day, at), tasks)) = changes.last() {
            if *day <= now {
                break;
            }
            *stand.entry(at.clone()).or_default() -= **tasks;
            changes.pop();
        }
        told(now, &stand);
    }
}

/// Who came less who left, by day and place.
fn net<K: Ord>(came: &[Crossing], went: &[Crossing], place: impl Fn(&Crossing) -> K) -> BTreeMap<(i64, K), i64> {
    let mut net = BTreeMap::new();
    for one in came {
        *net.entry((one.day, place(one))).or_default() += one.tasks;
    }
    for one in went {
        *net.entry((one.day, place(one))).or_default() -= one.tasks;
    }
    net
}

/// Cumulative flow from the first day to the last, of numbers. `came` and `went` reach from the first day to now.
#[must_use]
pub fn flow(standing: &[Counted], came: &[Crossing], went: &[Crossing], (first, last): (i64, i64)) -> Vec<FlowDay> {
    let net = net(came, went, |one| one.category);
    let mut days = Vec::new();
    back(standing.iter().map(|one| (one.category, one.tasks)), &net, (first, last), |number, stand| {
        let of = |category| stand.get(&category).copied().unwrap_or(0).max(0);
        days.push(FlowDay {
            day: day(number),
            backlog: of(Category::Backlog),
            ready: of(Category::Ready),
            doing: of(Category::Doing),
            review: of(Category::Review),
            done: of(Category::Done),
        });
    });
    days.reverse();
    days
}

/// Fills in how long tasks stood in each column in the period, how many stand there, and on how many days it ended over its limit.
/// A column that is gone is added at the end if it was left in the period. Columns where nothing happened stay as they are.
pub fn columns(columns: &mut Vec<ColumnTime>, standing: &[Counted], came: &[Crossing], went: &[Crossing], (first, last): (i64, i64)) {
    let is = |column: &ColumnTime, at: &(String, String)| column.board == at.0 && column.column == at.1;
    let mut seconds: Vec<i64> = vec![0; columns.len()];
    for one in went.iter().filter(|one| (first..=last).contains(&one.day)) {
        let index = columns.iter().position(|column| is(column, &one.at)).unwrap_or_else(|| {
            let (board, column) = one.at.clone();
            columns.push(ColumnTime { name: column.clone(), board, column, stays: 0, hours: 0, standing: 0, limit: None, over: 0 });
            seconds.push(0);
            columns.len() - 1
        });
        columns[index].stays += one.tasks;
        seconds[index] += one.seconds;
    }
    for (column, seconds) in columns.iter_mut().zip(seconds) {
        column.hours = (seconds + column.stays * 1800).checked_div(column.stays * 3600).unwrap_or(0);
    }
    for one in standing {
        if let Some(column) = columns.iter_mut().find(|column| is(column, &one.at)) {
            column.standing += one.tasks;
        }
    }
    let net = net(came, went, |one| one.at.clone());
    back(standing.iter().map(|one| (one.at.clone(), one.tasks)), &net, (first, last), |_, stand| {
        for column in columns.iter_mut() {
            let Some(limit) = column.limit else { continue };
            let there = stand.iter().find(|(at, _)| is(column, at)).map_or(0, |(_, tasks)| *tasks);
            column.over += i64::from(there > limit);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(column: &str) -> (String, String) {
        ("main".to_owned(), column.to_owned())
    }

    fn crossing(column: &str, category: Category, day: i64, tasks: i64, hours: i64) -> Crossing {
        Crossing { at: at(column), category, day, tasks, seconds: hours * 3600 }
    }

    fn column(name: &str, limit: Option<i64>) -> ColumnTime {
        ColumnTime { board: "main".into(), column: name.into(), name: name.into(), stays: 0, hours: 0, standing: 0, limit, over: 0 }
    }

    /// Day 100: three written down. 101: two are begun. 102: one is finished; the other goes back, and is begun again on 103.
    fn week() -> (Vec<Counted>, Vec<Crossing>, Vec<Crossing>) {
        let counted = |column: &str, category| Counted { at: at(column), category, tasks: 1 };
        let standing = vec![counted("to-do", Category::Ready), counted("doing", Category::Doing), counted("done", Category::Done)];
        let came = vec![
            crossing("to-do", Category::Ready, 100, 3, 0),
            crossing("doing", Category::Doing, 101, 2, 0),
            crossing("done", Category::Done, 102, 1, 0),
            crossing("to-do", Category::Ready, 102, 1, 0),
            crossing("doing", Category::Doing, 103, 1, 0),
        ];
        let went = vec![
            crossing("to-do", Category::Ready, 101, 2, 20),
            crossing("doing", Category::Doing, 102, 2, 30),
            crossing("to-do", Category::Ready, 103, 1, 25),
        ];
        (standing, came, went)
    }

    #[test]
    fn each_day_ends_with_what_stood_where() {
        let (standing, came, went) = week();
        let days = flow(&standing, &came, &went, (99, 104));
        let told: Vec<_> = days.iter().map(|day| (day.ready, day.doing, day.done)).collect();
        assert_eq!(told, [(0, 0, 0), (3, 0, 0), (1, 2, 0), (2, 0, 1), (1, 1, 1), (1, 1, 1)]);
        assert_eq!(days[0].day, day(99));
    }

    #[test]
    fn a_period_in_the_past_is_told_back_from_today() {
        let (standing, came, went) = week();
        let days = flow(&standing, &came, &went, (101, 101));
        assert_eq!(days.iter().map(|day| (day.ready, day.doing, day.done)).collect::<Vec<_>>(), [(1, 2, 0)]);
    }

    #[test]
    fn a_column_tells_its_mean_time_and_the_days_over_its_limit() {
        let (standing, came, went) = week();
        let mut told = vec![column("to-do", None), column("doing", Some(1)), column("done", None)];
        columns(&mut told, &standing, &came, &went, (100, 104));
        // (20 + 25) h over 3 stays, 30 h over 2; two stood in a column for one at the end of day 101 alone.
        assert_eq!(
            told.iter().map(|one| (one.stays, one.hours, one.standing, one.over)).collect::<Vec<_>>(),
            [(3, 15, 1, 0), (2, 15, 1, 1), (0, 0, 1, 0)]
        );
    }

    #[test]
    fn a_column_that_is_gone_is_told_by_its_slug() {
        let mut told = vec![column("done", None)];
        columns(&mut told, &[], &[], &[crossing("old", Category::Doing, 7, 2, 9)], (1, 9));
        assert_eq!((told[1].name.as_str(), told[1].stays, told[1].hours), ("old", 2, 5), "4.5 h are rounded");
    }
}
