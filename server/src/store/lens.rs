//! Lenses: an organisation's own weights on segments.

use std::collections::HashMap;

use schema::lens::Weight;
use sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Impact, Lens, Place, Project, Segment},
};
use crate::error::Result;

/// An organisation's weights, by project and segment.
///
/// # Errors
/// When the database does not answer.
pub async fn weights(tx: &mut Tx, org: Uuid) -> Result<Vec<Weight>> {
    let mut select = Query::select();
    select
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Segment::Table, Segment::Slug)), "segment")
        .expr_as(Expr::col((Lens::Table, Lens::Weight)), "weight")
        .from(Lens::Table)
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Lens::Table, Lens::SegmentId)))
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Segment::Table, Segment::ProjectId)))
        .and_where(Expr::col((Lens::Table, Lens::OrgId)).eq(org))
        .order_by((Project::Table, Project::Slug), Order::Asc)
        .order_by((Segment::Table, Segment::Slug), Order::Asc);
    let rows: Vec<(String, String, i64)> = tx.all(&select).await?;
    Ok(rows.into_iter().map(|(project, segment, weight)| Weight { project, segment, weight }).collect())
}

/// The ids of the segments of these projects, by project and segment.
///
/// # Errors
/// When the database does not answer.
pub async fn segments(tx: &mut Tx, projects: Vec<String>) -> Result<HashMap<(String, String), Uuid>> {
    let mut select = Query::select();
    select
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Segment::Table, Segment::Slug)), "segment")
        .column((Segment::Table, Segment::Id))
        .from(Segment::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Segment::Table, Segment::ProjectId)))
        .and_where(Expr::col((Project::Table, Project::Slug)).is_in(projects));
    let rows: Vec<(String, String, Uuid)> = tx.all(&select).await?;
    Ok(rows.into_iter().map(|(project, segment, id)| ((project, segment), id)).collect())
}

/// Replaces an organisation's weights.
///
/// # Errors
/// When the database does not answer.
pub async fn replace(tx: &mut Tx, org: Uuid, weights: &[(Uuid, i64)]) -> Result<()> {
    tx.run(Query::delete().from_table(Lens::Table).and_where(Expr::col(Lens::OrgId).eq(org))).await?;
    if weights.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert();
    insert.into_table(Lens::Table).columns([Lens::OrgId, Lens::SegmentId, Lens::Weight]);
    for (segment, weight) in weights {
        insert.values_panic([org.into(), (*segment).into(), (*weight).into()]);
    }
    tx.run(&insert).await?;
    Ok(())
}

#[derive(FromRow)]
struct Scored {
    delta_id: Uuid,
    weighed: i64,
    weights: i64,
}

/// The impact of deltas through an organisation's lens: Σ weight·score / Σ weight, rounded, over all segments of the projects a
/// delta has a place in. A segment that nobody voted in scores 0; one without a weight weighs 1. Empty where the organisation
/// has no lens.
///
/// # Errors
/// When the database does not answer.
pub async fn scores(tx: &mut Tx, org: Uuid, deltas: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    if deltas.is_empty() || weights(tx, org).await?.is_empty() {
        return Ok(HashMap::new());
    }
    let mut select = Query::select();
    select.column((Place::Table, Place::DeltaId)).expr_as(weighed(), "weighed").expr_as(weights_of(), "weights").from(Place::Table);
    joined(&mut select, org);
    select.and_where(Expr::col((Place::Table, Place::DeltaId)).is_in(deltas.iter().copied())).group_by_col((Place::Table, Place::DeltaId));
    let rows: Vec<Scored> = tx.all(&select).await?;
    let rounded = |row: &Scored| if row.weights == 0 { 0 } else { (2 * row.weighed + row.weights) / (2 * row.weights) };
    Ok(rows.iter().map(|row| (row.delta_id, rounded(row))).collect())
}

/// The same of the deltas that `candidates` selects as `id` and `number`: their `number` and the score as `rank`. Looked up for one after the
/// other: of few among many deltas.
pub fn ranked(org: Uuid, candidates: SelectStatement) -> SelectStatement {
    let double = weighed().mul(2).add(weights_of());
    let mut score = Query::select();
    score.expr(double.div(Expr::from(Func::cust("NULLIF").args([weights_of().mul(2), Expr::val(0_i64)])))).from(Place::Table);
    joined(&mut score, org);
    score.and_where(Expr::col((Place::Table, Place::DeltaId)).equals(("candidate", "id")));
    let score = Expr::SubQuery(None, Box::new(score.into()));
    Query::select()
        .column(("candidate", "number"))
        .expr_as(Func::coalesce([score, Expr::val(0_i64)]), "rank")
        .from_subquery(candidates, "candidate")
        .take()
}

/// Every segment of the projects that rows of `place` are in, with its score for the delta there and its weight.
fn joined(select: &mut SelectStatement, org: Uuid) {
    select
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::ProjectId)).equals((Place::Table, Place::ProjectId)))
        .left_join(
            Impact::Table,
            Expr::col((Impact::Table, Impact::DeltaId))
                .equals((Place::Table, Place::DeltaId))
                .and(Expr::col((Impact::Table, Impact::SegmentId)).equals((Segment::Table, Segment::Id))),
        )
        .left_join(
            Lens::Table,
            Expr::col((Lens::Table, Lens::SegmentId))
                .equals((Segment::Table, Segment::Id))
                .and(Expr::col((Lens::Table, Lens::OrgId)).eq(org)),
        );
}

fn weight() -> Expr {
    Func::coalesce([Expr::col((Lens::Table, Lens::Weight)), Expr::val(1_i64)]).into()
}

/// Σ weight·score
fn weighed() -> Expr {
    let score = Expr::from(Func::coalesce([Expr::col((Impact::Table, Impact::Score)), Expr::val(0_i64)]));
    Expr::from(Func::sum(weight().mul(score))).cast_as("bigint")
}

/// Σ weight
fn weights_of() -> Expr {
    Expr::from(Func::sum(weight())).cast_as("bigint")
}
