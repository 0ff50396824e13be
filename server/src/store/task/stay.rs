//! How long tasks stand where: what the numbers of flow come from.

use schema::board::Category;
use sea_query::{Cond, Condition, Expr, ExprTrait, Query};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{
    db::Tx,
    table::{BoardColumn, Task, TaskStay},
};
use crate::error::{Error, Result};

/// The tasks of these ids.
pub fn of_tasks(ids: &[Uuid]) -> Condition {
    Cond::all().add(Expr::col((Task::Table, Task::Id)).is_in(ids.iter().copied()))
}

/// Every task of a column.
pub fn in_column(id: Uuid) -> Condition {
    Cond::all().add(Expr::col((Task::Table, Task::ColumnId)).eq(id))
}

/// Ends the stays of these tasks, which stand somewhere else by now, or where it means something else, and begins new ones there. For every change of a
/// task's column and of a column's category, after it.
///
/// # Errors
/// When the database does not answer.
pub async fn follow(tx: &mut Tx, tasks: Condition, now: OffsetDateTime) -> Result<()> {
    let ids = Query::select().column((Task::Table, Task::Id)).from(Task::Table).cond_where(tasks.clone()).take();
    let mut end = Query::update();
    end.table(TaskStay::Table)
        .value(TaskStay::Went, now.unix_timestamp())
        .and_where(Expr::col(TaskStay::Went).is_null())
        .and_where(Expr::col(TaskStay::TaskId).in_subquery(ids));
    tx.later(&end).await?;
    begin(tx, tasks, now).await
}

/// Begins the stays of tasks that stand nowhere yet.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(tx: &mut Tx, tasks: Condition, now: OffsetDateTime) -> Result<()> {
    let here = Query::select()
        .columns([Task::Id, Task::OrgId, Task::BoardId].map(|column| (Task::Table, column)))
        .columns([BoardColumn::Slug, BoardColumn::Category].map(|column| (BoardColumn::Table, column)))
        .expr(Expr::val(now.unix_timestamp()).cast_as("bigint"))
        .from(Task::Table)
        .inner_join(BoardColumn::Table, Expr::col((BoardColumn::Table, BoardColumn::Id)).equals((Task::Table, Task::ColumnId)))
        .cond_where(tasks)
        .take();
    let mut insert = Query::insert();
    insert
        .into_table(TaskStay::Table)
        .columns([TaskStay::TaskId, TaskStay::OrgId, TaskStay::BoardId, TaskStay::ColumnSlug, TaskStay::Category, TaskStay::Came])
        .select_from(here)
        .map_err(|error| Error::start(format!("as many values as columns: {error}")))?;
    tx.later(&insert).await
}

/// Says of the tasks of a column, which is one of work under way by now, that they are begun.
///
/// # Errors
/// When the database does not answer.
pub async fn start(tx: &mut Tx, column: Uuid, category: Category, now: OffsetDateTime) -> Result<()> {
    if !category.begun() {
        return Ok(());
    }
    let mut update = Query::update();
    update
        .table(Task::Table)
        .value(Task::StartedAt, now)
        .and_where(Expr::col(Task::ColumnId).eq(column))
        .and_where(Expr::col(Task::StartedAt).is_null());
    tx.later(&update).await
}
