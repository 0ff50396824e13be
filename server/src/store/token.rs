//! API tokens. Only digests of their secrets are stored.

use schema::user::Scope;
use sea_query::{Cond, Expr, ExprTrait, Query};
use sqlx::{FromRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{db::Tx, table::Token};
use crate::error::Result;

/// A token in force.
#[derive(Debug, FromRow)]
pub struct Found {
    /// The token.
    pub id: Uuid,
    /// Whose it is, for a person's token.
    pub user_id: Option<Uuid>,
    /// Which project's, for a CI token.
    pub project_id: Option<Uuid>,
    /// What it may do.
    pub scopes: Json<Vec<Scope>>,
}

/// The token of a secret's digest, unless it was revoked or has expired.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, digest: &[u8], now: OffsetDateTime) -> Result<Option<Found>> {
    tx.optional(
        Query::select()
            .columns([Token::Id, Token::UserId, Token::ProjectId, Token::Scopes])
            .from(Token::Table)
            .and_where(Expr::col(Token::SecretHash).eq(digest.to_vec()))
            .and_where(Expr::col(Token::RevokedAt).is_null())
            .cond_where(Cond::any().add(Expr::col(Token::ExpiresAt).is_null()).add(Expr::col(Token::ExpiresAt).gt(now))),
    )
    .await
}
