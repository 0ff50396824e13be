//! Whose turn an import is that was brought as a file: claimed by one server, which says how far it is until it ends.

use schema::import::{ImportState, Report};
use sea_query::{Cond, Condition, Expr, ExprTrait, Order, Query};
use time::OffsetDateTime;
use uuid::Uuid;

use super::upload::{Numbers, Upload, rows};
use crate::{
    error::Result,
    store::{db::Tx, table::Import},
};

/// Whose turn it is: what waits, and what nobody has been at since `before`.
fn due(before: OffsetDateTime) -> Condition {
    let left = Cond::all().add(Expr::col(Import::State).eq(ImportState::Running.as_str())).add(Expr::col(Import::BeatAt).lt(before));
    Cond::any().add(Expr::col(Import::State).eq(ImportState::Waiting.as_str())).add(left)
}

/// The oldest import whose turn it is.
///
/// # Errors
/// When the database does not answer.
pub async fn next(tx: &mut Tx, before: OffsetDateTime) -> Result<Option<Uuid>> {
    let mut select = Query::select();
    select.column(Import::Id).from(Import::Table).cond_where(due(before)).order_by(Import::Id, Order::Asc).limit(1);
    Ok(tx.optional::<(Uuid,)>(&select).await?.map(|(id,)| id))
}

/// Takes an import whose turn it is; none where another server was faster.
///
/// # Errors
/// When the database does not answer.
pub async fn claim(tx: &mut Tx, id: Uuid, claim: Uuid, before: OffsetDateTime, now: OffsetDateTime) -> Result<Option<Upload>> {
    let mut update = Query::update();
    update
        .table(Import::Table)
        .value(Import::State, ImportState::Running.as_str())
        .value(Import::Claim, claim)
        .value(Import::BeatAt, now)
        .value(Import::StartedAt, now)
        .value(Import::Tries, Expr::col(Import::Tries).add(1))
        .and_where(Expr::col(Import::Id).eq(id))
        .cond_where(due(before));
    if tx.run(&update).await? == 0 {
        return Ok(None);
    }
    let mut select = rows();
    select.and_where(Expr::col((Import::Table, Import::Id)).eq(id));
    tx.optional(&select).await
}

/// Says how far an import is and that somebody is at it; false where this turn is over.
///
/// # Errors
/// When the database does not answer.
pub async fn beat(tx: &mut Tx, id: Uuid, claim: Uuid, numbers: Numbers, now: OffsetDateTime) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(Import::Table)
        .value(Import::BeatAt, now)
        .value(Import::Read, numbers.read)
        .value(Import::Added, numbers.added)
        .value(Import::Changed, numbers.changed)
        .value(Import::Unchanged, numbers.unchanged)
        .value(Import::Refused, numbers.refused)
        .value(Import::Percent, numbers.percent)
        .and_where(Expr::col(Import::Id).eq(id))
        .and_where(Expr::col(Import::Claim).eq(claim));
    Ok(tx.run(&update).await? > 0)
}

/// Gives an import back whose turn was cut off: another server, or the next start, goes on.
///
/// # Errors
/// When the database does not answer.
pub async fn release(tx: &mut Tx, id: Uuid, claim: Uuid) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Import::Table)
        .value(Import::State, ImportState::Waiting.as_str())
        .value(Import::Claim, Expr::val(None::<Uuid>))
        // It did not fail.
        .value(Import::Tries, Expr::col(Import::Tries).sub(1))
        .and_where(Expr::col(Import::Id).eq(id))
        .and_where(Expr::col(Import::Claim).eq(claim));
    tx.run(&update).await.map(drop)
}

/// How an import ended.
#[derive(Clone, Debug)]
pub struct End {
    /// Done or failed.
    pub state: ImportState,
    /// Why it failed.
    pub detail: String,
    /// What became of everything.
    pub report: Option<Report>,
}

/// Ends an import.
///
/// # Errors
/// When the database does not answer.
pub async fn end(tx: &mut Tx, id: Uuid, claim: Uuid, end: &End, now: OffsetDateTime) -> Result<()> {
    let report = end.report.as_ref().map(serde_json::to_string).transpose()?.unwrap_or_default();
    let mut update = Query::update();
    update
        .table(Import::Table)
        .value(Import::State, end.state.as_str())
        .value(Import::Detail, end.detail.as_str())
        .value(Import::Report, report)
        .value(Import::FinishedAt, now)
        .value(Import::Claim, Expr::val(None::<Uuid>))
        .and_where(Expr::col(Import::Id).eq(id))
        .and_where(Expr::col(Import::Claim).eq(claim));
    tx.run(&update).await.map(drop)
}
