//! Lenses: an organisation's own weights on segments.

use std::collections::HashMap;

use schema::lens::Weight;
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Impact, Lens, Project, Segment},
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
    score: i64,
    weight: Option<i64>,
}

/// The impact of deltas through an organisation's lens: Σ weight·score / Σ weight over the segments that were voted in,
/// rounded down; a segment without a weight weighs 1. Empty where the organisation has no lens.
///
/// # Errors
/// When the database does not answer.
pub async fn scores(tx: &mut Tx, org: Uuid, deltas: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    if deltas.is_empty() || weights(tx, org).await?.is_empty() {
        return Ok(HashMap::new());
    }
    let mut select = Query::select();
    select
        .columns([(Impact::Table, Impact::DeltaId), (Impact::Table, Impact::Score)])
        .column((Lens::Table, Lens::Weight))
        .from(Impact::Table)
        .left_join(
            Lens::Table,
            Expr::col((Lens::Table, Lens::SegmentId))
                .equals((Impact::Table, Impact::SegmentId))
                .and(Expr::col((Lens::Table, Lens::OrgId)).eq(org)),
        )
        .and_where(Expr::col((Impact::Table, Impact::DeltaId)).is_in(deltas.iter().copied()));
    let rows: Vec<Scored> = tx.all(&select).await?;
    let mut sums: HashMap<Uuid, (i64, i64)> = deltas.iter().map(|delta| (*delta, (0, 0))).collect();
    for row in rows {
        let (weighed, weights) = sums.entry(row.delta_id).or_default();
        let weight = row.weight.unwrap_or(1);
        *weighed += weight * row.score;
        *weights += weight;
    }
    Ok(sums.into_iter().map(|(delta, (weighed, weights))| (delta, if weights == 0 { 0 } else { weighed / weights })).collect())
}
