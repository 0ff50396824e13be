//! The order of what free words found, said in SQL that both databases answer alike.
//!
//! For each word asked for, the best place that has it counts: the title, desired and actual, the body, the comments; a whole word before the beginning of
//! one. All of them one after the other count more, and so does a short title. The newest of equals is first.

use sea_query::{CaseStatement, Expr, ExprTrait, Func, IntoTableRef, Query, SelectStatement, UnionType};

use super::{Needle, S, Within, found, key, sought};
use crate::store::{
    db::Dialect,
    table::{Comment, Delta},
};

/// So many of the newest that have the words in their titles, and of the newest that have them anywhere, are ranked: the rest follows by number.
/// More than a page of a list. Keeps the cost from growing with how often a word occurs.
pub const MOST: u64 = 128;
/// What the places count: a whole word, and the beginning of one.
const TITLE: (i64, i64) = (1200, 900);
const GAP: (i64, i64) = (500, 400);
const BODY: (i64, i64) = (300, 200);
const COMMENTS: (i64, i64) = (100, 80);
/// What the whole of several words counts where it stands together in the title, in desired or actual.
const TOGETHER: (i64, i64) = (600, 250);
/// An excerpt's length, and how much of it stands before what was found, in characters.
const EXCERPT: (i64, i64) = (400, 80);

/// Numbers of the deltas to rank: those of `select` (of `delta`, joined with [`delta_search`](S) by it) that have the words.
pub fn best(dialect: Dialect, needles: &[Needle], all: bool, select: &SelectStatement) -> SelectStatement {
    let of = |within: Within| {
        let mut some = select.clone();
        some.expr_as(Expr::col((Delta::Table, Delta::Number)), "number")
            .and_where(found(dialect, &sought(dialect, needles, all, within), within))
            // Full text is read in its own order, which is that of numbers.
            .order_by((S::Table, key(dialect)), sea_query::Order::Desc)
            .limit(MOST);
        some
    };
    let one = |within: Within, name: &'static str| Query::select().column("number").from_subquery(of(within), name).take();
    one(Within::Title, "titled").union(UnionType::Distinct, one(Within::All, "newest")).take()
}

/// The same with their `rank`: a whole number above 0, higher the better the match.
pub fn ranked(dialect: Dialect, needles: &[Needle], best: SelectStatement) -> SelectStatement {
    let mut select = Query::select();
    select.expr_as(Expr::col(("best", "number")), "number").expr_as(rank(dialect, needles), "rank").from_subquery(best, "best");
    then(dialect, &mut select, S::Table, Expr::col((S::Table, key(dialect))).equals(("best", "number")));
    select
}

fn rank(dialect: Dialect, needles: &[Needle]) -> Expr {
    // A long title has as much room for any word.
    let mut sum = Expr::cust("2000 / (length(delta_search.title) + 20)");
    for needle in needles {
        let mut case = CaseStatement::new();
        let (exact, begins) = (format!(" {} ", needle.exact()), needle.beginning().map(|begins| format!(" {begins}")));
        for (fields, (whole, part)) in
            [(&["title"][..], TITLE), (&["desired", "actual"][..], GAP), (&["body"][..], BODY), (&["comments"][..], COMMENTS)]
        {
            case = case.case(has(dialect, fields, &exact), whole);
            if let Some(begins) = &begins {
                case = case.case(has(dialect, fields, begins), part);
            }
        }
        sum = sum.add(of(case.finally(0)));
    }
    if needles.len() > 1 {
        let all = format!(" {}", needles.iter().map(Needle::exact).collect::<Vec<_>>().join(" "));
        let case = CaseStatement::new()
            .case(has(dialect, &["title"], &all), TOGETHER.0)
            .case(has(dialect, &["desired", "actual"], &all), TOGETHER.1)
            .finally(0);
        sum = sum.add(of(case));
    }
    sum.cast_as("bigint")
}

/// Whether one of the plain texts has this.
fn has(dialect: Dialect, fields: &[&str], text: &str) -> Expr {
    let hay: Vec<String> = fields.iter().map(|field| format!("' ' || delta_search.{field} || ' '")).collect();
    place(dialect, Expr::cust(hay.join(" || ")), text).gt(0)
}

/// Where a text has another, from 1; 0 where it has not.
fn place(dialect: Dialect, hay: Expr, text: &str) -> Expr {
    let function = match dialect {
        Dialect::Sqlite => "instr",
        Dialect::Postgres => "strpos",
    };
    Func::cust(function).arg(hay).arg(Expr::val(text)).into()
}

/// The part of a delta's actual, desired, body or comments around the first of the words that stands there, as it was written; null where none
/// does. Of the table `delta`.
pub fn excerpt(dialect: Dialect, needles: &[Needle]) -> Expr {
    let mut case = CaseStatement::new();
    let firsts: Vec<String> = needles
        .iter()
        .filter_map(|needle| needle.beginning().unwrap_or_else(|| needle.exact()).split(' ').next().map(str::to_owned))
        .collect();
    for first in &firsts {
        for field in ["delta.actual", "delta.desired", "delta.body"] {
            let (at, cut) = cut(dialect, field, first);
            case = case.case(at.gt(0), cut);
        }
    }
    let mut said = CaseStatement::new();
    let mut any = sea_query::Cond::any();
    for first in &firsts {
        let (at, cut) = cut(dialect, "comment.body", first);
        any = any.add(at.clone().gt(0));
        said = said.case(at.gt(0), cut);
    }
    let comment = Query::select()
        .expr(of(said.finally(Expr::cust("NULL"))))
        .from(Comment::Table)
        .and_where(Expr::col((Comment::Table, Comment::DeltaId)).equals((Delta::Table, Delta::Id)))
        // What was folded away is not brought up again.
        .and_where(Expr::col((Comment::Table, Comment::Minimised)).is_null())
        .cond_where(any)
        .order_by((Comment::Table, Comment::Id), sea_query::Order::Asc)
        .limit(1)
        .take();
    of(case.finally(Expr::SubQuery(None, Box::new(comment.into()))))
}

/// Where a text has a word, and what stands around it.
fn cut(dialect: Dialect, text: &'static str, word: &str) -> (Expr, Expr) {
    let (length, before) = EXCERPT;
    let at = place(dialect, Expr::cust(format!("lower({text})")), word);
    let from = CaseStatement::new().case(at.clone().gt(before), at.clone().sub(before)).finally(1);
    let from = of(from).cast_as("integer");
    (at, Func::cust("substr").arg(Expr::cust(text)).arg(from).arg(Expr::val(length).cast_as("integer")).into())
}

/// Joins a table that is looked into for each row of those before. SQLite would perhaps do it the other way round: it does not know how much
/// full text finds.
pub fn then(dialect: Dialect, select: &mut SelectStatement, table: impl IntoTableRef, on: Expr) {
    match dialect {
        Dialect::Sqlite => select.cross_join(table).and_where(on),
        Dialect::Postgres => select.inner_join(table, on),
    };
}

fn of(case: CaseStatement) -> Expr {
    case.into()
}
