//! The two databases behind one executor: the only file that knows there are two.
//!
//! A statement is built once with sea-query and rendered for the dialect at the last moment. Every store function takes
//! `&mut Tx`. [`Db::read`] gives a connection that reads; [`Db::write`] a transaction that is rolled back unless
//! [`Tx::commit`] is called. SQLite has one writer connection, for which writers wait in a fair queue: no busy errors.

mod open;
mod plan;
mod reader;
mod writer;

use std::time::Duration;

use futures_util::TryStreamExt as _;
use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder, Value};
use sea_query_sqlx::{SqlxBinder, SqlxValues};
use sqlx::{
    AssertSqlSafe, Executor as _, FromRow, PgPool, Postgres, Sqlite, SqlitePool, Transaction, migrate::Migrator, postgres::PgRow,
    sqlite::SqliteRow,
};

pub use self::{
    plan::{PLANS, Plan},
    reader::with_one_reader,
};
use self::{
    reader::Reader,
    writer::{Desk, Waiting, Writer},
};
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
    Sqlite { read: SqlitePool, write: Desk },
    Postgres(PgPool),
}

/// A connection that store functions run statements on. Dropped without [`Tx::commit`], a writing one is rolled back.
pub struct Tx {
    conn: Conn,
    /// What goes along with SQLite's next statement.
    waiting: Waiting,
    hints: Vec<Hint>,
    live: Live,
    /// Whether the next statement is planned for its values alone.
    afresh: bool,
}

enum Conn {
    SqliteRead(Reader<Sqlite>),
    SqliteWrite(Writer),
    PostgresRead(Reader<Postgres>),
    PostgresWrite(Transaction<'static, Postgres>),
}

/// A row both drivers can decode: any `derive(FromRow)`.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

macro_rules! execute {
    ($tx:expr, $statement:expr, |$sql:ident, $values:ident, $conn:ident| $call:expr) => {{
        $tx.count($statement).await?;
        match &mut $tx.conn {
            Conn::SqliteRead(conn) => {
                let ($sql, $values) = for_sqlite($statement);
                let ($sql, $conn) = (AssertSqlSafe($sql), &mut **conn);
                $call
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
        Ok(Self { pools: open::pools(url, connections, true, None).await?, live: Live::default() })
    }

    /// Opens the same to answer requests: what somebody reads is cut off once it has taken `patience`, whoever asks for whatever.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_to_answer(url: &str, connections: u32, patience: Duration) -> Result<Self> {
        Ok(Self { pools: open::pools(url, connections, true, Some(patience)).await?, live: Live::default() })
    }

    /// Opens a database that is there already.
    ///
    /// # Errors
    /// As [`Db::open`]; when there is none.
    pub async fn open_existing(url: &str, connections: u32) -> Result<Self> {
        Ok(Self { pools: open::pools(url, connections, false, None).await?, live: Live::default() })
    }

    /// Whether the schema is this program's: neither older, nor newer, nor missing.
    pub async fn is_up_to_date(&self) -> bool {
        const APPLIED: &str = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";
        let (applied, known): (Option<i64>, _) = match &self.pools {
            Pools::Sqlite { read, .. } => (sqlx::query_scalar(APPLIED).fetch_one(read).await.ok(), &SQLITE),
            Pools::Postgres(pool) => (sqlx::query_scalar(APPLIED).fetch_one(pool).await.ok(), &POSTGRES),
        };
        applied.is_some() && applied == known.iter().map(|migration| migration.version).max()
    }

    /// Brings the schema up to date. Running it again changes nothing.
    ///
    /// # Errors
    /// When a migration fails, or the database is newer than this program.
    pub async fn migrate(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { write, .. } => SQLITE.run(&mut *write.take().await?).await,
            Pools::Postgres(pool) => {
                let mut conn = pool.acquire().await?;
                // A step takes as long as it takes; the connection is not used again.
                conn.execute("SET statement_timeout = 0").await?;
                POSTGRES.run(&mut conn.detach()).await
            }
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
            Pools::Sqlite { read, .. } => Conn::SqliteRead(Reader::of(read).await?),
            Pools::Postgres(pool) => Conn::PostgresRead(Reader::of(pool).await?),
        };
        Ok(Tx { conn, waiting: Waiting::default(), hints: Vec::new(), live: self.live.clone(), afresh: false })
    }

    /// A transaction to change things in. On SQLite it is the only writer while it lasts: do nothing slow in it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn write(&self) -> Result<Tx> {
        reader::let_go();
        let (conn, waiting) = match &self.pools {
            Pools::Sqlite { write, .. } => (Conn::SqliteWrite(write.take().await?), Waiting::begin()),
            Pools::Postgres(pool) => (Conn::PostgresWrite(pool.begin_with(BEGIN).await?), Waiting::default()),
        };
        Ok(Tx { conn, waiting, hints: Vec::new(), live: self.live.clone(), afresh: false })
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

    /// Tells PostgreSQL's planner what the tables hold now, which it would find out by itself some minutes after much has come in. SQLite's
    /// planner goes by the indexes alone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn analyze(&self) -> Result<()> {
        if let Pools::Postgres(pool) = &self.pools {
            let mut tx = pool.begin_with(BEGIN).await?;
            tx.execute("ANALYZE").await?;
            tx.commit().await?;
        }
        Ok(())
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

/// The steps of the schema in each dialect.
static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

/// Most bytes of SQL that go along with the next statement: a dozen changes.
const TOGETHER: usize = 4096;

/// How a change begins on PostgreSQL: only what is read is cut off ([`Db::open_to_answer`]).
const BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = 0";

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

    /// Has PostgreSQL plan the next [`Tx::all`] for the values it has, where its best plan differs with them (a word that many texts hold, or
    /// few). A statement that is kept is soon planned for any values.
    pub fn afresh(&mut self) {
        self.afresh = self.dialect() == Dialect::Postgres;
    }

    /// All rows.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn all<T: Row>(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<Vec<T>> {
        let keep = !std::mem::take(&mut self.afresh);
        Ok(execute!(self, statement, |sql, values, conn| sqlx::query_as_with(sql, values).persistent(keep).fetch_all(conn).await)?)
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
        Ok(execute!(self, statement, |sql, values, conn| {
            let mut done = conn.execute_many(sqlx::query_with(sql, values));
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
