//! API tokens. Only digests of their secrets are stored.

use schema::user::Scope;
use sea_query::{Cond, Expr, ExprTrait, Query};
use sqlx::{FromRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{db::Tx, table::Token};
use crate::{clock, error::Result};

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

/// A new token, of a person or of a project.
#[derive(Debug)]
pub struct New<'a> {
    /// Whose it is.
    pub user: Option<Uuid>,
    /// Or which project's.
    pub project: Option<Uuid>,
    /// What its owner calls it.
    pub name: &'a str,
    /// What it may do.
    pub scopes: &'a [Scope],
    /// Who made it.
    pub created_by: Option<Uuid>,
    /// When it stops working; never where empty.
    pub expires_at: Option<OffsetDateTime>,
}

/// Adds a token whose secret has this digest.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, token: &New<'_>, digest: &[u8], at: OffsetDateTime) -> Result<Uuid> {
    let id = clock::new_id();
    tx.run(
        Query::insert()
            .into_table(Token::Table)
            .columns([
                Token::Id,
                Token::UserId,
                Token::ProjectId,
                Token::Name,
                Token::SecretHash,
                Token::Scopes,
                Token::CreatedBy,
                Token::CreatedAt,
                Token::ExpiresAt,
            ])
            .values_panic([
                id.into(),
                token.user.into(),
                token.project.into(),
                token.name.into(),
                digest.to_vec().into(),
                serde_json::to_value(token.scopes)?.into(),
                token.created_by.into(),
                at.into(),
                token.expires_at.into(),
            ]),
    )
    .await?;
    Ok(id)
}
