//! Bringing stored scores up to date after people joined or left a segment: its size is the denominator of every delta its
//! members voted on.

use schema::impact::score;
use sea_query::{Expr, ExprTrait, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{line, lock};
use crate::{
    error::Result,
    store::{
        db::Tx,
        lens,
        table::{Impact, Segment},
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
struct Kept {
    delta_id: Uuid,
    cosmetic: i64,
    hinders: i64,
    breaks: i64,
    blocks: i64,
    outside: i64,
    score: i64,
}

/// Deltas whose stored score in this segment is not that of its members now: for [`refresh`], a few at a time. One statement that only
/// reads the segment's counts, whose cost is that of the deltas its users voted on.
///
/// # Errors
/// When the database does not answer.
pub async fn misses(tx: &mut Tx, segment: &Stale) -> Result<Vec<Uuid>> {
    let mut kept = Query::select();
    kept.columns([Impact::DeltaId, Impact::Cosmetic, Impact::Hinders, Impact::Breaks, Impact::Blocks, Impact::Outside, Impact::Score])
        .from(Impact::Table)
        .and_where(Expr::col(Impact::SegmentId).eq(segment.id));
    let wrong = |row: &Kept| score([row.cosmetic, row.hinders, row.breaks, row.blocks], segment.members + row.outside) != row.score;
    let mut misses: Vec<Uuid> = tx.all::<Kept>(&kept).await?.into_iter().filter(wrong).map(|row| row.delta_id).collect();
    misses.sort_unstable();
    Ok(misses)
}

/// Works these deltas' scores out anew from what is counted. Give it few at a time: others who vote on them wait until the commit.
///
/// # Errors
/// When the database does not answer.
pub async fn refresh(tx: &mut Tx, deltas: &[Uuid], now: OffsetDateTime) -> Result<()> {
    lock(tx, deltas).await?;
    for (delta, lines) in line::read(tx, deltas).await? {
        line::write(tx, delta, &lines, line::Sums::default(), now).await?;
    }
    lens::rescore(tx, deltas).await
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
