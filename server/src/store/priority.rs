//! The order of an organisation's open tasks.

use schema::{
    id::TaskKey,
    priority::{Priorities, Ranked},
    task::Priority,
};
use sea_query::{Alias, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    db::Tx,
    delta::visible,
    lens, org,
    table::{Delta, LensScore, Link, Task},
};
use crate::{caller::Caller, error::Result};

#[derive(FromRow)]
struct OpenRow {
    number: i64,
    title: String,
    #[sqlx(try_from = "String")]
    priority: Priority,
    score: i64,
    deltas: i64,
}

/// The order as the caller sees it: the lens is for who belongs to the organisation.
///
/// # Errors
/// When the database does not answer.
pub async fn read(tx: &mut Tx, caller: &Caller, org: &org::Row) -> Result<Priorities> {
    let lens = caller.role_in(org.id).is_some() && lens::has(tx, org.id).await?;
    let about = about(caller, org.id, lens);
    let or_none = |column: &'static str| Func::coalesce([Expr::col(("about", Alias::new(column))), Expr::val(0i64)]);
    let mut select = Query::select();
    select
        .columns([Task::Number, Task::Title, Task::Priority].map(|column| (Task::Table, column)))
        .expr_as(or_none("score"), "score")
        .expr_as(or_none("deltas"), "deltas")
        .from(Task::Table)
        .join_subquery(JoinType::LeftJoin, about, "about", Expr::col(("about", Link::TaskId)).equals((Task::Table, Task::Id)))
        .and_where(Expr::col((Task::Table, Task::OrgId)).eq(org.id))
        .and_where(Expr::col((Task::Table, Task::DoneAt)).is_null())
        .order_by((Task::Table, Task::Rank), Order::Asc);
    let ranked = |row: OpenRow| Ranked {
        position: 0,
        key: TaskKey { prefix: org.key_prefix.clone(), number: row.number },
        title: row.title,
        priority: row.priority,
        out_of_order: false,
        score: row.score,
        deltas: row.deltas,
    };
    Ok(Priorities::of(tx.all::<OpenRow>(&select).await?.into_iter().map(ranked).collect(), lens))
}

/// For each task of the organisation how many open deltas it is for, and the highest score of these.
fn about(caller: &Caller, org: Uuid, lens: bool) -> SelectStatement {
    let mut select = Query::select();
    select
        .column((Link::Table, Link::TaskId))
        .expr_as(Expr::col((Delta::Table, Delta::Id)).count(), "deltas")
        .from(Link::Table)
        .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((Link::Table, Link::TaskId)))
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Link::Table, Link::DeltaId)))
        .and_where(Expr::col((Task::Table, Task::OrgId)).eq(org))
        .and_where(Expr::col((Task::Table, Task::DoneAt)).is_null())
        .and_where(Expr::col((Delta::Table, Delta::Open)).eq(true))
        .cond_where(visible(caller))
        .group_by_col((Link::Table, Link::TaskId));
    if lens {
        let own = Expr::col((LensScore::Table, LensScore::DeltaId))
            .equals((Delta::Table, Delta::Id))
            .and(Expr::col((LensScore::Table, LensScore::OrgId)).eq(org));
        select.left_join(LensScore::Table, own).expr_as(Expr::col((LensScore::Table, LensScore::Score)).max(), "score");
    } else {
        select.expr_as(Expr::col((Delta::Table, Delta::Impact)).max(), "score");
    }
    select
}

/// An open task's neighbour to be.
#[derive(Debug, FromRow)]
pub struct Neighbour {
    /// Its place in the order, as a key.
    pub rank: String,
    /// Its band.
    #[sqlx(try_from = "String")]
    pub priority: Priority,
}

/// Those between which a task would stand at a position from 1, itself left out of account: the one above and the one below; with the
/// position that this is, where there are fewer tasks.
///
/// # Errors
/// When the database does not answer.
pub async fn neighbours(tx: &mut Tx, org: Uuid, task: Uuid, position: i64) -> Result<(Option<Neighbour>, Option<Neighbour>, i64)> {
    let others = |select: &mut SelectStatement| {
        select
            .from(Task::Table)
            .and_where(Expr::col(Task::OrgId).eq(org))
            .and_where(Expr::col(Task::Id).ne(task))
            .and_where(Expr::col(Task::DoneAt).is_null())
            .to_owned()
    };
    let (count,): (i64,) = tx.one(&others(Query::select().expr(Expr::val(1i64).count()))).await?;
    let position = position.clamp(1, count + 1);
    let mut around = others(Query::select().columns([Task::Rank, Task::Priority]));
    around.order_by(Task::Rank, Order::Asc).offset(Ord::max(position - 2, 0).unsigned_abs()).limit(if position > 1 { 2 } else { 1 });
    let mut found = tx.all::<Neighbour>(&around).await?.into_iter();
    let above = if position > 1 { found.next() } else { None };
    Ok((above, found.next(), position))
}

/// An open task's place in its organisation's order, from 1, and how many open tasks there are; nothing of a finished one.
///
/// # Errors
/// When the database does not answer.
pub async fn stands(tx: &mut Tx, task: &super::task::Row) -> Result<Option<(i64, i64)>> {
    if task.done_at.is_some() {
        return Ok(None);
    }
    let first = Expr::case(Expr::col(Task::Rank).lte(task.rank.as_str()), Expr::val(1)).finally(Expr::null());
    let select = Query::select()
        .expr(Expr::expr(first).count())
        .expr(Expr::val(1i64).count())
        .from(Task::Table)
        .and_where(Expr::col(Task::OrgId).eq(task.org_id))
        .and_where(Expr::col(Task::DoneAt).is_null())
        .take();
    tx.one(&select).await.map(Some)
}
