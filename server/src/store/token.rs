//! API tokens. Only digests of their secrets are stored.

use schema::user::Scope;
use sea_query::{Cond, Expr, ExprTrait, Order, Query, SimpleExpr};
use serde::Deserialize;
use sqlx::{FromRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    gather::Gather,
    table::{Project, Token},
    user,
};
use crate::{caller::Who, clock, error::Result};

/// A token in force.
#[derive(Debug, Deserialize)]
pub struct Found {
    /// The token.
    pub id: Uuid,
    /// Whose it is, for a person's token.
    pub user_id: Option<Uuid>,
    /// Which project's, for a CI token.
    pub project_id: Option<Uuid>,
    /// What it may do.
    #[serde(deserialize_with = "scopes")]
    pub scopes: Vec<Scope>,
    /// When it was last used, to the hour.
    #[serde(with = "time::serde::rfc3339::option")]
    pub used_at: Option<OffsetDateTime>,
}

fn scopes<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Vec<Scope>, D::Error> {
    serde_json::from_str(&String::deserialize(from)?).map_err(serde::de::Error::custom)
}

/// The token of a secret's digest, unless it was revoked or has expired, with its owner, who is `None` for a project's token
/// and where that person is suspended. One statement.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, digest: &[u8], now: OffsetDateTime) -> Result<Option<(Found, Option<Who>)>> {
    let in_force = || {
        Query::select()
            .from(Token::Table)
            .and_where(Expr::col(Token::SecretHash).eq(digest.to_vec()))
            .and_where(Expr::col(Token::RevokedAt).is_null())
            .cond_where(Cond::any().add(Expr::col(Token::ExpiresAt).is_null()).add(Expr::col(Token::ExpiresAt).gt(now)))
            .take()
    };
    let mut gather = Gather::new(tx.dialect());
    let token = in_force()
        .expr_as(gather.id(Token::Id), "id")
        .expr_as(gather.id(Token::UserId), "user_id")
        .expr_as(gather.id(Token::ProjectId), "project_id")
        .expr_as(Expr::col(Token::Scopes).cast_as("text"), "scopes")
        .column(Token::UsedAt)
        .take();
    gather.part("token", &["id", "user_id", "project_id", "scopes", "used_at"], token);
    let owner = in_force().column(Token::UserId).take();
    user::ask_who(&mut gather, &SimpleExpr::SubQuery(None, Box::new(owner.into())));
    let mut gathered = gather.read(tx).await?;
    let Some(token) = gathered.take::<Found>("token")?.pop() else { return Ok(None) };
    Ok(Some((token, user::told_who(&mut gathered)?)))
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

/// Notes that a token was used.
///
/// # Errors
/// When the database does not answer.
pub async fn touch(tx: &mut Tx, token: Uuid, now: OffsetDateTime) -> Result<()> {
    let update = Query::update().table(Token::Table).value(Token::UsedAt, now).and_where(Expr::col(Token::Id).eq(token)).take();
    tx.run(&update).await.map(drop)
}

/// Whose tokens are meant.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// A person's.
    User(Uuid),
    /// A project's, for its CI.
    Project(Uuid),
}

impl Owner {
    fn is(self) -> Expr {
        match self {
            Self::User(id) => Expr::col(Token::UserId).eq(id),
            Self::Project(id) => Expr::col(Token::ProjectId).eq(id),
        }
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    scopes: Json<Vec<Scope>>,
    created_at: OffsetDateTime,
    used_at: Option<OffsetDateTime>,
    expires_at: Option<OffsetDateTime>,
}

/// Tokens that were not revoked, newest first; expired ones too, at most 500.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx, owner: Owner) -> Result<Vec<schema::token::Token>> {
    let select = Query::select()
        .columns([Token::Id, Token::Name, Token::Scopes, Token::CreatedAt, Token::UsedAt, Token::ExpiresAt])
        .from(Token::Table)
        .and_where(owner.is())
        .and_where(Expr::col(Token::RevokedAt).is_null())
        .order_by(Token::Id, Order::Desc)
        .limit(500)
        .take();
    let rows: Vec<Row> = tx.all(&select).await?;
    let token = |Row { id, name, scopes, created_at, used_at, expires_at }| schema::token::Token {
        id,
        name,
        scopes: scopes.0,
        created_at,
        used_at,
        expires_at,
    };
    Ok(rows.into_iter().map(token).collect())
}

/// Revokes a token; false where the owner has no such one.
///
/// # Errors
/// When the database does not answer.
pub async fn revoke(tx: &mut Tx, owner: Owner, token: Uuid, now: OffsetDateTime) -> Result<bool> {
    let update = Query::update()
        .table(Token::Table)
        .value(Token::RevokedAt, now)
        .and_where(owner.is())
        .and_where(Expr::col(Token::Id).eq(token))
        .and_where(Expr::col(Token::RevokedAt).is_null())
        .take();
    Ok(tx.run(&update).await? == 1)
}

/// The project of a slug: its id and name.
///
/// # Errors
/// When the database does not answer.
pub async fn project(tx: &mut Tx, slug: &str) -> Result<Option<(Uuid, String)>> {
    let select =
        Query::select().columns([Project::Id, Project::Name]).from(Project::Table).and_where(Expr::col(Project::Slug).eq(slug)).take();
    tx.optional(&select).await
}
