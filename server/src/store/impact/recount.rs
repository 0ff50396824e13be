//! Counting the votes of deltas anew: where one came to another project or left one, stands for duplicates, or has imported votes.

use std::collections::BTreeMap;

use schema::impact::day_number;
use sea_query::{Cond, Expr, ExprTrait, Func, IntoColumnRef, IntoTableRef, OnConflict, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    count::moved,
    line::{self, Lines},
};
use crate::{
    error::{Error, Result},
    store::{
        db::Tx,
        lens,
        table::{
            Confirmation, Delta, DuplicateOutsiderVote, Impact, ImpactHistory, ImpactRelease, OutsiderVote, Place, Segment, SegmentMember,
            Vote, VoteSegment,
        },
    },
};

/// Deltas in one statement.
const TOGETHER: usize = 200;

#[derive(FromRow)]
struct Count {
    delta: Uuid,
    segment: Uuid,
    member: bool,
    severity: i64,
    votes: i64,
}

/// Works out the impact of deltas from their votes: each counts in the segments, of the projects the delta is in now, that its voter was in
/// when they cast it; in *everyone* whenever they came to be a user. Looks at every vote: for what happens seldom. [`super::lock`] them
/// first, or change their rows. The number of statements is small for each two hundred, and a few for each delta.
///
/// Who came to be affected by that, or no longer is, did so today.
///
/// # Errors
/// When the database does not answer.
pub async fn recompute(tx: &mut Tx, deltas: &[Uuid], now: OffsetDateTime) -> Result<()> {
    let before = affected(tx, deltas).await?;
    restate(tx, deltas, now).await?;
    let after = affected(tx, deltas).await?;
    let by = |delta: &Uuid, now: i64| now - before.get(delta).copied().unwrap_or_default();
    let days = after.iter().map(|(delta, now)| (*delta, by(delta, *now))).filter(|(_, by)| *by != 0);
    moved(tx, &days.map(|(delta, by)| ((delta, day_number(now)), (Ord::max(by, 0), Ord::max(-by, 0)))).collect()).await
}

async fn affected(tx: &mut Tx, deltas: &[Uuid]) -> Result<BTreeMap<Uuid, i64>> {
    let mut select = Query::select();
    select.columns([Delta::Id, Delta::Affected]).from(Delta::Table).and_where(Expr::col(Delta::Id).is_in(deltas.iter().copied()));
    Ok(tx.all::<(Uuid, i64)>(&select).await?.into_iter().collect())
}

/// [`recompute`] without the trend, which the caller tells by the days on which people said so.
///
/// # Errors
/// When the database does not answer.
pub async fn restate(tx: &mut Tx, deltas: &[Uuid], now: OffsetDateTime) -> Result<()> {
    for deltas in deltas.chunks(TOGETHER) {
        place(tx, deltas).await?;
        let mut lines = line::read(tx, deltas).await?;
        let were: Vec<_> = lines.values_mut().flat_map(BTreeMap::values_mut).map(line::Line::clear).collect();
        let of = |column: Vote| (Vote::Table, column);
        let people = said(Vote::Table, of(Vote::DeltaId), of(Vote::UserId), of(Vote::Severity), deltas);
        let of = |column: OutsiderVote| (OutsiderVote::Table, column);
        let keys = (of(OutsiderVote::DeltaId), of(OutsiderVote::OutsiderId), of(OutsiderVote::Severity));
        let outsiders = said(OutsiderVote::Table, keys.0, keys.1, keys.2, deltas);
        for counts in [people, outsiders] {
            for count in tx.all::<Count>(&counts).await? {
                if let Some(line) = lines.get_mut(&count.delta).and_then(|lines| lines.get_mut(&count.segment)) {
                    line.count(count.severity, count.member, count.votes);
                }
            }
        }
        for (line, was) in lines.values_mut().flat_map(BTreeMap::values_mut).zip(&were) {
            line.compare(was);
        }
        releases(tx, deltas).await?;
        sums(tx, deltas).await?;
        for delta in deltas {
            let lines: Lines = lines.remove(delta).unwrap_or_default();
            line::write(tx, *delta, &lines, line::Sums::default(), now).await?;
        }
        lens::rescore(tx, deltas).await?;
    }
    Ok(())
}

