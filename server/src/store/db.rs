//! The two databases behind one executor: the only file that knows there are two.
//!
//! A statement is built once with sea-query and rendered for the dialect at the last moment. Every store function takes
//! `&mut Tx`. [`Db::read`] gives a connection that reads; [`Db::write`] a transaction that is rolled back unless
//! [`Tx::commit`] is called. SQLite has one writer connection, for which writers wait in a fair queue: no busy errors.

mod plan;

use std::{path::Path, str::FromStr, time::Duration};

use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder, Value};
use sea_query_sqlx::{SqlxBinder, SqlxValues};
use sqlx::{
    AssertSqlSafe, ConnectOptions, FromRow, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};

pub use self::plan::{PLANS, Plan};
use crate::{
    error::{Error, Result},
    live::{Hint, Live},
};

/// Which SQL is spoken. Only `store/search.rs` and a few upserts ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite 3.51.3 or later.
    Sqlite,
    /// PostgreSQL 14 or later.
    Postgres,
}

/// A pool of connections to the one database.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Pools,
    live: Live,
}

#[derive(Clone, Debug)]
enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// A connection that store functions run statements on. Dropped without [`Tx::commit`], a writing one is rolled back.
pub struct Tx {
    conn: Conn,
    hints: Vec<Hint>,
    live: Live,
}

