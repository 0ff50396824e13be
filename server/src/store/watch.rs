//! Watch rules: queries over deltas that an organisation cares about.

use schema::triage::Watch as Reply;
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use serde::Deserialize;
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{db::Tx, table::Watch};
use crate::{clock, error::Result};

/// A watch rule as it is stored.
#[derive(Clone, Debug, FromRow, Deserialize)]
pub struct Row {
    /// Whose it is.
    pub org_id: Uuid,
    /// Its name in the URL.
    pub slug: String,
    /// The query, as it was written.
    pub query: String,
}

/// The rules of organisations, by slug; of one organisation or of all of a caller's in one statement.
///
/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, orgs: impl IntoIterator<Item = Uuid>) -> Result<Vec<Row>> {
    tx.all(
        Query::select()
            .columns([Watch::OrgId, Watch::Slug, Watch::Query])
            .from(Watch::Table)
            .and_where(Expr::col(Watch::OrgId).is_in(orgs))
            .order_by(Watch::Slug, Order::Asc),
    )
    .await
}

/// The rules of one organisation as they are shown.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx, org: Uuid) -> Result<Vec<Reply>> {
    Ok(of(tx, [org]).await?.into_iter().map(|row| Reply { slug: row.slug, query: row.query }).collect())
}

/// Adds a rule, or gives one another query.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, org: Uuid, slug: &str, query: &str, by: Uuid, at: OffsetDateTime) -> Result<()> {
    tx.run(
        Query::insert()
            .into_table(Watch::Table)
            .columns([Watch::Id, Watch::OrgId, Watch::Slug, Watch::Query, Watch::CreatedBy, Watch::CreatedAt])
            .values_panic([clock::new_id().into(), org.into(), slug.into(), query.into(), by.into(), at.into()])
            .on_conflict(OnConflict::columns([Watch::OrgId, Watch::Slug]).update_column(Watch::Query).to_owned()),
    )
    .await?;
    Ok(())
}

/// Takes a rule away; gives whether there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx, org: Uuid, slug: &str) -> Result<bool> {
    let gone = tx
        .run(Query::delete().from_table(Watch::Table).and_where(Expr::col(Watch::OrgId).eq(org)).and_where(Expr::col(Watch::Slug).eq(slug)))
        .await?;
    Ok(gone > 0)
}