/// How many people there are for whom each delta does something.
async fn sums(tx: &mut Tx, deltas: &[Uuid]) -> Result<()> {
    let of = |mut votes: SelectStatement, delta: Expr, severity: Expr, at_least: i64| {
        votes.expr(Expr::cust("COUNT(*)")).and_where(delta.equals((Delta::Table, Delta::Id))).and_where(severity.gte(at_least));
        Expr::SubQuery(None, Box::new(votes.take().into()))
    };
    let people = |at_least: i64| {
        let votes = Query::select().from(Vote::Table).take();
        of(votes, Expr::col((Vote::Table, Vote::DeltaId)), Expr::col(Vote::Severity), at_least)
    };
    let outsiders = |at_least: i64| {
        let votes = Query::select().from(OutsiderVote::Table).take();
        of(votes, Expr::col((OutsiderVote::Table, OutsiderVote::DeltaId)), Expr::col(OutsiderVote::Severity), at_least)
    };
    let mut update = Query::update();
    update
        .table(Delta::Table)
        .value(Delta::Affected, people(1).add(outsiders(1)))
        .value(Delta::Blocked, people(4).add(outsiders(4)))
        .value(Delta::OnBehalf, outsiders(1))
        .and_where(Expr::col(Delta::Id).is_in(deltas.iter().copied()));
    tx.later(&update).await
}

/// How many votes of one kind count in each segment, by severity.
fn said(
    table: impl IntoTableRef,
    delta_of: impl IntoColumnRef + Copy,
    voter: impl IntoColumnRef,
    severity: impl IntoColumnRef + Copy,
    deltas: &[Uuid],
) -> SelectStatement {
    let of = |column: VoteSegment| Expr::col((VoteSegment::Table, column));
    let mut counts = Query::select();
    counts
        .expr_as(of(VoteSegment::DeltaId), "delta")
        .expr_as(of(VoteSegment::SegmentId), "segment")
        .expr_as(of(VoteSegment::Member), "member")
        .expr_as(Expr::col(severity), "severity")
        .expr_as(Expr::cust("COUNT(*)"), "votes")
        .from(table)
        .inner_join(VoteSegment::Table, of(VoteSegment::DeltaId).eq(Expr::col(delta_of)).and(of(VoteSegment::VoterId).eq(Expr::col(voter))))
        .and_where(Expr::col(delta_of).is_in(deltas.iter().copied()))
        .group_by_columns([VoteSegment::DeltaId, VoteSegment::SegmentId, VoteSegment::Member].map(|column| (VoteSegment::Table, column)))
        .group_by_col(severity);
    counts
}

