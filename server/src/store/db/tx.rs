//! A connection at work: a statement is rendered for the dialect, and run.

use futures_util::TryStreamExt as _;
use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder, Value};
use sea_query_sqlx::{SqlxBinder, SqlxValues};
use sqlx::{AssertSqlSafe, Executor as _, FromRow, Postgres, Transaction, pool::PoolConnection, postgres::PgRow, sqlite::SqliteRow};

use super::{
    CHANNEL, Dialect,
    plan::PLANS,
    reader::Reader,
    readers::Seat,
    writer::{Waiting, Writer},
};
use crate::{
    error::Result,
    live::{Hint, Live},
};

/// Most bytes of SQL that go along with the next statement: a dozen changes.
const TOGETHER: usize = 4096;

/// A connection that store functions run statements on. Dropped without [`Tx::commit`], a writing one is rolled back.
pub struct Tx {
    pub(super) conn: Conn,
    /// What goes along with SQLite's next statement.
    waiting: Waiting,
    hints: Vec<Hint>,
    live: Live,
    /// Whether the next statement is planned for its values alone.
    afresh: bool,
}

pub(super) enum Conn {
    SqliteRead(Reader<Seat>),
    SqliteWrite(Writer),
    PostgresRead(Reader<PoolConnection<Postgres>>),
    PostgresWrite(Transaction<'static, Postgres>),
}

/// A row both drivers can decode: any `derive(FromRow)`.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

macro_rules! execute {
    ($tx:expr, $statement:expr, |$sql:ident, $values:ident, $keep:ident, $conn:ident| $call:expr) => {{
        $tx.count($statement).await?;
        let $keep = !std::mem::take(&mut $tx.afresh);
        match &mut $tx.conn {
            Conn::SqliteRead(conn) => {
                let ($sql, $values) = for_sqlite($statement);
                let found = {
                    let ($sql, $conn) = (AssertSqlSafe($sql), &mut ***conn);
                    $call
                };
                conn.done();
                found
            }
            Conn::SqliteWrite(conn) => {
                let ($sql, $values) = for_sqlite($statement);
                let ($sql, $values) = $tx.waiting.before($sql, $values);
                conn.open = true;
                let ($sql, $conn) = (AssertSqlSafe($sql), &mut **conn);
                $call
            }
            Conn::PostgresRead(conn) => {
                let ($sql, $values) = $statement.build_sqlx(PostgresQueryBuilder);
                let ($sql, $conn) = (AssertSqlSafe($sql), &mut ***conn);
                $call
            }
            Conn::PostgresWrite(conn) => {
                let ($sql, $values) = $statement.build_sqlx(PostgresQueryBuilder);
                let ($sql, $conn) = (AssertSqlSafe($sql), &mut **conn);
                $call
            }
        }
    }};
}

tokio::task_local! {
    /// Statements run for the request at hand; the answer's `Server-Timing` tells it.
    pub static STATEMENTS: std::cell::Cell<u32>;
}

impl Tx {
    /// What runs on this connection.
    pub(super) fn on(conn: Conn, live: Live) -> Self {
        let waiting = if matches!(conn, Conn::SqliteWrite(_)) { Waiting::begin() } else { Waiting::default() };
        Self { conn, waiting, hints: Vec::new(), live, afresh: false }
    }

    /// Which SQL is spoken.
    pub fn dialect(&self) -> Dialect {
        match self.conn {
            Conn::SqliteRead(_) | Conn::SqliteWrite(_) => Dialect::Sqlite,
            Conn::PostgresRead(_) | Conn::PostgresWrite(_) => Dialect::Postgres,
        }
    }

    /// Has PostgreSQL plan the next statement for the values it has, where its best plan differs with them (a word that many texts hold, or
    /// few). A statement that is kept is soon planned for any values.
    pub fn afresh(&mut self) {
        self.afresh = self.dialect() == Dialect::Postgres;
    }

    /// All rows.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn all<T: Row>(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<Vec<T>> {
        Ok(execute!(self, statement, |sql, values, keep, conn| sqlx::query_as_with(sql, values).persistent(keep).fetch_all(conn).await)?)
    }

