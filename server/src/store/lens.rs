//! Lenses: an organisation's own weights on segments.

mod effect;

use std::collections::HashMap;

use schema::lens::{Through, Weight};
use sea_query::{Expr, ExprTrait, Func, OnConflict, Order, Query, SelectStatement};
use uuid::Uuid;

pub use self::effect::{effect, weighed};
use super::{
    db::{Dialect, Tx},
    gather::{Gather, Gathered},
    table::{Delta, Impact, Lens, LensScore, Org, Place, Project, Segment},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
};

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

/// Lets votes go on side by side (`shared`), and not while the weights change that their scores are worked out with.
async fn weighing(tx: &mut Tx, shared: bool) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let lock = if shared { "CAST(pg_advisory_xact_lock_shared(7142) AS text)" } else { "CAST(pg_advisory_xact_lock(7142) AS text)" };
    tx.all::<(String,)>(Query::select().expr(Expr::cust(lock))).await.map(drop)
}

/// Replaces an organisation's weights.
///
/// # Errors
/// When the database does not answer.
pub async fn replace(tx: &mut Tx, org: Uuid, weights: &[(Uuid, i64)]) -> Result<()> {
    weighing(tx, false).await?;
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

/// Works the scores of deltas through every organisation's lens out anew, in the transaction that changed what was voted: Σ weight·score /
/// Σ weight, rounded, over all segments of the projects a delta has a place in. A segment that nobody voted in scores 0; one without a weight
/// weighs 1. An organisation without weights has no lens.
///
/// # Errors
/// When the database does not answer.
pub async fn rescore(tx: &mut Tx, deltas: &[Uuid]) -> Result<()> {
    if deltas.is_empty() {
        return Ok(());
    }
    weighing(tx, true).await?;
    write(tx, Expr::col((Delta::Table, Delta::Id)).is_in(deltas.iter().copied()), None).await
}

/// Works the scores of all deltas somebody votes on out anew, after an organisation's weights changed.
///
/// # Errors
/// When the database does not answer.
pub async fn rescore_org(tx: &mut Tx, org: Uuid) -> Result<()> {
    tx.later(Query::delete().from_table(LensScore::Table).and_where(Expr::col(LensScore::OrgId).eq(org))).await?;
    write(tx, voted_on(), Some(org)).await
}

/// The same after a project came to have another segment, which weighs something in every lens. Votes that do not know it yet are waited
/// for, so that none of them writes a score without it afterwards.
///
/// # Errors
/// When the database does not answer.
pub async fn rescore_project(tx: &mut Tx, project: Uuid) -> Result<()> {
    weighing(tx, false).await?;
    let there = Query::select().column(Place::DeltaId).from(Place::Table).and_where(Expr::col(Place::ProjectId).eq(project)).take();
    write(tx, voted_on().and(Expr::col((Delta::Table, Delta::Id)).in_subquery(there)), None).await
}

/// Deltas that somebody said something of.
fn voted_on() -> Expr {
    Expr::col((Delta::Table, Delta::Id)).in_subquery(Query::select().column(Impact::DeltaId).from(Impact::Table).take())
}

async fn write(tx: &mut Tx, deltas: Expr, org: Option<Uuid>) -> Result<()> {
    let weight = || Expr::from(Func::coalesce([Expr::col((Lens::Table, Lens::Weight)), Expr::val(1_i64)]));
    let score = Expr::from(Func::coalesce([Expr::col((Impact::Table, Impact::Score)), Expr::val(0_i64)]));
    let sum = |of: Expr| Expr::from(Func::sum(of)).cast_as("bigint");
    let weights = || sum(weight());
    let zero = Expr::case(weights().eq(0_i64), Expr::val(0_i64));
    let rounded = zero.finally(sum(weight().mul(score)).mul(2_i64).add(weights()).div(weights().mul(2_i64)));
    let has = Query::select()
        .expr(Expr::val(1))
        .from_as(Lens::Table, "any_weight")
        .and_where(Expr::col(("any_weight", Lens::OrgId)).equals((Org::Table, Org::Id)))
        .take();
    let mut select = Query::select();
    select
        .column((Org::Table, Org::Id))
        .columns([(Delta::Table, Delta::Id), (Delta::Table, Delta::Number)])
        .expr(rounded)
        .from(Delta::Table)
        .inner_join(Place::Table, Expr::col((Place::Table, Place::DeltaId)).equals((Delta::Table, Delta::Id)))
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::ProjectId)).equals((Place::Table, Place::ProjectId)))
        .cross_join(Org::Table)
        .left_join(
            Impact::Table,
            Expr::col((Impact::Table, Impact::DeltaId))
                .equals((Delta::Table, Delta::Id))
                .and(Expr::col((Impact::Table, Impact::SegmentId)).equals((Segment::Table, Segment::Id))),
        )
        .left_join(
            Lens::Table,
            Expr::col((Lens::Table, Lens::SegmentId))
                .equals((Segment::Table, Segment::Id))
                .and(Expr::col((Lens::Table, Lens::OrgId)).equals((Org::Table, Org::Id))),
        )
        .and_where(deltas)
        .and_where(Expr::exists(has))
        .and_where_option(org.map(|org| Expr::col((Org::Table, Org::Id)).eq(org)))
        .group_by_col((Org::Table, Org::Id))
        .group_by_columns([(Delta::Table, Delta::Id), (Delta::Table, Delta::Number)]);
    let mut insert = Query::insert();
    insert
        .into_table(LensScore::Table)
        .columns([LensScore::OrgId, LensScore::DeltaId, LensScore::Number, LensScore::Score])
        .select_from(select)
        .map_err(|error| Error::start(format!("as many values as columns: {error}")))?
        .on_conflict(OnConflict::columns([LensScore::OrgId, LensScore::DeltaId]).update_column(LensScore::Score).to_owned());
    tx.later(&insert).await
}

