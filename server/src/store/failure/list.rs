//! Reading groups and failures.

use std::collections::{HashMap, HashSet};

use schema::{
    ci::{DAYS, Failure as View, Verdict},
    delta::{Kind, Ref},
    id::DeltaKey,
};
use sea_query::{Cond, Expr, ExprTrait, LockType, Order, Query};
use sqlx::FromRow;
use time::{Duration, OffsetDateTime, Time};
use uuid::Uuid;

use crate::{
    caller::Caller,
    error::{Error, Result},
    store::{
        cursor, day as days,
        db::{Dialect, Tx},
        delta::visible,
        run::cut,
        table::{Delta, Failure, FailureDelta, FailureGroup, FailureGroupDelta, Project, Run, Signature},
    },
};

/// A group as it is stored, with its project's slug.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct GroupRow {
    pub id: Uuid,
    pub project_id: Uuid,
    pub slug: String,
    pub test: String,
    pub message: String,
    pub failures: i64,
    pub explained: bool,
    pub first_seen: OffsetDateTime,
    pub last_seen: OffsetDateTime,
}

fn select_groups() -> sea_query::SelectStatement {
    let mut select = Query::select();
    select
        .columns(
            [
                FailureGroup::Id,
                FailureGroup::ProjectId,
                FailureGroup::Test,
                FailureGroup::Message,
                FailureGroup::Failures,
                FailureGroup::Explained,
                FailureGroup::FirstSeen,
                FailureGroup::LastSeen,
            ]
            .map(|column| (FailureGroup::Table, column)),
        )
        .column((Project::Table, Project::Slug))
        .from(FailureGroup::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((FailureGroup::Table, FailureGroup::ProjectId)));
    select
}

/// A group.
///
/// # Errors
/// 404 when there is none.
pub async fn find(tx: &mut Tx, group: Uuid) -> Result<GroupRow> {
    let mut select = select_groups();
    select.and_where(Expr::col((FailureGroup::Table, FailureGroup::Id)).eq(group));
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("failure group"))
}

/// Keeps a group as it is until the transaction ends: runs that fail into it wait. Lock its project first, as those who put
/// signatures in force do.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx, group: Uuid) -> Result<()> {
    let mut select = Query::select();
    select.column(FailureGroup::Id).from(FailureGroup::Table).and_where(Expr::col(FailureGroup::Id).eq(group)).lock(LockType::NoKeyUpdate);
    tx.optional::<(Uuid,)>(&select).await.map(drop)
}

/// A project's groups, explained or not, the last seen first; and where the list goes on.
///
/// # Errors
/// 422 for a bad cursor.
pub async fn groups(
    tx: &mut Tx,
    project: Uuid,
    explained: bool,
    cursor: Option<&str>,
    limit: i64,
) -> Result<(Vec<GroupRow>, Option<String>)> {
    let at = (FailureGroup::Table, FailureGroup::LastSeen);
    let id = (FailureGroup::Table, FailureGroup::Id);
    let mut select = select_groups();
    select
        .and_where(Expr::col((FailureGroup::Table, FailureGroup::ProjectId)).eq(project))
        .and_where(Expr::col((FailureGroup::Table, FailureGroup::Explained)).eq(explained))
        .order_by(at, Order::Desc)
        .order_by(id, Order::Desc)
        .limit(limit.unsigned_abs() + 1);
    if let Some(cursor) = cursor {
        let (seen, last): (i64, Uuid) = cursor::read(cursor)?;
        let seen = cursor::time(seen).ok_or_else(|| Error::invalid("cursor", "is not one of this list; start again without it"))?;
        let same = Cond::all().add(Expr::col(at).eq(seen)).add(Expr::col(id).lt(last));
        select.cond_where(Cond::any().add(Expr::col(at).lt(seen)).add(same));
    }
    let mut rows: Vec<GroupRow> = tx.all(&select).await?;
    let next = cut(&mut rows, limit).map(|row| cursor::write(&(cursor::micros(row.last_seen), row.id)));
    Ok((rows, next))
}

