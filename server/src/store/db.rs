//! The two databases behind one executor: the only file that knows there are two.
//!
//! A statement is built once with sea-query and rendered for the dialect at the last moment. Every store function takes
//! `&mut Tx`. [`Db::read`] gives a connection that reads; [`Db::write`] a transaction that is rolled back unless
//! [`Tx::commit`] is called. SQLite has one writer connection, for which writers wait in a fair queue: no busy errors.

mod fault;
mod open;
mod plan;
mod reader;
mod readers;
mod tx;
mod writer;

use std::time::Duration;

use sqlx::{Executor as _, PgPool, migrate::Migrator};

use self::{open::Purpose, reader::Reader, readers::Readers, tx::Conn, writer::Desk};
pub use self::{
    plan::{PLANS, Plan},
    reader::with_one_reader,
    tx::{Row, STATEMENTS, Tx},
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
    Sqlite { read: Readers, write: Desk },
    Postgres(PgPool),
}

impl Db {
    /// Opens the database of a URL: `sqlite:PATH` (made if missing) or `postgres://…`.
    ///
    /// # Errors
    /// In words for the operator: when the URL names neither, the database does not answer, or its SQLite is older than 3.51.3 (which
    /// could corrupt a write-ahead log).
    pub async fn open(url: &str, connections: u32) -> Result<Self> {
        Ok(Self { pools: open::pools(url, connections, Purpose::Change).await?, live: Live::default() })
    }

    /// Opens the same to answer requests: what somebody reads is cut off once it has taken `patience`, whoever asks for whatever.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_to_answer(url: &str, connections: u32, patience: Duration) -> Result<Self> {
        Ok(Self { pools: open::pools(url, connections, Purpose::Answer(patience)).await?, live: Live::default() })
    }

    /// Opens the same to bring much in at once: it takes more memory.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_to_fill(url: &str, connections: u32) -> Result<Self> {
        Ok(Self { pools: open::pools(url, connections, Purpose::Fill).await?, live: Live::default() })
    }

    /// Opens a database that is there already.
    ///
    /// # Errors
    /// As [`Db::open`]; when there is none.
    pub async fn open_existing(url: &str, connections: u32) -> Result<Self> {
        Ok(Self { pools: open::pools(url, connections, Purpose::Look).await?, live: Live::default() })
    }

    /// Whether the schema is this program's: neither older, nor newer, nor missing.
    pub async fn is_up_to_date(&self) -> bool {
        const APPLIED: &str = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";
        let (applied, known): (Option<i64>, _) = match &self.pools {
            Pools::Sqlite { read, .. } => match read.take().await {
                Ok(mut seat) => (sqlx::query_scalar(APPLIED).fetch_one(&mut *seat).await.ok(), &SQLITE),
                Err(_) => (None, &SQLITE),
            },
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
            Pools::Sqlite { read, .. } => Conn::SqliteRead(Reader::of(read.take()).await?),
            Pools::Postgres(pool) => Conn::PostgresRead(Reader::of(pool.acquire()).await?),
        };
        Ok(Tx::on(conn, self.live.clone()))
    }

    /// A transaction to change things in. On SQLite it is the only writer while it lasts: do nothing slow in it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn write(&self) -> Result<Tx> {
        reader::let_go();
        let conn = match &self.pools {
            Pools::Sqlite { write, .. } => Conn::SqliteWrite(write.take().await?),
            Pools::Postgres(pool) => Conn::PostgresWrite(pool.begin_with(BEGIN).await?),
        };
        Ok(Tx::on(conn, self.live.clone()))
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
                Pools::Sqlite { read, .. } => sqlx::query("SELECT 1").execute(&mut *read.take().await?).await.map(drop),
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

/// How a change begins on PostgreSQL: only what is read is cut off ([`Db::open_to_answer`]).
const BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = 0";

/// PostgreSQL's channel for committed events.
const CHANNEL: &str = "deltaboard";
