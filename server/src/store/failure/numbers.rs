//! The numbers above a project's failures.

use std::collections::HashMap;

use schema::ci::DAYS;
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::list::{SHOWN, Shown, day, first_day, number_of};
use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::Tx,
        delta::visible,
        table::{Delta, Failure, FailureDelta, FailureGroup, Run},
    },
};

/// Runs and failures of a span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Numbers {
    /// Runs reported.
    pub runs: i64,
    /// Those with a failed or errored test.
    pub runs_failed: i64,
    /// Failures, flaky tests included.
    pub failures: i64,
    /// Those that something explained.
    pub explained: i64,
}

/// Counts runs and failures of a project from `since` to before `until`.
///
/// # Errors
/// When the database does not answer.
pub async fn numbers(tx: &mut Tx, project: Uuid, since: OffsetDateTime, until: OffsetDateTime) -> Result<Numbers> {
    let failed: Expr = Expr::case(Expr::col(Run::Failed).add(Expr::col(Run::Errored)).gt(0), 1).into();
    let mut runs = Query::select();
    runs.expr(Expr::col(Run::Id).count())
        .expr(failed.count())
        .from(Run::Table)
        .and_where(Expr::col(Run::ProjectId).eq(project))
        .and_where(Expr::col(Run::ReportedAt).gte(since))
        .and_where(Expr::col(Run::ReportedAt).lt(until));
    let (runs, runs_failed): (i64, i64) = tx.one(&runs).await?;
    let mut numbers = Numbers { runs, runs_failed, ..Numbers::default() };
    if runs > 0 {
        let explained: Expr = Expr::case(Expr::col((FailureGroup::Table, FailureGroup::Explained)).eq(true), 1).into();
        let mut failures = Query::select();
        failures
            .expr(Expr::col((Failure::Table, Failure::Id)).count())
            .expr(explained.count())
            .from(Run::Table)
            .inner_join(Failure::Table, Expr::col((Failure::Table, Failure::RunId)).equals((Run::Table, Run::Id)))
            .inner_join(FailureGroup::Table, Expr::col((FailureGroup::Table, FailureGroup::Id)).equals((Failure::Table, Failure::GroupId)))
            .and_where(Expr::col((Run::Table, Run::ProjectId)).eq(project))
            .and_where(Expr::col((Run::Table, Run::ReportedAt)).gte(since))
            .and_where(Expr::col((Run::Table, Run::ReportedAt)).lt(until));
        (numbers.failures, numbers.explained) = tx.one(&failures).await?;
    }
    Ok(numbers)
}

/// How many groups of a project nothing explains.
///
/// # Errors
/// When the database does not answer.
pub async fn unexplained(tx: &mut Tx, project: Uuid) -> Result<i64> {
    let mut select = Query::select();
    select
        .expr(Expr::col(FailureGroup::Id).count())
        .from(FailureGroup::Table)
        .and_where(Expr::col(FailureGroup::ProjectId).eq(project))
        .and_where(Expr::col(FailureGroup::Explained).eq(false));
    let (groups,): (i64,) = tx.one(&select).await?;
    Ok(groups)
}

/// A delta that failed runs.
#[derive(Clone, Debug)]
pub struct Costly {
    /// The delta.
    pub delta: Shown,
    /// How many runs since.
    pub runs: i64,
    /// Failures per day (UTC) of the last fourteen days, oldest first.
    pub days: Vec<i64>,
}

/// The deltas that failed most runs of a project since a time, which a caller may see: at most 20, the costliest first.
///
/// # Errors
/// When the database does not answer.
pub async fn costly(tx: &mut Tx, caller: &Caller, project: Uuid, since: OffsetDateTime, now: OffsetDateTime) -> Result<Vec<Costly>> {
    #[derive(FromRow)]
    struct Found {
        #[sqlx(flatten)]
        delta: Shown,
        runs: i64,
    }
    #[derive(FromRow)]
    struct OfDay {
        delta_id: Uuid,
        day: String,
        failures: i64,
    }
    let joined = || {
        let mut select = Query::select();
        select
            .from(Run::Table)
            .inner_join(Failure::Table, Expr::col((Failure::Table, Failure::RunId)).equals((Run::Table, Run::Id)))
            .inner_join(
                FailureDelta::Table,
                Expr::col((FailureDelta::Table, FailureDelta::FailureId)).equals((Failure::Table, Failure::Id)),
            )
            .and_where(Expr::col((Run::Table, Run::ProjectId)).eq(project));
        select
    };
    let mut select = joined();
    select
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((FailureDelta::Table, FailureDelta::DeltaId)))
        .expr_as(Expr::col((Delta::Table, Delta::Id)), "of")
        .columns(SHOWN.map(|column| (Delta::Table, column)))
        .expr_as(Expr::cust("NULL").cast_as("text"), "query")
        .expr_as(Expr::col((Run::Table, Run::Id)).count_distinct(), "runs")
        .and_where(Expr::col((Run::Table, Run::ReportedAt)).gte(since))
        .cond_where(visible(caller))
        .group_by_columns(SHOWN.map(|column| (Delta::Table, column)))
        .order_by("runs", Order::Desc)
        .order_by((Delta::Table, Delta::Number), Order::Desc)
        .limit(20);
    let found: Vec<Found> = tx.all(&select).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let first = first_day(now);
    let mut select = joined();
    select
        .column((FailureDelta::Table, FailureDelta::DeltaId))
        .expr_as(day(tx.dialect()), "day")
        .expr_as(Expr::col((Failure::Table, Failure::Id)).count(), "failures")
        .and_where(Expr::col((FailureDelta::Table, FailureDelta::DeltaId)).is_in(found.iter().map(|found| found.delta.id)))
        .and_where(Expr::col((Run::Table, Run::ReportedAt)).gte(first))
        .group_by_col((FailureDelta::Table, FailureDelta::DeltaId))
        .add_group_by([Expr::col("day")]);
    let mut days: HashMap<Uuid, Vec<i64>> = HashMap::new();
    for found in tx.all::<OfDay>(&select).await? {
        if let Some(day) = days.entry(found.delta_id).or_insert_with(|| vec![0; DAYS]).get_mut(number_of(&found.day, first)) {
            *day += found.failures;
        }
    }
    let costly = found.into_iter().map(|Found { delta, runs }| Costly {
        days: days.remove(&delta.id).unwrap_or_else(|| vec![0; DAYS]),
        delta,
        runs,
    });
    Ok(costly.collect())
}
