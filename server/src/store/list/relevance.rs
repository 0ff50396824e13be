//! The list in the order of how well the free words match.

use std::collections::HashSet;

use schema::{
    id::DeltaKey,
    query::{Expr as Asked, Query as List, Term},
};
use sea_query::{Expr, ExprTrait, IntoColumnRef, Order as Direction, Query, SelectStatement};
use time::OffsetDateTime;

use super::{
    condition::of_list,
    cursor::{Last, Order},
    hint::{Had, Named},
    known::Known,
    rows::{self, Found},
};
use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::{Dialect, Tx},
        delta::visible,
        search::{self, Needle, Within},
        table::{Delta, DeltaSearch, Segment},
    },
};

/// What more deltas have is looked for among the lines of a list, in their order, rather than read and sorted.
const COMMON: u64 = 1000;

/// The free words of a query, where everything found must have them.
pub(super) struct Relevant {
    pub needles: Vec<Needle>,
    /// Whether it must have all of them, or any.
    all: bool,
    /// The query without them.
    rest: List,
}

/// The words that everything found must have; `None` where there are none, or one is a delta's key, which finds that delta.
///
/// # Errors
/// 422 `q` for a word without a letter or digit.
pub(super) fn of(query: &List) -> Result<Option<Relevant>> {
    let words = |members: &[Asked]| -> Vec<Term> {
        let word = |member: &Asked| match member {
            Asked::Words(term) => Some(term.clone()),
            _ => None,
        };
        members.iter().filter_map(word).collect()
    };
    let required = words(query.required());
    let (terms, all, filter) = match &query.filter {
        Some(Asked::Or(members)) if words(members).len() == members.len() => (words(members), false, None),
        _ => {
            let others = query.required().iter().filter(|member| !matches!(member, Asked::Words(_))).cloned();
            (required, true, Asked::all(others))
        }
    };
    let is_key = |term: &Term| term.as_word().is_some_and(|word| word.parse::<DeltaKey>().is_ok());
    if terms.is_empty() || (terms.len() == 1 || !all) && terms.iter().any(is_key) {
        return Ok(None);
    }
    let needles = search::needles(query, &terms.iter().collect::<Vec<_>>())?;
    Ok(Some(Relevant { needles, all, rest: List { filter, ..query.clone() } }))
}

impl Relevant {
    /// Whether more than [`COMMON`] deltas have the words. Asked of SQLite: PostgreSQL's planner knows by itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_common(&self, tx: &mut Tx) -> Result<bool> {
        let dialect = tx.dialect();
        if dialect == Dialect::Postgres {
            return Ok(false);
        }
        let sought = search::sought(dialect, &self.needles, self.all, Within::All);
        let some = search::numbers(dialect, &sought).limit(COMMON + 1).take();
        let (count,): (i64,) = tx.one(Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(some, "some")).await?;
        Ok(count.unsigned_abs() > COMMON)
    }
}

/// Who asks, and what was looked up or is looked up for them.
pub(super) struct Asker<'a> {
    pub caller: &'a Caller,
    pub known: &'a Known,
    pub named: &'a Named,
}

/// One line more than a page of the list holds: the best first, then what has the words and was not ranked, the newest first.
///
/// # Errors
/// As [`of_list`].
pub(super) async fn deltas(
    tx: &mut Tx,
    &Asker { caller, known, named }: &Asker<'_>,
    relevant: &Relevant,
    select: SelectStatement,
    (order, last): (Order, Option<Last>),
    limit: i64,
    now: OffsetDateTime,
) -> Result<(Vec<Found>, HashSet<Had>)> {
    let dialect = tx.dialect();
    let key = if dialect == Dialect::Sqlite { DeltaSearch::Rowid } else { DeltaSearch::Number };
    let mut having = Query::select();
    having.from(DeltaSearch::Table).cond_where(visible(caller)).cond_where(of_list(dialect, caller, known, &relevant.rest, now)?);
    search::then(dialect, &mut having, Delta::Table, Expr::col((Delta::Table, Delta::Number)).equals((DeltaSearch::Table, key)));
    let best = search::best(dialect, &relevant.needles, relevant.all, &having);
    let number = (Delta::Table, Delta::Number).into_column_ref();
    let segment = |select: &mut SelectStatement| {
        select.left_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Delta::Table, Delta::ImpactSegmentId)));
    };
    let direction = || if order.reversed { Direction::Asc } else { Direction::Desc };
    let (mut found, mut had) = (Vec::new(), HashSet::new());
    // Rank 0 is of those that were not ranked.
    if last.is_none_or(|last| last.value > 0) {
        // Only the page's own lines are read whole, and their excerpts looked for.
        let mut hit = Query::select();
        hit.columns(["number", "rank"]).from_subquery(search::ranked(dialect, &relevant.needles, best.clone()), "scored");
        if let Some(last) = last {
            hit.and_where(order.after(Expr::col("rank"), Expr::col("number"), last));
        }
        hit.order_by("rank", direction()).order_by("number", direction()).limit(limit.unsigned_abs() + 1);
        let mut ranked = select.clone();
        ranked
            .from_subquery(hit, "hit")
            .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Number)).equals(("hit", "number")))
            .expr_as(Expr::col(("hit", "rank")), "rank");
        segment(&mut ranked);
        ranked.order_by(("hit", "rank"), direction()).order_by(number.clone(), direction());
        tx.afresh();
        (found, had) = rows::read_named(tx, caller, ranked, named, now).await?;
    }
    // A first page that is not full has everything, for more are ranked than fit on one.
    let left = limit + 1 - i64::try_from(found.len()).unwrap_or(limit);
    if left > 0 && last.is_some() && !order.reversed {
        let mut others = select;
        others.from(Delta::Table).expr_as(Expr::val(0).cast_as("bigint"), "rank").cond_where(visible(caller)).cond_where(of_list(
            dialect,
            caller,
            known,
            &relevant.rest,
            now,
        )?);
        segment(&mut others);
        let words = search::sought(dialect, &relevant.needles, relevant.all, Within::All);
        others
            .and_where(Expr::col(number.clone()).in_subquery(search::numbers(dialect, &words)))
            .and_where(Expr::col(number.clone()).not_in_subquery(best));
        if let Some(last) = last.filter(|last| last.value == 0) {
            others.and_where(Expr::col(number.clone()).lt(last.number));
        }
        others.order_by(number, Direction::Desc).limit(left.unsigned_abs());
        tx.afresh();
        let (more, known) = rows::read_named(tx, caller, others, named, now).await?;
        found.extend(more);
        had.extend(known);
    }
    Ok((found, had))
}
