//! Reading occurrences: their list, one of them, and the counts.

use std::collections::HashMap;

use schema::{
    id::DeltaKey,
    impact::Machine,
    occurrence::{Counts, Crashes, DayCount, Occurrence as Said, ReleaseCount, Whole},
    user::Person,
};
use sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement};
use serde::Deserialize;
use sqlx::FromRow;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{day, family};
use crate::{
    caller::Caller,
    error::{Error, Result},
    store::{
        db::Tx,
        gather::{Gather, Gathered},
        table::{Delta, Occurrence, OccurrenceDay, OccurrenceRelease, Trace, User},
    },
};

/// Days that are counted one by one.
const DAYS: u64 = 90;
/// Lines of versions and platforms that are given.
const RELEASES: u64 = 300;

#[derive(FromRow)]
struct Row {
    id: Uuid,
    number: i64,
    fingerprint: String,
    line: String,
    version: String,
    platform: String,
    environment: String,
    count: i64,
    reporter: Option<String>,
    reporter_name: Option<String>,
    at: OffsetDateTime,
    traced: i64,
}

impl Row {
    fn said(self) -> Said {
        Said {
            id: self.id,
            delta: DeltaKey(self.number),
            fingerprint: Some(self.fingerprint).filter(|print| !print.is_empty()),
            line: self.line,
            version: self.version,
            platform: self.platform,
            environment: self.environment,
            count: self.count,
            reporter: self.reporter.zip(self.reporter_name).map(|(name, display_name)| Person { name, display_name }),
            at: self.at,
            has_trace: self.traced > 0,
        }
    }
}

/// Occurrences of a delta and of those it stands for, each with who reported it.
fn rows(caller: &Caller, delta: Uuid) -> SelectStatement {
    let traced: Expr = Expr::case(Expr::col((Trace::Table, Trace::Id)).is_not_null(), 1i64).finally(0i64).into();
    let mut select = Query::select();
    select
        .columns(
            [
                Occurrence::Id,
                Occurrence::Fingerprint,
                Occurrence::Line,
                Occurrence::Version,
                Occurrence::Platform,
                Occurrence::Environment,
                Occurrence::Count,
                Occurrence::At,
            ]
            .map(|column| (Occurrence::Table, column)),
        )
        .column((Delta::Table, Delta::Number))
        .expr_as(Expr::col((User::Table, User::Name)), "reporter")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "reporter_name")
        .expr_as(traced.cast_as("bigint"), "traced")
        .from(Occurrence::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Occurrence::Table, Occurrence::DeltaId)))
        .left_join(User::Table, Expr::col((User::Table, User::Id)).equals((Occurrence::Table, Occurrence::ReporterId)))
        .left_join(Trace::Table, Expr::col((Trace::Table, Trace::Id)).equals((Occurrence::Table, Occurrence::Id)))
        .and_where(Expr::col((Occurrence::Table, Occurrence::DeltaId)).in_subquery(family(caller, delta)));
    select
}

/// Occurrences older than `before`, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx, caller: &Caller, delta: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<Said>> {
    let mut select = rows(caller, delta);
    select.order_by((Occurrence::Table, Occurrence::Id), Order::Desc).limit(limit.unsigned_abs());
    if let Some(before) = before {
        select.and_where(Expr::col((Occurrence::Table, Occurrence::Id)).lt(before));
    }
    Ok(tx.all::<Row>(&select).await?.into_iter().map(Row::said).collect())
}

/// One occurrence with its trace.
///
/// # Errors
/// 404 when there is none of this id.
pub async fn find(tx: &mut Tx, caller: &Caller, delta: Uuid, id: Uuid) -> Result<Whole> {
    let mut select = rows(caller, delta);
    select.and_where(Expr::col((Occurrence::Table, Occurrence::Id)).eq(id));
    let row: Row = tx.optional(&select).await?.ok_or_else(|| Error::not_found("occurrence"))?;
    whole(tx, row).await
}

async fn whole(tx: &mut Tx, row: Row) -> Result<Whole> {
    let mut select = Query::select();
    select.columns([Trace::Text, Trace::Parsed]).from(Trace::Table).and_where(Expr::col(Trace::Id).eq(row.id));
    let (text, parsed) = tx.optional::<(String, String)>(&select).await?.unwrap_or_default();
    let trace = if parsed.is_empty() { None } else { Some(serde_json::from_str(&parsed)?) };
    Ok(Whole { occurrence: row.said(), trace, text })
}

/// These occurrences with what was read in their traces; their texts are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn taken_apart(tx: &mut Tx, said: Vec<Said>) -> Result<Vec<Whole>> {
    let ids: Vec<Uuid> = said.iter().filter(|one| one.has_trace).map(|one| one.id).collect();
    let mut parsed: HashMap<Uuid, String> = HashMap::new();
    if !ids.is_empty() {
        let mut select = Query::select();
        select.columns([Trace::Id, Trace::Parsed]).from(Trace::Table).and_where(Expr::col(Trace::Id).is_in(ids));
        parsed = tx.all::<(Uuid, String)>(&select).await?.into_iter().collect();
    }
    let mut all = Vec::with_capacity(said.len());
    for occurrence in said {
        let trace = match parsed.remove(&occurrence.id).filter(|text| !text.is_empty()) {
            Some(text) => Some(serde_json::from_str(&text)?),
            None => None,
        };
        all.push(Whole { occurrence, trace, text: String::new() });
    }
    Ok(all)
}

