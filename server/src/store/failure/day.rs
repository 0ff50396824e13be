//! How often CI hit each delta on each day: kept beside the failures, so that a list never counts them.

use std::collections::BTreeMap;

use sea_query::{Expr, ExprTrait, Func, OnConflict, Query};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{CHUNK, list::day};
use crate::{
    error::Result,
    store::{
        db::Tx,
        table::{DeltaCiDay, Failure, FailureDelta, Run},
    },
};

/// Counts one failure more of today for each of these deltas, as often as each is named. In the order of their ids, as all who lock several.
pub(super) async fn add(tx: &mut Tx, deltas: impl Iterator<Item = Uuid>, now: OffsetDateTime) -> Result<()> {
    let mut counts: BTreeMap<Uuid, i64> = BTreeMap::new();
    for delta in deltas {
        *counts.entry(delta).or_default() += 1;
    }
    let today = schema::day::Day(now.date()).to_string();
    let counts: Vec<_> = counts.into_iter().collect();
    for counts in counts.chunks(CHUNK) {
        let mut insert = Query::insert();
        insert.into_table(DeltaCiDay::Table).columns([DeltaCiDay::DeltaId, DeltaCiDay::Day, DeltaCiDay::Failures]);
        for (delta, failures) in counts {
            insert.values_panic([(*delta).into(), today.as_str().into(), (*failures).into()]);
        }
        let more = Expr::col((DeltaCiDay::Table, DeltaCiDay::Failures)).add(Expr::col(("excluded", DeltaCiDay::Failures)));
        insert.on_conflict(OnConflict::columns([DeltaCiDay::DeltaId, DeltaCiDay::Day]).value(DeltaCiDay::Failures, more).to_owned());
        tx.later(&insert).await?;
    }
    Ok(())
}

/// Counts a delta's stored failures anew, after some were given to it or taken from it.
pub(super) async fn recount(tx: &mut Tx, delta: Uuid) -> Result<()> {
    let before = Query::delete().from_table(DeltaCiDay::Table).and_where(Expr::col(DeltaCiDay::DeltaId).eq(delta)).take();
    tx.run(&before).await?;
    let mut counted = Query::select();
    counted
        .column((FailureDelta::Table, FailureDelta::DeltaId))
        .expr_as(day(tx.dialect()), "day")
        .expr_as(Func::count(Expr::col((Failure::Table, Failure::Id))), "failures")
        .from(FailureDelta::Table)
        .inner_join(Failure::Table, Expr::col((Failure::Table, Failure::Id)).equals((FailureDelta::Table, FailureDelta::FailureId)))
        .inner_join(Run::Table, Expr::col((Run::Table, Run::Id)).equals((Failure::Table, Failure::RunId)))
        .and_where(Expr::col((FailureDelta::Table, FailureDelta::DeltaId)).eq(delta))
        .group_by_col((FailureDelta::Table, FailureDelta::DeltaId))
        .add_group_by([Expr::col("day")]);
    let mut insert = Query::insert();
    insert.into_table(DeltaCiDay::Table).columns([DeltaCiDay::DeltaId, DeltaCiDay::Day, DeltaCiDay::Failures]);
    // Three columns are selected for three columns: this cannot fail.
    if insert.select_from(counted).is_ok() {
        // A run that comes in meanwhile may have written its day.
        insert.on_conflict(OnConflict::columns([DeltaCiDay::DeltaId, DeltaCiDay::Day]).update_column(DeltaCiDay::Failures).to_owned());
        tx.run(&insert).await?;
    }
    Ok(())
}
