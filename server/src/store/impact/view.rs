//! What the votes say of a delta, for its page and the API.

use schema::impact::{Impact as Said, Machine, Segment as Line};
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::projects_of;
use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::Tx,
        table::{Failure, FailureDelta, Impact, Project, Run, Segment, SegmentMember, Vote},
    },
};

#[derive(FromRow)]
struct Row {
    project: String,
    slug: String,
    name: String,
    members: i64,
    cosmetic: i64,
    hinders: i64,
    breaks: i64,
    blocks: i64,
    score: i64,
}

#[derive(FromRow)]
struct Sum {
    affected: i64,
    blocked: i64,
    week: i64,
    mine: Option<i64>,
}

/// What the votes say of a delta, the caller's own part in it, and beside them what machines saw. The caller is known to see
/// the delta. Four statements.
///
/// # Errors
/// When the database does not answer.
pub async fn view(tx: &mut Tx, caller: &Caller, delta: Uuid, now: OffsetDateTime) -> Result<Said> {
    let mut lines = Query::select();
    lines
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .columns([(Segment::Table, Segment::Slug), (Segment::Table, Segment::Name), (Segment::Table, Segment::Members)])
        .columns([Impact::Cosmetic, Impact::Hinders, Impact::Breaks, Impact::Blocks, Impact::Score].map(|column| (Impact::Table, column)))
        .from(Impact::Table)
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Impact::Table, Impact::SegmentId)))
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Segment::Table, Segment::ProjectId)))
        .and_where(Expr::col((Impact::Table, Impact::DeltaId)).eq(delta))
        .order_by((Impact::Table, Impact::Score), Order::Desc)
        .order_by((Segment::Table, Segment::Everyone), Order::Asc)
        .order_by((Segment::Table, Segment::Id), Order::Desc);
    let segments: Vec<Line> = tx
        .all::<Row>(&lines)
        .await?
        .into_iter()
        .map(|row| {
            let severities = [row.cosmetic, row.hinders, row.breaks, row.blocks];
            let affected = severities.iter().sum();
            // Scores are brought up to date a moment after people join: the bar never says "4 of 3 users".
            let known = std::cmp::max(row.members, affected);
            Line { project: row.project, slug: row.slug, name: row.name, affected, known, score: row.score, severities }
        })
        .collect();
    let sum = sum(tx, caller, delta, now).await?;
    Ok(Said {
        score: segments.first().map_or(0, |line| line.score),
        segment: segments.first().filter(|line| line.score > 0).map(|line| line.name.clone()),
        affected: sum.affected,
        blocked: sum.blocked,
        week: sum.week,
        segments,
        mine: sum.mine,
        my_segments: my_segments(tx, caller, delta).await?,
        machine: machine(tx, delta, now).await?,
    })
}

async fn sum(tx: &mut Tx, caller: &Caller, delta: Uuid, now: OffsetDateTime) -> Result<Sum> {
    let severity = || Expr::col(Vote::Severity);
    let count = |when: Expr| Expr::from(sea_query::Func::count(Expr::case(when, 1).finally(Expr::cust("NULL"))));
    let mine = match caller.user_id() {
        Some(user) => {
            Expr::from(sea_query::Func::max(Expr::case(Expr::col(Vote::UserId).eq(user), severity()).finally(Expr::cust("NULL"))))
        }
        None => Expr::cust("CAST(NULL AS bigint)"),
    };
    let mut select = Query::select();
    select
        .expr_as(count(severity().gt(0)), "affected")
        .expr_as(count(severity().eq(4)), "blocked")
        .expr_as(count(severity().gt(0).and(Expr::col(Vote::At).gt(now - Duration::days(7)))), "week")
        .expr_as(mine, "mine")
        .from(Vote::Table)
        .and_where(Expr::col(Vote::DeltaId).eq(delta));
    tx.one(&select).await
}

/// Names of the segments of the delta's projects that the caller counts in; *everyone* only where there is no other.
async fn my_segments(tx: &mut Tx, caller: &Caller, delta: Uuid) -> Result<Vec<String>> {
    let Some(user) = caller.user_id() else { return Ok(Vec::new()) };
    let mut select = Query::select();
    select
        .columns([(Segment::Table, Segment::Name)])
        .column((Segment::Table, Segment::Everyone))
        .from(SegmentMember::Table)
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((SegmentMember::Table, SegmentMember::SegmentId)))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::UserId)).eq(user))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::LeftAt)).is_null())
        .and_where(Expr::col((Segment::Table, Segment::ProjectId)).in_subquery(projects_of(delta)))
        .order_by((Segment::Table, Segment::Name), Order::Asc);
    let all: Vec<(String, bool)> = tx.all(&select).await?;
    let named: Vec<String> = all.iter().filter(|(_, everyone)| !everyone).map(|(name, _)| name.clone()).collect();
    Ok(if named.is_empty() { all.into_iter().take(1).map(|(name, _)| name).collect() } else { named })
}

/// Failures of CI attributed to the delta.
async fn machine(tx: &mut Tx, delta: Uuid, now: OffsetDateTime) -> Result<Machine> {
    let recent = Expr::case(Expr::col((Run::Table, Run::ReportedAt)).gt(now - Duration::days(7)), 1).finally(Expr::cust("NULL"));
    let mut select = Query::select();
    select
        .expr_as(Expr::cust("COUNT(*)"), "failures")
        .expr_as(Expr::from(sea_query::Func::count(recent)), "week")
        .from(FailureDelta::Table)
        .inner_join(Failure::Table, Expr::col((Failure::Table, Failure::Id)).equals((FailureDelta::Table, FailureDelta::FailureId)))
        .inner_join(Run::Table, Expr::col((Run::Table, Run::Id)).equals((Failure::Table, Failure::RunId)))
        .and_where(Expr::col((FailureDelta::Table, FailureDelta::DeltaId)).eq(delta));
    let (failures, week): (i64, i64) = tx.one(&select).await?;
    Ok(Machine { failures, week })
}
