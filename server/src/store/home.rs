//! What the first page counts.

use schema::{home::Task as Mine, id::TaskKey};
use sea_query::{Expr, ExprTrait, Order, Query};
use uuid::Uuid;

use super::{
    db::Tx,
    delta,
    table::{BoardColumn, Delta, Org, Project, Task, TaskAssignee, Vote},
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
        .take();
    let affecting = Query::select()
        .expr(Expr::col((Delta::Table, Delta::Number)).count())
        .from(Vote::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Vote::Table, Vote::DeltaId)))
        .and_where(Expr::col((Vote::Table, Vote::UserId)).eq(user))
        .and_where(Expr::col((Vote::Table, Vote::Severity)).gt(0))
        .and_where(open)
        .cond_where(delta::visible(caller))
        .take();
    let both =
        Query::select().expr(Expr::SubQuery(None, Box::new(filed.into()))).expr(Expr::SubQuery(None, Box::new(affecting.into()))).take();
    tx.one(&both).await
}

/// The open tasks of a person in their organisations, the last changed first.
///
/// # Errors
/// When the database does not answer.
pub async fn tasks(tx: &mut Tx, caller: &Caller, user: Uuid, most: u64) -> Result<Vec<Mine>> {
    let mut select = Query::select();
    select
        .column((Org::Table, Org::KeyPrefix))
        .columns([Task::Number, Task::Title, Task::Priority].map(|column| (Task::Table, column)))
        .column((BoardColumn::Table, BoardColumn::Name))
        .from(TaskAssignee::Table)
        .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((TaskAssignee::Table, TaskAssignee::TaskId)))
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
        .inner_join(BoardColumn::Table, Expr::col((BoardColumn::Table, BoardColumn::Id)).equals((Task::Table, Task::ColumnId)))
        .and_where(Expr::col((TaskAssignee::Table, TaskAssignee::UserId)).eq(user))
        .and_where(Expr::col((Task::Table, Task::OrgId)).is_in(caller.orgs.iter().map(|org| org.org)))
        .and_where(Expr::col((Task::Table, Task::DoneAt)).is_null())
        .order_by((Task::Table, Task::UpdatedAt), Order::Desc)
        .limit(most);
    let rows: Vec<(String, i64, String, String, String)> = tx.all(&select).await?;
    let line = |(prefix, number, title, priority, column)| Mine { key: TaskKey { prefix, number }, title, priority, column };
    Ok(rows.into_iter().map(line).collect())
}

/// Whether there is any project.
///
/// # Errors
/// When the database does not answer.
pub async fn has_project(tx: &mut Tx) -> Result<bool> {
    let select = Query::select().column(Project::Id).from(Project::Table).limit(1).take();
    Ok(tx.optional::<(Uuid,)>(&select).await?.is_some())
}
