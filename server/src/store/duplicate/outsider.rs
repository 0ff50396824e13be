//! The same of what was said for people without an account: recorded on a duplicate, it counts for the delta that stands for it, an
//! outsider once, by what was recorded last.
//!
//! That then stands among the survivor's own (`outsider_vote`); what had been recorded on the survivor itself waits beside
//! (`duplicate_outsider_vote`, and where it counted in `duplicate_outsider_segment`). Who has an account speaks for themselves: where they
//! have voted, nothing comes in that was still said for them.

use sea_query::{Expr, ExprTrait, InsertStatement, IntoColumnRef, JoinType, Query, SelectStatement};
use time::OffsetDateTime;
use uuid::Uuid;

use super::counted;
use crate::{
    error::{Error, Result},
    store::{
        db::Tx,
        delta::Row,
        impact,
        table::{Delta, DuplicateOutsiderSegment, DuplicateOutsiderVote, Outsider, OutsiderVote, Vote, VoteSegment},
    },
};

/// Whose recorded votes are looked at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who {
    /// All outsiders'.
    Everybody,
    /// That of one.
    One(Uuid),
    /// Those of whom a person has said they are.
    ClaimedBy(Uuid),
}

impl Who {
    fn is(self, outsider: impl IntoColumnRef) -> Option<Expr> {
        match self {
            Self::Everybody => None,
            Self::One(id) => Some(Expr::col(outsider).eq(id)),
            Self::ClaimedBy(user) => Some(Expr::col(outsider).in_subquery(claimed_by(user))),
        }
    }
}

/// The outsiders a person has said they are.
fn claimed_by(user: Uuid) -> SelectStatement {
    Query::select().column(Outsider::Id).from(Outsider::Table).and_where(Expr::col(Outsider::ClaimedBy).eq(user)).take()
}

/// After a vote was recorded for an outsider, or taken back: it counts for what stands for that delta; on a delta that stands for others it
/// is their newest. `row` is the delta as it was read in this transaction, and locked.
///
/// # Errors
/// When the database does not answer.
pub async fn recorded(tx: &mut Tx, row: &Row, outsider: Uuid, now: OffsetDateTime) -> Result<()> {
    let fresh = super::fresh(tx, row).await?;
    let row = fresh.as_ref().unwrap_or(row);
    if row.duplicates > 0 {
        let mut delete = Query::delete();
        delete.from_table(DuplicateOutsiderVote::Table).and_where(Expr::col(DuplicateOutsiderVote::DeltaId).eq(row.id));
        tx.later(delete.and_where(Expr::col(DuplicateOutsiderVote::OutsiderId).eq(outsider))).await?;
    }
    let Some(survivor) = row.counts_for() else { return Ok(()) };
    super::lock(tx, &[survivor]).await?;
    votes(tx, survivor, Who::One(outsider)).await?;
    impact::recompute(tx, &[survivor], now).await
}

/// Takes back what was recorded for an outsider on a delta's duplicates, where that counts for it: who takes it back was told of one vote.
/// The deltas are locked.
///
/// # Errors
/// When the database does not answer.
pub async fn unrecord(tx: &mut Tx, row: &Row, outsider: Uuid, now: OffsetDateTime) -> Result<()> {
    let fresh = super::fresh(tx, row).await?;
    let row = fresh.as_ref().unwrap_or(row);
    if row.duplicates == 0 {
        return Ok(());
    }
    super::lock(tx, &[row.id]).await?;
    let duplicates = take(tx, row.id, Who::One(outsider)).await?;
    impact::recompute(tx, &duplicates, now).await
}

/// Deletes what was recorded on a delta's duplicates that count for it; gives on which.
pub(super) async fn take(tx: &mut Tx, survivor: Uuid, who: Who) -> Result<Vec<Uuid>> {
    let mut delete = Query::delete();
    delete
        .from_table(OutsiderVote::Table)
        .and_where(Expr::col(OutsiderVote::DeltaId).in_subquery(counted(survivor)))
        .and_where_option(who.is(OutsiderVote::OutsiderId))
        .returning(Query::returning().column(OutsiderVote::DeltaId));
    Ok(tx.all::<(Uuid,)>(&delete).await?.into_iter().map(|(id,)| id).collect())
}