/// Notes anew which segments each person's vote counts in.
async fn place(tx: &mut Tx, deltas: &[Uuid]) -> Result<()> {
    let ids = || deltas.iter().copied();
    let counts = |column: VoteSegment| Expr::col((VoteSegment::Table, column));
    let of_delta = counts(VoteSegment::DeltaId).is_in(ids());
    let cast = Query::select()
        .expr(Expr::val(1))
        .from(Vote::Table)
        .and_where(Expr::col((Vote::Table, Vote::DeltaId)).equals((VoteSegment::Table, VoteSegment::DeltaId)))
        .and_where(Expr::col((Vote::Table, Vote::UserId)).equals((VoteSegment::Table, VoteSegment::VoterId)))
        .take();
    let recorded = Query::select()
        .expr(Expr::val(1))
        .from(OutsiderVote::Table)
        .and_where(Expr::col((OutsiderVote::Table, OutsiderVote::DeltaId)).equals((VoteSegment::Table, VoteSegment::DeltaId)))
        .and_where(Expr::col((OutsiderVote::Table, OutsiderVote::OutsiderId)).equals((VoteSegment::Table, VoteSegment::VoterId)))
        .take();
    let carried = Query::select()
        .expr(Expr::val(1))
        .from(DuplicateOutsiderVote::Table)
        .and_where(
            Expr::col((DuplicateOutsiderVote::Table, DuplicateOutsiderVote::DeltaId)).equals((VoteSegment::Table, VoteSegment::DeltaId)),
        )
        .and_where(
            Expr::col((DuplicateOutsiderVote::Table, DuplicateOutsiderVote::OutsiderId)).equals((VoteSegment::Table, VoteSegment::VoterId)),
        )
        .take();
    let goes_here = Cond::any()
        .add(Expr::exists(cast))
        .add(Expr::exists(recorded).not())
        .add(Expr::exists(carried))
        .add(here((VoteSegment::Table, VoteSegment::DeltaId), (VoteSegment::Table, VoteSegment::SegmentId)).not());
    // Of people, all: they are noted anew, and so is what was recorded on duplicates. Of other outsiders, where the delta is no longer, and
    // where nobody speaks for them any more.
    let mut delete = Query::delete();
    tx.later(delete.from_table(VoteSegment::Table).and_where(of_delta).cond_where(goes_here)).await?;
    // What was counted in a project that it is in no longer.
    let mut delete = Query::delete();
    delete.from_table(Impact::Table).and_where(Expr::col((Impact::Table, Impact::DeltaId)).is_in(ids()));
    tx.later(delete.and_where(here((Impact::Table, Impact::DeltaId), (Impact::Table, Impact::SegmentId)).not())).await?;
    let mut delete = Query::delete();
    delete.from_table(ImpactHistory::Table).and_where(Expr::col((ImpactHistory::Table, ImpactHistory::DeltaId)).is_in(ids()));
    let history = here((ImpactHistory::Table, ImpactHistory::DeltaId), (ImpactHistory::Table, ImpactHistory::SegmentId));
    tx.later(delete.and_where(history.not())).await?;

    let stay = |column: SegmentMember| Expr::col((SegmentMember::Table, column));
    let at = || Expr::col((Vote::Table, Vote::At));
    let stays = Expr::from(Func::max(Expr::case(stay(SegmentMember::LeftAt).is_null(), 1).finally(0))).eq(1);
    let came = Expr::col((Segment::Table, Segment::Everyone)).eq(true).or(stay(SegmentMember::JoinedAt).lte(at()));
    let was = came.and(stay(SegmentMember::LeftAt).is_null().or(stay(SegmentMember::LeftAt).gt(at())));
    let mut select = Query::select();
    select
        .columns([(Vote::Table, Vote::DeltaId), (Vote::Table, Vote::UserId)])
        .column((SegmentMember::Table, SegmentMember::SegmentId))
        // In it when they voted; whether they are now, a later stay may say.
        .expr(stays)
        .from(Vote::Table)
        .inner_join(Place::Table, Expr::col((Place::Table, Place::DeltaId)).equals((Vote::Table, Vote::DeltaId)))
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::ProjectId)).equals((Place::Table, Place::ProjectId)))
        .inner_join(
            SegmentMember::Table,
            stay(SegmentMember::UserId)
                .equals((Vote::Table, Vote::UserId))
                .and(stay(SegmentMember::SegmentId).equals((Segment::Table, Segment::Id))),
        )
        .and_where(Expr::col((Vote::Table, Vote::DeltaId)).is_in(ids()))
        .group_by_columns([(Vote::Table, Vote::DeltaId), (Vote::Table, Vote::UserId)])
        .group_by_col((SegmentMember::Table, SegmentMember::SegmentId))
        .and_having(Expr::from(Func::max(Expr::case(was, 1).finally(0))).eq(1));
    counted(tx, select).await?;
    outsiders(tx, deltas).await
}

/// The same of outsiders: in *everyone*, since whom somebody else speaks for is a user of every project the delta is in; and, where what
/// counts was recorded on a duplicate, in the segments it counts in there.
async fn outsiders(tx: &mut Tx, deltas: &[Uuid]) -> Result<()> {
    let ids = || deltas.iter().copied();
    let from = |column: DuplicateOutsiderVote| (DuplicateOutsiderVote::Table, column);
    let mut select = Query::select();
    select
        .columns([from(DuplicateOutsiderVote::DeltaId), from(DuplicateOutsiderVote::OutsiderId)])
        .column((VoteSegment::Table, VoteSegment::SegmentId))
        .expr(Expr::val(false))
        .from(DuplicateOutsiderVote::Table)
        .inner_join(
            VoteSegment::Table,
            Expr::col((VoteSegment::Table, VoteSegment::DeltaId))
                .equals(from(DuplicateOutsiderVote::FromId))
                .and(Expr::col((VoteSegment::Table, VoteSegment::VoterId)).equals(from(DuplicateOutsiderVote::OutsiderId))),
        )
        .and_where(Expr::col(from(DuplicateOutsiderVote::DeltaId)).is_in(ids()))
        .and_where(here(from(DuplicateOutsiderVote::DeltaId), (VoteSegment::Table, VoteSegment::SegmentId)));
    counted(tx, select).await?;
    let mut select = Query::select();
    select
        .columns([(OutsiderVote::Table, OutsiderVote::DeltaId), (OutsiderVote::Table, OutsiderVote::OutsiderId)])
        .column((Segment::Table, Segment::Id))
        .expr(Expr::val(false))
        .from(OutsiderVote::Table)
        .inner_join(Place::Table, Expr::col((Place::Table, Place::DeltaId)).equals((OutsiderVote::Table, OutsiderVote::DeltaId)))
        .inner_join(
            Segment::Table,
            Expr::col((Segment::Table, Segment::ProjectId))
                .equals((Place::Table, Place::ProjectId))
                .and(Expr::col((Segment::Table, Segment::Everyone)).eq(true)),
        )
        .and_where(Expr::col((OutsiderVote::Table, OutsiderVote::DeltaId)).is_in(ids()));
    counted(tx, select).await
}

