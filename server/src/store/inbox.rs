//! The triage inbox: open deltas that an organisation's watch rules match and that it has no stance on, or put off until now.

use std::collections::HashMap;

use schema::{
    delta::Kind,
    home::Waiting,
    id::DeltaKey,
    list::{Page, Window},
    query,
    triage::{COUNT_MAX, Item, Woke},
};
use sea_query::{BinOper, Cond, Condition, Expr, ExprTrait, IntoColumnRef, Order, Query, SelectStatement, SimpleExpr, UnionType};
use serde::Deserialize;
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    cursor,
    db::{Dialect, Tx},
    delta,
    gather::Gather,
    lens,
    list::{self, rows},
    table::{Delta, FailureDelta, Impact, LensScore, Project, Segment, Stance},
    watch,
};
use crate::{caller::Caller, error::Result};

/// What one rule asks of rows of `delta`; `None` for a query that is none any more.
fn rule(dialect: Dialect, caller: &Caller, text: &str, now: OffsetDateTime) -> Option<Condition> {
    let query = query::parse(text, &query::DELTAS).ok()?;
    list::condition(dialect, caller, &query, now).ok()
}

/// What waits in an organisation's inbox: a condition on rows of `delta`; `None` where it watches nothing.
fn waiting(dialect: Dialect, caller: &Caller, org: Uuid, rules: &[watch::Row], now: OffsetDateTime) -> Option<Condition> {
    let mut any = Cond::any();
    for row in rules.iter().filter(|row| row.org_id == org) {
        if let Some(condition) = rule(dialect, caller, &row.query, now) {
            any = any.add(condition);
        }
    }
    if any.is_empty() {
        return None;
    }
    let open = Expr::col((Delta::Table, Delta::Open)).eq(true);
    Some(Cond::all().add(open).add(delta::visible(caller)).add(any).add(undecided(dialect, org, now)))
}

/// No stance of the organisation holds: it has none, or it put the delta off and what it waited for has come.
fn undecided(dialect: Dialect, org: Uuid, now: OffsetDateTime) -> SimpleExpr {
    let holding = Query::select()
        .expr(Expr::val(1))
        .from(Stance::Table)
        .and_where(Expr::col((Stance::Table, Stance::OrgId)).eq(org))
        .and_where(Expr::col((Stance::Table, Stance::DeltaId)).equals((Delta::Table, Delta::Id)))
        .and_where(woke(dialect, now).eq(0))
        .take();
    Expr::exists(holding).not()
}

/// The place in [`Woke::ALL`], from 1, of what woke a `snoozed` delta; 0 where it sleeps on, and for the other stances.
fn woke(dialect: Dialect, now: OffsetDateTime) -> SimpleExpr {
    let said = |name: &'static str| -> SimpleExpr {
        let wake = Expr::col((Stance::Table, Stance::Wake));
        match dialect {
            Dialect::Sqlite => Expr::cust_with_exprs(format!("CAST(json_extract(?, '$.{name}') AS TEXT)"), [wake]),
            Dialect::Postgres => Expr::cust_with_exprs(format!("($1 ->> '{name}')"), [wake]),
        }
    };
    let bound = |name: &'static str| said(name).cast_as("bigint");
    let joined = |left: SimpleExpr, right: SimpleExpr| left.binary(BinOper::Custom("||"), right);
    let hit = |column: Impact| Expr::col((Impact::Table, column));
    let of_segment = Query::select()
        .expr(hit(Impact::Cosmetic).add(hit(Impact::Hinders)).add(hit(Impact::Breaks)).add(hit(Impact::Blocks)))
        .from(Impact::Table)
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Impact::Table, Impact::SegmentId)))
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Segment::Table, Segment::ProjectId)))
        .and_where(Expr::col((Impact::Table, Impact::DeltaId)).equals((Delta::Table, Delta::Id)))
        .and_where(
            joined(Expr::col((Project::Table, Project::Slug)), joined(Expr::val("/"), Expr::col((Segment::Table, Segment::Slug))))
                .eq(said("segment")),
        )
        .take();
    let users: SimpleExpr = Expr::case(said("segment").is_null(), Expr::col((Delta::Table, Delta::Affected)))
        .finally(SimpleExpr::SubQuery(None, Box::new(of_segment.into())))
        .into();
    // JSON's true is 1 in SQLite's functions.
    let regressed = match dialect {
        Dialect::Sqlite => said("regressed").eq("1"),
        Dialect::Postgres => said("regressed").eq("true"),
    };
    let back = Expr::col((Delta::Table, Delta::RegressedAt)).gt(Expr::col((Stance::Table, Stance::SetAt)));
    let failures = Query::select()
        .expr(Expr::val(1i64).count())
        .from(FailureDelta::Table)
        .and_where(Expr::col((FailureDelta::Table, FailureDelta::DeltaId)).equals((Delta::Table, Delta::Id)))
        .take();
    let code = |woke: Woke| Expr::val(woke as i64 + 1);
    // A bound that is not set compares as NULL, which a CASE passes over.
    Expr::case(Expr::col((Stance::Table, Stance::Stance)).ne("snoozed"), 0i64)
        .case(Expr::col((Stance::Table, Stance::Until)).lte(now), code(Woke::Until))
        .case(Expr::col((Delta::Table, Delta::Impact)).gte(bound("impact")), code(Woke::Impact))
        .case(users.gte(bound("users")), code(Woke::Users))
        .case(SimpleExpr::SubQuery(None, Box::new(failures.into())).gte(bound("failures")), code(Woke::Failures))
        .case(regressed.and(back), code(Woke::Regressed))
        .finally(0i64)
        .into()
}

