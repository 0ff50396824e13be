//! What the first page counts.

use sea_query::{Expr, ExprTrait, Query};
use uuid::Uuid;

use super::{
    db::Tx,
    delta,
    table::{Delta, Project, Vote},
};
use crate::{caller::Caller, error::Result};

/// How many open deltas a person filed, and how many of those they may see they said affect them.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(tx: &mut Tx, caller: &Caller, user: Uuid) -> Result<(i64, i64)> {
    let open = Expr::col((Delta::Table, Delta::Open)).eq(true);
    let filed = Query::select()
        .expr(Expr::col((Delta::Table, Delta::Number)).count())
        .from(Delta::Table)
        .and_where(Expr::col((Delta::Table, Delta::ReporterId)).eq(user))
        .and_where(open.clone())
        .to_owned();
    let affecting = Query::select()
        .expr(Expr::col((Delta::Table, Delta::Number)).count())
        .from(Vote::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Vote::Table, Vote::DeltaId)))
        .and_where(Expr::col((Vote::Table, Vote::UserId)).eq(user))
        .and_where(Expr::col((Vote::Table, Vote::Severity)).gt(0))
        .and_where(open)
        .cond_where(delta::visible(caller))
        .to_owned();
    let both = Query::select()
        .expr(Expr::SubQuery(None, Box::new(filed.into())))
        .expr(Expr::SubQuery(None, Box::new(affecting.into())))
        .to_owned();
    tx.one(&both).await
}

/// Whether there is any project.
///
/// # Errors
/// When the database does not answer.
pub async fn has_project(tx: &mut Tx) -> Result<bool> {
    let select = Query::select().column(Project::Id).from(Project::Table).limit(1).to_owned();
    Ok(tx.optional::<(Uuid,)>(&select).await?.is_some())
}
