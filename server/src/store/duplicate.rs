//! What is said of a duplicate counts for the delta that stands for it.
//!
//! A person counts once, by what they said last, wherever that was. Their vote then stands among the survivor's own (`vote`), so that
//! everything that counts and shows votes needs to know nothing of duplicates; what they had said on the survivor itself is kept beside
//! (`duplicate_vote`) and put back when the other is none of its duplicates any more. Only public duplicates count: what is said of a
//! private one would show in a number that others see (docs/ARCHITECTURE.md).

mod outsider;

use std::collections::BTreeSet;

use sea_query::{Cond, Expr, ExprTrait, LockType, Order, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use self::outsider::Who;
pub use self::outsider::{recorded, unrecord};
use super::{
    db::{Dialect, Tx},
    delta::Row,
    impact,
    table::{Confirmation, Delta, DuplicateVote, Vote},
};
use crate::error::Result;

/// Locks these deltas and all duplicates of theirs, in the order of their ids, as all who lock several do.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx, deltas: &[Uuid]) -> Result<()> {
    // SQLite has one writer, who waits for nobody.
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let ids = || deltas.iter().copied();
    let mut select = Query::select();
    select
        .column(Delta::Id)
        .from(Delta::Table)
        .and_where(Expr::col(Delta::Id).is_in(ids()).or(Expr::col(Delta::DuplicateOf).is_in(ids())))
        .order_by(Delta::Id, Order::Asc)
        .lock(LockType::NoKeyUpdate);
    tx.all::<(Uuid,)>(&select).await?;
    Ok(())
}

/// Locks these deltas, what stands for them, and all duplicates of those.
///
/// # Errors
/// When the database does not answer.
pub async fn lock_groups(tx: &mut Tx, deltas: &[Uuid]) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite || deltas.is_empty() {
        return Ok(());
    }
    let mut select = Query::select();
    select.column(Delta::DuplicateOf).from(Delta::Table).and_where(Expr::col(Delta::Id).is_in(deltas.iter().copied()));
    select.and_where(Expr::col(Delta::DuplicateOf).is_not_null());
    let survivors = tx.all::<(Uuid,)>(&select).await?.into_iter().map(|(id,)| id);
    lock(tx, &deltas.iter().copied().chain(survivors).collect::<Vec<_>>()).await
}

/// The ids of the duplicates of a delta that count for it.
pub fn counted(survivor: Uuid) -> SelectStatement {
    Query::select()
        .column((Delta::Table, Delta::Id))
        .from(Delta::Table)
        .and_where(Expr::col((Delta::Table, Delta::DuplicateOf)).eq(survivor))
        .and_where(Expr::col((Delta::Table, Delta::Visibility)).eq("public"))
        .take()
}

/// A delta and its duplicates that count for it.
pub fn all(survivor: Uuid) -> SelectStatement {
    Query::select()
        .column((Delta::Table, Delta::Id))
        .from(Delta::Table)
        .and_where(Expr::col((Delta::Table, Delta::Id)).eq(survivor))
        .union(sea_query::UnionType::All, counted(survivor))
        .take()
}

/// The comments on a delta's duplicates, as a number beside its row: 0 without looking where it has none.
pub fn comments() -> Expr {
    const SUM: &str = "CASE WHEN \"delta\".\"duplicates\" > 0 THEN (SELECT COALESCE(SUM(\"other\".\"comments\"), 0) FROM \"delta\" \"other\" \
                       WHERE \"other\".\"duplicate_of\" = \"delta\".\"id\" AND \"other\".\"visibility\" = 'public') ELSE 0 END";
    Expr::cust(SUM).cast_as("bigint")
}

/// A delta that came along.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Carried {
    /// The delta.
    pub id: Uuid,
    /// Its number.
    pub number: i64,
}

