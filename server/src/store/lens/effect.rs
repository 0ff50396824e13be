//! What a lens would do: the hardest deltas put in its order, kept or not.

use std::collections::{BTreeSet, HashMap};

use schema::{
    delta::Kind,
    id::DeltaKey,
    lens::{Effect, Lens, Ranked, TOP, Weighed, through},
};
use sea_query::{Expr, ExprTrait, Func, Order, Query};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::Tx,
        delta::visible,
        table::{Delta, Impact, Place, Project, Segment},
    },
};

/// Deltas that are put in order: a score through a lens is never above the impact, so that what is hardest through it is among the hardest.
const CANDIDATES: u64 = 400;
/// Most segments that are told.
const SEGMENTS: u64 = 500;

#[derive(FromRow)]
struct Hard {
    id: Uuid,
    number: i64,
    #[sqlx(try_from = "String")]
    kind: Kind,
    title: String,
    impact: i64,
}

/// The first twenty open deltas through a lens and by impact, of the 400 of the highest impact that the caller may see.
///
/// # Errors
/// When the database does not answer.
pub async fn effect(tx: &mut Tx, caller: &Caller, lens: &Lens) -> Result<Effect> {
    let mut select = Query::select();
    select
        .columns([Delta::Id, Delta::Number, Delta::Kind, Delta::Title, Delta::Impact].map(|column| (Delta::Table, column)))
        .from(Delta::Table)
        .and_where(Expr::col((Delta::Table, Delta::Open)).eq(true))
        .and_where(Expr::col((Delta::Table, Delta::Impact)).gt(0))
        .cond_where(visible(caller))
        .order_by((Delta::Table, Delta::Impact), Order::Desc)
        .order_by((Delta::Table, Delta::Number), Order::Desc)
        .limit(CANDIDATES);
    let hard: Vec<Hard> = tx.all(&select).await?;
    if hard.is_empty() {
        return Ok(Effect::default());
    }
    let scores = scores(tx, &hard, lens).await?;
    let mut ranked: Vec<Ranked> = hard
        .iter()
        .map(|one| Ranked {
            key: DeltaKey(one.number),
            kind: one.kind,
            title: one.title.clone(),
            lens: scores.get(&one.id).copied().unwrap_or_default(),
            impact: one.impact,
            moves: 0,
        })
        .collect();
    let before: HashMap<DeltaKey, i64> = ranked.iter().zip(0..).map(|(one, at)| (one.key, at)).collect();
    let mut through = ranked.clone();
    through.sort_by(|a, b| b.lens.cmp(&a.lens).then(b.key.cmp(&a.key)));
    let mut moves = HashMap::new();
    for (at, one) in (0_i64..).zip(&mut through) {
        one.moves = before.get(&one.key).copied().unwrap_or(at) - at;
        moves.insert(one.key, one.moves);
    }
    for one in &mut ranked {
        one.moves = moves.get(&one.key).copied().unwrap_or_default();
    }
    through.truncate(TOP);
    ranked.truncate(TOP);
    Ok(Effect { lens: through, impact: ranked })
}

/// Each delta's score through the lens.
async fn scores(tx: &mut Tx, hard: &[Hard], lens: &Lens) -> Result<HashMap<Uuid, i64>> {
    let mut select = Query::select();
    select
        .column((Place::Table, Place::DeltaId))
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Segment::Table, Segment::Slug)), "segment")
        .expr_as(Expr::from(Func::coalesce([Expr::col((Impact::Table, Impact::Score)), Expr::val(0_i64)])), "score")
        .from(Place::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Place::Table, Place::ProjectId)))
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::ProjectId)).equals((Place::Table, Place::ProjectId)))
        .left_join(
            Impact::Table,
            Expr::col((Impact::Table, Impact::DeltaId))
                .equals((Place::Table, Place::DeltaId))
                .and(Expr::col((Impact::Table, Impact::SegmentId)).equals((Segment::Table, Segment::Id))),
        )
        .and_where(Expr::col((Place::Table, Place::DeltaId)).is_in(hard.iter().map(|one| one.id)));
    let mut by_delta: HashMap<Uuid, Vec<(i64, i64)>> = HashMap::new();
    for (delta, project, segment, score) in tx.all::<(Uuid, String, String, i64)>(&select).await? {
        by_delta.entry(delta).or_default().push((lens.of(&project, &segment), score));
    }
    Ok(by_delta.into_iter().map(|(delta, weighed)| (delta, through(weighed.into_iter()))).collect())
}

/// The segments of all projects with what they weigh, those of projects the lens weighs first.
///
/// # Errors
/// When the database does not answer.
pub async fn weighed(tx: &mut Tx, lens: &Lens) -> Result<Vec<Weighed>> {
    let projects: BTreeSet<&str> = lens.weights.iter().map(|weight| weight.project.as_str()).collect();
    let has = Expr::col((Project::Table, Project::Slug)).is_in(projects);
    let mut select = Query::select();
    select
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Project::Table, Project::Name)), "project_name")
        .expr_as(Expr::col((Segment::Table, Segment::Slug)), "segment")
        .columns([Segment::Name, Segment::Members].map(|column| (Segment::Table, column)))
        .from(Segment::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Segment::Table, Segment::ProjectId)))
        // Before the cut, so that what is weighed is told wherever its project stands in the alphabet.
        .order_by_expr(Expr::case(has, 0_i64).finally(1_i64).into(), Order::Asc)
        .order_by((Project::Table, Project::Slug), Order::Asc)
        .order_by((Segment::Table, Segment::Everyone), Order::Asc)
        .order_by((Segment::Table, Segment::Slug), Order::Asc)
        .limit(SEGMENTS);
    let rows: Vec<(String, String, String, String, i64)> = tx.all(&select).await?;
    Ok(rows
        .into_iter()
        .map(|(project, project_name, segment, name, members)| {
            let weight = lens.of(&project, &segment).to_string();
            Weighed { project, project_name, segment, name, members, weight }
        })
        .collect())
}
