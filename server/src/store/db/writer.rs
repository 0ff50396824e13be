//! SQLite's one writer. Its connection goes from one transaction to the next in the order they asked; the transaction's BEGIN travels
//! with its first statement and its COMMIT with the last, since the way to SQLite's thread and back is what a small change costs most.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sea_query::{Value, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// The connection, for which transactions queue.
#[derive(Clone, Debug)]
pub struct Desk(Arc<Mutex<Option<SqliteConnection>>>);

impl Desk {
    /// A desk with this connection.
    pub fn new(conn: SqliteConnection) -> Self {
        Self(Arc::new(Mutex::new(Some(conn))))
    }

    /// Waits for its turn.
    ///
    /// # Errors
    /// After [`Self::close`].
    pub async fn take(&self) -> Result<Writer, sqlx::Error> {
        let guard = Arc::clone(&self.0).lock_owned().await;
        if guard.is_none() { Err(sqlx::Error::PoolClosed) } else { Ok(Writer { guard: Some(guard), open: false }) }
    }

    /// Ends the connection, after the transaction at hand.
    pub async fn close(&self) {
        if let Some(conn) = self.0.lock().await.take()
            && let Err(error) = conn.close().await
        {
            tracing::warn!(%error, "the writer's connection did not close");
        }
    }
}

/// One transaction's turn. Dropped while `open`, it is rolled back before the next begins.
pub struct Writer {
    guard: Option<OwnedMutexGuard<Option<SqliteConnection>>>,
    /// Whether BEGIN was sent and COMMIT has not come back.
    pub open: bool,
}

impl Deref for Writer {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        self.guard.as_ref().and_then(|guard| guard.as_ref()).expect("a turn has the connection")
    }
}

impl DerefMut for Writer {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.guard.as_mut().and_then(|guard| guard.as_mut()).expect("a turn has the connection")
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let Some(mut guard) = self.guard.take().filter(|_| self.open) else { return };
        tokio::spawn(async move {
            let Some(conn) = guard.as_mut() else { return };
            // It may have failed to begin, or SQLite may have rolled it back by itself: then there is nothing to undo.
            if let Err(error) = sqlx::query("ROLLBACK").execute(conn).await
                && !error.to_string().contains("no transaction is active")
            {
                tracing::error!(%error, "a transaction was not rolled back");
            }
        });
    }
}

/// Statements one after the other, with all their values, that go along with the next.
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