/// What groups did within the last fourteen days: failures per day (UTC), oldest first, and in how many jobs.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(tx: &mut Tx, groups: &[Uuid], now: OffsetDateTime) -> Result<HashMap<Uuid, (Vec<i64>, i64)>> {
    #[derive(FromRow)]
    struct Found {
        id: Uuid,
        day: String,
        job: String,
        failures: i64,
    }
    let mut counts: HashMap<Uuid, (Vec<i64>, i64)> = HashMap::new();
    if groups.is_empty() {
        return Ok(counts);
    }
    let first = first_day(now);
    let mut select = Query::select();
    select
        .expr_as(Expr::col((Failure::Table, Failure::GroupId)), "id")
        .expr_as(day(tx.dialect()), "day")
        .column((Run::Table, Run::Job))
        .expr_as(Expr::col((Failure::Table, Failure::Id)).count(), "failures")
        .from(Failure::Table)
        .inner_join(Run::Table, Expr::col((Run::Table, Run::Id)).equals((Failure::Table, Failure::RunId)))
        .and_where(Expr::col((Failure::Table, Failure::GroupId)).is_in(groups.iter().copied()))
        .and_where(Expr::col((Run::Table, Run::ReportedAt)).gte(first))
        .group_by_col((Failure::Table, Failure::GroupId))
        .add_group_by([Expr::col("day")])
        .group_by_col((Run::Table, Run::Job));
    let mut jobs: HashMap<Uuid, HashSet<String>> = HashMap::new();
    for found in tx.all::<Found>(&select).await? {
        let (days, _) = counts.entry(found.id).or_insert_with(|| (vec![0; DAYS], 0));
        if let Some(day) = days.get_mut(number_of(&found.day, first)) {
            *day += found.failures;
        }
        jobs.entry(found.id).or_default().insert(found.job);
    }
    for (group, jobs) in jobs {
        if let Some((_, count)) = counts.get_mut(&group) {
            *count = i64::try_from(jobs.len()).unwrap_or(i64::MAX);
        }
    }
    Ok(counts)
}

/// Midnight (UTC) of the first of the fourteen days that end today.
pub(super) fn first_day(now: OffsetDateTime) -> OffsetDateTime {
    (now - Duration::days(13)).replace_time(Time::MIDNIGHT)
}

/// A run's day (UTC) as `2026-11-22`.
pub(super) fn day(dialect: Dialect) -> Expr {
    days::text(dialect, (Run::Table, Run::ReportedAt))
}

/// Which of the days from `first` on this is; past the end for what is none of them.
pub(super) fn number_of(day: &str, first: OffsetDateTime) -> usize {
    let day = time::Date::parse(day, time::macros::format_description!("[year]-[month]-[day]"));
    day.ok().and_then(|day| usize::try_from((day - first.date()).whole_days()).ok()).unwrap_or(usize::MAX)
}

/// Which of these deltas, by number, a caller may see.
///
/// # Errors
/// When the database does not answer.
pub async fn shown(tx: &mut Tx, caller: &Caller, numbers: &[i64]) -> Result<HashSet<i64>> {
    let mut shown = HashSet::new();
    for numbers in numbers.chunks(super::CHUNK) {
        let mut select = Query::select();
        select
            .column((Delta::Table, Delta::Number))
            .from(Delta::Table)
            .and_where(Expr::col((Delta::Table, Delta::Number)).is_in(numbers.iter().copied()))
            .cond_where(visible(caller));
        shown.extend(tx.all::<(i64,)>(&select).await?.into_iter().map(|(number,)| number));
    }
    Ok(shown)
}

/// A delta behind a group or failure.
#[derive(Clone, Debug, FromRow)]
pub struct Shown {
    /// The group or failure.
    pub of: Uuid,
    /// The delta.
    pub id: Uuid,
    number: i64,
    #[sqlx(try_from = "String")]
    kind: Kind,
    title: String,
    impact: i64,
    open: bool,
    /// The text of the signature that recognised it.
    pub query: Option<String>,
}

impl Shown {
    /// The delta, as pages point at it.
    pub fn delta(&self) -> Ref {
        Ref { key: DeltaKey(self.number), kind: self.kind, title: self.title.clone(), impact: self.impact, open: self.open }
    }
}

/// The deltas behind these groups that a caller may see.
///
/// # Errors
/// When the database does not answer.
pub async fn links_shown(tx: &mut Tx, caller: &Caller, groups: &[Uuid]) -> Result<Vec<Shown>> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Query::select();
    select
        .expr_as(Expr::col((FailureGroupDelta::Table, FailureGroupDelta::GroupId)), "of")
        .columns(SHOWN.map(|column| (Delta::Table, column)))
        .column((Signature::Table, Signature::Query))
        .from(FailureGroupDelta::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((FailureGroupDelta::Table, FailureGroupDelta::DeltaId)))
        .left_join(
            Signature::Table,
            Expr::col((Signature::Table, Signature::Id)).equals((FailureGroupDelta::Table, FailureGroupDelta::SignatureId)),
        )
        .and_where(Expr::col((FailureGroupDelta::Table, FailureGroupDelta::GroupId)).is_in(groups.iter().copied()))
        .cond_where(visible(caller))
        .order_by((Delta::Table, Delta::Number), Order::Asc);
    tx.all(&select).await
}

