//! Votes and what they say: per delta the counts of each segment's members by severity, and the scores worked out from them.
//!
//! Counts are always taken anew from the votes and memberships of the one delta, under the lock of its row: whatever happened
//! before, what is stored then is right.

mod refresh;
mod view;

use std::collections::BTreeMap;

use schema::impact::score;
use sea_query::{Expr, ExprTrait, LockType, OnConflict, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

pub use self::{
    refresh::{Stale, misses, refresh, settle, stale},
    view::{ask, told, view},
};
use super::{
    db::{Dialect, Tx},
    table::{Delta, Impact, Place, Segment, SegmentMember, Vote},
};
use crate::{clock, error::Result};

/// Makes others who change this delta's votes or scores wait for this transaction. Several at once are locked in the order
/// of their ids; segments' rows are only locked after deltas', so that nobody waits in a circle. Who only refers to a delta
/// (a link, an event) does not wait.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx, deltas: &[Uuid]) -> Result<()> {
    // SQLite has one writer, who waits for nobody.
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let mut select = Query::select();
    select.column(Delta::Id).from(Delta::Table).and_where(Expr::col(Delta::Id).is_in(deltas.iter().copied()));
    select.order_by(Delta::Id, sea_query::Order::Asc).lock(LockType::NoKeyUpdate);
    tx.all::<(Uuid,)>(&select).await?;
    Ok(())
}

/// Writes a person's vote, in place of the one before.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, delta: Uuid, user: Uuid, severity: i64, note: &str, at: OffsetDateTime) -> Result<()> {
    let mut insert = Query::insert();
    insert
        .into_table(Vote::Table)
        .columns([Vote::DeltaId, Vote::UserId, Vote::Severity, Vote::Note, Vote::At])
        .values_panic([delta.into(), user.into(), severity.into(), note.into(), at.into()])
        .on_conflict(OnConflict::columns([Vote::DeltaId, Vote::UserId]).update_columns([Vote::Severity, Vote::Note, Vote::At]).to_owned());
    tx.later(&insert).await
}

/// Takes a person's vote away; whether there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn take(tx: &mut Tx, delta: Uuid, user: Uuid) -> Result<bool> {
    let mut delete = Query::delete();
    delete.from_table(Vote::Table).and_where(Expr::col(Vote::DeltaId).eq(delta)).and_where(Expr::col(Vote::UserId).eq(user));
    Ok(tx.run(&delete).await? > 0)
}

/// Makes a person a user of each project of the delta: a member of its segment *everyone*.
///
/// # Errors
/// When the database does not answer.
pub async fn join_everyone(tx: &mut Tx, delta: Uuid, user: Uuid, at: OffsetDateTime) -> Result<()> {
    let member = Query::select()
        .expr(Expr::val(1))
        .from(SegmentMember::Table)
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::SegmentId)).equals((Segment::Table, Segment::Id)))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::UserId)).eq(user))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::LeftAt)).is_null())
        .take();
    let mut missing = Query::select();
    missing
        .column((Segment::Table, Segment::Id))
        .from(Segment::Table)
        .and_where(Expr::col((Segment::Table, Segment::ProjectId)).in_subquery(projects_of(delta)))
        .and_where(Expr::col((Segment::Table, Segment::Everyone)).eq(true))
        .and_where(Expr::exists(member).not())
        .order_by((Segment::Table, Segment::Id), sea_query::Order::Asc)
        // First the segment, then its members, as those who join it do.
        .lock(LockType::NoKeyUpdate);
    for (segment,) in tx.all::<(Uuid,)>(&missing).await? {
        let mut insert = Query::insert();
        insert
            .into_table(SegmentMember::Table)
            .columns([SegmentMember::Id, SegmentMember::SegmentId, SegmentMember::UserId, SegmentMember::JoinedAt])
            .values_panic([clock::new_id().into(), segment.into(), user.into(), at.into()])
            // They may have joined elsewhere in this moment.
            .on_conflict(OnConflict::new().do_nothing().to_owned());
        if tx.run(&insert).await? > 0 {
            let mut count = Query::update();
            count
                .table(Segment::Table)
                .value(Segment::Members, Expr::col(Segment::Members).add(1))
                .and_where(Expr::col(Segment::Id).eq(segment));
            tx.run(&count).await?;
        }
    }
    Ok(())
}