/// Puts what was recorded on a survivor's duplicates, and is newer than what was recorded for the same outsider on itself, among its own;
/// and back what no longer is. Where that counts, counting anew says.
pub(super) async fn votes(tx: &mut Tx, survivor: Uuid, who: Who) -> Result<()> {
    // What was recorded on the survivor itself stands there again.
    off(tx, survivor, who).await?;
    let own = [
        DuplicateOutsiderVote::DeltaId,
        DuplicateOutsiderVote::OutsiderId,
        DuplicateOutsiderVote::Severity,
        DuplicateOutsiderVote::Note,
        DuplicateOutsiderVote::At,
        DuplicateOutsiderVote::RecordedBy,
    ];
    let said = Expr::col((DuplicateOutsiderVote::Table, DuplicateOutsiderVote::At)).is_not_null();
    put(tx, carried(survivor, who, &own).and_where(said).take()).await?;
    let mut there = Query::select();
    there
        .columns([DuplicateOutsiderSegment::DeltaId, DuplicateOutsiderSegment::OutsiderId, DuplicateOutsiderSegment::SegmentId])
        .expr(Expr::val(false))
        .from(DuplicateOutsiderSegment::Table)
        .and_where(Expr::col(DuplicateOutsiderSegment::DeltaId).eq(survivor))
        .and_where_option(who.is(DuplicateOutsiderSegment::OutsiderId));
    let columns = [VoteSegment::DeltaId, VoteSegment::VoterId, VoteSegment::SegmentId, VoteSegment::Member];
    fill(tx, Query::insert().into_table(VoteSegment::Table).columns(columns), there).await?;
    // Where it counted goes with it.
    let mut delete = Query::delete();
    delete.from_table(DuplicateOutsiderVote::Table).and_where(Expr::col(DuplicateOutsiderVote::DeltaId).eq(survivor));
    tx.later(delete.and_where_option(who.is(DuplicateOutsiderVote::OutsiderId))).await?;

    let columns = [
        DuplicateOutsiderVote::DeltaId,
        DuplicateOutsiderVote::OutsiderId,
        DuplicateOutsiderVote::FromId,
        DuplicateOutsiderVote::Severity,
        DuplicateOutsiderVote::Note,
        DuplicateOutsiderVote::At,
        DuplicateOutsiderVote::RecordedBy,
    ];
    fill(tx, Query::insert().into_table(DuplicateOutsiderVote::Table).columns(columns), newer(survivor, who)).await?;
    let mut there = Query::select();
    there
        .columns([VoteSegment::DeltaId, VoteSegment::VoterId, VoteSegment::SegmentId])
        .from(VoteSegment::Table)
        .and_where(Expr::col(VoteSegment::DeltaId).eq(survivor))
        .and_where(Expr::col(VoteSegment::VoterId).in_subquery(carried(survivor, who, &[DuplicateOutsiderVote::OutsiderId])));
    let columns = [DuplicateOutsiderSegment::DeltaId, DuplicateOutsiderSegment::OutsiderId, DuplicateOutsiderSegment::SegmentId];
    fill(tx, Query::insert().into_table(DuplicateOutsiderSegment::Table).columns(columns), there).await?;
    off(tx, survivor, who).await?;
    let mut counts = carried(survivor, who, &[DuplicateOutsiderVote::DeltaId, DuplicateOutsiderVote::OutsiderId]);
    counts
        .columns(
            [OutsiderVote::Severity, OutsiderVote::Note, OutsiderVote::At, OutsiderVote::RecordedBy]
                .map(|column| (OutsiderVote::Table, column)),
        )
        .inner_join(
            OutsiderVote::Table,
            Expr::col((OutsiderVote::Table, OutsiderVote::DeltaId))
                .equals((DuplicateOutsiderVote::Table, DuplicateOutsiderVote::FromId))
                .and(
                    Expr::col((OutsiderVote::Table, OutsiderVote::OutsiderId))
                        .equals((DuplicateOutsiderVote::Table, DuplicateOutsiderVote::OutsiderId)),
                ),
        );
    put(tx, counts).await
}

/// These columns of what stands among a survivor's own and was recorded on its duplicates.
fn carried(survivor: Uuid, who: Who, columns: &[DuplicateOutsiderVote]) -> SelectStatement {
    let of = |column: DuplicateOutsiderVote| (DuplicateOutsiderVote::Table, column);
    Query::select()
        .columns(columns.iter().map(|column| of(*column)))
        .from(DuplicateOutsiderVote::Table)
        .and_where(Expr::col(of(DuplicateOutsiderVote::DeltaId)).eq(survivor))
        .and_where_option(who.is(of(DuplicateOutsiderVote::OutsiderId)))
        .take()
}

/// Takes what is carried off a survivor, and where it counts.
async fn off(tx: &mut Tx, survivor: Uuid, who: Who) -> Result<()> {
    let outsiders = || carried(survivor, who, &[DuplicateOutsiderVote::OutsiderId]);
    let mut delete = Query::delete();
    delete.from_table(OutsiderVote::Table).and_where(Expr::col(OutsiderVote::DeltaId).eq(survivor));
    tx.later(delete.and_where(Expr::col(OutsiderVote::OutsiderId).in_subquery(outsiders()))).await?;
    let mut delete = Query::delete();
    delete.from_table(VoteSegment::Table).and_where(Expr::col(VoteSegment::DeltaId).eq(survivor));
    tx.later(delete.and_where(Expr::col(VoteSegment::VoterId).in_subquery(outsiders()))).await
}