pub(super) const SHOWN: [Delta; 6] = [Delta::Id, Delta::Number, Delta::Kind, Delta::Title, Delta::Impact, Delta::Open];

/// A failure of a run.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct OfRun {
    pub id: Uuid,
    pub group_id: Uuid,
    pub test: String,
    pub message: String,
    #[sqlx(try_from = "String")]
    pub verdict: Verdict,
}

/// A run's failures in the order of its report, at most 500; how many there are; and the deltas they were attributed to, as far as
/// a caller may see.
///
/// # Errors
/// When the database does not answer.
pub async fn of_run(tx: &mut Tx, caller: &Caller, run: Uuid) -> Result<(Vec<OfRun>, i64, Vec<Shown>)> {
    let mut select = Query::select();
    select
        .columns([Failure::Id, Failure::GroupId, Failure::Test, Failure::Message, Failure::Verdict])
        .from(Failure::Table)
        .and_where(Expr::col(Failure::RunId).eq(run))
        .order_by(Failure::Id, Order::Asc)
        .limit(500);
    let rows: Vec<OfRun> = tx.all(&select).await?;
    if rows.is_empty() {
        return Ok((rows, 0, Vec::new()));
    }
    let mut total = Query::select();
    total.expr(Expr::col(Failure::Id).count()).from(Failure::Table).and_where(Expr::col(Failure::RunId).eq(run));
    let (total,): (i64,) = tx.one(&total).await?;
    let mut select = Query::select();
    select
        .expr_as(Expr::col((FailureDelta::Table, FailureDelta::FailureId)), "of")
        .columns(SHOWN.map(|column| (Delta::Table, column)))
        .expr_as(Expr::cust("NULL").cast_as("text"), "query")
        .from(FailureDelta::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((FailureDelta::Table, FailureDelta::DeltaId)))
        .and_where(Expr::col((FailureDelta::Table, FailureDelta::FailureId)).is_in(rows.iter().map(|row| row.id)))
        .cond_where(visible(caller))
        .order_by((Delta::Table, Delta::Number), Order::Asc);
    let deltas = tx.all(&select).await?;
    Ok((rows, total, deltas))
}

#[derive(FromRow)]
struct Newest {
    id: Uuid,
    run_id: Uuid,
    message: String,
    details: String,
    #[sqlx(try_from = "String")]
    verdict: Verdict,
    job: String,
    branch: String,
    reported_at: OffsetDateTime,
}

fn select_failures() -> sea_query::SelectStatement {
    let mut select = Query::select();
    select
        .columns(
            [Failure::Id, Failure::RunId, Failure::Test, Failure::GroupId, Failure::Message, Failure::Details, Failure::Verdict]
                .map(|column| (Failure::Table, column)),
        )
        .columns([Run::Job, Run::Branch, Run::ReportedAt].map(|column| (Run::Table, column)))
        .from(Failure::Table)
        .inner_join(Run::Table, Expr::col((Run::Table, Run::Id)).equals((Failure::Table, Failure::RunId)));
    select
}

/// The ten newest failures of a group.
///
/// # Errors
/// When the database does not answer.
pub async fn newest(tx: &mut Tx, group: Uuid) -> Result<Vec<View>> {
    let mut select = select_failures();
    select
        .and_where(Expr::col((Failure::Table, Failure::GroupId)).eq(group))
        .order_by((Failure::Table, Failure::Id), Order::Desc)
        .limit(10);
    let found: Vec<Newest> = tx.all(&select).await?;
    let view = |found: Newest| View {
        id: found.id,
        run: found.run_id,
        job: found.job,
        branch: found.branch,
        message: found.message,
        details: found.details,
        verdict: found.verdict,
        reported_at: found.reported_at,
    };
    Ok(found.into_iter().map(view).collect())
}

/// A stored failure, for a signature to look at.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Stored {
    pub id: Uuid,
    pub group_id: Uuid,
    pub test: String,
    pub message: String,
    pub details: String,
    pub job: String,
    pub branch: String,
}

/// Failures of a project, newest first: those before or those after one of them, or the newest.
///
/// # Errors
/// When the database does not answer.
pub async fn sample(tx: &mut Tx, project: Uuid, before: Option<Uuid>, after: Option<Uuid>, limit: u64) -> Result<Vec<Stored>> {
    let mut select = select_failures();
    select
        .and_where(Expr::col((Run::Table, Run::ProjectId)).eq(project))
        .and_where_option(before.map(|id| Expr::col((Failure::Table, Failure::Id)).lt(id)))
        .and_where_option(after.map(|id| Expr::col((Failure::Table, Failure::Id)).gt(id)))
        .order_by((Failure::Table, Failure::Id), Order::Desc)
        .limit(limit);
    tx.all(&select).await
}
