//! The organisation's one order of tasks. Whoever changes it holds the organisation's row ([`org::lock`](super::super::org::lock)),
//! so that two people placing cards at the same time get two keys.

use schema::{id::TaskKey, rank};
use sea_query::{Expr, ExprTrait, Order, Query};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{db::Tx, table::Task};
use crate::error::{Error, Result};

/// Where in the order.
#[derive(Clone, Copy, Debug)]
pub enum Spot<'a> {
    /// Behind everything.
    Last,
    /// Right behind this key.
    After(&'a str),
    /// Right before this key.
    Before(&'a str),
}

/// A key at a spot, for `task` (left out of account where it stands now). Deals the whole order out anew where keys grew too
/// long; says whether it did, since boards must be loaded again then. Hold the organisation's row.
///
/// # Errors
/// When the database does not answer.
pub async fn key(tx: &mut Tx, org: Uuid, task: Option<Uuid>, spot: Spot<'_>) -> Result<(String, bool)> {
    if let Some(key) = at(tx, org, task, spot).await?
        && key.len() <= rank::LONG
    {
        return Ok((key, false));
    }
    let spot_task = match spot {
        Spot::Last => None,
        Spot::After(key) | Spot::Before(key) => id_at(tx, org, key).await?,
    };
    deal(tx, org).await?;
    let new = match spot_task {
        Some(id) => rank_of(tx, id).await?,
        None => String::new(),
    };
    let spot = match spot {
        Spot::Last => Spot::Last,
        Spot::After(_) => Spot::After(&new),
        Spot::Before(_) => Spot::Before(&new),
    };
    let key = at(tx, org, task, spot).await?;
    key.map(|key| (key, true)).ok_or_else(|| Error::conflict("The order of the tasks has no room there. Nothing was changed; try again."))
}

async fn at(tx: &mut Tx, org: Uuid, task: Option<Uuid>, spot: Spot<'_>) -> Result<Option<String>> {
    let mut select = Query::select();
    select.column(Task::Rank).from(Task::Table).and_where(Expr::col(Task::OrgId).eq(org)).limit(1);
    if let Some(task) = task {
        select.and_where(Expr::col(Task::Id).ne(task));
    }
    match spot {
        Spot::Last => select.order_by(Task::Rank, Order::Desc),
        Spot::After(key) => select.and_where(Expr::col(Task::Rank).gt(key)).order_by(Task::Rank, Order::Asc),
        Spot::Before(key) => select.and_where(Expr::col(Task::Rank).lt(key)).order_by(Task::Rank, Order::Desc),
    };
    let found: Option<(String,)> = tx.optional(&select).await?;
    let found = found.as_ref().map(|(key,)| key.as_str());
    Ok(match spot {
        Spot::Last => rank::between(found, None),
        Spot::After(key) => rank::between(Some(key), found),
        Spot::Before(key) => rank::between(found, Some(key)),
    })
}

async fn id_at(tx: &mut Tx, org: Uuid, key: &str) -> Result<Option<Uuid>> {
    let select = Query::select()
        .column(Task::Id)
        .from(Task::Table)
        .and_where(Expr::col(Task::OrgId).eq(org))
        .and_where(Expr::col(Task::Rank).eq(key))
        .take();
    Ok(tx.optional::<(Uuid,)>(&select).await?.map(|(id,)| id))
}

async fn rank_of(tx: &mut Tx, id: Uuid) -> Result<String> {
    let (key,): (String,) = tx.one(Query::select().column(Task::Rank).from(Task::Table).and_where(Expr::col(Task::Id).eq(id))).await?;
    Ok(key)
}

/// Gives every task of the organisation a fresh short key, in the order they stand in.
async fn deal(tx: &mut Tx, org: Uuid) -> Result<()> {
    let tasks: Vec<(Uuid,)> = tx
        .all(Query::select().column(Task::Id).from(Task::Table).and_where(Expr::col(Task::OrgId).eq(org)).order_by(Task::Rank, Order::Asc))
        .await?;
    // Out of the way first: `~` is in no key, so that no fresh key meets an old one.
    tx.run(
        Query::update()
            .table(Task::Table)
            .value(Task::Rank, Expr::val("~").binary(sea_query::BinOper::Custom("||"), Expr::col(Task::Rank)))
            .and_where(Expr::col(Task::OrgId).eq(org)),
    )
    .await?;
    for (index, (id,)) in (0..).zip(tasks) {
        tx.run(Query::update().table(Task::Table).value(Task::Rank, rank::dealt(index)).and_where(Expr::col(Task::Id).eq(id))).await?;
    }
    Ok(())
}

/// The card that stands right above `key` in a column, as the board shows it: finished ones count only when `done` is after
/// `since`.
///
/// # Errors
/// When the database does not answer.
pub async fn above(tx: &mut Tx, prefix: &str, column: Uuid, key: &str, since: OffsetDateTime) -> Result<Option<TaskKey>> {
    let select = Query::select()
        .column(Task::Number)
        .from(Task::Table)
        .and_where(Expr::col(Task::ColumnId).eq(column))
        .and_where(Expr::col(Task::Rank).lt(key))
        .cond_where(super::card::on_board(since))
        .order_by(Task::Rank, Order::Desc)
        .limit(1)
        .take();
    let number: Option<(i64,)> = tx.optional(&select).await?;
    Ok(number.map(|(number,)| TaskKey { prefix: prefix.to_owned(), number }))
}
