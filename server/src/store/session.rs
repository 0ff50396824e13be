//! Sessions: rows keyed by the digest of the cookie's id.

use sea_query::{Expr, ExprTrait, Order, Query};
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

/// A session as it is kept.
#[derive(Debug)]
pub struct New<'a> {
    /// The digest of the cookie's id.
    pub id_hash: &'a [u8],
    /// Whose it is, once somebody is signed in.
    pub user: Option<Uuid>,
    /// What it holds, as JSON.
    pub data: String,
    /// What the browser said it is.
    pub agent: &'a str,
    /// When it ends by itself.
    pub expires_at: OffsetDateTime,
}

/// Makes a session.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, session: New<'_>, now: OffsetDateTime) -> Result<()> {
    let insert = Query::insert()
        .into_table(Session::Table)
        .columns([Session::IdHash, Session::UserId, Session::Data, Session::Agent, Session::CreatedAt, Session::SeenAt, Session::ExpiresAt])
        .values_panic([
            session.id_hash.to_vec().into(),
            session.user.into(),
            session.data.into(),
            session.agent.into(),
            now.into(),
            now.into(),
            session.expires_at.into(),
        ])
        .take();
    tx.run(&insert).await.map(drop)
}

/// Brings a session up to date. One that was ended meanwhile stays ended.
///
/// # Errors
/// When the database does not answer.
pub async fn update(tx: &mut Tx, session: New<'_>, now: OffsetDateTime) -> Result<()> {
    let update = Query::update()
        .table(Session::Table)
        .value(Session::UserId, session.user)
        .value(Session::Data, session.data)
        .value(Session::SeenAt, now)
        .value(Session::ExpiresAt, session.expires_at)
        .and_where(Expr::col(Session::IdHash).eq(session.id_hash.to_vec()))
        .take();
    tx.run(&update).await.map(drop)
}

/// Where a person is signed in.
#[derive(Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id_hash: Vec<u8>,
    pub agent: String,
    pub created_at: OffsetDateTime,
    pub seen_at: OffsetDateTime,
}

/// A person's sessions, last seen first; at most 100.
///
/// # Errors
/// When the database does not answer.
pub async fn of_user(tx: &mut Tx, user: Uuid, now: OffsetDateTime) -> Result<Vec<Row>> {
    let select = Query::select()
        .columns([Session::IdHash, Session::Agent, Session::CreatedAt, Session::SeenAt])
        .from(Session::Table)
        .and_where(Expr::col(Session::UserId).eq(user))
        .and_where(Expr::col(Session::ExpiresAt).gt(now))
        .order_by(Session::SeenAt, Order::Desc)
        .limit(100)
        .take();
    tx.all(&select).await
}

/// Ends one of a person's sessions; false where they have no such one.
///
/// # Errors
/// When the database does not answer.
pub async fn end(tx: &mut Tx, user: Uuid, id_hash: &[u8]) -> Result<bool> {
    let delete = Query::delete()
        .from_table(Session::Table)
        .and_where(Expr::col(Session::UserId).eq(user))
        .and_where(Expr::col(Session::IdHash).eq(id_hash.to_vec()))
        .take();
    Ok(tx.run(&delete).await? == 1)
}

/// Ends a person's sessions, all but one where one is to stay; gives how many.
///
/// # Errors
/// When the database does not answer.
pub async fn end_all(tx: &mut Tx, user: Uuid, but: Option<&[u8]>) -> Result<u64> {
    let mut delete = Query::delete();
    delete.from_table(Session::Table).and_where(Expr::col(Session::UserId).eq(user));
    if let Some(but) = but {
        delete.and_where(Expr::col(Session::IdHash).ne(but.to_vec()));
    }
    tx.run(&delete).await
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
