//! "Who has committed": one delta side by side in every organisation, as far as each one's openness lets a caller see.
//!
//! One statement for any number of deltas. Whether the caller sees into an organisation
//! is decided in the statement, so that what is hidden is never read.

use std::collections::{BTreeMap, HashMap};

use schema::{
    id::{DeltaKey, TaskKey},
    org::Promise,
    stance::{Stance as Word, Standing},
    task::{Commitment, Priority},
};
use sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use serde::Deserialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    db::Tx,
    delta,
    gather::{Gather, Gathered},
    org,
    table::{BoardColumn, Delta, Link, Org, Stance, Task},
};
use crate::{caller::Caller, error::Result};

#[derive(Deserialize)]
struct StanceRow {
    delta_id: Uuid,
    slug: String,
    name: String,
    inside: i64,
    stance: Word,
    reason: String,
}

#[derive(Deserialize)]
struct TaskRow {
    delta_id: Uuid,
    slug: String,
    name: String,
    inside: i64,
    commitment: Commitment,
    target: Option<String>,
    moves: i64,
    key_prefix: String,
    number: i64,
    priority: Priority,
    column_name: String,
    done: i64,
    rank: Option<i64>,
}

/// Who stands where on which delta: per delta one line an organisation, by name.
pub type Standings = HashMap<Uuid, Vec<Standing>>;

/// "Who has committed", per delta: one line an organisation that has a stance or a linked task. Of deltas the caller may see:
/// that is not asked here. Outsiders see stance, commitment, target and moves (and why it was declined); with openness
/// `open` and as members all of it; of a `closed` one nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn standings(tx: &mut Tx, caller: &Caller, deltas: &[Uuid]) -> Result<Standings> {
    if deltas.is_empty() {
        return Ok(HashMap::new());
    }
    let mut gather = Gather::new(tx.dialect());
    ask(&mut gather, caller, deltas);
    told(&mut gather.read(tx).await?)
}

/// Asks what [`standings`] gives.
pub fn ask(gather: &mut Gather, caller: &Caller, deltas: &[Uuid]) {
    let stances = stances(gather, caller, deltas);
    gather.part("stances", &["delta_id", "slug", "name", "inside", "stance", "reason"], stances);
    let columns = [
        "delta_id",
        "slug",
        "name",
        "inside",
        "commitment",
        "target",
        "moves",
        "key_prefix",
        "number",
        "priority",
        "column_name",
        "done",
        "rank",
    ];
    let tasks = tasks(gather, caller, deltas);
    gather.part("tasks", &columns, tasks);
}

/// What [`ask`] asked.
///
/// # Errors
/// When it did not.
pub fn told(gathered: &mut Gathered) -> Result<Standings> {
    let mut found: HashMap<Uuid, BTreeMap<String, (Standing, Option<TaskRow>)>> = HashMap::new();
    for row in gathered.take::<StanceRow>("stances")? {
        let inside = row.inside == 1;
        let mut standing = blank(&row.slug, row.name, inside);
        standing.stance = Some(row.stance);
        if inside || row.stance == Word::Declined {
            standing.reason = row.reason;
        }
        found.entry(row.delta_id).or_default().insert(row.slug, (standing, None));
    }
    for row in gathered.take::<TaskRow>("tasks")? {
        let orgs = found.entry(row.delta_id).or_default();
        let name = row.name.clone();
        let (_, best) = orgs.entry(row.slug.clone()).or_insert_with(|| (blank(&row.slug, name, row.inside == 1), None));
        if best.as_ref().is_none_or(|best| weight(&row) > weight(best)) {
            *best = Some(row);
        }
    }
    Ok(found.into_iter().map(|(delta, orgs)| (delta, lines(orgs))).collect())
}