/// A page of an organisation's inbox: by its lens where it has one, else by impact.
///
/// # Errors
/// 422 for a cursor that is none.
pub async fn page(tx: &mut Tx, caller: &Caller, org: Uuid, window: &Window, now: OffsetDateTime) -> Result<Page<Item>> {
    let rules = watch::of(tx, [org]).await?;
    let Some(waiting) = waiting(tx.dialect(), caller, org, &rules, now) else { return Ok(Page { items: Vec::new(), next: None }) };
    let limit = usize::try_from(window.limit()).unwrap_or_default();
    let last: Option<(i64, i64)> = window.cursor.as_deref().map(cursor::read).transpose()?;
    let lens = lens::has(tx, org).await?;
    let mut rows = if lens {
        by_lens(tx, caller, org, &waiting, last, limit + 1, now).await?
    } else {
        let mut select = lines();
        select.cond_where(waiting);
        after(&mut select, (Delta::Table, Delta::Impact), last);
        select.order_by((Delta::Table, Delta::Impact), Order::Desc);
        select.order_by((Delta::Table, Delta::Number), Order::Desc).limit(limit as u64 + 1);
        rows::read(tx, caller, select, now).await?
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| cursor::write(&(if lens { row.rank } else { row.impact }, row.number)));
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut why = matched(tx, caller, org, &rules, &ids, now).await?;
    let items = ids
        .iter()
        .zip(rows)
        .map(|(id, row)| {
            let (watches, woke) = why.remove(id).unwrap_or_default();
            let lens = lens.then_some(Ord::max(row.rank, 0));
            Item { delta: rows::Found { lens, ..row }.summary(&[]), watches, woke }
        })
        .collect();
    Ok(Page { items, next })
}

/// Only what comes after the last line: of the same `value` the lower numbers.
fn after(select: &mut SelectStatement, value: impl IntoColumnRef + Copy, last: Option<(i64, i64)>) {
    if let Some((value_then, number)) = last {
        let same = Expr::col(value).eq(value_then).and(Expr::col((Delta::Table, Delta::Number)).lt(number));
        select.cond_where(Cond::any().add(Expr::col(value).lt(value_then)).add(same));
    }
}