enum Conn {
    SqliteRead(PoolConnection<Sqlite>),
    SqliteWrite(Transaction<'static, Sqlite>),
    PostgresRead(PoolConnection<Postgres>),
    PostgresWrite(Transaction<'static, Postgres>),
}

/// A row both drivers can decode: any `derive(FromRow)`.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

macro_rules! execute {
    ($tx:expr, $statement:expr, |$sql:ident, $values:ident, $conn:ident| $call:expr) => {{
        STATEMENTS.try_with(|count| count.set(count.get() + 1)).ok();
        if PLANS.try_with(|_| ()).is_ok() {
            $tx.explain($statement).await?;
        }
        match &mut $tx.conn {
            Conn::SqliteRead(conn) => {
                let ($sql, $values) = $statement.build_sqlx(SqliteQueryBuilder);
                let ($sql, $values, $conn) = (AssertSqlSafe($sql), sqlite_values($values), &mut **conn);
                $call
            }
            Conn::SqliteWrite(conn) => {
                let ($sql, $values) = $statement.build_sqlx(SqliteQueryBuilder);
                let ($sql, $values, $conn) = (AssertSqlSafe($sql), sqlite_values($values), &mut **conn);
                $call
            }
            Conn::PostgresRead(conn) => {
                let ($sql, $values) = $statement.build_sqlx(PostgresQueryBuilder);
                let ($sql, $conn) = (AssertSqlSafe($sql), &mut **conn);
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

impl Db {
    /// Opens the database of a URL: `sqlite:PATH` (made if missing) or `postgres://…`.
    ///
    /// # Errors
    /// In words for the operator: when the URL names neither, the database does not answer, or its SQLite is older than 3.51.3 (which
    /// could corrupt a write-ahead log).
    pub async fn open(url: &str, connections: u32) -> Result<Self> {
        Self::connect(url, connections, true).await
    }

    /// Opens a database that is there already.
    ///
    /// # Errors
    /// As [`Db::open`]; when there is none.
    pub async fn open_existing(url: &str, connections: u32) -> Result<Self> {
        Self::connect(url, connections, false).await
    }

    async fn connect(url: &str, connections: u32, make: bool) -> Result<Self> {
        let live = Live::default();
        let pools = if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            let path = path.split_once('?').map_or(path, |(path, _)| path);
            if path.is_empty() || path.starts_with(':') {
                return Err(Error::start(format!("the database's URL {url}: must be sqlite: and the path of a file")));
            }
            let path = Path::new(path);
            if !make && !path.exists() {
                return Err(Error::start(format!("there is no database at {}", path.display())));
            }
            if let Some(folder) = path.parent().filter(|folder| make && !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(|error| Error::start(format!("{}: {error}", folder.display())))?;
            }
            let refused = |error| refused(url, error);
            let options = SqliteConnectOptions::from_str(url)
                .map_err(refused)?
                .create_if_missing(make)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .pragma("trusted_schema", "OFF")
                .pragma("cache_size", "-4096")
                .row_buffer_size(ROW_BUFFER)
                .statement_cache_capacity(STATEMENT_CACHE)
                .disable_statement_logging();
            // One writer: it never waits for another, and a queue of tasks is fairer than a busy loop.
            let write = SqlitePoolOptions::new()
                .max_connections(1)
                .test_before_acquire(false)
                .connect_with(options.clone())
                .await
                .map_err(refused)?;
            let (version,): (String,) = sqlx::query_as("SELECT sqlite_version()").fetch_one(&write).await.map_err(refused)?;
            if parts(&version) < [3, 51, 3] {
                return Err(Error::start(format!("SQLite {version} can corrupt its write-ahead log: 3.51.3 or later is needed")));
            }
            // A connection is a thread that computes: more of them than cores only take memory and turns.
            let cores = std::thread::available_parallelism().map_or(2, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX));
            let read = SqlitePoolOptions::new()
                .min_connections(1)
                .max_connections(connections.min(cores.max(2)))
                .test_before_acquire(false)
                .connect_with(options)
                .await
                .map_err(refused)?;
            Pools::Sqlite { read, write }
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url).map_err(|error| refused("the PostgreSQL database", error))?;
            let options = options.statement_cache_capacity(STATEMENT_CACHE).disable_statement_logging();
            // Not the URL: it may hold a password.
            let name = format!("postgres://{}:{}/{}", options.get_host(), options.get_port(), options.get_database().unwrap_or_default());
            let pool = PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_secs(5))
                .test_before_acquire(false)
                .connect_with(options)
                .await
                .map_err(|error| refused(&name, error))?;
            Pools::Postgres(pool)
        } else {
            return Err(Error::start("the database's URL starts with sqlite: or postgres:".to_owned()));
        };
        Ok(Self { pools, live })
    }

    /// Brings the schema up to date. Running it again changes nothing.
    ///
    /// # Errors
    /// When a migration fails, or the database is newer than this program.
    pub async fn migrate(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { write, .. } => sqlx::migrate!("../migrations/sqlite").run(write).await,
            Pools::Postgres(pool) => sqlx::migrate!("../migrations/postgres").run(pool).await,
        }
        .map_err(|error| Error::start(format!("the schema could not be brought up to date: {error}")))
    }

    /// Which SQL this database speaks.
    pub fn dialect(&self) -> Dialect {
        match self.pools {
            Pools::Sqlite { .. } => Dialect::Sqlite,
            Pools::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Where committed events are told.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// A connection to read with: each statement sees what is committed when it starts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&self) -> Result<Tx> {
        let conn = match &self.pools {
            Pools::Sqlite { read, .. } => Conn::SqliteRead(read.acquire().await?),
            Pools::Postgres(pool) => Conn::PostgresRead(pool.acquire().await?),
        };
        Ok(Tx { conn, hints: Vec::new(), live: self.live.clone() })
    }

    /// A transaction to change things in. On SQLite it is the only writer while it lasts: do nothing slow in it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn write(&self) -> Result<Tx> {
        let conn = match &self.pools {
            Pools::Sqlite { write, .. } => Conn::SqliteWrite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Conn::PostgresWrite(pool.begin().await?),
        };
        Ok(Tx { conn, hints: Vec::new(), live: self.live.clone() })
    }

    /// Feeds [`Live`] with what other servers on the same PostgreSQL commit; runs until dropped. On SQLite there are none.
    pub async fn listen(&self) {
        let Pools::Postgres(pool) = &self.pools else { return };
        loop {
            if let Ok(mut listener) = sqlx::postgres::PgListener::connect_with(pool).await
                && listener.listen(CHANNEL).await.is_ok()
            {
                // What was told while nobody listened is unknown: every stream looks for itself.
                self.live.tell_all();
                while let Ok(notice) = listener.recv().await {
                    if let Some(hint) = Hint::read(notice.payload()) {
                        self.live.tell(hint);
                    }
                }
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Asks the database for a sign of life, within 2 seconds.
    ///
    /// # Errors
    /// When none comes.
    pub async fn ping(&self) -> Result<()> {
        let asked = async {
            match &self.pools {
                Pools::Sqlite { read, .. } => sqlx::query("SELECT 1").execute(read).await.map(drop),
                Pools::Postgres(pool) => sqlx::query("SELECT 1").execute(pool).await.map(drop),
            }
        };
        tokio::time::timeout(Duration::from_secs(2), asked).await.map_err(|_| Error::start("no answer within 2 s".to_owned()))??;
        Ok(())
    }

    /// Ends the connections: SQLite's write-ahead log is folded into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Why a database could not be opened.
fn refused(name: &str, error: sqlx::Error) -> Error {
    let why = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::PoolTimedOut => "it does not answer".to_owned(),
        error => error.to_string(),
    };
    Error::start(format!("cannot open {name}: {why}"))
}

/// Prepared statements a connection keeps: more than there are different ones in the store.
const STATEMENT_CACHE: usize = 512;

/// Rows that SQLite's thread reads ahead of who takes them: a board's worth, so that the two do not wait for each other at every few.
const ROW_BUFFER: usize = 1024;

/// PostgreSQL's channel for committed events.
const CHANNEL: &str = "deltaboard";

impl Tx {
    /// Which SQL is spoken.
    pub fn dialect(&self) -> Dialect {
        match self.conn {
            Conn::SqliteRead(_) | Conn::SqliteWrite(_) => Dialect::Sqlite,
            Conn::PostgresRead(_) | Conn::PostgresWrite(_) => Dialect::Postgres,
        }
    }

    /// All rows.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn all<T: Row>(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<Vec<T>> {
        Ok(execute!(self, statement, |sql, values, conn| sqlx::query_as_with(sql, values).fetch_all(conn).await)?)
    }

    /// The row, if there is one.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn optional<T: Row>(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<Option<T>> {
        Ok(execute!(self, statement, |sql, values, conn| sqlx::query_as_with(sql, values).fetch_optional(conn).await)?)
    }

    /// The one row there must be.
    ///
    /// # Errors
    /// When the statement fails or gives no row.
    pub async fn one<T: Row>(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<T> {
        Ok(execute!(self, statement, |sql, values, conn| sqlx::query_as_with(sql, values).fetch_one(conn).await)?)
    }

    /// Runs it; gives how many rows it changed.
    ///
    /// # Errors
    /// When the statement fails. A broken unique key is [`Error::is_taken`].
    pub async fn run(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<u64> {
        Ok(execute!(self, statement, |sql, values, conn| {
            sqlx::query_with(sql, values).execute(conn).await.map(|done| done.rows_affected())
        })?)
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
    pub async fn commit(self) -> Result<()> {
        match self.conn {
            Conn::SqliteWrite(conn) => conn.commit().await?,
            Conn::PostgresWrite(conn) => conn.commit().await?,
            Conn::SqliteRead(_) | Conn::PostgresRead(_) => {}
        }
        for hint in self.hints {
            self.live.tell(hint);
        }
        Ok(())
    }
}

/// SQLite keeps times as text: fixed-width UTC sorts as time does (sqlx's own text varies in width).
fn sqlite_values(values: SqlxValues) -> SqlxValues {
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

fn parts(version: &str) -> [u32; 3] {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}
