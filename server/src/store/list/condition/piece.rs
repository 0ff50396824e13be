//! Small pieces of conditions.

use schema::query::{self, Span, Term};
use sea_query::{Cond, Condition, Expr, ExprTrait, LikeExpr, Query, SelectStatement};

use crate::store::{
    delta::is_there,
    table::{Delta, Place, Project},
};

pub(super) fn words_of(expr: &query::Expr) -> Option<&Term> {
    match expr {
        query::Expr::Words(term) => Some(term),
        _ => None,
    }
}

pub(super) fn delta(column: Delta) -> Expr {
    Expr::col((Delta::Table, column))
}

/// The id of the project of this slug, as a subquery.
pub fn project_id(slug: &str) -> Expr {
    let project =
        Query::select().column(Project::Id).from(Project::Table).and_where(Expr::col(Project::Slug).eq(slug.to_lowercase())).take();
    Expr::SubQuery(None, Box::new(project.into()))
}

pub(super) fn places() -> SelectStatement {
    let mut place = Query::select();
    place.expr(Expr::val(1)).from(Place::Table);
    place.and_where(Expr::col((Place::Table, Place::DeltaId)).equals((Delta::Table, Delta::Id)));
    place
}

pub(super) fn exists(select: SelectStatement) -> Condition {
    Cond::all().add(is_there(select))
}

/// What `is:` says.
pub(super) fn state(word: &str) -> Expr {
    match word {
        "open" => delta(Delta::Open).eq(true),
        "closed" => delta(Delta::Open).eq(false),
        // Said in the statement itself: of a bound value the database could not tell that the small index holds it.
        "private" => few(Expr::cust("again.visibility = 'private'")),
        "regressed" => regressed(true),
        _ => few(Expr::col(("again", Delta::DuplicateOf)).is_not_null()),
    }
}

pub(super) fn number(column: Expr, span: &Span<i64>) -> Condition {
    match span.bounds() {
        (Some(from), Some(to)) if from == to => Cond::all().add(column.eq(from)),
        (from, to) => {
            let mut all = Cond::all();
            if let Some(from) = from {
                all = all.add(column.clone().gte(from));
            }
            if let Some(to) = to {
                all = all.add(column.lte(to));
            }
            all
        }
    }
}

/// A column of keys that equals one of the terms. Keys are lower case; a label is also found as it was written.
pub(super) fn key(column: impl sea_query::IntoColumnRef + Clone, terms: &[Term]) -> Condition {
    let mut words: Vec<String> = terms.iter().filter_map(Term::as_word).flat_map(|word| [word.to_lowercase(), word.to_owned()]).collect();
    words.sort_unstable();
    words.dedup();
    let mut any = Cond::any();
    match words.as_slice() {
        [] => {}
        [word] => any = any.add(Expr::col(column.clone()).eq(word.as_str())),
        _ => any = any.add(Expr::col(column.clone()).is_in(words)),
    }
    for term in terms.iter().filter(|term| term.as_word().is_none()) {
        any = any.add(Expr::col(column.clone()).like(pattern(term)));
    }
    any
}

/// A term with wildcards for LIKE.
pub(super) fn pattern(term: &Term) -> LikeExpr {
    let escaped = |part: &String| part.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(term.parts().iter().map(escaped).collect::<Vec<_>>().join("%")).escape('\\')
}

/// Whether it was seen again after it was closed.
pub(super) fn regressed(yes: bool) -> Expr {
    if yes { few(Expr::col(("again", Delta::RegressedAt)).is_not_null()) } else { delta(Delta::RegressedAt).is_null() }
}

/// What hardly any delta is, asked by a small index of its own: a condition on the table `again`.
fn few(condition: Expr) -> Expr {
    let few = Query::select().column(("again", Delta::Id)).from_as(Delta::Table, "again").and_where(condition).take();
    delta(Delta::Id).in_subquery(few)
}