/// The next lines by the organisation's lens: those it has a score of, in the order of an index; then those nobody voted on, whose rank is −1.
async fn by_lens(
    tx: &mut Tx,
    caller: &Caller,
    org: Uuid,
    waiting: &Condition,
    last: Option<(i64, i64)>,
    most: usize,
    now: OffsetDateTime,
) -> Result<Vec<rows::Found>> {
    let mut found = Vec::new();
    let (score, number) = ((LensScore::Table, LensScore::Score), (LensScore::Table, LensScore::Number));
    if last.is_none_or(|(score, _)| score >= 0) {
        let mut select = rows::select(None);
        select
            .expr_as(Expr::col(score), "rank")
            .from(LensScore::Table)
            .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((LensScore::Table, LensScore::DeltaId)))
            .left_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Delta::Table, Delta::ImpactSegmentId)))
            .and_where(Expr::col((LensScore::Table, LensScore::OrgId)).eq(org))
            .cond_where(waiting.clone())
            .order_by(score, Order::Desc)
            .order_by(number, Order::Desc)
            .limit(most as u64);
        after(&mut select, score, last);
        found = rows::read(tx, caller, select, now).await?;
    }
    if found.len() < most {
        let scored = Query::select()
            .expr(Expr::val(1))
            .from(LensScore::Table)
            .and_where(Expr::col((LensScore::Table, LensScore::OrgId)).eq(org))
            .and_where(Expr::col((LensScore::Table, LensScore::DeltaId)).equals((Delta::Table, Delta::Id)))
            .take();
        let mut select = rows::select(None);
        select
            .expr_as(Expr::val(-1_i64).cast_as("bigint"), "rank")
            .from(Delta::Table)
            .left_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Delta::Table, Delta::ImpactSegmentId)))
            .cond_where(waiting.clone())
            .and_where(Expr::exists(scored).not())
            .order_by((Delta::Table, Delta::Number), Order::Desc)
            .limit((most - found.len()) as u64);
        if let Some((_, number)) = last.filter(|(score, _)| *score < 0) {
            select.and_where(Expr::col((Delta::Table, Delta::Number)).lt(number));
        }
        found.extend(rows::read(tx, caller, select, now).await?);
    }
    Ok(found)
}

/// Organisations whose inboxes [`first`] looks into at most.
const FIRST: [&str; 3] = ["first", "second", "third"];

/// The hardest that wait in the inboxes of these organisations (id and slug), `most` of each; two statements.
///
/// # Errors
/// When the database does not answer.
pub async fn first(tx: &mut Tx, caller: &Caller, orgs: &[(Uuid, &str)], most: u64, now: OffsetDateTime) -> Result<Vec<Waiting>> {
    #[derive(Deserialize)]
    struct Line {
        number: i64,
        kind: Kind,
        title: String,
        impact: i64,
    }
    if orgs.is_empty() {
        return Ok(Vec::new());
    }
    let rules = watch::of(tx, orgs.iter().map(|(org, _)| *org)).await?;
    let mut gather = Gather::new(tx.dialect());
    for ((org, _), part) in orgs.iter().zip(FIRST) {
        let Some(waiting) = waiting(tx.dialect(), caller, *org, &rules, now) else { continue };
        let select = Query::select()
            .columns([Delta::Number, Delta::Kind, Delta::Title, Delta::Impact].map(|column| (Delta::Table, column)))
            .from(Delta::Table)
            .cond_where(waiting)
            .order_by((Delta::Table, Delta::Impact), Order::Desc)
            .order_by((Delta::Table, Delta::Number), Order::Desc)
            .limit(most)
            .take();
        gather.part(part, &["number", "kind", "title", "impact"], select);
    }
    let mut gathered = gather.read(tx).await?;
    let mut found = Vec::new();
    for ((_, slug), part) in orgs.iter().zip(FIRST) {
        let line = |Line { number, kind, title, impact }| Waiting { org: (*slug).to_owned(), key: DeltaKey(number), kind, title, impact };
        found.extend(gathered.take::<Line>(part)?.into_iter().map(line));
    }
    Ok(found)
}

/// What a line of the inbox needs of a delta.
fn lines() -> SelectStatement {
    rows::select(None)
        .expr_as(Expr::val(0i64), "rank")
        .from(Delta::Table)
        .left_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Delta::Table, Delta::ImpactSegmentId)))
        .take()
}