/// Makes the duplicates of a delta that has become one itself duplicates of what stands for it; gives them. All are locked.
///
/// # Errors
/// When the database does not answer.
pub async fn carry(tx: &mut Tx, delta: Uuid, survivor: Uuid, now: OffsetDateTime) -> Result<Vec<Carried>> {
    let first = Expr::from(sea_query::Func::coalesce([Expr::col(Delta::CarriedFrom), Expr::val(delta)]));
    let mut update = Query::update();
    update
        .table(Delta::Table)
        .value(Delta::CarriedFrom, first)
        .value(Delta::DuplicateOf, survivor)
        .value(Delta::Version, Expr::col(Delta::Version).add(1))
        .value(Delta::UpdatedAt, now)
        .and_where(Expr::col(Delta::DuplicateOf).eq(delta))
        .returning(Query::returning().columns([Delta::Id, Delta::Number]));
    tx.all(&update).await
}

/// Gives a delta that is no duplicate any more those back that came along with it; gives them. All are locked, and its own row is not
/// changed.
///
/// # Errors
/// When the database does not answer.
pub async fn give_back(tx: &mut Tx, delta: Uuid, now: OffsetDateTime) -> Result<Vec<Carried>> {
    let (mut found, mut level): (Vec<Carried>, Vec<Uuid>) = (Vec::new(), vec![delta]);
    // Who was called a duplicate of whom is a tree: below each there are others.
    while !level.is_empty() {
        let mut select = Query::select();
        select.columns([Delta::Id, Delta::Number]).from(Delta::Table).and_where(Expr::col(Delta::CarriedFrom).is_in(level));
        let below: Vec<Carried> = tx.all(&select).await?;
        level = below.iter().map(|one| one.id).collect();
        found.extend(below);
    }
    if found.is_empty() {
        return Ok(found);
    }
    let direct = Expr::case(Expr::col(Delta::CarriedFrom).eq(delta), Expr::val(None::<Uuid>)).finally(Expr::col(Delta::CarriedFrom));
    let mut update = Query::update();
    update
        .table(Delta::Table)
        .value(Delta::CarriedFrom, direct)
        .value(Delta::DuplicateOf, delta)
        .value(Delta::Version, Expr::col(Delta::Version).add(1))
        .value(Delta::UpdatedAt, now)
        .and_where(Expr::col(Delta::Id).is_in(found.iter().map(|one| one.id)));
    tx.run(&update).await?;
    Ok(found)
}

/// Brings what counts for a delta in line with the duplicates it has now: how many there are, whose votes, and what they come to. Locked.
///
/// # Errors
/// When the database does not answer.
pub async fn settle(tx: &mut Tx, survivor: Uuid, now: OffsetDateTime) -> Result<()> {
    let count = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(counted(survivor), "counted").take();
    let mut update = Query::update();
    update
        .table(Delta::Table)
        .value(Delta::Duplicates, Expr::SubQuery(None, Box::new(count.into())))
        .and_where(Expr::col(Delta::Id).eq(survivor));
    tx.later(&update).await?;
    votes(tx, survivor, None).await?;
    outsider::votes(tx, survivor, Who::Everybody).await?;
    impact::recompute(tx, &[survivor], now).await
}

/// A delta as it is now that it is held: whoever called it, or another one, a duplicate since it was read held it then. Nothing where that
/// cannot be: SQLite has one writer.
async fn fresh(tx: &mut Tx, row: &Row) -> Result<Option<Row>> {
    Ok(if tx.dialect() == Dialect::Postgres { Some(super::delta::read(tx, row.id).await?) } else { None })
}

/// After somebody voted on a delta, or took a vote back: their statement there counts for what stands for it; on a delta that stands for
/// others it is their newest. `row` is the delta as it was read in this transaction, and locked.
///
/// # Errors
/// When the database does not answer.
pub async fn voted(tx: &mut Tx, row: &Row, user: Uuid, now: OffsetDateTime) -> Result<()> {
    let fresh = fresh(tx, row).await?;
    let row = fresh.as_ref().unwrap_or(row);
    if row.duplicates > 0 {
        let mut delete = Query::delete();
        delete.from_table(DuplicateVote::Table).and_where(Expr::col(DuplicateVote::DeltaId).eq(row.id));
        tx.later(delete.and_where(Expr::col(DuplicateVote::UserId).eq(user))).await?;
    }
    let Some(survivor) = row.counts_for() else { return Ok(()) };
    lock(tx, &[survivor]).await?;
    votes(tx, survivor, Some(user)).await?;
    outsider::votes(tx, survivor, Who::ClaimedBy(user)).await?;
    impact::recompute(tx, &[survivor], now).await
}