/// The deltas that `candidates` selects as `id` and `number`: their `number`, and as `rank` their score through an organisation's lens; 0 where
/// nobody voted.
pub fn ranked(org: Uuid, candidates: SelectStatement) -> SelectStatement {
    let stored = Query::select()
        .column(LensScore::Score)
        .from(LensScore::Table)
        .and_where(Expr::col(LensScore::OrgId).eq(org))
        .and_where(Expr::col((LensScore::Table, LensScore::DeltaId)).equals(("candidate", "id")))
        .take();
    let score = Func::coalesce([Expr::SubQuery(None, Box::new(stored.into())), Expr::val(0_i64)]);
    Query::select().column(("candidate", "number")).expr_as(score, "rank").from_subquery(candidates, "candidate").take()
}

/// The scores of deltas through an organisation's lens, as they are kept; one that nobody voted on has none. Empty where the organisation
/// has no lens.
///
/// # Errors
/// When the database does not answer.
pub async fn scores(tx: &mut Tx, org: Uuid, deltas: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    if deltas.is_empty() {
        return Ok(HashMap::new());
    }
    let mut select = Query::select();
    select
        .columns([LensScore::DeltaId, LensScore::Score])
        .from(LensScore::Table)
        .and_where(Expr::col(LensScore::OrgId).eq(org))
        .and_where(Expr::col(LensScore::DeltaId).is_in(deltas.iter().copied()));
    Ok(tx.all::<(Uuid, i64)>(&select).await?.into_iter().collect())
}

/// Whether an organisation has a lens: a weight of its own.
///
/// # Errors
/// When the database does not answer.
pub async fn has(tx: &mut Tx, org: Uuid) -> Result<bool> {
    let select = Query::select().expr(Expr::val(1)).from(Lens::Table).and_where(Expr::col(Lens::OrgId).eq(org)).limit(1).take();
    Ok(tx.optional::<(i32,)>(&select).await?.is_some())
}

/// Asks for a delta's scores through the lenses of the caller's organisations.
pub fn ask(gather: &mut Gather, caller: &Caller, delta: Uuid) {
    if caller.orgs.is_empty() {
        return;
    }
    let mut select = Query::select();
    select
        .expr_as(Expr::col((Org::Table, Org::Slug)), "org")
        .columns([(Org::Table, Org::Name)])
        .column((LensScore::Table, LensScore::Score))
        .from(LensScore::Table)
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((LensScore::Table, LensScore::OrgId)))
        .and_where(Expr::col((LensScore::Table, LensScore::DeltaId)).eq(delta))
        .and_where(Expr::col((LensScore::Table, LensScore::OrgId)).is_in(caller.orgs.iter().map(|org| org.org)))
        .order_by((Org::Table, Org::Name), Order::Asc);
    gather.part("lenses", &["org", "name", "score"], select);
}

/// What [`ask`] asked.
///
/// # Errors
/// When it did not.
pub fn told(gathered: &mut Gathered) -> Result<Vec<Through>> {
    gathered.take("lenses")
}