/// The newest vote recorded for each outsider on the duplicates, where it is newer than what was recorded on the survivor itself: with
/// that, as it is to be kept.
fn newer(survivor: Uuid, who: Who) -> SelectStatement {
    const NEWEST: &str = "ROW_NUMBER() OVER (PARTITION BY \"outsider_vote\".\"outsider_id\" \
                          ORDER BY \"outsider_vote\".\"at\" DESC, \"outsider_vote\".\"delta_id\" DESC)";
    let vote = |column: OutsiderVote| (OutsiderVote::Table, column);
    // Of one that stood for others until now, what is its own: theirs count by themselves.
    let copied = Query::select()
        .expr(Expr::val(1))
        .from(DuplicateOutsiderVote::Table)
        .and_where(Expr::col((DuplicateOutsiderVote::Table, DuplicateOutsiderVote::DeltaId)).equals(vote(OutsiderVote::DeltaId)))
        .and_where(Expr::col((DuplicateOutsiderVote::Table, DuplicateOutsiderVote::OutsiderId)).equals(vote(OutsiderVote::OutsiderId)))
        .take();
    let mut best = Query::select();
    best.columns([OutsiderVote::DeltaId, OutsiderVote::OutsiderId, OutsiderVote::At].map(vote))
        .expr_as(Expr::cust(NEWEST), "turn")
        .from(OutsiderVote::Table)
        .and_where(Expr::col(vote(OutsiderVote::DeltaId)).in_subquery(counted(survivor)))
        .and_where(Expr::exists(copied).not())
        .and_where_option(who.is(vote(OutsiderVote::OutsiderId)));
    let speaks = speaks(("best", OutsiderVote::OutsiderId)).and_where(Expr::col((Vote::Table, Vote::DeltaId)).eq(survivor)).take();
    let mut newer = Query::select();
    newer
        .expr(Expr::val(survivor))
        .columns([("best", OutsiderVote::OutsiderId), ("best", OutsiderVote::DeltaId)])
        .column(("own", OutsiderVote::Severity))
        .expr(Expr::from(sea_query::Func::coalesce([Expr::col(("own", OutsiderVote::Note)), Expr::val("")])))
        .columns([("own", OutsiderVote::At), ("own", OutsiderVote::RecordedBy)])
        .from_subquery(best, "best")
        .join_as(
            JoinType::LeftJoin,
            OutsiderVote::Table,
            "own",
            Expr::col(("own", OutsiderVote::DeltaId))
                .eq(survivor)
                .and(Expr::col(("own", OutsiderVote::OutsiderId)).equals(("best", OutsiderVote::OutsiderId))),
        )
        .and_where(Expr::col(("best", "turn")).eq(1))
        .and_where(
            Expr::col(("own", OutsiderVote::At))
                .is_null()
                .or(Expr::col(("own", OutsiderVote::At)).lt(Expr::col(("best", OutsiderVote::At)))),
        )
        .and_where(Expr::exists(speaks).not());
    newer
}

async fn put(tx: &mut Tx, votes: SelectStatement) -> Result<()> {
    let columns = [
        OutsiderVote::DeltaId,
        OutsiderVote::OutsiderId,
        OutsiderVote::Severity,
        OutsiderVote::Note,
        OutsiderVote::At,
        OutsiderVote::RecordedBy,
    ];
    fill(tx, Query::insert().into_table(OutsiderVote::Table).columns(columns), votes).await
}

async fn fill(tx: &mut Tx, insert: &mut InsertStatement, select: SelectStatement) -> Result<()> {
    // As many columns as are named.
    tx.later(insert.select_from(select).map_err(|error| Error::start(error.to_string()))?).await
}

/// What stands for public duplicates on which something newer is recorded for an outsider than on itself, and who has not voted there.
pub(super) fn unheard() -> SelectStatement {
    let vote = |column: OutsiderVote| (OutsiderVote::Table, column);
    let there = Query::select()
        .expr(Expr::val(1))
        .from_as(OutsiderVote::Table, "own")
        .and_where(Expr::col(("own", OutsiderVote::DeltaId)).equals((Delta::Table, Delta::DuplicateOf)))
        .and_where(Expr::col(("own", OutsiderVote::OutsiderId)).equals(vote(OutsiderVote::OutsiderId)))
        .and_where(Expr::col(("own", OutsiderVote::At)).gte(Expr::col(vote(OutsiderVote::At))))
        .take();
    let here = Expr::col((Vote::Table, Vote::DeltaId)).equals((Delta::Table, Delta::DuplicateOf));
    let speaks = speaks(vote(OutsiderVote::OutsiderId)).and_where(here).take();
    Query::select()
        .column((Delta::Table, Delta::DuplicateOf))
        .from(OutsiderVote::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals(vote(OutsiderVote::DeltaId)))
        .and_where(Expr::col((Delta::Table, Delta::DuplicateOf)).is_not_null())
        .and_where(Expr::col((Delta::Table, Delta::Visibility)).eq("public"))
        .and_where(Expr::exists(there).not())
        .and_where(Expr::exists(speaks).not())
        .take()
}

/// The votes of the person who has said they are the outsider of a statement's row.
fn speaks(outsider: impl IntoColumnRef) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(Outsider::Table)
        .inner_join(Vote::Table, Expr::col((Vote::Table, Vote::UserId)).equals((Outsider::Table, Outsider::ClaimedBy)))
        .and_where(Expr::col((Outsider::Table, Outsider::Id)).equals(outsider))
        .take()
}
