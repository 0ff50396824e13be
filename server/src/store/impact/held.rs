//! A vote, held: what somebody said of a delta, and what that counts in.

use sea_query::{Expr, ExprTrait, Query, SelectStatement};
use serde::Deserialize;
use time::{OffsetDateTime, serde::rfc3339};
use uuid::Uuid;

use super::{
    join::{everyone_of, lock_voted, lock_voter},
    line::{self, Lines},
    segments_of,
};
use crate::{
    error::Result,
    store::{
        db::Tx,
        gather::{self, Gather},
        table::{Confirmation, Outsider, OutsiderVote, SegmentMember, Vote, VoteSegment},
    },
};

/// What somebody said.
#[derive(Clone, Debug, Deserialize)]
pub struct Said {
    /// 0 to 4.
    pub severity: i64,
    /// In their words.
    pub note: String,
    /// When.
    #[serde(with = "rfc3339")]
    pub at: OffsetDateTime,
}

/// Whose vote it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voter {
    /// A person's own.
    Person(Uuid),
    /// Somebody's without an account: recorded for them.
    Outsider(Uuid),
}

impl Voter {
    /// Their id.
    pub fn id(self) -> Uuid {
        match self {
            Self::Person(id) | Self::Outsider(id) => id,
        }
    }
}

/// A segment that a vote counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Counted {
    /// The segment.
    pub segment: Uuid,
    /// Whether its voter is in it now.
    #[serde(deserialize_with = "gather::flag")]
    pub member: bool,
}

/// Somebody's vote on a delta, and what it counts in, held until the transaction ends.
#[derive(Debug)]
pub struct Held {
    pub(super) delta: Uuid,
    pub(super) voter: Voter,
    /// What they said until now.
    pub said: Option<Said>,
    /// Where that counts.
    pub counted: Vec<Counted>,
    /// Outsiders a person has said they are, for whom something is still said here.
    pub claimed: Vec<Uuid>,
    pub(super) lines: Lines,
    pub(super) confirmed: Vec<Uuid>,
    pub(super) here: Vec<Uuid>,
    /// Of *everyone* where older votes of theirs count as those of somebody who has left.
    pub(super) left: Vec<Uuid>,
}

/// Holds somebody's vote on a delta: they, and others who vote on it, wait for this transaction. One statement beside the locks.
///
/// # Errors
/// When the database does not answer.
pub async fn hold(tx: &mut Tx, delta: Uuid, voter: Voter) -> Result<Held> {
    lock_voter(tx, voter).await?;
    lock_voted(tx, delta, voter).await?;
    read(tx, delta, voter).await
}

/// Takes away what is still said for an outsider on a delta: who they are speaks for themselves. The delta is held, and with it what is
/// said there; the outsider's own row need not be, and is not, since whoever holds that comes to the delta after it.
///
/// # Errors
/// When the database does not answer.
pub async fn hush(tx: &mut Tx, delta: Uuid, outsider: Uuid, now: OffsetDateTime) -> Result<bool> {
    read(tx, delta, Voter::Outsider(outsider)).await?.take(tx, now).await
}

async fn read(tx: &mut Tx, delta: Uuid, voter: Voter) -> Result<Held> {
    #[derive(Deserialize)]
    struct One {
        id: Uuid,
    }
    let mut gather = Gather::new(tx.dialect());
    line::ask(&mut gather, &[delta]);
    let own = |mut select: SelectStatement, of: Expr, by: Expr| select.and_where(of.eq(delta)).and_where(by.eq(voter.id())).take();
    let said = match voter {
        Voter::Person(_) => {
            let said = Query::select().columns([Vote::Severity, Vote::Note, Vote::At]).from(Vote::Table).take();
            own(said, Expr::col(Vote::DeltaId), Expr::col(Vote::UserId))
        }
        Voter::Outsider(_) => {
            let columns = [OutsiderVote::Severity, OutsiderVote::Note, OutsiderVote::At];
            let said = Query::select().columns(columns).from(OutsiderVote::Table).take();
            own(said, Expr::col(OutsiderVote::DeltaId), Expr::col(OutsiderVote::OutsiderId))
        }
    };
    gather.part("said", &["severity", "note", "at"], said);
    let segment = gather.id(VoteSegment::SegmentId);
    let counted = Query::select().expr_as(segment, "segment").column(VoteSegment::Member).from(VoteSegment::Table).take();
    gather.part("counted", &["segment", "member"], own(counted, Expr::col(VoteSegment::DeltaId), Expr::col(VoteSegment::VoterId)));
    let release = gather.id(Confirmation::ReleaseId);
    let confirmed = Query::select().expr_as(release, "id").from(Confirmation::Table).take();
    gather.part("confirmed", &["id"], own(confirmed, Expr::col(Confirmation::DeltaId), Expr::col(Confirmation::VoterId)));
    let mut here = Query::select();
    here.expr_as(gather.id(SegmentMember::SegmentId), "id")
        .from(SegmentMember::Table)
        .and_where(Expr::col(SegmentMember::UserId).eq(voter.id()))
        .and_where(Expr::col(SegmentMember::LeftAt).is_null())
        .and_where(Expr::col(SegmentMember::SegmentId).in_subquery(segments_of(delta)));
    gather.part("here", &["id"], here);
    if let Voter::Person(user) = voter {
        of_person(&mut gather, delta, user);
    }
    let mut found = gather.read(tx).await?;
    let ids = |found: Vec<One>| found.into_iter().map(|one| one.id).collect();
    Ok(Held {
        delta,
        voter,
        said: found.take("said")?.pop(),
        lines: line::told(found.take("lines")?).remove(&delta).unwrap_or_default(),
        counted: found.take("counted")?,
        confirmed: ids(found.take("confirmed")?),
        here: ids(found.take("here")?),
        left: ids(found.take("left")?),
        claimed: ids(found.take("claimed")?),
    })
}

/// Asks what only a person has: votes from before they left, and outsiders they are.
fn of_person(gather: &mut Gather, delta: Uuid, user: Uuid) {
    let mut left = Query::select();
    left.expr_as(gather.id(VoteSegment::SegmentId), "id")
        .from(VoteSegment::Table)
        .and_where(Expr::col(VoteSegment::VoterId).eq(user))
        .and_where(Expr::col(VoteSegment::Member).eq(false))
        .and_where(Expr::col(VoteSegment::SegmentId).in_subquery(everyone_of(&[delta])))
        .group_by_col(VoteSegment::SegmentId);
    gather.part("left", &["id"], left);
    let mut claimed = Query::select();
    claimed
        .expr_as(gather.id((OutsiderVote::Table, OutsiderVote::OutsiderId)), "id")
        .from(OutsiderVote::Table)
        .inner_join(Outsider::Table, Expr::col((Outsider::Table, Outsider::Id)).equals((OutsiderVote::Table, OutsiderVote::OutsiderId)))
        .and_where(Expr::col((OutsiderVote::Table, OutsiderVote::DeltaId)).eq(delta))
        .and_where(Expr::col((Outsider::Table, Outsider::ClaimedBy)).eq(user));
    gather.part("claimed", &["id"], claimed);
}
