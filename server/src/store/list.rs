//! Lists of deltas by the query language.

pub mod complete;
mod condition;
mod cursor;
mod hint;
mod known;
mod relevance;
pub mod rows;

use std::collections::{HashMap, HashSet};

use schema::{
    list::{Deltas, Window},
    query::{self, DELTAS, Expr as Asked, Query, QueryError, Test},
};
use sea_query::{ColumnRef, Cond, Expr, ExprTrait, IntoColumnRef, Order as Direction, Query as Select, SelectStatement};
use time::OffsetDateTime;

pub use self::condition::{condition, project_id};
use self::{
    cursor::{By, Last, Order, micros},
    hint::{Had, Named},
    known::Known,
    rows::Found,
};
use super::{
    db::Tx,
    delta::visible,
    lens, search,
    table::{Delta, Place, Segment},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
};

/// What is listed when nothing is asked.
pub const DEFAULT: &str = "is:open";
/// Most deltas that are weighed by a lens.
const WEIGHED: u64 = 2_000;

/// Reads a query over deltas; [`DEFAULT`] where there is none. `sort` (`impact`, `-updated`, …) takes the place of the
/// query's own.
///
/// # Errors
/// 422 `q` with the column and, where one is near, the name that may have been meant; 422 `sort`.
pub fn read(text: Option<&str>, sort: Option<&str>) -> Result<Query> {
    let mut query = query::parse(text.unwrap_or(DEFAULT), &DELTAS)?;
    if let Some(sort) = sort.filter(|sort| !sort.is_empty()) {
        let (reversed, name) = sort.strip_prefix('-').map_or((false, sort), |name| (true, name));
        let key = DELTAS.sorts.iter().find(|key| key.name == name).ok_or_else(|| {
            let names: Vec<_> = DELTAS.sorts.iter().map(|key| key.name).collect();
            Error::invalid("sort", format!("must be one of {}, with - before it to turn it round", names.join(", ")))
        })?;
        query.sort = vec![query::Sort { key: key.name, reversed }];
    }
    if query.sort.len() > 1 {
        return Err(QueryError::at(query.values("sort").nth(1), "A list has one order: leave all but one sort: out.").into());
    }
    Ok(query)
}

/// A page of what a query finds.
pub struct Lines {
    /// The lines, in their order.
    pub found: Vec<Found>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Which of the names in the query somebody has, as the caller may see.
    pub had: HashSet<Had>,
    /// The free words, to be marked.
    pub needles: Vec<search::Needle>,
}

/// The deltas a query finds and the caller may see, a page at a time, with one statement however many they are (and one or two before it for
/// `watching:` and `lens:`).
///
/// A query that requires one project reads that project's own indexes, others those of all deltas. Without a `sort:` the
/// order is by relevance where everything found must have the free words, else by impact. `created` and `number` are the same order: that
/// of filing. Through a lens, by impact, the 2,000 of the highest impact are weighed: no lens makes it higher.
///
/// # Errors
/// 422 `q` for what cannot be asked ([`condition`], [`known::known`]), with its column; 422 `cursor` for a cursor of another list.
pub async fn lines(tx: &mut Tx, caller: &Caller, query: &Query, window: &Window, now: OffsetDateTime) -> Result<Lines> {
    let mut known = known::known(tx, caller, query).await?;
    let relevant = relevance::of(query)?;
    let order = order(query, relevant.is_some(), known.lens.is_some());
    if let Some(relevant) = relevant.as_ref().filter(|_| order.by != By::Relevance) {
        known.common = relevant.is_common(tx).await?;
    }
    let last = window.cursor.as_deref().map(|cursor| order.read(cursor)).transpose()?;
    let limit = window.limit();
    let excerpt = relevant.as_ref().map(|relevant| search::excerpt(tx.dialect(), &relevant.needles));
    let mut select = rows::select(excerpt);
    let named = Named::of(query);
    if let (By::Relevance, Some(relevant)) = (order.by, relevant.as_ref()) {
        let asker = relevance::Asker { caller, known: &known, named: &named };
        let (found, had) = relevance::deltas(tx, &asker, relevant, select, (order, last), limit, now).await?;
        return page(tx, (found, had), (order, limit), &known, relevant.needles.clone()).await;
    }
    select.limit(limit.unsigned_abs() + 1);
    // Of one project its places are read, which know what is asked most.
    let project = query.sole("project");
    let asked = if project.is_some() { condition::of_places } else { condition::of_list };
    let asked = Cond::all().add(visible(caller)).add(asked(tx.dialect(), caller, &known, query, now)?);
    let direction = || if order.reversed { Direction::Asc } else { Direction::Desc };
    // Where the order is read from.
    let hit = match (order.by, known.lens) {
        (By::Lens, Some(org)) => {
            let mut candidates = Select::select();
            candidates.columns([(Delta::Table, Delta::Id), (Delta::Table, Delta::Number)]).cond_where(asked.clone()).limit(WEIGHED);
            let (value, number) = from(&mut candidates, project, query, By::Impact);
            candidates.order_by(value, direction()).order_by(number, direction());
            // Only the page's own lines are read whole.
            let mut page = Select::select();
            page.columns(["number", "rank"]).from_subquery(lens::ranked(org, candidates), "scored").limit(limit.unsigned_abs() + 1);
            if let Some(last) = last {
                page.and_where(order.after(Expr::col("rank"), Expr::col("number"), last));
            }
            page.order_by("rank", direction()).order_by("number", direction());
            Some(page)
        }
        _ => None,
    };
    let (value, number) = if let Some(hit) = hit {
        select
            .from_subquery(hit, "hit")
            .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Number)).equals(("hit", "number")))
            .expr_as(Expr::col(("hit", "rank")), "rank");
        (("hit", "rank").into_column_ref(), (Delta::Table, Delta::Number).into_column_ref())
    } else {
        select.cond_where(asked).expr_as(Expr::val(0).cast_as("bigint"), "rank");
        from(&mut select, project, query, order.by)
    };
    // Behind the other tables: it names one of them.
    select.left_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Delta::Table, Delta::ImpactSegmentId)));
    if let Some(last) = last {
        select.and_where(order.after(Expr::col(value.clone()), Expr::col(number.clone()), last));
    }
    if order.by != By::Number {
        select.order_by(value, direction());
    }
    select.order_by(number, direction());
    if relevant.is_some() {
        tx.afresh();
    }
    let found = rows::read_named(tx, caller, select, &named, now).await?;
    page(tx, found, (order, limit), &known, relevant.map(|relevant| relevant.needles).unwrap_or_default()).await
}

