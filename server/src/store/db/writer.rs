//! SQLite's one writer. Its connection goes from one transaction to the next in the order they asked; the transaction's BEGIN travels
//! with its first statement and its COMMIT with the last, since the way to SQLite's thread and back is what a small change costs most.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use sea_query::{Value, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Longest that a transaction waits for its turn: who asks is told to come back then, before their own patience ends.
const TURN: Duration = Duration::from_secs(30);

/// The connection, for which transactions queue.
#[derive(Clone, Debug)]
pub struct Desk(Arc<Mutex<Place>>);

/// Where the connection is.
#[derive(Debug)]
struct Place {
    options: SqliteConnectOptions,
    /// None after it broke: the next turn opens another.
    conn: Option<SqliteConnection>,
    closed: bool,
}

impl Desk {
    /// A desk with this connection, which was opened so.
    pub fn new(options: SqliteConnectOptions, conn: SqliteConnection) -> Self {
        Self(Arc::new(Mutex::new(Place { options, conn: Some(conn), closed: false })))
    }

    /// Waits for its turn.
    ///
    /// # Errors
    /// When it does not come within [`TURN`], and after [`Self::close`].
    pub async fn take(&self) -> Result<Writer, sqlx::Error> {
        let turn = tokio::time::timeout(TURN, Arc::clone(&self.0).lock_owned()).await;
        let mut place = turn.map_err(|_| sqlx::Error::PoolTimedOut)?;
        if place.closed {
            return Err(sqlx::Error::PoolClosed);
        }
        if place.conn.is_none() {
            place.conn = Some(place.options.connect().await?);
        }
        Ok(Writer { place: Some(place), open: false })
    }

    /// Ends the connection, after the transaction at hand.
    pub async fn close(&self) {
        let mut place = self.0.lock().await;
        place.closed = true;
        if let Some(conn) = place.conn.take()
            && let Err(error) = conn.close().await
        {
            tracing::warn!(%error, "the writer's connection did not close");
        }
    }
}

/// One transaction's turn. Dropped while `open`, it is rolled back before the next begins.
pub struct Writer {
    place: Option<OwnedMutexGuard<Place>>,
    /// Whether BEGIN was sent and COMMIT has not come back.
    pub open: bool,
}

impl Deref for Writer {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        self.place.as_ref().and_then(|place| place.conn.as_ref()).expect("a turn has the connection")
    }
}

impl DerefMut for Writer {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.place.as_mut().and_then(|place| place.conn.as_mut()).expect("a turn has the connection")
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let Some(mut place) = self.place.take().filter(|_| self.open) else { return };
        tokio::spawn(async move {
            let Some(conn) = place.conn.as_mut() else { return };
            // It may have failed to begin, or SQLite may have rolled it back by itself: then there is nothing to undo.
            if let Err(error) = sqlx::query("ROLLBACK").execute(conn).await
                && !error.to_string().contains("no transaction is active")
            {
                tracing::error!(%error, "a transaction was not rolled back: the writer's connection is opened anew");
                place.conn = None;
            }
        });
    }
}

/// Statements one after the other, with all their values, that go along with the next. Each takes its values by their place, not by a
/// number.
#[derive(Default)]
pub struct Waiting {
    sql: String,
    values: Vec<Value>,
}

impl Waiting {
    /// What begins a transaction.
    pub fn begin() -> Self {
        Self { sql: "BEGIN IMMEDIATE".to_owned(), values: Vec::new() }
    }

    /// How long it is, in bytes of SQL.
    pub fn len(&self) -> usize {
        self.sql.len()
    }

    /// Puts a statement behind the others.
    pub fn push(&mut self, sql: &str, values: SqlxValues) {
        if !self.sql.is_empty() {
            self.sql.push(';');
        }
        self.sql.push_str(sql);
        self.values.extend(values.0.0);
    }

    /// All that waits, and nothing waits any more.
    pub fn take(&mut self) -> (String, SqlxValues) {
        let Self { sql, values } = std::mem::take(self);
        (sql, SqlxValues(Values(values)))
    }

    /// A statement with what waits before it.
    pub fn before(&mut self, sql: String, values: SqlxValues) -> (String, SqlxValues) {
        if self.sql.is_empty() {
            return (sql, values);
        }
        self.push(&sql, values);
        self.take()
    }
}
