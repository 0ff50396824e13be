//! How often CI hit a delta within the last days.

use schema::{day::Day, query::Rate};
use sea_query::{Expr, ExprTrait, Func, Query};
use time::{Duration, OffsetDateTime};

use super::piece::delta;
use crate::store::table::{Delta, DeltaCiDay};

/// Reads the days of the window only. A delta that no day tells of was hit zero times.
pub(super) fn condition(rate: &Rate, now: OffsetDateTime) -> Expr {
    let first = now - Duration::days(i64::from(rate.days) - 1);
    let mut hit = Query::select();
    hit.column(DeltaCiDay::DeltaId)
        .from(DeltaCiDay::Table)
        .and_where(Expr::col(DeltaCiDay::Day).gte(Day(first.date()).to_string()))
        .group_by_col(DeltaCiDay::DeltaId);
    let sum = || Expr::from(Func::sum(Expr::col(DeltaCiDay::Failures)));
    let (from, to) = rate.count.bounds();
    if rate.count.takes(0) {
        // All but those that were hit too often, or too seldom where a lower end is below zero.
        let Some(to) = to else { return Expr::val(1).eq(1) };
        return delta(Delta::Id).in_subquery(hit.and_having(sum().gt(to)).take()).not();
    }
    if let Some(from) = from {
        hit.and_having(sum().gte(from));
    }
    if let Some(to) = to {
        hit.and_having(sum().lte(to));
    }
    delta(Delta::Id).in_subquery(hit)
}
