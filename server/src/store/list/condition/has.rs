//! What a delta has at least one of.

use schema::task::Commitment;
use sea_query::{Cond, Expr, ExprTrait, IntoColumnRef, IntoTableRef, Query, SelectStatement};

use super::piece::delta;
use crate::{
    caller::Caller,
    store::{
        delta::is_there,
        org,
        table::{Comment, Delta, DeltaLabel, Evidence, FailureDelta, Link, Org, Reference, Signature, Task, Vote},
    },
};

/// Whether it has this, as far as the caller may see: tasks are an organisation's own, told to who may see its boards or where it has
/// promised something; a duplicate is another delta, told to who may see that.
///
/// What few deltas have is listed; what many have (comments, votes, labels, failures) is looked up for each delta that a list comes to.
pub(super) fn condition(caller: &Caller, word: &str) -> Expr {
    match word {
        "comment" => {
            let there = Expr::col((Comment::Table, Comment::Deleted)).is_null();
            each(of(Comment::Table, Comment::DeltaId).and_where(there).take(), (Comment::Table, Comment::DeltaId))
        }
        "duplicate" => {
            let merged = Expr::col((Delta::Table, Delta::DuplicateOf)).is_not_null();
            among(of(Delta::Table, Delta::DuplicateOf).and_where(merged).cond_where(crate::store::delta::visible(caller)).take())
        }
        "evidence" => among(of(Evidence::Table, Evidence::DeltaId)),
        "failure" => each(of(FailureDelta::Table, FailureDelta::DeltaId), (FailureDelta::Table, FailureDelta::DeltaId)),
        "label" => each(of(DeltaLabel::Table, DeltaLabel::DeltaId), (DeltaLabel::Table, DeltaLabel::DeltaId)),
        "reference" => among(of(Reference::Table, Reference::DeltaId).and_where(Expr::col(Reference::DeltaId).is_not_null()).take()),
        "signature" => among(of(Signature::Table, Signature::DeltaId).and_where(Expr::col(Signature::DeletedAt).is_null()).take()),
        "vote" => each(of(Vote::Table, Vote::DeltaId), (Vote::Table, Vote::DeltaId)),
        _ => {
            let promised = Expr::col((Task::Table, Task::Commitment)).ne(Commitment::None.as_str());
            let told = Cond::any().add(org::inside(caller)).add(Cond::all().add(org::visible(caller)).add(promised));
            let mut linked = Query::select();
            linked
                .column((Link::Table, Link::DeltaId))
                .from(Link::Table)
                .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((Link::Table, Link::TaskId)))
                .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
                .cond_where(told);
            among(linked)
        }
    }
}

fn of(table: impl IntoTableRef, column: impl IntoColumnRef) -> SelectStatement {
    Query::select().column(column).from(table).take()
}

fn among(select: SelectStatement) -> Expr {
    delta(Delta::Id).in_subquery(select)
}

fn each(mut select: SelectStatement, column: impl IntoColumnRef) -> Expr {
    is_there(select.and_where(Expr::col(column).eq(delta(Delta::Id))).take())
}
