//! The instance's settings and its invitations.

use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Invite, Setting},
};
use crate::{clock, error::Result};

/// Who may make an account: `open`, `invite` or `closed`.
pub const REGISTRATION: &str = "registration";
/// The digest of the first start's secret, in hexadecimal.
pub const START: &str = "start";

/// A setting's value.
///
/// # Errors
/// When the database does not answer.
pub async fn get(tx: &mut Tx, key: &str) -> Result<Option<String>> {
    let select = Query::select().column(Setting::Value).from(Setting::Table).and_where(Expr::col(Setting::Key).eq(key)).take();
    Ok(tx.optional::<(String,)>(&select).await?.map(|(value,)| value))
}

/// Sets a value.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    let insert = Query::insert()
        .into_table(Setting::Table)
        .columns([Setting::Key, Setting::Value])
        .values_panic([key.into(), value.into()])
        .on_conflict(OnConflict::column(Setting::Key).update_column(Setting::Value).to_owned())
        .take();
    tx.run(&insert).await.map(drop)
}

/// Takes a value away where it is this one: exactly one of several at the same time is told true.
///
/// # Errors
/// When the database does not answer.
pub async fn take(tx: &mut Tx, key: &str, value: &str) -> Result<bool> {
    let delete = Query::delete()
        .from_table(Setting::Table)
        .and_where(Expr::col(Setting::Key).eq(key))
        .and_where(Expr::col(Setting::Value).eq(value))
        .take();
    Ok(tx.run(&delete).await? == 1)
}

/// Takes a value away, whatever it is.
///
/// # Errors
/// When the database does not answer.
pub async fn remove(tx: &mut Tx, key: &str) -> Result<()> {
    tx.run(Query::delete().from_table(Setting::Table).and_where(Expr::col(Setting::Key).eq(key))).await.map(drop)
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    note: String,
    created_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

/// Adds an invitation whose secret has this digest.
///
/// # Errors
/// When the database does not answer.
pub async fn invite(
    tx: &mut Tx,
    digest: &[u8],
    note: &str,
    by: Uuid,
    now: OffsetDateTime,
    expires_at: OffsetDateTime,
) -> Result<schema::setting::Invite> {
    let id = clock::new_id();
    let insert = Query::insert()
        .into_table(Invite::Table)
        .columns([Invite::Id, Invite::SecretHash, Invite::Note, Invite::CreatedBy, Invite::CreatedAt, Invite::ExpiresAt])
        .values_panic([id.into(), digest.to_vec().into(), note.into(), by.into(), now.into(), expires_at.into()])
        .take();
    tx.run(&insert).await?;
    Ok(schema::setting::Invite { id, note: note.to_owned(), created_at: now, expires_at })
}

/// Invitations that still work, newest first; at most 500.
///
/// # Errors
/// When the database does not answer.
pub async fn invites(tx: &mut Tx, now: OffsetDateTime) -> Result<Vec<schema::setting::Invite>> {
    let select = Query::select()
        .columns([Invite::Id, Invite::Note, Invite::CreatedAt, Invite::ExpiresAt])
        .from(Invite::Table)
        .and_where(Expr::col(Invite::UsedAt).is_null())
        .and_where(Expr::col(Invite::ExpiresAt).gt(now))
        .order_by(Invite::Id, Order::Desc)
        .limit(500)
        .take();
    let rows: Vec<Row> = tx.all(&select).await?;
    let invite = |Row { id, note, created_at, expires_at }| schema::setting::Invite { id, note, created_at, expires_at };
    Ok(rows.into_iter().map(invite).collect())
}

/// Whether an invitation of this digest still works.
///
/// # Errors
/// When the database does not answer.
pub async fn is_invited(tx: &mut Tx, digest: &[u8], now: OffsetDateTime) -> Result<bool> {
    let select = Query::select()
        .column(Invite::Id)
        .from(Invite::Table)
        .and_where(Expr::col(Invite::SecretHash).eq(digest.to_vec()))
        .and_where(Expr::col(Invite::UsedAt).is_null())
        .and_where(Expr::col(Invite::ExpiresAt).gt(now))
        .take();
    Ok(tx.optional::<(Uuid,)>(&select).await?.is_some())
}

/// Uses an invitation up: exactly one of several at the same time is told true.
///
/// # Errors
/// When the database does not answer.
pub async fn use_invite(tx: &mut Tx, digest: &[u8], by: Uuid, now: OffsetDateTime) -> Result<bool> {
    let update = Query::update()
        .table(Invite::Table)
        .value(Invite::UsedBy, by)
        .value(Invite::UsedAt, now)
        .and_where(Expr::col(Invite::SecretHash).eq(digest.to_vec()))
        .and_where(Expr::col(Invite::UsedAt).is_null())
        .and_where(Expr::col(Invite::ExpiresAt).gt(now))
        .take();
    Ok(tx.run(&update).await? == 1)
}

/// Withdraws an invitation that was not used; false where there is no such one.
///
/// # Errors
/// When the database does not answer.
pub async fn withdraw(tx: &mut Tx, invite: Uuid) -> Result<bool> {
    let delete = Query::delete()
        .from_table(Invite::Table)
        .and_where(Expr::col(Invite::Id).eq(invite))
        .and_where(Expr::col(Invite::UsedAt).is_null())
        .take();
    Ok(tx.run(&delete).await? == 1)
}