/// What the members of one segment said of one delta.
#[derive(Clone, Debug, FromRow)]
struct Count {
    segment: Uuid,
    members: i64,
    everyone: bool,
    severity: i64,
    votes: i64,
}

/// One segment's line, summed up.
#[derive(Clone, Debug, Default)]
struct Line {
    severities: [i64; 4],
    members: i64,
    everyone: bool,
}

/// Works out a delta's impact from its votes: the rows of every segment whose members voted, its highest score with the
/// segment that is from, how many people it affects; on its places, too. [`lock`] it first.
///
/// # Errors
/// When the database does not answer.
pub async fn recompute(tx: &mut Tx, delta: Uuid) -> Result<()> {
    let mut lines: BTreeMap<Uuid, Line> = BTreeMap::new();
    for count in tx.all::<Count>(&counts(delta)).await? {
        let line =
            lines.entry(count.segment).or_insert_with(|| Line { members: count.members, everyone: count.everyone, ..Line::default() });
        if let Some(votes) = usize::try_from(count.severity - 1).ok().and_then(|at| line.severities.get_mut(at)) {
            *votes = count.votes;
        }
    }
    tx.later(Query::delete().from_table(Impact::Table).and_where(Expr::col(Impact::DeltaId).eq(delta))).await?;
    let mut highest: Option<(i64, bool, Uuid)> = None;
    if !lines.is_empty() {
        let mut insert = Query::insert();
        insert.into_table(Impact::Table).columns([
            Impact::DeltaId,
            Impact::SegmentId,
            Impact::Cosmetic,
            Impact::Hinders,
            Impact::Breaks,
            Impact::Blocks,
            Impact::Score,
        ]);
        for (segment, line) in &lines {
            let score = score(line.severities, line.members);
            let [cosmetic, hinders, breaks, blocks] = line.severities;
            insert.values_panic([
                delta.into(),
                (*segment).into(),
                cosmetic.into(),
                hinders.into(),
                breaks.into(),
                blocks.into(),
                score.into(),
            ]);
            // Of equals, a named segment says more than everyone does.
            let rank = (score, !line.everyone, *segment);
            if score > 0 && highest.is_none_or(|best| rank > best) {
                highest = Some(rank);
            }
        }
        tx.later(&insert).await?;
    }
    let impact = highest.map_or(0, |(score, ..)| score);
    let affected = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(Vote::Table)
        .and_where(Expr::col(Vote::DeltaId).eq(delta))
        .and_where(Expr::col(Vote::Severity).gt(0))
        .take();
    let mut update = Query::update();
    update
        .table(Delta::Table)
        .value(Delta::Impact, impact)
        .value(Delta::ImpactSegmentId, highest.map(|(_, _, segment)| segment))
        .value(Delta::Affected, Expr::SubQuery(None, Box::new(affected.into())))
        .and_where(Expr::col(Delta::Id).eq(delta));
    tx.later(&update).await?;
    let mut update = Query::update();
    update.table(Place::Table).value(Place::Impact, impact).and_where(Expr::col(Place::DeltaId).eq(delta));
    update.and_where(Expr::col(Place::Impact).ne(impact));
    tx.later(&update).await
}

/// One delta's votes by segment of its projects and severity.
fn counts(delta: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(Expr::col((Segment::Table, Segment::Id)), "segment")
        .columns([(Segment::Table, Segment::Members), (Segment::Table, Segment::Everyone)])
        .column((Vote::Table, Vote::Severity))
        .expr_as(Expr::cust("COUNT(*)"), "votes")
        .from(Vote::Table)
        .inner_join(SegmentMember::Table, Expr::col((SegmentMember::Table, SegmentMember::UserId)).equals((Vote::Table, Vote::UserId)))
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((SegmentMember::Table, SegmentMember::SegmentId)))
        .and_where(Expr::col((Vote::Table, Vote::DeltaId)).eq(delta))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::LeftAt)).is_null())
        .and_where(Expr::col((Segment::Table, Segment::ProjectId)).in_subquery(projects_of(delta)))
        .group_by_columns([(Segment::Table, Segment::Id), (Segment::Table, Segment::Members), (Segment::Table, Segment::Everyone)])
        .group_by_col((Vote::Table, Vote::Severity));
    select
}

/// The projects a delta has places in.
fn projects_of(delta: Uuid) -> SelectStatement {
    Query::select().column(Place::ProjectId).from(Place::Table).and_where(Expr::col(Place::DeltaId).eq(delta)).take()
}