/// Whether a row's delta is in the project of its segment.
fn here(delta: impl IntoColumnRef, segment: impl IntoColumnRef) -> Expr {
    let mut place = Query::select();
    place
        .expr(Expr::val(1))
        .from(Place::Table)
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::ProjectId)).equals((Place::Table, Place::ProjectId)))
        .and_where(Expr::col((Place::Table, Place::DeltaId)).equals(delta))
        .and_where(Expr::col((Segment::Table, Segment::Id)).equals(segment));
    Expr::exists(place)
}

async fn counted(tx: &mut Tx, select: SelectStatement) -> Result<()> {
    let mut insert = Query::insert();
    insert
        .into_table(VoteSegment::Table)
        .columns([VoteSegment::DeltaId, VoteSegment::VoterId, VoteSegment::SegmentId, VoteSegment::Member])
        .select_from(select)
        .map_err(|error| Error::start(format!("as many values as columns: {error}")))?
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    tx.later(&insert).await
}

/// Counts anew who confirmed for which release in which segment: of those it affects, by what counts now. Who said on a duplicate that it
/// does not any more confirms nothing, until what they said here before stands again.
async fn releases(tx: &mut Tx, deltas: &[Uuid]) -> Result<()> {
    let ids = || deltas.iter().copied();
    let mut delete = Query::delete();
    tx.later(delete.from_table(ImpactRelease::Table).and_where(Expr::col(ImpactRelease::DeltaId).is_in(ids()))).await?;
    let mut select = Query::select();
    select
        .columns([(Confirmation::Table, Confirmation::DeltaId), (Confirmation::Table, Confirmation::ReleaseId)])
        .column((VoteSegment::Table, VoteSegment::SegmentId))
        .expr(Expr::cust("COUNT(*)"))
        .from(Confirmation::Table)
        .inner_join(
            VoteSegment::Table,
            Expr::col((VoteSegment::Table, VoteSegment::DeltaId))
                .equals((Confirmation::Table, Confirmation::DeltaId))
                .and(Expr::col((VoteSegment::Table, VoteSegment::VoterId)).equals((Confirmation::Table, Confirmation::VoterId))),
        )
        .inner_join(
            Vote::Table,
            Expr::col((Vote::Table, Vote::DeltaId))
                .equals((Confirmation::Table, Confirmation::DeltaId))
                .and(Expr::col((Vote::Table, Vote::UserId)).equals((Confirmation::Table, Confirmation::VoterId))),
        )
        .and_where(Expr::col((Confirmation::Table, Confirmation::DeltaId)).is_in(ids()))
        .and_where(Expr::col((Vote::Table, Vote::Severity)).gt(0))
        .group_by_columns([(Confirmation::Table, Confirmation::DeltaId), (Confirmation::Table, Confirmation::ReleaseId)])
        .group_by_col((VoteSegment::Table, VoteSegment::SegmentId));
    let mut insert = Query::insert();
    insert
        .into_table(ImpactRelease::Table)
        .columns([ImpactRelease::DeltaId, ImpactRelease::ReleaseId, ImpactRelease::SegmentId, ImpactRelease::Confirmed])
        .select_from(select)
        .map_err(|error| Error::start(format!("as many values as columns: {error}")))?;
    tx.later(&insert).await
}