/// Takes a person's votes on a delta's duplicates back, where those count for it, with what they confirmed there and what is still said for
/// them: they were told of one vote. `row` is the delta as it was read in this transaction, and locked.
///
/// # Errors
/// When the database does not answer.
pub async fn withdraw(tx: &mut Tx, row: &Row, user: Uuid, now: OffsetDateTime) -> Result<()> {
    let fresh = fresh(tx, row).await?;
    let row = fresh.as_ref().unwrap_or(row);
    if row.duplicates == 0 {
        return Ok(());
    }
    lock(tx, &[row.id]).await?;
    let mut delete = Query::delete();
    delete.from_table(Confirmation::Table).and_where(Expr::col(Confirmation::VoterId).eq(user));
    tx.later(delete.and_where(Expr::col(Confirmation::DeltaId).in_subquery(counted(row.id)))).await?;
    let mut delete = Query::delete();
    delete
        .from_table(Vote::Table)
        .and_where(Expr::col(Vote::UserId).eq(user))
        .and_where(Expr::col(Vote::DeltaId).in_subquery(counted(row.id)))
        .returning(Query::returning().column(Vote::DeltaId));
    let mut duplicates: BTreeSet<Uuid> = tx.all::<(Uuid,)>(&delete).await?.into_iter().map(|(id,)| id).collect();
    duplicates.extend(outsider::take(tx, row.id, Who::ClaimedBy(user)).await?);
    let duplicates: Vec<Uuid> = duplicates.into_iter().collect();
    impact::recompute(tx, &duplicates, now).await
}

