//! Lists of deltas by the query language.

mod condition;
mod cursor;
mod relevance;
pub mod rows;

use schema::{
    delta::Summary,
    list::{Page, Window},
    query::{self, DELTAS, Expr as Asked, Query, Test},
};
use sea_query::{Expr, ExprTrait, IntoColumnRef, Order as Direction};
use time::OffsetDateTime;

pub use self::condition::condition;
use self::cursor::{By, Last, Order, micros};
use super::{
    db::Tx,
    delta::visible,
    search,
    table::{Delta, Place, Segment},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
};

/// What is listed when nothing is asked.
pub const DEFAULT: &str = "is:open";

/// Reads a query over deltas; [`DEFAULT`] where there is none. `sort` (`impact`, `-updated`, …) takes the place of the
/// query's own.
///
/// # Errors
/// 422 `q` with the column and, where one is near, the name that may have been meant; 422 `sort`.
pub fn read(text: Option<&str>, sort: Option<&str>) -> Result<Query> {
    let text = text.unwrap_or(DEFAULT);
    if text.contains('\0') {
        return Err(Error::invalid("q", "must not hold the character NUL"));
    }
    let mut query = query::parse(text, &DELTAS).map_err(|error| Error::invalid("q", error.to_string()))?;
    if let Some(sort) = sort.filter(|sort| !sort.is_empty()) {
        let (reversed, name) = sort.strip_prefix('-').map_or((false, sort), |name| (true, name));
        let key = DELTAS.sorts.iter().find(|key| key.name == name).ok_or_else(|| {
            let names: Vec<_> = DELTAS.sorts.iter().map(|key| key.name).collect();
            Error::invalid("sort", format!("must be one of {}, with - before it to turn it round", names.join(", ")))
        })?;
        query.sort = vec![query::Sort { key: key.name, reversed }];
    }
    if query.sort.len() > 1 {
        return Err(Error::invalid("q", "A list has one order: leave all but one sort: out."));
    }
    Ok(query)
}

/// The deltas a query finds and the caller may see, a page at a time, with one statement however many they are.
///
/// A query that requires one project reads that project's own indexes, others those of all deltas. Without a `sort:` the
/// order is by relevance where everything found must have the free words, else by impact. `created` and `number` are the same order: that
/// of filing.
///
/// # Errors
/// As [`condition`]; 422 `cursor` for a cursor of another list.
pub async fn deltas(tx: &mut Tx, caller: &Caller, query: &Query, window: &Window, now: OffsetDateTime) -> Result<Page<Summary>> {
    let relevant = relevance::of(query)?;
    let order = order(query, relevant.is_some());
    let last = window.cursor.as_deref().map(|cursor| order.read(cursor)).transpose()?;
    let limit = window.limit();
    let excerpt = relevant.as_ref().map(|relevant| search::excerpt(tx.dialect(), &relevant.needles));
    let mut select = rows::select(excerpt);
    if let (By::Relevance, Some(relevant)) = (order.by, &relevant) {
        return relevance::deltas(tx, caller, relevant, select, (order, last), limit, now).await;
    }
    select.cond_where(visible(caller)).limit(limit.unsigned_abs() + 1);
    // Of one project its places are read, which know what is asked most.
    let project = query.sole("project");
    let asked = if project.is_some() { condition::of_places } else { condition };
    select.cond_where(asked(tx.dialect(), caller, query, now)?);
    // Where the order is read from.
    let (value, number);
    if let Some(project) = project {
        select
            .from(Place::Table)
            .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Place::Table, Place::DeltaId)))
            .and_where(Expr::col((Place::Table, Place::ProjectId)).eq(condition::project_id(project)))
            .expr_as(Expr::val(0).cast_as("bigint"), "rank");
        if let Some(open) = open(query) {
            select.and_where(Expr::col((Place::Table, Place::Open)).eq(open));
        }
        let column = if order.by == By::Updated { Place::UpdatedAt } else { Place::Impact };
        (value, number) = ((Place::Table, column).into_column_ref(), (Place::Table, Place::Number).into_column_ref());
    } else {
        select.from(Delta::Table).expr_as(Expr::val(0).cast_as("bigint"), "rank");
        let column = if order.by == By::Updated { Delta::UpdatedAt } else { Delta::Impact };
        (value, number) = ((Delta::Table, column).into_column_ref(), (Delta::Table, Delta::Number).into_column_ref());
    }
    // Behind the other tables: it names one of them.
    select.left_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Delta::Table, Delta::ImpactSegmentId)));
    if let Some(last) = last {
        select.and_where(order.after(Expr::col(value.clone()), Expr::col(number.clone()), last));
    }
    let direction = || if order.reversed { Direction::Asc } else { Direction::Desc };
    if order.by != By::Number {
        select.order_by(value, direction());
    }
    select.order_by(number, direction());
    let found = rows::read(tx, caller, select).await?;
    Ok(page(found, order, limit, relevant.as_ref().map_or(&[], |relevant| &relevant.needles)))
}

/// A page of what was found, which is one more than fits where there is more.
fn page(mut found: Vec<rows::Found>, order: Order, limit: i64, needles: &[search::Needle]) -> Page<Summary> {
    let more = i64::try_from(found.len()).is_ok_and(|count| count > limit);
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more).map(|row| {
        let value = match order.by {
            By::Impact => row.impact,
            By::Updated => micros(row.updated_at),
            By::Number => 0,
            By::Relevance => row.rank,
        };
        order.write(Last { value, number: row.number })
    });
    Page { items: found.into_iter().map(|row| row.summary(needles)).collect(), next }
}

fn order(query: &Query, relevant: bool) -> Order {
    let by = |key| match key {
        "updated" => By::Updated,
        "created" | "number" => By::Number,
        "relevance" if relevant => By::Relevance,
        _ => By::Impact,
    };
    query.sort.first().map_or(Order { by: if relevant { By::Relevance } else { By::Impact }, reversed: false }, |sort| Order {
        by: by(sort.key),
        reversed: sort.reversed,
    })
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
