//! What the navigation shows of the caller's organisations.

use std::collections::HashMap;

use schema::nav::{NavBoard, NavOrg};
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    db::Tx,
    inbox,
    table::{Board, Task},
};
use crate::{caller::Caller, error::Result};

#[derive(FromRow)]
struct BoardRow {
    org_id: Uuid,
    slug: String,
    name: String,
    tasks: i64,
}

/// The caller's organisations, with their boards and what waits in their inboxes.
///
/// # Errors
/// When the database does not answer.
pub async fn orgs(tx: &mut Tx, caller: &Caller) -> Result<Vec<NavOrg>> {
    if caller.orgs.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = caller.orgs.iter().map(|member| member.org).collect();
    let mut boards = boards(tx, &ids).await?;
    let inboxes = match caller.at {
        Some(now) => inbox::counts(tx, caller, &ids, now).await?,
        None => HashMap::new(),
    };
    Ok(caller
        .orgs
        .iter()
        .map(|org| NavOrg {
            works: org.role >= schema::user::Role::Member,
            slug: org.slug.clone(),
            name: org.name.clone(),
            inbox: inboxes.get(&org.org).copied().unwrap_or_default(),
            boards: boards.remove(&org.org).unwrap_or_default(),
        })
        .collect())
}

/// The boards of organisations in the order they were made, with how many of their tasks are not done.
///
/// # Errors
/// When the database does not answer.
pub async fn boards(tx: &mut Tx, orgs: &[Uuid]) -> Result<HashMap<Uuid, Vec<NavBoard>>> {
    let open = Query::select()
        .expr(Expr::val(1).count())
        .from(Task::Table)
        .and_where(Expr::col((Task::Table, Task::BoardId)).equals((Board::Table, Board::Id)))
        .and_where(Expr::col((Task::Table, Task::DoneAt)).is_null())
        .to_owned();
    let mut select = Query::select();
    select
        .columns([Board::OrgId, Board::Slug, Board::Name].map(|column| (Board::Table, column)))
        .expr_as(open, "tasks")
        .from(Board::Table)
        .and_where(Expr::col((Board::Table, Board::OrgId)).is_in(orgs.iter().copied()))
        .order_by((Board::Table, Board::Id), Order::Asc);
    let rows: Vec<BoardRow> = tx.all(&select).await?;
    let mut found: HashMap<Uuid, Vec<NavBoard>> = HashMap::new();
    for row in rows {
        found.entry(row.org_id).or_default().push(NavBoard { slug: row.slug, name: row.name, tasks: row.tasks });
    }
    Ok(found)
}
