//! Which deltas have a crash like this one: by fingerprint, and by what traces share.

use std::collections::HashMap;

use schema::{
    delta::{Kind, Ref},
    id::DeltaKey,
    trace::Keyed,
};
use sea_query::{Alias, Expr, ExprTrait, Func, IntoColumnRef, Order, Query, SelectStatement, UnionType};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::Tx,
        delta::visible,
        table::{Delta, Fingerprint, Place, TraceKey},
    },
};

/// A key in more crashes than this is not looked for, and not counted further.
const COMMON: i64 = 1000;
/// Keys looked for: the rarest.
const SOUGHT: usize = 8;
/// Crashes compared with.
const COMPARED: u64 = 60;
/// Crashes counted, for how rare a key is.
const COUNTED: u64 = 2_000;

#[derive(FromRow)]
struct Hit {
    id: Uuid,
    number: i64,
    #[sqlx(try_from = "String")]
    kind: Kind,
    title: String,
    impact: i64,
    open: bool,
    duplicate_of: Option<Uuid>,
}

/// Leaves of the rows of a table those whose delta the caller may see: neither what is found nor how rare something is tells of others.
fn seen(select: &mut SelectStatement, caller: &Caller, of: impl IntoColumnRef) {
    select.inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).eq(Expr::col(of))).cond_where(visible(caller));
}

/// Deltas the caller may see with a crash of this fingerprint.
///
/// # Errors
/// When the database does not answer.
pub async fn same(tx: &mut Tx, caller: &Caller, print: &str) -> Result<Vec<Uuid>> {
    let mut select = Query::select();
    select
        .column((Fingerprint::Table, Fingerprint::DeltaId))
        .from(Fingerprint::Table)
        .and_where(Expr::col((Fingerprint::Table, Fingerprint::Fingerprint)).eq(print))
        .order_by((Fingerprint::Table, Fingerprint::DeltaId), Order::Desc)
        .limit(COMPARED);
    seen(&mut select, caller, (Fingerprint::Table, Fingerprint::DeltaId));
    Ok(tx.all::<(Uuid,)>(&select).await?.into_iter().map(|(delta,)| delta).collect())
}

/// Crashes to compare one with, and how rare its keys are.
#[derive(Clone, Debug, Default)]
pub struct Near {
    /// Each crash's delta and keys.
    pub others: Vec<(Uuid, Vec<Keyed>)>,
    /// In how many crashes each of the keys asked about stands, counted up to a bound.
    pub among: HashMap<i64, i64>,
    /// How many crashes are known, counted up to a bound.
    pub all: i64,
}

/// Crashes the caller may see that share the rarest of these keys. The time it takes does not grow with how many crashes share common
/// ones.
///
/// # Errors
/// When the database does not answer.
pub async fn near(tx: &mut Tx, caller: &Caller, keys: &[Keyed]) -> Result<Near> {
    if keys.is_empty() {
        return Ok(Near::default());
    }
    let among: HashMap<i64, i64> = tx.all::<(i64, i64)>(&counting(caller, keys)).await?.into_iter().collect();
    let mut rare: Vec<&Keyed> = keys.iter().filter(|one| among.get(&one.key).is_some_and(|count| (1..=COMMON).contains(count))).collect();
    rare.sort_by_key(|one| (among[&one.key], std::cmp::Reverse(one.weight), one.key));
    rare.truncate(SOUGHT);
    if rare.is_empty() {
        return Ok(Near::default());
    }
    let mut select = Query::select();
    select
        .columns([TraceKey::DeltaId, TraceKey::Fingerprint].map(|column| (TraceKey::Table, column)))
        .from(TraceKey::Table)
        .and_where(Expr::col((TraceKey::Table, TraceKey::Key)).is_in(rare.iter().map(|one| one.key)))
        .group_by_columns([TraceKey::DeltaId, TraceKey::Fingerprint].map(|column| (TraceKey::Table, column)))
        .order_by_expr(Expr::from(Func::sum(Expr::col((TraceKey::Table, TraceKey::Weight)))), Order::Desc)
        .order_by((TraceKey::Table, TraceKey::DeltaId), Order::Desc)
        .order_by((TraceKey::Table, TraceKey::Fingerprint), Order::Asc)
        .limit(COMPARED);
    seen(&mut select, caller, (TraceKey::Table, TraceKey::DeltaId));
    let candidates: Vec<(Uuid, String)> = tx.all(&select).await?;
    if candidates.is_empty() {
        return Ok(Near::default());
    }
    let mut select = Query::select();
    select
        .columns([TraceKey::DeltaId, TraceKey::Fingerprint, TraceKey::Key, TraceKey::Depth, TraceKey::Weight])
        .from(TraceKey::Table)
        .and_where(Expr::col(TraceKey::DeltaId).is_in(candidates.iter().map(|(delta, _)| *delta)))
        .and_where(Expr::col(TraceKey::Fingerprint).is_in(candidates.iter().map(|(_, print)| print.as_str())));
    let mut others: HashMap<(Uuid, String), Vec<Keyed>> = HashMap::new();
    for (delta, print, key, depth, weight) in tx.all::<(Uuid, String, i64, i64, i64)>(&select).await? {
        others.entry((delta, print)).or_default().push(Keyed { key, depth, weight });
    }
    let others = others.into_iter().map(|((delta, _), keys)| (delta, keys)).collect();
    Ok(Near { others, among, all: crashes(tx, caller).await? })
}

