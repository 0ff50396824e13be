//! Segments of a project's users, and who belongs to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schema::segment::{STAYS_MAX, Stay};
use sea_query::{Asterisk, Expr, ExprTrait, LockType, OnConflict, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    impact,
    table::{Place, Project, Segment, SegmentMember, VoteSegment},
};
use crate::{clock, error::Result};

/// Stays written in one statement.
const TOGETHER: usize = 500;

/// A segment as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub project_id: Uuid,
    pub slug: String,
    pub name: String,
    pub description: String,
    pub everyone: bool,
    pub members: i64,
}

/// The segments of these projects: everyone first, then by slug.
///
/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, projects: &[Uuid]) -> Result<Vec<Row>> {
    let mut select = Query::select();
    select
        .column(Asterisk)
        .from(Segment::Table)
        .and_where(Expr::col(Segment::ProjectId).is_in(projects.iter().copied()))
        .order_by(Segment::Everyone, Order::Desc)
        .order_by(Segment::Slug, Order::Asc);
    tx.all(&select).await
}

/// The segments of a project, locked until the transaction ends, always in the same order: memberships change one by one.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx, project: Uuid) -> Result<Vec<Row>> {
    let mut select = Query::select();
    select
        .column(Asterisk)
        .from(Segment::Table)
        .and_where(Expr::col(Segment::ProjectId).eq(project))
        .order_by(Segment::Id, Order::Asc)
        .lock(LockType::NoKeyUpdate);
    tx.all(&select).await
}

/// The segments, of these projects, that a person belongs to now, and since when.
///
/// # Errors
/// When the database does not answer.
pub async fn mine(tx: &mut Tx, projects: &[Uuid], user: Uuid) -> Result<Vec<(Uuid, OffsetDateTime)>> {
    let mut select = Query::select();
    select
        .columns([SegmentMember::SegmentId, SegmentMember::JoinedAt])
        .from(SegmentMember::Table)
        .and_where(Expr::col(SegmentMember::UserId).eq(user))
        .and_where(Expr::col(SegmentMember::LeftAt).is_null())
        .and_where(
            Expr::col(SegmentMember::SegmentId).in_subquery(
                Query::select()
                    .column(Segment::Id)
                    .from(Segment::Table)
                    .and_where(Expr::col(Segment::ProjectId).is_in(projects.iter().copied()))
                    .take(),
            ),
        );
    tx.all(&select).await
}

/// A person's stays in segments, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn stays(tx: &mut Tx, user: Uuid) -> Result<Vec<Stay>> {
    let mut select = Query::select();
    select
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Project::Table, Project::Name)), "project_name")
        .columns([Segment::Slug, Segment::Name, Segment::Everyone].map(|column| (Segment::Table, column)))
        .columns([SegmentMember::JoinedAt, SegmentMember::LeftAt].map(|column| (SegmentMember::Table, column)))
        .from(SegmentMember::Table)
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((SegmentMember::Table, SegmentMember::SegmentId)))
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Segment::Table, Segment::ProjectId)))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::UserId)).eq(user))
        .order_by((SegmentMember::Table, SegmentMember::JoinedAt), Order::Desc)
        .order_by((SegmentMember::Table, SegmentMember::Id), Order::Desc)
        .limit(STAYS_MAX);
    let rows: Vec<StayRow> = tx.all(&select).await?;
    let stay = |StayRow { project, project_name, slug, name, everyone, joined_at, left_at }| Stay {
        project,
        project_name,
        slug,
        name,
        everyone,
        joined_at,
        left_at,
    };
    Ok(rows.into_iter().map(stay).collect())
}

#[derive(FromRow)]
struct StayRow {
    project: String,
    project_name: String,
    slug: String,
    name: String,
    everyone: bool,
    joined_at: OffsetDateTime,
    left_at: Option<OffsetDateTime>,
}

/// Makes a segment, or describes it anew; whether it was made. `everyone` is said once, when the project is made.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, project: Uuid, slug: &str, name: &str, description: &str, everyone: bool) -> Result<bool> {
    let mut insert = Query::insert();
    insert
        .into_table(Segment::Table)
        .columns([Segment::Id, Segment::ProjectId, Segment::Slug, Segment::Name, Segment::Description, Segment::Everyone])
        .values_panic([clock::new_id().into(), project.into(), slug.into(), name.into(), description.into(), everyone.into()])
        .on_conflict(OnConflict::columns([Segment::ProjectId, Segment::Slug]).do_nothing().to_owned());
    if tx.run(&insert).await? > 0 {
        return Ok(true);
    }
    let mut update = Query::update();
    update
        .table(Segment::Table)
        .value(Segment::Name, name)
        .value(Segment::Description, description)
        .and_where(Expr::col(Segment::ProjectId).eq(project))
        .and_where(Expr::col(Segment::Slug).eq(slug));
    tx.run(&update).await?;
    Ok(false)
}

/// Lets a person join a segment; false when they belong to it already. Lock the project's segments first.
///
/// # Errors
/// When the database does not answer.
pub async fn join(tx: &mut Tx, segment: Uuid, user: Uuid, now: OffsetDateTime) -> Result<bool> {
    let joined = tx
        .run(
            Query::insert()
                .into_table(SegmentMember::Table)
                .columns([SegmentMember::Id, SegmentMember::SegmentId, SegmentMember::UserId, SegmentMember::JoinedAt])
                .values_panic([clock::new_id().into(), segment.into(), user.into(), now.into()])
                .on_conflict(OnConflict::new().do_nothing().to_owned()),
        )
        .await?;
    count(tx, &[segment], i64::from(joined == 1)).await?;
    Ok(joined == 1)
}

