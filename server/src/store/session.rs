//! Sessions: rows keyed by the digest of the cookie's id.

use sea_query::{Expr, ExprTrait, OnConflict, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{db::Tx, table::Session};
use crate::error::Result;

/// A session as it is stored.
#[derive(Debug, FromRow)]
pub struct Stored {
    /// What the session holds, as JSON.
    pub data: String,
    /// When it ends by itself.
    pub expires_at: OffsetDateTime,
}

/// The session, unless it has ended.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, id_hash: &[u8], now: OffsetDateTime) -> Result<Option<Stored>> {
    tx.optional(
        Query::select()
            .columns([Session::Data, Session::ExpiresAt])
            .from(Session::Table)
            .and_where(Expr::col(Session::IdHash).eq(id_hash.to_vec()))
            .and_where(Expr::col(Session::ExpiresAt).gt(now)),
    )
    .await
}

/// Makes or replaces a session.
///
/// # Errors
/// When the database does not answer.
pub async fn put(
    tx: &mut Tx,
    id_hash: &[u8],
    user: Option<Uuid>,
    data: String,
    now: OffsetDateTime,
    expires_at: OffsetDateTime,
) -> Result<()> {
    tx.run(
        Query::insert()
            .into_table(Session::Table)
            .columns([Session::IdHash, Session::UserId, Session::Data, Session::CreatedAt, Session::SeenAt, Session::ExpiresAt])
            .values_panic([id_hash.to_vec().into(), user.into(), data.into(), now.into(), now.into(), expires_at.into()])
            .on_conflict(
                OnConflict::column(Session::IdHash)
                    .update_columns([Session::UserId, Session::Data, Session::SeenAt, Session::ExpiresAt])
                    .to_owned(),
            ),
    )
    .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx, id_hash: &[u8]) -> Result<()> {
    tx.run(Query::delete().from_table(Session::Table).and_where(Expr::col(Session::IdHash).eq(id_hash.to_vec()))).await?;
    Ok(())
}

/// Removes the sessions that have ended; gives how many.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(tx: &mut Tx, now: OffsetDateTime) -> Result<u64> {
    tx.run(Query::delete().from_table(Session::Table).and_where(Expr::col(Session::ExpiresAt).lte(now))).await
}
