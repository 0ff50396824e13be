//! What CI measures about one delta.

use schema::{ci::DeltaEvidence, day::Day};
use sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement, UnionType};
use time::{Duration, OffsetDateTime, Time, UtcOffset};
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        self,
        db::Tx,
        delta::Row,
        gather::Gather,
        table::{Delta, DeltaCiDay, Failure, FailureDelta, FailureGroup, FailureGroupDelta, Project, Run, Signature},
    },
};

/// The panel "Evidence from CI": tests that decide, with their newest results; failures attributed; groups and signatures.
///
/// # Errors
/// When the database does not answer.
pub async fn of_delta(tx: &mut Tx, delta: &Row, now: OffsetDateTime) -> Result<DeltaEvidence> {
    let mut gather = Gather::new(tx.dialect());
    gather.part("machine", &["failures", "week", "month"], machine(delta.id, now));
    let columns = ["id", "project", "test", "message", "failures", "signature", "last_seen"];
    gather.part("groups", &columns, groups(&gather, delta.id));
    let mut gathered = gather.read(tx).await?;
    Ok(DeltaEvidence {
        delta: delta.key(),
        tests: store::evidence::tests(tx, delta.id).await?,
        machine: gathered.take("machine")?.pop().unwrap_or_default(),
        groups: gathered.take("groups")?,
        signatures: store::signature::of_delta(tx, delta.id).await?,
    })
}

/// How many failures of CI were attributed to a delta and to its duplicates that count for it: `failures` in all, `week` of today (UTC)
/// and the six days before, `month` of today and the twenty-nine before. What is kept by day is added up, where that comes to the same.
pub fn machine(delta: Uuid, now: OffsetDateTime) -> SelectStatement {
    let mut either = by_day(delta, now);
    either.union(UnionType::All, one_by_one(delta, now));
    let mut select = Query::select();
    for column in ["failures", "week", "month"] {
        let sum = Func::coalesce([Expr::from(Func::sum(Expr::col(column))), Expr::val(0i64)]);
        select.expr_as(Expr::from(sum).cast_as("bigint"), column);
    }
    select.from_subquery(either, "counted");
    select
}

/// The first of so many days that end today (UTC).
fn first(now: OffsetDateTime, days: i64) -> OffsetDateTime {
    (now - Duration::days(days - 1)).to_offset(UtcOffset::UTC).replace_time(Time::MIDNIGHT)
}

/// How many deltas count for one.
fn duplicates(delta: Uuid) -> Expr {
    let select = Query::select().column(Delta::Duplicates).from(Delta::Table).and_where(Expr::col(Delta::Id).eq(delta)).take();
    Expr::SubQuery(None, Box::new(select.into()))
}

/// The failures of a delta for which no other counts, however many there are.
fn by_day(delta: Uuid, now: OffsetDateTime) -> SelectStatement {
    let failures = || Expr::col(DeltaCiDay::Failures);
    let within = |days: i64| {
        let since = Day(first(now, days).date()).to_string();
        Func::sum(Expr::case(Expr::col(DeltaCiDay::Day).gte(since), failures()).finally(0i64))
    };
    let mut select = Query::select();
    select
        .expr_as(Func::sum(failures()), "failures")
        .expr_as(within(7), "week")
        .expr_as(within(30), "month")
        .from(DeltaCiDay::Table)
        .and_where(Expr::col(DeltaCiDay::DeltaId).eq(delta))
        .and_where(duplicates(delta).eq(0));
    select
}

/// Those of one that has duplicates: a failure that is put down to both is one.
fn one_by_one(delta: Uuid, now: OffsetDateTime) -> SelectStatement {
    let failure = || Expr::col((FailureDelta::Table, FailureDelta::FailureId));
    let within = |days: i64| -> Expr { Expr::case(Expr::col((Run::Table, Run::ReportedAt)).gte(first(now, days)), failure()).into() };
    let mut select = Query::select();
    select
        .expr_as(failure().count_distinct(), "failures")
        .expr_as(within(7).count_distinct(), "week")
        .expr_as(within(30).count_distinct(), "month")
        .from(FailureDelta::Table)
        .inner_join(Failure::Table, Expr::col((Failure::Table, Failure::Id)).equals((FailureDelta::Table, FailureDelta::FailureId)))
        .inner_join(Run::Table, Expr::col((Run::Table, Run::Id)).equals((Failure::Table, Failure::RunId)))
        .and_where(Expr::col((FailureDelta::Table, FailureDelta::DeltaId)).in_subquery(store::duplicate::all(delta)))
        .and_where(duplicates(delta).gt(0));
    select
}

fn groups(gather: &Gather, delta: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(gather.id((FailureGroup::Table, FailureGroup::Id)), "id")
        .columns(
            [FailureGroup::Test, FailureGroup::Message, FailureGroup::Failures, FailureGroup::LastSeen]
                .map(|column| (FailureGroup::Table, column)),
        )
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Signature::Table, Signature::Query)), "signature")
        .from(FailureGroupDelta::Table)
        .inner_join(
            FailureGroup::Table,
            Expr::col((FailureGroup::Table, FailureGroup::Id)).equals((FailureGroupDelta::Table, FailureGroupDelta::GroupId)),
        )
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((FailureGroup::Table, FailureGroup::ProjectId)))
        .left_join(
            Signature::Table,
            Expr::col((Signature::Table, Signature::Id)).equals((FailureGroupDelta::Table, FailureGroupDelta::SignatureId)),
        )
        .and_where(Expr::col((FailureGroupDelta::Table, FailureGroupDelta::DeltaId)).eq(delta))
        .order_by((FailureGroup::Table, FailureGroup::LastSeen), Order::Desc)
        .limit(5);
    select
}
