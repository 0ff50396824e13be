//! What becomes of a person's votes as they leave a segment, or come back: a vote counts in the segments its voter was in when they cast
//! it. Whether they are in it still decides only whether they are among the segment's members or a user beside them.

use std::collections::BTreeSet;

use sea_query::{Expr, ExprTrait, LockType, Order, Query, SelectStatement, UnionType};
use uuid::Uuid;

use super::{Voter, lock, lock_those};
use crate::{
    error::Result,
    store::{
        db::{Dialect, Tx},
        table::{Delta, Impact, Outsider, Place, Segment, User, VoteSegment},
    },
};

/// Makes a person's votes and memberships change one after the other. Taken before deltas' and segments' rows.
///
/// # Errors
/// When the database does not answer.
pub async fn lock_person(tx: &mut Tx, user: Uuid) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let mut select = Query::select();
    select.column(User::Id).from(User::Table).and_where(Expr::col(User::Id).eq(user)).lock(LockType::NoKeyUpdate);
    tx.optional::<(Uuid,)>(&select).await?;
    Ok(())
}

/// The same of many, in the order of their ids.
///
/// # Errors
/// When the database does not answer.
pub async fn lock_people(tx: &mut Tx, users: impl Iterator<Item = Uuid>) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let users: BTreeSet<Uuid> = users.collect();
    let mut select = Query::select();
    select.column(User::Id).from(User::Table).and_where(Expr::col(User::Id).is_in(users)).order_by(User::Id, Order::Asc);
    tx.all::<(Uuid,)>(select.lock(LockType::NoKeyUpdate)).await?;
    Ok(())
}

/// The same for whoever votes.
pub(super) async fn lock_voter(tx: &mut Tx, voter: Voter) -> Result<()> {
    let outsider = match voter {
        Voter::Person(user) => return lock_person(tx, user).await,
        Voter::Outsider(outsider) => outsider,
    };
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let mut select = Query::select();
    select.column(Outsider::Id).from(Outsider::Table).and_where(Expr::col(Outsider::Id).eq(outsider)).lock(LockType::NoKeyUpdate);
    tx.optional::<(Uuid,)>(&select).await?;
    Ok(())
}

/// The same for the delta somebody votes on; and with it for those of [`left_behind`], since by voting they come back. One statement.
pub(super) async fn lock_voted(tx: &mut Tx, delta: Uuid, voter: Voter) -> Result<()> {
    let Voter::Person(user) = voter else { return lock(tx, &[delta]).await };
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let mut all = Query::select();
    all.column(Delta::Id).from(Delta::Table).and_where(Expr::col(Delta::Id).eq(delta)).union(UnionType::All, behind(&[user], &[delta]));
    lock_those(tx, Expr::col((Delta::Table, Delta::Id)).in_subquery(all)).await
}

/// The deltas on which votes of these people count, in *everyone* of the projects that these deltas are in, as those of somebody who has
/// left: once they come back, by a vote on one of these, the others change, too. To be locked with these, before segments are; nothing on
/// SQLite, whose one writer waits for nobody.
///
/// # Errors
/// When the database does not answer.
pub async fn left_behind(tx: &mut Tx, users: &[Uuid], deltas: &[Uuid]) -> Result<Vec<Uuid>> {
    if tx.dialect() == Dialect::Sqlite || users.is_empty() || deltas.is_empty() {
        return Ok(Vec::new());
    }
    Ok(tx.all::<(Uuid,)>(behind(users, deltas).distinct()).await?.into_iter().map(|(id,)| id).collect())
}

fn behind(users: &[Uuid], deltas: &[Uuid]) -> SelectStatement {
    Query::select()
        .column(VoteSegment::DeltaId)
        .from(VoteSegment::Table)
        .and_where(Expr::col(VoteSegment::VoterId).is_in(users.iter().copied()))
        .and_where(Expr::col(VoteSegment::Member).eq(false))
        .and_where(Expr::col(VoteSegment::SegmentId).in_subquery(everyone_of(deltas)))
        .take()
}

/// *Everyone* of each project that one of these deltas is in.
pub(super) fn everyone_of(deltas: &[Uuid]) -> SelectStatement {
    let projects = Query::select()
        .column(Place::ProjectId)
        .from(Place::Table)
        .and_where(Expr::col(Place::DeltaId).is_in(deltas.iter().copied()))
        .take();
    Query::select()
        .column(Segment::Id)
        .from(Segment::Table)
        .and_where(Expr::col(Segment::Everyone).eq(true))
        .and_where(Expr::col(Segment::ProjectId).in_subquery(projects))
        .take()
}

/// The deltas on which a vote of this person counts in one of these segments, with that segment: to be locked before the segments are.
///
/// # Errors
/// When the database does not answer.
pub async fn votes_in(tx: &mut Tx, user: Uuid, segments: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    let mut select = Query::select();
    select
        .columns([VoteSegment::DeltaId, VoteSegment::SegmentId])
        .from(VoteSegment::Table)
        .and_where(Expr::col(VoteSegment::VoterId).eq(user))
        .and_where(Expr::col(VoteSegment::SegmentId).is_in(segments.iter().copied()));
    tx.all(&select).await
}

/// Their votes in these segments are of somebody who has left. The deltas are locked.
///
/// # Errors
/// When the database does not answer.
pub async fn leaves(tx: &mut Tx, user: Uuid, segments: &[Uuid]) -> Result<()> {
    member(tx, user, segments, false).await
}

/// Their votes in this segment are of somebody who is in it again. The deltas are locked.
///
/// # Errors
/// When the database does not answer.
pub async fn joined(tx: &mut Tx, user: Uuid, segment: Uuid) -> Result<()> {
    member(tx, user, &[segment], true).await
}

async fn member(tx: &mut Tx, user: Uuid, segments: &[Uuid], member: bool) -> Result<()> {
    for segment in segments {
        let mut deltas = Query::select();
        deltas
            .column(VoteSegment::DeltaId)
            .from(VoteSegment::Table)
            .and_where(Expr::col(VoteSegment::VoterId).eq(user))
            .and_where(Expr::col(VoteSegment::SegmentId).eq(*segment))
            .and_where(Expr::col(VoteSegment::Member).eq(!member));
        let mut count = Query::update();
        count
            .table(Impact::Table)
            .value(Impact::Outside, Expr::col(Impact::Outside).add(if member { -1_i64 } else { 1 }))
            .and_where(Expr::col(Impact::SegmentId).eq(*segment))
            .and_where(Expr::col(Impact::DeltaId).in_subquery(deltas));
        tx.later(&count).await?;
        let mut mark = Query::update();
        mark.table(VoteSegment::Table)
            .value(VoteSegment::Member, member)
            .and_where(Expr::col(VoteSegment::VoterId).eq(user))
            .and_where(Expr::col(VoteSegment::SegmentId).eq(*segment));
        tx.later(&mark).await?;
    }
    Ok(())
}