/// A page of what was found, which is one more than fits where there is more.
async fn page(
    tx: &mut Tx,
    (mut found, had): (Vec<Found>, HashSet<Had>),
    (order, limit): (Order, i64),
    known: &Known,
    needles: Vec<search::Needle>,
) -> Result<Lines> {
    let more = i64::try_from(found.len()).is_ok_and(|count| count > limit);
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more).map(|row| {
        let value = match order.by {
            By::Impact => row.impact,
            By::Updated => micros(row.updated_at),
            By::Number => 0,
            By::Relevance | By::Lens => row.rank,
        };
        order.write(Last { value, number: row.number })
    });
    if let Some(org) = known.lens {
        let ids: Vec<_> = found.iter().map(|row| row.id).collect();
        let scores = if order.by == By::Lens { HashMap::new() } else { lens::scores(tx, org, &ids).await? };
        for row in &mut found {
            row.lens = if order.by == By::Lens { Some(row.rank) } else { scores.get(&row.id).copied() };
        }
    }
    Ok(Lines { found, next, had, needles })
}

/// [`lines`] as the API gives them, with a hint for each name in the query that nobody has; `text` is the query as it was written, where
/// somebody wrote it now.
///
/// # Errors
/// As [`lines`].
pub async fn deltas(
    tx: &mut Tx,
    caller: &Caller,
    (text, query): (Option<&str>, &Query),
    window: &Window,
    now: OffsetDateTime,
) -> Result<Deltas> {
    let Lines { found, next, had, needles } = lines(tx, caller, query, window, now).await?;
    // Said once: on the first page.
    let hints = match (&window.cursor, text) {
        (None, Some(text)) => hint::hints(tx, caller, text, query, &had).await?,
        _ => Vec::new(),
    };
    Ok(Deltas { items: found.into_iter().map(|row| row.summary(&needles)).collect(), next, hints })
}

/// Reads deltas, of one project by its places; the columns of the order.
fn from(select: &mut SelectStatement, project: Option<&str>, query: &Query, by: By) -> (ColumnRef, ColumnRef) {
    let Some(project) = project else {
        select.from(Delta::Table);
        let column = if by == By::Updated { Delta::UpdatedAt } else { Delta::Impact };
        return ((Delta::Table, column).into_column_ref(), (Delta::Table, Delta::Number).into_column_ref());
    };
    select
        .from(Place::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Place::Table, Place::DeltaId)))
        .and_where(Expr::col((Place::Table, Place::ProjectId)).eq(condition::project_id(project)));
    if let Some(open) = open(query) {
        select.and_where(Expr::col((Place::Table, Place::Open)).eq(open));
    }
    let column = if by == By::Updated { Place::UpdatedAt } else { Place::Impact };
    ((Place::Table, column).into_column_ref(), (Place::Table, Place::Number).into_column_ref())
}

fn order(query: &Query, relevant: bool, lens: bool) -> Order {
    let impact = if lens { By::Lens } else { By::Impact };
    let by = |key| match key {
        "updated" => By::Updated,
        "created" | "number" => By::Number,
        "relevance" if relevant => By::Relevance,
        _ => impact,
    };
    let own = if relevant && !lens { By::Relevance } else { impact };
    query.sort.first().map_or(Order { by: own, reversed: false }, |sort| Order { by: by(sort.key), reversed: sort.reversed })
}

/// Whether everything found is open (`is:open`) or not (`is:closed`); `None` where both may be.
fn open(query: &Query) -> Option<bool> {
    query.required().iter().find_map(|expr| match expr {
        Asked::Field { field: "is", test: Test::Word(words) } => match words.as_slice() {
            ["open"] => Some(true),
            ["closed"] => Some(false),
            _ => None,
        },
        _ => None,
    })
}
