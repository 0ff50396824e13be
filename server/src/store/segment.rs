//! Segments of a project's users, and who belongs to them.

use sea_query::{Asterisk, Expr, ExprTrait, LockType, OnConflict, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Segment, SegmentMember},
};
use crate::{clock, error::Result};

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

/// Ids of the segments, of these projects, that a person belongs to now.
///
/// # Errors
/// When the database does not answer.
pub async fn mine(tx: &mut Tx, projects: &[Uuid], user: Uuid) -> Result<Vec<Uuid>> {
    let mut select = Query::select();
    select
        .column(SegmentMember::SegmentId)
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
    let rows: Vec<(Uuid,)> = tx.all(&select).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Makes a segment, or describes it anew. `everyone` is said once, when the project is made.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, project: Uuid, slug: &str, name: &str, description: &str, everyone: bool) -> Result<()> {
    tx.run(
        Query::insert()
            .into_table(Segment::Table)
            .columns([Segment::Id, Segment::ProjectId, Segment::Slug, Segment::Name, Segment::Description, Segment::Everyone])
            .values_panic([clock::new_id().into(), project.into(), slug.into(), name.into(), description.into(), everyone.into()])
            .on_conflict(
                OnConflict::columns([Segment::ProjectId, Segment::Slug]).update_columns([Segment::Name, Segment::Description]).to_owned(),
            ),
    )
    .await?;
    Ok(())
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
