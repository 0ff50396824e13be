//! Bringing stored scores up to date after people joined or left a segment: its size is the denominator of every delta its
//! members voted on.

use std::collections::HashMap;

use schema::impact::score;
use sea_query::{Expr, ExprTrait, Query};
use sqlx::FromRow;
use uuid::Uuid;

use super::{lock, recompute};
use crate::{
    error::Result,
    store::{
        db::Tx,
        table::{Impact, Place, Segment, SegmentMember, Vote},
    },
};

/// A segment whose stored scores are of another membership than today's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Stale {
    /// The segment.
    pub id: Uuid,
    /// Its project.
    pub project_id: Uuid,
    /// Its members when this was read.
    pub members: i64,
    /// The members its scores were worked out with; below 0, another number each time, where members came or went since.
    pub scored_members: i64,
}

/// Segments whose scores are to be brought up to date.
///
/// # Errors
/// When the database does not answer.
pub async fn stale(tx: &mut Tx) -> Result<Vec<Stale>> {
    let mut select = Query::select();
    select
        .columns([Segment::Id, Segment::ProjectId, Segment::Members, Segment::ScoredMembers])
        .from(Segment::Table)
        .and_where(Expr::col(Segment::Members).not_equals(Segment::ScoredMembers))
        .order_by(Segment::Id, sea_query::Order::Asc)
        .limit(100);
    tx.all(&select).await
}

#[derive(FromRow)]
struct Count {
    delta_id: Uuid,
    severity: i64,
    votes: i64,
}

#[derive(FromRow)]
struct Kept {
    delta_id: Uuid,
    cosmetic: i64,
    hinders: i64,
    breaks: i64,
    blocks: i64,
    score: i64,
}

/// Deltas whose stored row for this segment is not what the votes of its members say today: for [`refresh`], a few at a
/// time. Two statements that only read, whose cost is that of the members' votes in the segment's project.
///
/// # Errors
/// When the database does not answer.
pub async fn misses(tx: &mut Tx, segment: &Stale) -> Result<Vec<Uuid>> {
    let mut votes = Query::select();
    votes
        .columns([(Vote::Table, Vote::DeltaId), (Vote::Table, Vote::Severity)])
        .expr_as(Expr::cust("COUNT(*)"), "votes")
        .from(SegmentMember::Table)
        .inner_join(Vote::Table, Expr::col((Vote::Table, Vote::UserId)).equals((SegmentMember::Table, SegmentMember::UserId)))
        .inner_join(Place::Table, Expr::col((Place::Table, Place::DeltaId)).equals((Vote::Table, Vote::DeltaId)))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::SegmentId)).eq(segment.id))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::LeftAt)).is_null())
        .and_where(Expr::col((Place::Table, Place::ProjectId)).eq(segment.project_id))
        .group_by_columns([(Vote::Table, Vote::DeltaId), (Vote::Table, Vote::Severity)]);
    let mut said: HashMap<Uuid, [i64; 4]> = HashMap::new();
    for count in tx.all::<Count>(&votes).await? {
        let line = said.entry(count.delta_id).or_default();
        if let Some(votes) = usize::try_from(count.severity - 1).ok().and_then(|at| line.get_mut(at)) {
            *votes = count.votes;
        }
    }
    let mut kept = Query::select();
    kept.columns([Impact::DeltaId, Impact::Cosmetic, Impact::Hinders, Impact::Breaks, Impact::Blocks, Impact::Score])
        .from(Impact::Table)
        .and_where(Expr::col(Impact::SegmentId).eq(segment.id));
    let mut misses = Vec::new();
    for row in tx.all::<Kept>(&kept).await? {
        let now = said.remove(&row.delta_id);
        let right =
            now.is_some_and(|now| now == [row.cosmetic, row.hinders, row.breaks, row.blocks] && score(now, segment.members) == row.score);
        if !right {
            misses.push(row.delta_id);
        }
    }
    misses.extend(said.into_keys());
    misses.sort_unstable();
    Ok(misses)
}

/// Works these deltas' impact out anew. Give it few at a time: others who vote on them wait until the commit.
///
/// # Errors
/// When the database does not answer.
pub async fn refresh(tx: &mut Tx, deltas: &[Uuid]) -> Result<()> {
    lock(tx, deltas).await?;
    for delta in deltas {
        recompute(tx, *delta).await?;
    }
    Ok(())
}

/// Notes that the segment's scores are up to date with the membership it was read with; not where that changed meanwhile.
///
/// # Errors
/// When the database does not answer.
pub async fn settle(tx: &mut Tx, segment: &Stale) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Segment::Table)
        .value(Segment::ScoredMembers, segment.members)
        .and_where(Expr::col(Segment::Id).eq(segment.id))
        .and_where(Expr::col(Segment::Members).eq(segment.members))
        .and_where(Expr::col(Segment::ScoredMembers).eq(segment.scored_members));
    tx.run(&update).await?;
    Ok(())
}
