//! Votes and what they say: per delta the counts of each segment by severity, and the scores worked out from them.
//!
//! A vote changes the counts by itself ([`Held`]) under the lock of the delta's row: it costs the same however many there are. [`recompute`]
//! takes them anew from the votes and from who was in which segment when, where a delta came to another project.

mod count;
mod held;
mod join;
mod line;
mod mine;
mod recount;
mod refresh;
mod trend;
mod view;

use sea_query::{Expr, ExprTrait, LockType, Query, SelectStatement};
use uuid::Uuid;

pub use self::{
    count::moved,
    held::{Counted, Held, Said, Voter, hold, hush},
    join::{joined, leaves, left_behind, lock_people, lock_person, votes_in},
    mine::mine,
    recount::{recompute, restate},
    refresh::{Stale, misses, refresh, settle, stale},
    trend::{ask_weeks, release, told_weeks},
    view::{ask, told, view},
};
use super::{
    db::{Dialect, Tx},
    table::{Delta, Place, Segment},
};
use crate::error::Result;

/// Makes others who change this delta's votes or scores wait for this transaction. Several at once are locked in the order
/// of their ids; segments' rows are only locked after deltas', and a voter's row before, so that nobody waits in a circle. Who only refers
/// to a delta (a link, an event) does not wait.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx, deltas: &[Uuid]) -> Result<()> {
    // SQLite has one writer, who waits for nobody.
    if tx.dialect() == Dialect::Sqlite || deltas.is_empty() {
        return Ok(());
    }
    lock_those(tx, Expr::col((Delta::Table, Delta::Id)).is_in(deltas.iter().copied())).await
}

/// Locks the deltas that `which` takes, in the order of their ids.
async fn lock_those(tx: &mut Tx, which: Expr) -> Result<()> {
    let mut select = Query::select();
    select.column((Delta::Table, Delta::Id)).from(Delta::Table).and_where(which);
    select.order_by((Delta::Table, Delta::Id), sea_query::Order::Asc).lock(LockType::NoKeyUpdate);
    tx.all::<(Uuid,)>(&select).await.map(drop)
}

/// The projects a delta has places in.
fn projects_of(delta: Uuid) -> SelectStatement {
    Query::select().column(Place::ProjectId).from(Place::Table).and_where(Expr::col(Place::DeltaId).eq(delta)).take()
}

/// The segments of those projects.
fn segments_of(delta: Uuid) -> SelectStatement {
    Query::select().column(Segment::Id).from(Segment::Table).and_where(Expr::col(Segment::ProjectId).in_subquery(projects_of(delta))).take()
}
