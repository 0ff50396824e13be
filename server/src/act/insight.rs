//! What an organisation's past says about its work.

use schema::{
    day::Day,
    insight::{Asked, DAYS, DAYS_MAX, Insight, TASKS_MAX},
    query,
};
use time::{Duration, OffsetDateTime};

use crate::{
    caller::Caller,
    error::Result,
    extract::Check,
    store::{self, db::Tx, insight::Wanted},
};

/// The days a period begins and ends with. A last day that is still to come counts as today.
///
/// # Errors
/// 422 `from` or `to` for what is no day, for a period that ends before it begins and for one of more than two years.
pub fn period(asked: &Asked, now: OffsetDateTime) -> Result<(Day, Day)> {
    let mut check = Check::default();
    let mut read = |text: &str, field: &str, usual: Day| match text.trim() {
        "" => usual,
        text => text.parse().unwrap_or_else(|error| {
            check.that(false, field, format!("{error}"));
            usual
        }),
    };
    let to = read(&asked.to, "to", Day(now.date())).min(Day(now.date()));
    let from = read(&asked.from, "from", Day(to.0.checked_sub(Duration::days(DAYS - 1)).unwrap_or(to.0)));
    check.that(from <= to, "from", "must not be after the last day");
    check.that((to.0 - from.0).whole_days() < DAYS_MAX, "from", format!("a period has at most {DAYS_MAX} days"));
    check.done()?;
    Ok((from, to))
}

/// What there is to say, to who may see the organisation's work: ask whether they may first.
///
/// # Errors
/// 422 with the fields at fault.
pub async fn insight(tx: &mut Tx, caller: &Caller, org: &store::org::Row, asked: &Asked, now: OffsetDateTime) -> Result<Insight> {
    let (from, to) = period(asked, now)?;
    let question = query::parse(&asked.q, &query::TASKS)?;
    let tasks = match asked.tasks.trim() {
        "" => None,
        text => {
            let tasks = text.parse().ok().filter(|tasks| (1..=TASKS_MAX).contains(tasks));
            Check::default().that(tasks.is_some(), "tasks", format!("must be 1 to {TASKS_MAX}")).done()?;
            tasks
        }
    };
    store::insight::read(tx, caller, Wanted { org, question: &question, from, to, tasks }, now).await
}
