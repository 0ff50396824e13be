//! The files of imports that were brought: who still has one, and for how long.

use schema::import::ImportState;
use sea_query::{Cond, Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    error::Result,
    store::{db::Tx, table::Import},
};

/// Takes its file from an import; false where it had another, or none.
///
/// # Errors
/// When the database does not answer.
pub async fn take(tx: &mut Tx, id: Uuid, file: Uuid) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(Import::Table)
        .value(Import::FileId, Expr::val(None::<Uuid>))
        .and_where(Expr::col(Import::Id).eq(id))
        .and_where(Expr::col(Import::FileId).eq(file));
    Ok(tx.run(&update).await? > 0)
}

/// The file that an import still has.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Kept {
    /// The import.
    pub id: Uuid,
    /// Its file.
    pub file_id: Uuid,
    /// In bytes.
    pub size: i64,
    /// How far the import is.
    #[sqlx(try_from = "String")]
    pub state: ImportState,
}

/// The files that imports into a project, and those that a person brought anywhere, still have: the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn kept(tx: &mut Tx, project: Uuid, user: Uuid) -> Result<Vec<Kept>> {
    let mut select = Query::select();
    select
        .columns([Import::Id, Import::FileId, Import::Size, Import::State])
        .from(Import::Table)
        .and_where(Expr::col(Import::FileId).is_not_null())
        .cond_where(Cond::any().add(Expr::col(Import::ProjectId).eq(project)).add(Expr::col(Import::UserId).eq(user)))
        .order_by(Import::Id, Order::Asc);
    tx.all(&select).await
}

/// Imports that ended before `before` and still have their file: import and file.
///
/// # Errors
/// When the database does not answer.
pub async fn stale(tx: &mut Tx, before: OffsetDateTime, most: u64) -> Result<Vec<(Uuid, Uuid)>> {
    let mut select = Query::select();
    select
        .columns([Import::Id, Import::FileId])
        .from(Import::Table)
        .and_where(Expr::col(Import::FileId).is_not_null())
        .and_where(Expr::col(Import::FinishedAt).lt(before))
        .and_where(Expr::col(Import::State).is_in([ImportState::Done.as_str(), ImportState::Failed.as_str()]))
        .limit(most);
    tx.all(&select).await
}

/// Which of these files are of imports.
///
/// # Errors
/// When the database does not answer.
pub async fn known(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut select = Query::select();
    select.column(Import::FileId).from(Import::Table).and_where(Expr::col(Import::FileId).is_in(ids.iter().copied()));
    Ok(tx.all::<(Uuid,)>(&select).await?.into_iter().map(|(id,)| id).collect())
}