/// People who voted on these deltas become users of each project that those are in, from their vote on. Of who comes back, older votes
/// count as a member's again.
///
/// # Errors
/// When the database does not answer.
pub async fn users(tx: &mut Tx, voters: &HashMap<Uuid, Vec<(Uuid, OffsetDateTime)>>) -> Result<()> {
    let mut select = Query::select();
    select
        .column((Place::Table, Place::DeltaId))
        .column((Segment::Table, Segment::Id))
        .from(Place::Table)
        .inner_join(
            Segment::Table,
            Expr::col((Segment::Table, Segment::ProjectId))
                .equals((Place::Table, Place::ProjectId))
                .and(Expr::col((Segment::Table, Segment::Everyone)).eq(true)),
        )
        .and_where(Expr::col((Place::Table, Place::DeltaId)).is_in(voters.keys().copied()));
    // In one order, as all do who wait for one another.
    let mut stays: BTreeMap<(Uuid, Uuid), OffsetDateTime> = BTreeMap::new();
    for (delta, segment) in tx.all::<(Uuid, Uuid)>(&select).await? {
        for (user, at) in voters.get(&delta).into_iter().flatten() {
            let first = stays.entry((segment, *user)).or_insert(*at);
            *first = Ord::min(*first, *at);
        }
    }
    let stays: Vec<_> = stays.into_iter().collect();
    let mut joined: BTreeMap<Uuid, i64> = BTreeMap::new();
    for some in stays.chunks(TOGETHER) {
        let left = left(tx, some.iter().map(|(stay, _)| *stay)).await?;
        let mut insert = Query::insert();
        insert
            .into_table(SegmentMember::Table)
            .columns([SegmentMember::Id, SegmentMember::SegmentId, SegmentMember::UserId, SegmentMember::JoinedAt])
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .returning(Query::returning().columns([SegmentMember::SegmentId, SegmentMember::UserId]));
        for ((segment, user), at) in some {
            insert.values_panic([clock::new_id().into(), (*segment).into(), (*user).into(), (*at).into()]);
        }
        for stay in tx.all::<(Uuid, Uuid)>(&insert).await? {
            *joined.entry(stay.0).or_default() += 1;
            if left.contains(&stay) {
                impact::joined(tx, stay.1, stay.0).await?;
            }
        }
    }
    for (segment, by) in joined {
        count(tx, &[segment], by).await?;
    }
    Ok(())
}

/// Those of these segments and people where votes of theirs count as those of somebody who has left; the deltas of these are locked.
async fn left(tx: &mut Tx, stays: impl Iterator<Item = (Uuid, Uuid)>) -> Result<BTreeSet<(Uuid, Uuid)>> {
    let (segments, people): (BTreeSet<Uuid>, BTreeSet<Uuid>) = stays.unzip();
    let mut select = Query::select();
    select
        .columns([VoteSegment::SegmentId, VoteSegment::VoterId, VoteSegment::DeltaId])
        .from(VoteSegment::Table)
        .and_where(Expr::col(VoteSegment::SegmentId).is_in(segments))
        .and_where(Expr::col(VoteSegment::VoterId).is_in(people))
        .and_where(Expr::col(VoteSegment::Member).eq(false));
    let votes: Vec<(Uuid, Uuid, Uuid)> = tx.all(&select).await?;
    impact::lock(tx, &votes.iter().map(|(.., delta)| *delta).collect::<Vec<_>>()).await?;
    Ok(votes.into_iter().map(|(segment, voter, _)| (segment, voter)).collect())
}

/// Lets a person leave segments; gives those they belonged to. Lock the project's segments first.
///
/// # Errors
/// When the database does not answer.
pub async fn leave(tx: &mut Tx, segments: &[Uuid], user: Uuid, now: OffsetDateTime) -> Result<Vec<Uuid>> {
    let left: Vec<(Uuid,)> = tx
        .all(
            Query::update()
                .table(SegmentMember::Table)
                .value(SegmentMember::LeftAt, now)
                .and_where(Expr::col(SegmentMember::SegmentId).is_in(segments.iter().copied()))
                .and_where(Expr::col(SegmentMember::UserId).eq(user))
                .and_where(Expr::col(SegmentMember::LeftAt).is_null())
                .returning_col(SegmentMember::SegmentId),
        )
        .await?;
    let left: Vec<Uuid> = left.into_iter().map(|(id,)| id).collect();
    count(tx, &left, -1).await?;
    Ok(left)
}

async fn count(tx: &mut Tx, segments: &[Uuid], by: i64) -> Result<()> {
    if by != 0 && !segments.is_empty() {
        tx.run(
            Query::update()
                .table(Segment::Table)
                .value(Segment::Members, Expr::col(Segment::Members).add(by))
                // Also where as many left as joined: the scores are of other people then. Another mark each time, so that
                // who works the scores out sees that somebody came or went meanwhile.
                .value(
                    Segment::ScoredMembers,
                    Expr::case(Expr::col(Segment::ScoredMembers).gte(0), -1_i64).finally(Expr::col(Segment::ScoredMembers).sub(1)),
                )
                .and_where(Expr::col(Segment::Id).is_in(segments.iter().copied())),
        )
        .await?;
    }
    Ok(())
}