/// What the panel shows: the counts, and the newest occurrence that has a trace.
///
/// # Errors
/// When the database does not answer.
pub async fn crashes(tx: &mut Tx, caller: &Caller, delta: Uuid) -> Result<Crashes> {
    let counts = counts(tx, caller, delta).await?;
    let mut select = rows(caller, delta);
    select
        .and_where(Expr::col((Trace::Table, Trace::Id)).is_not_null())
        .order_by((Occurrence::Table, Occurrence::Id), Order::Desc)
        .limit(1);
    let newest = match tx.optional::<Row>(&select).await? {
        Some(row) => Some(whole(tx, row).await?),
        None => None,
    };
    Ok(Crashes { counts, newest, week: 0 })
}

fn total(column: impl sea_query::IntoColumnRef) -> Expr {
    Expr::from(Func::coalesce([Expr::from(Func::sum(Expr::col(column))), Expr::val(0i64)])).cast_as("bigint")
}

/// How often it was seen, by version and platform, and by day.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(tx: &mut Tx, caller: &Caller, delta: Uuid) -> Result<Counts> {
    let mut select = Query::select();
    select
        .columns([OccurrenceRelease::Version, OccurrenceRelease::Platform])
        .expr_as(total(OccurrenceRelease::Count), "count")
        .expr_as(Func::min(Expr::col(OccurrenceRelease::FirstSeen)), "first_seen")
        .expr_as(Func::max(Expr::col(OccurrenceRelease::LastSeen)), "last_seen")
        .from(OccurrenceRelease::Table)
        .and_where(Expr::col(OccurrenceRelease::DeltaId).in_subquery(family(caller, delta)))
        .group_by_columns([OccurrenceRelease::Version, OccurrenceRelease::Platform])
        .order_by_expr(Expr::cust("5"), Order::Desc)
        .limit(RELEASES);
    let releases: Vec<(String, String, i64, OffsetDateTime, OffsetDateTime)> = tx.all(&select).await?;
    let releases = releases.into_iter().map(|(version, platform, count, first_seen, last_seen)| ReleaseCount {
        version,
        platform,
        count,
        first_seen,
        last_seen,
    });
    let mut select = Query::select();
    select
        .column(OccurrenceDay::Day)
        .expr_as(total(OccurrenceDay::Count), "count")
        .from(OccurrenceDay::Table)
        .and_where(Expr::col(OccurrenceDay::DeltaId).in_subquery(family(caller, delta)))
        .group_by_col(OccurrenceDay::Day)
        .order_by(OccurrenceDay::Day, Order::Desc)
        .limit(DAYS);
    let days: Vec<(String, i64)> = tx.all(&select).await?;
    // Of all of them, however many lines are given.
    let mut select = Query::select();
    select
        .expr_as(total(OccurrenceDay::Count), "count")
        .from(OccurrenceDay::Table)
        .and_where(Expr::col(OccurrenceDay::DeltaId).in_subquery(family(caller, delta)));
    let (all,): (i64,) = tx.one(&select).await?;
    Ok(Counts { total: all, releases: releases.collect(), days: days.into_iter().map(|(day, count)| DayCount { day, count }).collect() })
}

/// Asks how often a delta was seen, in all and within the last seven days.
pub fn ask(gather: &mut Gather, caller: &Caller, delta: Uuid, now: OffsetDateTime) {
    let since = day(now - Duration::days(6));
    let recent = Expr::case(Expr::col(OccurrenceDay::Day).gte(since), Expr::col(OccurrenceDay::Count)).finally(0i64);
    let recent = Expr::from(Func::coalesce([Expr::from(Func::sum(recent)), Expr::val(0i64)])).cast_as("bigint");
    let mut select = Query::select();
    select
        .expr_as(total(OccurrenceDay::Count), "occurrences")
        .expr_as(recent, "occurrences_week")
        .from(OccurrenceDay::Table)
        .and_where(Expr::col(OccurrenceDay::DeltaId).in_subquery(family(caller, delta)));
    gather.part("seen", &["occurrences", "occurrences_week"], select);
}

#[derive(Default, Deserialize)]
struct Seen {
    occurrences: i64,
    occurrences_week: i64,
}

/// Adds what [`ask`] asked.
///
/// # Errors
/// When it did not.
pub fn told(gathered: &mut Gathered, machine: Machine) -> Result<Machine> {
    let Seen { occurrences, occurrences_week } = gathered.take("seen")?.pop().unwrap_or_default();
    Ok(Machine { occurrences, occurrences_week, ..machine })
}