/// Asks which organisations have committed to which of the deltas that `ids` selects, or kept their promise, as far as the caller may see.
pub fn ask_committed(gather: &mut Gather, caller: &Caller, ids: SelectStatement) {
    let mut select = Query::select();
    select
        .distinct()
        .expr_as(gather.id((Link::Table, Link::DeltaId)), "delta")
        .column((Org::Table, Org::Slug))
        .from(Link::Table)
        .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((Link::Table, Link::TaskId)))
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
        .and_where(Expr::col((Link::Table, Link::DeltaId)).in_subquery(ids))
        .and_where(Expr::col((Task::Table, Task::Commitment)).is_in([Commitment::Committed.as_str(), Commitment::Delivered.as_str()]))
        .cond_where(org::visible(caller))
        .order_by((Org::Table, Org::Slug), sea_query::Order::Asc);
    gather.part("committed", &["delta", "slug"], select);
}

/// Their slugs, in their order.
///
/// # Errors
/// When [`ask_committed`] was not.
pub fn told_committed(gathered: &mut Gathered) -> Result<HashMap<Uuid, Vec<String>>> {
    #[derive(Deserialize)]
    struct Line {
        delta: Uuid,
        slug: String,
    }
    let mut found: HashMap<Uuid, Vec<String>> = HashMap::new();
    for Line { delta, slug } in gathered.take("committed")? {
        found.entry(delta).or_default().push(slug);
    }
    Ok(found)
}

#[derive(FromRow)]
struct PromiseRow {
    delta: i64,
    title: String,
    #[sqlx(try_from = "String")]
    commitment: Commitment,
    target: Option<String>,
    moves: i64,
    number: i64,
}

/// Most open promises that an organisation's page shows.
const PROMISES: u64 = 100;

/// An organisation's promises that are not kept yet, about open deltas that the caller may see; the latest task first.
///
/// # Errors
/// When the database does not answer.
pub async fn promises(tx: &mut Tx, caller: &Caller, org: &org::Row) -> Result<Vec<Promise>> {
    let mut select = Query::select();
    select
        .expr_as(Expr::col((Delta::Table, Delta::Number)), "delta")
        .column((Delta::Table, Delta::Title))
        .columns([Task::Commitment, Task::Moves, Task::Number].map(|column| (Task::Table, column)))
        .expr_as(Expr::col((Task::Table, Task::TargetRelease)).if_null(Expr::col((Task::Table, Task::TargetDate))), "target")
        .from(Task::Table)
        .inner_join(Link::Table, Expr::col((Link::Table, Link::TaskId)).equals((Task::Table, Task::Id)))
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Link::Table, Link::DeltaId)))
        .and_where(Expr::col((Task::Table, Task::OrgId)).eq(org.id))
        .and_where(Expr::col((Task::Table, Task::Commitment)).is_in([Commitment::Committed.as_str(), Commitment::Intended.as_str()]))
        .and_where(Expr::col((Delta::Table, Delta::Open)).eq(true))
        .cond_where(delta::visible(caller))
        .order_by((Task::Table, Task::Number), sea_query::Order::Desc)
        .order_by((Delta::Table, Delta::Number), sea_query::Order::Desc)
        .limit(PROMISES);
    let rows: Vec<PromiseRow> = tx.all(&select).await?;
    let inside = org.inside(caller);
    Ok(rows
        .into_iter()
        .map(|row| Promise {
            delta: DeltaKey(row.delta),
            title: row.title,
            commitment: row.commitment,
            target: row.target,
            moves: row.moves,
            task: inside.then(|| TaskKey { prefix: org.key_prefix.clone(), number: row.number }),
        })
        .collect())
}

fn lines(orgs: BTreeMap<String, (Standing, Option<TaskRow>)>) -> Vec<Standing> {
    let mut lines: Vec<Standing> = orgs
        .into_values()
        .filter_map(|(mut line, task)| {
            if let Some(task) = task {
                line.commitment = task.commitment;
                if task.commitment != Commitment::None {
                    (line.target, line.moves) = (task.target, task.moves);
                }
                if line.inside {
                    line.priority = Some(task.priority);
                    line.rank = task.rank;
                    line.task = Some(TaskKey { prefix: task.key_prefix, number: task.number });
                    line.column = Some(task.column_name);
                }
            }
            // A task nobody promised anything about is the organisation's own affair.
            (line.inside || line.stance.is_some() || line.commitment != Commitment::None).then_some(line)
        })
        .collect();
    lines.sort_by(|a, b| (strength(b.commitment), &a.org_name).cmp(&(strength(a.commitment), &b.org_name)));
    lines
}

