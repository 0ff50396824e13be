//! Lists of deltas by the query language.

use schema::query::{Expr as Asked, Test};
use sea_query::{Cond, Condition, Expr, ExprTrait, Query};
use time::OffsetDateTime;

use super::{
    db::Tx,
    table::{Delta, Place, Project},
};
use crate::{caller::Caller, error::Result};

/// A query as a condition on rows of `delta`.
///
/// # Errors
/// When it asks for what cannot be asked.
pub async fn condition(_tx: &mut Tx, _caller: &Caller, asked: &Asked, _now: OffsetDateTime) -> Result<Condition> {
    Ok(plain(asked))
}

fn plain(asked: &Asked) -> Condition {
    match asked {
        Asked::And(all) => all.iter().fold(Cond::all(), |cond, one| cond.add(plain(one))),
        Asked::Or(any) => any.iter().fold(Cond::any(), |cond, one| cond.add(plain(one))),
        Asked::Not(one) => plain(one).not(),
        Asked::Field { field: "kind", test: Test::Word(words) } => {
            Cond::all().add(Expr::col((Delta::Table, Delta::Kind)).is_in(words.iter().copied()))
        }
        Asked::Field { field: "project", test: Test::Is(terms) } => {
            let places = Query::select()
                .column(Place::DeltaId)
                .from(Place::Table)
                .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Place::Table, Place::ProjectId)))
                .and_where(
                    Expr::col((Project::Table, Project::Slug)).is_in(terms.iter().filter_map(|term| term.as_word().map(str::to_owned))),
                )
                .to_owned();
            Cond::all().add(Expr::col((Delta::Table, Delta::Id)).in_subquery(places))
        }
        _ => Cond::all(),
    }
}
