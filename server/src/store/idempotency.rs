//! The first replies to POSTs with an `Idempotency-Key`.

use sea_query::{Cond, Expr, ExprTrait, OnConflict, Query};
use sqlx::FromRow;
use time::{Duration, OffsetDateTime};

use super::{db::Tx, table::Idempotency};
use crate::error::Result;

/// How long a reply is given again.
pub const KEPT: Duration = Duration::hours(24);
/// How long a request without a reply counts as running: its server may have been ended.
pub const RUNNING: Duration = Duration::seconds(60);

/// Which request: who asked, and their key.
#[derive(Clone, Debug)]
pub struct Key {
    /// Who asked.
    pub caller: String,
    /// As they sent it.
    pub key: String,
}

impl Key {
    fn is(&self) -> Cond {
        Cond::all().add(Expr::col(Idempotency::Caller).eq(&self.caller)).add(Expr::col(Idempotency::Key).eq(&self.key))
    }
}

/// What is kept of the first request. `status` and all after it are empty while it runs.
#[derive(Debug, FromRow)]
pub struct Row {
    /// The digest of method, path and body.
    pub request_hash: Vec<u8>,
    /// The reply's status.
    pub status: Option<i64>,
    /// The reply's headers, as JSON.
    pub headers: Option<String>,
    /// The reply's body.
    pub body: Option<String>,
}

fn over(now: OffsetDateTime) -> Cond {
    let lost = Cond::all().add(Expr::col(Idempotency::Status).is_null()).add(Expr::col(Idempotency::CreatedAt).lt(now - RUNNING));
    Cond::any().add(Expr::col(Idempotency::CreatedAt).lt(now - KEPT)).add(lost)
}

/// Notes that a request begins; `Some` where one of the same key began before: what is kept of it.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(tx: &mut Tx, key: &Key, request_hash: &[u8], now: OffsetDateTime) -> Result<Option<Row>> {
    tx.run(Query::delete().from_table(Idempotency::Table).cond_where(key.is()).cond_where(over(now))).await?;
    let insert = Query::insert()
        .into_table(Idempotency::Table)
        .columns([Idempotency::Caller, Idempotency::Key, Idempotency::RequestHash, Idempotency::CreatedAt])
        .values_panic([(&key.caller).into(), (&key.key).into(), request_hash.to_vec().into(), now.into()])
        .on_conflict(OnConflict::columns([Idempotency::Caller, Idempotency::Key]).do_nothing().to_owned())
        .take();
    if tx.run(&insert).await? == 1 {
        return Ok(None);
    }
    let select = Query::select()
        .columns([Idempotency::RequestHash, Idempotency::Status, Idempotency::Headers, Idempotency::Body])
        .from(Idempotency::Table)
        .cond_where(key.is())
        .take();
    // Forgotten between the two statements: who comes again later begins it.
    let running = || Row { request_hash: request_hash.to_vec(), status: None, headers: None, body: None };
    Ok(Some(tx.optional(&select).await?.unwrap_or_else(running)))
}

/// Keeps the reply to a request that began at this time.
///
/// # Errors
/// When the database does not answer.
pub async fn keep(tx: &mut Tx, key: &Key, began: OffsetDateTime, status: u16, headers: &str, body: &str) -> Result<()> {
    let update = Query::update()
        .table(Idempotency::Table)
        .value(Idempotency::Status, i64::from(status))
        .value(Idempotency::Headers, headers)
        .value(Idempotency::Body, body)
        .cond_where(key.is())
        .and_where(Expr::col(Idempotency::CreatedAt).eq(began))
        .take();
    tx.run(&update).await.map(drop)
}

/// Forgets a request that began at this time: it may be tried again.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(tx: &mut Tx, key: &Key, began: OffsetDateTime) -> Result<()> {
    let delete =
        Query::delete().from_table(Idempotency::Table).cond_where(key.is()).and_where(Expr::col(Idempotency::CreatedAt).eq(began)).take();
    tx.run(&delete).await.map(drop)
}

/// Removes what is over; gives how many.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(tx: &mut Tx, now: OffsetDateTime) -> Result<u64> {
    tx.run(Query::delete().from_table(Idempotency::Table).cond_where(over(now))).await
}