/// Which of an organisation's tasks speaks for it: the strongest promise, then one not done yet, then the first in its order.
fn weight(task: &TaskRow) -> (u8, bool, i64) {
    (strength(task.commitment), task.done == 0, -task.rank.unwrap_or(i64::MAX))
}

/// A promise that still holds says more than one already kept.
fn strength(commitment: Commitment) -> u8 {
    match commitment {
        Commitment::Committed => 4,
        Commitment::Delivered => 3,
        Commitment::Intended => 2,
        Commitment::Withdrawn => 1,
        Commitment::None => 0,
    }
}

fn blank(slug: &str, name: String, inside: bool) -> Standing {
    Standing {
        org: slug.to_owned(),
        org_name: name,
        stance: None,
        reason: String::new(),
        commitment: Commitment::None,
        target: None,
        moves: 0,
        inside,
        priority: None,
        rank: None,
        task: None,
        column: None,
    }
}

/// 1 where the caller sees into the organisation, else 0.
fn inside(caller: &Caller) -> SimpleExpr {
    Expr::case(org::inside(caller), 1i64).finally(0i64).into()
}

fn stances(gather: &Gather, caller: &Caller, deltas: &[Uuid]) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(gather.id((Stance::Table, Stance::DeltaId)), "delta_id")
        .columns([Stance::Stance, Stance::Reason].map(|column| (Stance::Table, column)))
        .columns([Org::Slug, Org::Name].map(|column| (Org::Table, column)))
        .expr_as(inside(caller), "inside")
        .from(Stance::Table)
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Stance::Table, Stance::OrgId)))
        .and_where(Expr::col((Stance::Table, Stance::DeltaId)).is_in(deltas.iter().copied()))
        .cond_where(org::visible(caller));
    select
}

fn tasks(gather: &Gather, caller: &Caller, deltas: &[Uuid]) -> SelectStatement {
    let before = Alias::new("before");
    // Place in the organisation's order among what is not done, from 1; read only where the caller sees inside.
    let rank = Query::select()
        .expr(Expr::val(1i64).count())
        .from_as(Task::Table, before.clone())
        .and_where(Expr::col((before.clone(), Task::OrgId)).equals((Task::Table, Task::OrgId)))
        .and_where(Expr::col((before.clone(), Task::Rank)).lte(Expr::col((Task::Table, Task::Rank))))
        .and_where(Expr::col((before, Task::DoneAt)).is_null())
        .take();
    let ranked = Cond::all().add(org::inside(caller)).add(Expr::col((Task::Table, Task::DoneAt)).is_null());
    let rank: SimpleExpr = Expr::case(ranked, SimpleExpr::SubQuery(None, Box::new(rank.into()))).into();
    let mut select = Query::select();
    select
        .expr_as(gather.id((Link::Table, Link::DeltaId)), "delta_id")
        .columns([Org::Slug, Org::Name, Org::KeyPrefix].map(|column| (Org::Table, column)))
        .columns([Task::Commitment, Task::Moves, Task::Number, Task::Priority].map(|column| (Task::Table, column)))
        .expr_as(Expr::col((BoardColumn::Table, BoardColumn::Name)), "column_name")
        .expr_as(Expr::col((Task::Table, Task::TargetRelease)).if_null(Expr::col((Task::Table, Task::TargetDate))), "target")
        .expr_as(Expr::case(Expr::col((Task::Table, Task::DoneAt)).is_null(), 0i64).finally(1i64), "done")
        .expr_as(inside(caller), "inside")
        .expr_as(rank, "rank")
        .from(Link::Table)
        .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((Link::Table, Link::TaskId)))
        .inner_join(BoardColumn::Table, Expr::col((BoardColumn::Table, BoardColumn::Id)).equals((Task::Table, Task::ColumnId)))
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
        .and_where(Expr::col((Link::Table, Link::DeltaId)).is_in(deltas.iter().copied()))
        .cond_where(org::visible(caller));
    select
}