#[derive(FromRow)]
struct Why {
    id: Uuid,
    mask: i64,
    woke: Option<i64>,
}

/// Which rules each of these deltas matches, as slugs, and what woke it where it was put off; one statement.
async fn matched(
    tx: &mut Tx,
    caller: &Caller,
    org: Uuid,
    rules: &[watch::Row],
    deltas: &[Uuid],
    now: OffsetDateTime,
) -> Result<HashMap<Uuid, (Vec<String>, Option<Woke>)>> {
    if deltas.is_empty() {
        return Ok(HashMap::new());
    }
    // One bit a rule: WATCHES_MAX keeps them within 63.
    let mut mask: SimpleExpr = Expr::val(0i64);
    for (bit, row) in rules.iter().enumerate().take(62) {
        if let Some(condition) = rule(tx.dialect(), caller, &row.query, now) {
            mask = mask.add(Expr::case(condition, 1i64 << bit).finally(0i64));
        }
    }
    let stances = Query::select()
        .expr(woke(tx.dialect(), now))
        .from(Stance::Table)
        .and_where(Expr::col((Stance::Table, Stance::OrgId)).eq(org))
        .and_where(Expr::col((Stance::Table, Stance::DeltaId)).equals((Delta::Table, Delta::Id)))
        .take();
    let mut select = Query::select();
    select
        .column((Delta::Table, Delta::Id))
        .expr_as(mask, "mask")
        .expr_as(SimpleExpr::SubQuery(None, Box::new(stances.into())), "woke")
        .from(Delta::Table)
        .and_where(Expr::col((Delta::Table, Delta::Id)).is_in(deltas.iter().copied()));
    let rows: Vec<Why> = tx.all(&select).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let slugs = rules.iter().enumerate().take(62).filter(|(bit, _)| row.mask >> bit & 1 == 1);
            let woke = row.woke.and_then(|code| usize::try_from(code - 1).ok()).and_then(|at| Woke::ALL.get(at).copied());
            (row.id, (slugs.map(|(_, rule)| rule.slug.clone()).collect(), woke))
        })
        .collect())
}

/// How many deltas wait in each of these organisations by these rules of theirs, up to [`COUNT_MAX`]: one statement for all of
/// them, none where there is no rule.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(tx: &mut Tx, caller: &Caller, orgs: &[Uuid], rules: &[watch::Row], now: OffsetDateTime) -> Result<HashMap<Uuid, i64>> {
    let mut parts = Vec::new();
    for (at, org) in (0i64..).zip(orgs) {
        if let Some(waiting) = waiting(tx.dialect(), caller, *org, rules, now) {
            parts.push(counted(at, waiting, COUNT_MAX));
        }
    }
    let Some(mut all) = parts.pop() else { return Ok(HashMap::new()) };
    for part in parts {
        all.union(UnionType::All, part);
    }
    let rows: Vec<(i64, i64)> = tx.all(&all).await?;
    Ok(rows.into_iter().filter_map(|(at, count)| Some((*orgs.get(usize::try_from(at).ok()?)?, count))).collect())
}

/// `SELECT at, COUNT(*) FROM (… LIMIT 100)`: the count stops where nobody counts on.
fn counted(at: i64, condition: Condition, most: i64) -> SelectStatement {
    let some = Query::select().expr_as(Expr::val(1), "one").from(Delta::Table).cond_where(condition).limit(most.unsigned_abs()).take();
    Query::select().expr_as(Expr::val(at), "at").expr_as(Expr::val(1i64).count(), "count").from_subquery(some, "waiting").take()
}

/// How many open deltas a rule matches for this caller, whatever the stances, up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn matches(tx: &mut Tx, caller: &Caller, text: &str, most: i64, now: OffsetDateTime) -> Result<i64> {
    let Some(condition) = rule(tx.dialect(), caller, text, now) else { return Ok(0) };
    let open = Expr::col((Delta::Table, Delta::Open)).eq(true);
    let (_, count): (i64, i64) = tx.one(&counted(0, Cond::all().add(open).add(delta::visible(caller)).add(condition), most)).await?;
    Ok(count)
}
