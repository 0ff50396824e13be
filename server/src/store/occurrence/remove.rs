//! Taking an occurrence away, and what it counted.

use sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{day, family};
use crate::{
    caller::Caller,
    error::{Error, Result},
    store::{
        db::Tx,
        table::{Fingerprint, Occurrence, OccurrenceDay, OccurrenceRelease},
    },
};

/// An occurrence as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Kept {
    pub id: Uuid,
    pub delta_id: Uuid,
    pub fingerprint: String,
    pub version: String,
    pub platform: String,
    pub count: i64,
    pub reporter_id: Option<Uuid>,
    pub at: OffsetDateTime,
}

/// An occurrence of a delta, or of one that it stands for.
///
/// # Errors
/// 404 where there is none of this id that the caller may see.
pub async fn kept(tx: &mut Tx, caller: &Caller, delta: Uuid, id: Uuid) -> Result<Kept> {
    let mut select = Query::select();
    select
        .columns([
            Occurrence::Id,
            Occurrence::DeltaId,
            Occurrence::Fingerprint,
            Occurrence::Version,
            Occurrence::Platform,
            Occurrence::Count,
            Occurrence::ReporterId,
            Occurrence::At,
        ])
        .from(Occurrence::Table)
        .and_where(Expr::col(Occurrence::Id).eq(id))
        .and_where(Expr::col(Occurrence::DeltaId).in_subquery(family(caller, delta)));
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("occurrence"))
}

/// Takes an occurrence away, with its trace and what it counted; false where somebody was faster. The delta's row is locked.
///
/// # Errors
/// When the database does not answer.
pub async fn remove(tx: &mut Tx, one: &Kept) -> Result<bool> {
    // Its trace goes along.
    if tx.run(Query::delete().from_table(Occurrence::Table).and_where(Expr::col(Occurrence::Id).eq(one.id))).await? == 0 {
        return Ok(false);
    }
    uncount(tx, one).await?;
    if !one.fingerprint.is_empty() {
        unrecognise(tx, one).await?;
    }
    Ok(true)
}

/// What is left of the same delta.
fn left(one: &Kept) -> SelectStatement {
    let mut select = Query::select();
    select.from(Occurrence::Table).and_where(Expr::col(Occurrence::DeltaId).eq(one.delta_id));
    select
}

fn asked(select: &SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(select.clone().into()))
}

/// Less of its version and platform, and of its day; nothing is left of what counted nothing else. One that came when there was no more
/// room for its version was kept without it, as it was counted.
async fn uncount(tx: &mut Tx, one: &Kept) -> Result<()> {
    // As far as is known from those that are kept: the first and the last of the same version and platform.
    let edge = |column: OccurrenceRelease, which: fn(Expr) -> sea_query::FunctionCall| -> Expr {
        let mut seen = left(one);
        seen.expr(which(Expr::col(Occurrence::At)))
            .and_where(Expr::col(Occurrence::Version).eq(one.version.as_str()))
            .and_where(Expr::col(Occurrence::Platform).eq(one.platform.as_str()));
        let next = Func::coalesce([asked(&seen), Expr::col(column)]);
        Expr::case(Expr::col(column).eq(one.at), Expr::from(next)).finally(Expr::col(column)).into()
    };
    let pair = Expr::col(OccurrenceRelease::DeltaId)
        .eq(one.delta_id)
        .and(Expr::col(OccurrenceRelease::Version).eq(one.version.as_str()))
        .and(Expr::col(OccurrenceRelease::Platform).eq(one.platform.as_str()));
    tx.later(
        Query::update()
            .table(OccurrenceRelease::Table)
            .value(OccurrenceRelease::Count, Expr::col(OccurrenceRelease::Count).sub(one.count))
            .value(OccurrenceRelease::FirstSeen, edge(OccurrenceRelease::FirstSeen, Func::min))
            .value(OccurrenceRelease::LastSeen, edge(OccurrenceRelease::LastSeen, Func::max))
            .and_where(pair.clone()),
    )
    .await?;
    tx.later(
        Query::delete().from_table(OccurrenceRelease::Table).and_where(pair).and_where(Expr::col(OccurrenceRelease::Count).lte(0_i64)),
    )
    .await?;
    let same = Expr::col(OccurrenceDay::DeltaId).eq(one.delta_id).and(Expr::col(OccurrenceDay::Day).eq(day(one.at)));
    tx.later(
        Query::update()
            .table(OccurrenceDay::Table)
            .value(OccurrenceDay::Count, Expr::col(OccurrenceDay::Count).sub(one.count))
            .and_where(same.clone()),
    )
    .await?;
    tx.later(Query::delete().from_table(OccurrenceDay::Table).and_where(same).and_where(Expr::col(OccurrenceDay::Count).lte(0_i64))).await
}

/// One less that is recognised by its fingerprint, which goes with the last of them. Its line is that of one that is left: what stood in
/// the trace of this one is not to stay.
async fn unrecognise(tx: &mut Tx, one: &Kept) -> Result<()> {
    let mut others = left(one);
    others.and_where(Expr::col(Occurrence::Fingerprint).eq(one.fingerprint.as_str()));
    let mut line = others.clone();
    line.column(Occurrence::Line).order_by(Occurrence::Id, Order::Desc).limit(1);
    others.expr(Expr::val(1));
    let same = Expr::col(Fingerprint::DeltaId).eq(one.delta_id).and(Expr::col(Fingerprint::Fingerprint).eq(one.fingerprint.as_str()));
    let fewer = Expr::case(Expr::col(Fingerprint::Count).gt(one.count), Expr::col(Fingerprint::Count).sub(one.count)).finally(0_i64);
    tx.later(
        Query::update()
            .table(Fingerprint::Table)
            .value(Fingerprint::Count, fewer)
            .value(Fingerprint::Line, Func::coalesce([asked(&line), Expr::val("")]))
            .and_where(same.clone()),
    )
    .await?;
    tx.later(
        Query::delete()
            .from_table(Fingerprint::Table)
            .and_where(same)
            .and_where(Expr::col(Fingerprint::Count).lte(0_i64))
            .and_where(Expr::exists(others).not()),
    )
    .await
}
