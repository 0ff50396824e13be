//! What deltas have to do with each other.

use std::collections::HashSet;

use schema::{
    delta::{Kind, Ref},
    id::DeltaKey,
    relation::{Related, Relation},
};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query, SelectStatement, UnionType};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::{Dialect, Tx},
    delta::visible,
    gather::{self, Gather, Gathered},
    table::{Delta, Relation as Column},
};
use crate::{caller::Caller, error::Result};

#[derive(Deserialize)]
struct Line {
    relation: Relation,
    from_here: i64,
    number: i64,
    kind: Kind,
    title: String,
    impact: i64,
    #[serde(deserialize_with = "gather::flag")]
    open: bool,
}

/// Asks for the deltas that one has to do with, as far as the caller may see them.
pub fn ask(gather: &mut Gather, caller: &Caller, delta: Uuid) {
    let mut from = others(caller, delta, Column::FromId, Column::ToId, 1);
    from.union(UnionType::All, others(caller, delta, Column::ToId, Column::FromId, 0));
    gather.part("relations", &["relation", "from_here", "number", "kind", "title", "impact", "open"], from);
}

fn others(caller: &Caller, delta: Uuid, here: Column, there: Column, from_here: i64) -> SelectStatement {
    Query::select()
        .expr_as(Expr::col((Column::Table, Column::Kind)), "relation")
        .expr_as(Expr::val(from_here).cast_as("bigint"), "from_here")
        .columns([Delta::Number, Delta::Kind, Delta::Title, Delta::Impact, Delta::Open].map(|column| (Delta::Table, column)))
        .from(Column::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Column::Table, there)))
        .and_where(Expr::col((Column::Table, here)).eq(delta))
        .cond_where(visible(caller))
        .take()
}

/// What [`ask`] asked, by relation and key.
///
/// # Errors
/// When it did not.
pub fn told(gathered: &mut Gathered) -> Result<Vec<Related>> {
    let mut related: Vec<Related> = gathered
        .take::<Line>("relations")?
        .into_iter()
        .map(|line| Related {
            relation: if line.from_here == 1 { line.relation } else { line.relation.inverse() },
            delta: Ref { key: DeltaKey(line.number), kind: line.kind, title: line.title, impact: line.impact, open: line.open },
        })
        .collect();
    related.sort_by_key(|related| (related.relation, related.delta.key));
    Ok(related)
}

/// Makes whoever else writes down a relation wait: two of them together may close a circle that neither does alone.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    // SQLite has one writer, who waits for nobody.
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    // Any number that nothing else locks.
    let select = Query::select().expr(Expr::cust("CAST(pg_advisory_xact_lock(7141) AS text)")).take();
    tx.all::<(String,)>(&select).await.map(drop)
}

/// Keeps a relation, of a word that is kept; false where it was there.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, from: Uuid, relation: Relation, to: Uuid, by: Uuid, now: OffsetDateTime) -> Result<bool> {
    let mut insert = Query::insert();
    insert
        .into_table(Column::Table)
        .columns([Column::FromId, Column::Kind, Column::ToId, Column::SetBy, Column::At])
        .values_panic([from.into(), relation.as_str().into(), to.into(), by.into(), now.into()])
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    Ok(tx.run(&insert).await? == 1)
}

/// Takes a relation away; false where there was none.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx, from: Uuid, relation: Relation, to: Uuid) -> Result<bool> {
    let mut delete = Query::delete();
    delete
        .from_table(Column::Table)
        .and_where(Expr::col(Column::FromId).eq(from))
        .and_where(Expr::col(Column::Kind).eq(relation.as_str()))
        .and_where(Expr::col(Column::ToId).eq(to));
    Ok(tx.run(&delete).await? == 1)
}

/// The relations between two deltas, as `one` has them.
///
/// # Errors
/// When the database does not answer.
pub async fn between(tx: &mut Tx, one: Uuid, other: Uuid) -> Result<Vec<Relation>> {
    let mut select = Query::select();
    let pair = |from: Uuid, to: Uuid| Expr::col(Column::FromId).eq(from).and(Expr::col(Column::ToId).eq(to));
    select.columns([Column::FromId]).column(Column::Kind).from(Column::Table).and_where(pair(one, other).or(pair(other, one)));
    select.order_by(Column::Kind, Order::Asc);
    let rows: Vec<(Uuid, String)> = tx.all(&select).await?;
    let word = |(from, kind): (Uuid, String)| {
        let relation: Relation = kind.parse().ok()?;
        Some(if from == one { relation } else { relation.inverse() })
    };
    Ok(rows.into_iter().filter_map(word).collect())
}

/// How many relations a delta has, those the caller may not see included.
///
/// # Errors
/// When the database does not answer.
pub async fn count(tx: &mut Tx, delta: Uuid) -> Result<i64> {
    let mut select = Query::select();
    select.expr(Expr::cust("COUNT(*)")).from(Column::Table);
    select.and_where(Expr::col(Column::FromId).eq(delta).or(Expr::col(Column::ToId).eq(delta)));
    Ok(tx.one::<(i64,)>(&select).await?.0)
}

/// Whether one delta leads to another by relations of this word, over deltas the caller may see: what they may not see is not told them
/// by a refusal either. Looks at `most` deltas at most.
///
/// # Errors
/// When the database does not answer.
pub async fn leads(tx: &mut Tx, caller: &Caller, from: Uuid, relation: Relation, to: Uuid, most: usize) -> Result<bool> {
    let (mut seen, mut level): (HashSet<Uuid>, Vec<Uuid>) = (HashSet::from([from]), vec![from]);
    while !level.is_empty() && seen.len() < most {
        let mut select = Query::select();
        select
            .column((Column::Table, Column::ToId))
            .from(Column::Table)
            .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Column::Table, Column::ToId)))
            .and_where(Expr::col((Column::Table, Column::FromId)).is_in(level))
            .and_where(Expr::col((Column::Table, Column::Kind)).eq(relation.as_str()))
            .cond_where(visible(caller));
        let next: Vec<(Uuid,)> = tx.all(&select).await?;
        level = next.into_iter().map(|(id,)| id).filter(|id| seen.insert(*id)).collect();
        if seen.contains(&to) {
            return Ok(true);
        }
    }
    Ok(false)
}