/// Puts the votes that were cast on a survivor's duplicates, and are newer than what the same people said on itself, among its own; and
/// those back that no longer are. Of one person, or of all.
async fn votes(tx: &mut Tx, survivor: Uuid, user: Option<Uuid>) -> Result<()> {
    let carried = |columns: &[DuplicateVote]| {
        let mut select = Query::select();
        select
            .columns(columns.iter().map(|column| (DuplicateVote::Table, *column)))
            .from(DuplicateVote::Table)
            .and_where(Expr::col((DuplicateVote::Table, DuplicateVote::DeltaId)).eq(survivor))
            .and_where_option(user.map(|user| Expr::col((DuplicateVote::Table, DuplicateVote::UserId)).eq(user)));
        select
    };
    // What people said on the survivor itself stands there again.
    let off = || {
        let mut delete = Query::delete();
        delete.from_table(Vote::Table).and_where(Expr::col(Vote::DeltaId).eq(survivor));
        delete.and_where(Expr::col(Vote::UserId).in_subquery(carried(&[DuplicateVote::UserId])));
        delete
    };
    tx.later(&off()).await?;
    let own = [DuplicateVote::DeltaId, DuplicateVote::UserId, DuplicateVote::Severity, DuplicateVote::Note, DuplicateVote::At];
    let said = carried(&own).and_where(Expr::col((DuplicateVote::Table, DuplicateVote::At)).is_not_null()).take();
    put(tx, said).await?;
    let mut delete = Query::delete();
    delete.from_table(DuplicateVote::Table).and_where(Expr::col(DuplicateVote::DeltaId).eq(survivor));
    delete.and_where_option(user.map(|user| Expr::col(DuplicateVote::UserId).eq(user)));
    tx.later(&delete).await?;

    // Each person's newest vote on the duplicates, where it is newer than that.
    const NEWEST: &str = "ROW_NUMBER() OVER (PARTITION BY \"vote\".\"user_id\" ORDER BY \"vote\".\"at\" DESC, \"vote\".\"delta_id\" DESC)";
    let mut best = Query::select();
    best.columns([Vote::DeltaId, Vote::UserId, Vote::At].map(|column| (Vote::Table, column)))
        .expr_as(Expr::cust(NEWEST), "turn")
        .from(Vote::Table)
        .and_where(Expr::col((Vote::Table, Vote::DeltaId)).in_subquery(counted(survivor)))
        .and_where_option(user.map(|user| Expr::col((Vote::Table, Vote::UserId)).eq(user)));
    let mut newer = Query::select();
    newer
        .expr(Expr::val(survivor))
        .columns([("best", Vote::UserId), ("best", Vote::DeltaId)])
        .column(("own", Vote::Severity))
        .expr(Expr::from(sea_query::Func::coalesce([Expr::col(("own", Vote::Note)), Expr::val("")])))
        .column(("own", Vote::At))
        .from_subquery(best, "best")
        .join_as(
            sea_query::JoinType::LeftJoin,
            Vote::Table,
            "own",
            Expr::col(("own", Vote::DeltaId)).eq(survivor).and(Expr::col(("own", Vote::UserId)).equals(("best", Vote::UserId))),
        )
        .and_where(Expr::col(("best", "turn")).eq(1))
        .and_where(Expr::col(("own", Vote::At)).is_null().or(Expr::col(("own", Vote::At)).lt(Expr::col(("best", Vote::At)))));
    let mut insert = Query::insert();
    insert.into_table(DuplicateVote::Table).columns([
        DuplicateVote::DeltaId,
        DuplicateVote::UserId,
        DuplicateVote::FromId,
        DuplicateVote::Severity,
        DuplicateVote::Note,
        DuplicateVote::At,
    ]);
    // As many columns as are named.
    tx.later(insert.select_from(newer).map_err(|error| crate::error::Error::start(error.to_string()))?).await?;
    tx.later(&off()).await?;
    let mut counts = carried(&[DuplicateVote::DeltaId, DuplicateVote::UserId]);
    counts.columns([Vote::Severity, Vote::Note, Vote::At].map(|column| (Vote::Table, column))).inner_join(
        Vote::Table,
        Expr::col((Vote::Table, Vote::DeltaId))
            .equals((DuplicateVote::Table, DuplicateVote::FromId))
            .and(Expr::col((Vote::Table, Vote::UserId)).equals((DuplicateVote::Table, DuplicateVote::UserId))),
    );
    put(tx, counts).await
}

async fn put(tx: &mut Tx, votes: SelectStatement) -> Result<()> {
    let mut insert = Query::insert();
    insert.into_table(Vote::Table).columns([Vote::DeltaId, Vote::UserId, Vote::Severity, Vote::Note, Vote::At]);
    // As many columns as are named.
    tx.later(insert.select_from(votes).map_err(|error| crate::error::Error::start(error.to_string()))?).await
}

/// Survivors of public duplicates that count none yet, or not what was recorded there for outsiders: as after an upgrade.
///
/// # Errors
/// When the database does not answer.
pub async fn uncounted(tx: &mut Tx) -> Result<Vec<Uuid>> {
    let survivors = Query::select()
        .column((Delta::Table, Delta::DuplicateOf))
        .from(Delta::Table)
        .and_where(Expr::col((Delta::Table, Delta::DuplicateOf)).is_not_null())
        .and_where(Expr::col((Delta::Table, Delta::Visibility)).eq("public"))
        .take();
    let mut select = Query::select();
    select
        .column(Delta::Id)
        .from(Delta::Table)
        .and_where(Expr::col(Delta::Id).in_subquery(survivors))
        .cond_where(Cond::any().add(Expr::col(Delta::Duplicates).eq(0)).add(Expr::col(Delta::Id).in_subquery(outsider::unheard())))
        .order_by(Delta::Id, Order::Asc);
    Ok(tx.all::<(Uuid,)>(&select).await?.into_iter().map(|(id,)| id).collect())
}