/// One statement: in how many crashes each key stands, counted up to [`COMMON`] and one.
fn counting(caller: &Caller, keys: &[Keyed]) -> SelectStatement {
    let one = |keyed: &Keyed| {
        let mut some = Query::select();
        some.column((TraceKey::Table, TraceKey::Key)).from(TraceKey::Table).limit(COMMON.unsigned_abs() + 1);
        some.and_where(Expr::col((TraceKey::Table, TraceKey::Key)).eq(keyed.key));
        seen(&mut some, caller, (TraceKey::Table, TraceKey::DeltaId));
        let mut count = Query::select();
        count.expr_as(Expr::val(keyed.key).cast_as("bigint"), "key").expr_as(Expr::cust("COUNT(*)"), "crashes").from_subquery(some, "some");
        count
    };
    let mut each = keys.iter().map(one);
    let mut all = each.next().unwrap_or_default();
    all.unions(each.map(|count| (UnionType::All, count)));
    all
}

/// How many crashes are known, counted up to [`COUNTED`].
async fn crashes(tx: &mut Tx, caller: &Caller) -> Result<i64> {
    let mut some = Query::select();
    some.expr_as(Expr::val(1), "one").from(Fingerprint::Table).limit(COUNTED);
    seen(&mut some, caller, (Fingerprint::Table, Fingerprint::DeltaId));
    let mut select = Query::select();
    select.expr(Expr::cust("COUNT(*)")).from_subquery(some, Alias::new("some"));
    Ok(tx.one::<(i64,)>(&select).await?.0)
}

/// What the caller may see of these deltas, each by the id asked for; of a duplicate the one that stands for it, where they may see that.
/// Only those of `project`, where one is given.
///
/// # Errors
/// When the database does not answer.
pub async fn shown(tx: &mut Tx, caller: &Caller, ids: &[Uuid], project: Option<Uuid>) -> Result<HashMap<Uuid, Ref>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let hits = read(tx, caller, ids, project).await?;
    let survivors: Vec<Uuid> = hits.iter().filter_map(|hit| hit.duplicate_of).collect();
    let survivors = if survivors.is_empty() { Vec::new() } else { read(tx, caller, &survivors, None).await? };
    let survivors: HashMap<Uuid, &Hit> = survivors.iter().map(|hit| (hit.id, hit)).collect();
    let told = |hit: &Hit| Ref { key: DeltaKey(hit.number), kind: hit.kind, title: hit.title.clone(), impact: hit.impact, open: hit.open };
    Ok(hits.iter().map(|hit| (hit.id, told(hit.duplicate_of.and_then(|id| survivors.get(&id).copied()).unwrap_or(hit)))).collect())
}

async fn read(tx: &mut Tx, caller: &Caller, ids: &[Uuid], project: Option<Uuid>) -> Result<Vec<Hit>> {
    let mut select = Query::select();
    select
        .columns(
            [Delta::Id, Delta::Number, Delta::Kind, Delta::Title, Delta::Impact, Delta::Open, Delta::DuplicateOf]
                .map(|column| (Delta::Table, column)),
        )
        .from(Delta::Table)
        .and_where(Expr::col((Delta::Table, Delta::Id)).is_in(ids.iter().copied()))
        .cond_where(visible(caller));
    if let Some(project) = project {
        let placed = Query::select()
            .expr(Expr::val(1))
            .from(Place::Table)
            .and_where(Expr::col((Place::Table, Place::DeltaId)).equals((Delta::Table, Delta::Id)))
            .and_where(Expr::col((Place::Table, Place::ProjectId)).eq(project))
            .take();
        select.and_where(Expr::exists(placed));
    }
    tx.all(&select).await
}