    /// The row, if there is one.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn optional<T: Row>(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<Option<T>> {
        Ok(execute!(self, statement, |sql, values, keep, conn| sqlx::query_as_with(sql, values)
            .persistent(keep)
            .fetch_optional(conn)
            .await)?)
    }

    /// The one row there must be.
    ///
    /// # Errors
    /// When the statement fails or gives no row.
    pub async fn one<T: Row>(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<T> {
        Ok(execute!(self, statement, |sql, values, keep, conn| sqlx::query_as_with(sql, values).persistent(keep).fetch_one(conn).await)?)
    }

    /// Runs it, sooner or later in this transaction but in its turn, for a change whose outcome nobody asks about. On SQLite it waits for the
    /// next statement and goes along with it: the way to SQLite's thread and back costs more than most changes.
    ///
    /// # Errors
    /// When the statement fails, perhaps only from the next one or from [`Tx::commit`].
    pub async fn later(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<()> {
        if !matches!(self.conn, Conn::SqliteWrite(_)) {
            return self.run(statement).await.map(drop);
        }
        self.count(statement).await?;
        let (sql, values) = for_sqlite(statement);
        self.waiting.push(&sql, values);
        // What goes together is prepared together, and kept so.
        if self.waiting.len() > TOGETHER { self.flush().await } else { Ok(()) }
    }

    /// Runs what waits.
    async fn flush(&mut self) -> Result<()> {
        if let Conn::SqliteWrite(conn) = &mut self.conn
            && self.waiting.len() > 0
        {
            let (sql, values) = self.waiting.take();
            conn.open = true;
            sqlx::query_with(AssertSqlSafe(sql), values).execute(&mut **conn).await?;
        }
        Ok(())
    }

    /// Counts a statement for the request at hand, and explains it where that is asked for.
    async fn count(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<()> {
        STATEMENTS.try_with(|count| count.set(count.get() + 1)).ok();
        if PLANS.try_with(|_| ()).is_ok() {
            self.explain(statement).await?;
        }
        Ok(())
    }

    /// Runs it; gives how many rows it changed.
    ///
    /// # Errors
    /// When the statement fails. A broken unique key is [`Error::is_taken`].
    pub async fn run(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<u64> {
        Ok(execute!(self, statement, |sql, values, keep, conn| {
            let mut done = conn.execute_many(sqlx::query_with(sql, values).persistent(keep));
            let mut changed = 0;
            // The last one is its own: what went along came before.
            while let Some(one) = done.try_next().await? {
                changed = one.rows_affected();
            }
            changed
        }))
    }

    /// Tells the streams, if and when this transaction commits.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hint(&mut self, hint: Hint) -> Result<()> {
        if let Conn::PostgresWrite(conn) = &mut self.conn {
            sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(hint.to_string()).execute(&mut **conn).await?;
        } else {
            self.hints.push(hint);
        }
        Ok(())
    }

    /// Keeps everything done. When this returns, it is on disk.
    ///
    /// # Errors
    /// When the database refuses or does not answer: then nothing was kept.
    pub async fn commit(mut self) -> Result<()> {
        if matches!(self.conn, Conn::SqliteWrite(_)) {
            self.waiting.push("COMMIT", SqlxValues(sea_query::Values(Vec::new())));
            self.flush().await?;
        }
        match self.conn {
            Conn::SqliteWrite(mut conn) => conn.open = false,
            Conn::PostgresWrite(conn) => conn.commit().await?,
            Conn::SqliteRead(_) | Conn::PostgresRead(_) => {}
        }
        for hint in self.hints {
            self.live.tell(hint);
        }
        Ok(())
    }
}

/// A statement in SQLite's words.
fn for_sqlite(statement: &impl SqlxBinder) -> (String, SqlxValues) {
    let (sql, values) = statement.build_sqlx(SqliteQueryBuilder);
    // It would take any of the values of all that goes along.
    debug_assert!(!sql.as_bytes().windows(2).any(|pair| pair[0] == b'$' && pair[1].is_ascii_digit()), "a numbered parameter in {sql}");
    (sql, sqlite_values(values))
}

/// SQLite keeps times as text: fixed-width UTC sorts as time does (sqlx's own text varies in width).
pub(super) fn sqlite_values(values: SqlxValues) -> SqlxValues {
    let mut values = values;
    for value in &mut values.0.0 {
        if let Value::TimeDateTimeWithTimeZone(time) = value {
            *value = Value::String(time.map(|time| {
                let t = time.to_offset(time::UtcOffset::UTC);
                format!(
                    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
                    t.year(),
                    u8::from(t.month()),
                    t.day(),
                    t.hour(),
                    t.minute(),
                    t.second(),
                    t.microsecond()
                )
            }));
        }
    }
    values
}
