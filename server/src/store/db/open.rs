//! Opening the database of a URL.

use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    AssertSqlSafe, ConnectOptions, Executor as _,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{Pools, readers::Readers, writer::Desk};
use crate::error::{Error, Result};

/// Prepared statements a connection keeps: more than a reader ever prepares. The writer, whose statements differ with what goes along,
/// drops those it used longest ago.
const STATEMENT_CACHE: usize = 512;

/// Rows that SQLite's thread reads ahead of who takes them: a board's worth, so that the two do not wait for each other at every few.
const ROW_BUFFER: usize = 1024;

/// What a database is opened for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// To answer requests: what is read is cut off when it took this long.
    Answer(Duration),
    /// To bring much in at once: SQLite gets memory to keep the pages that come up again and again.
    Fill,
    /// For a small change.
    Change,
    /// To look at what is there already.
    Look,
}

/// SQLite's pages that a connection keeps, in KiB, and those of the log that are folded into the file together, in pages of 4 KiB. Votes of
/// many people change pages all over the file: with little memory each is written again for every few votes.
const fn memory(purpose: Purpose) -> (&'static str, &'static str) {
    match purpose {
        Purpose::Fill => ("-65536", "16384"),
        Purpose::Answer(_) | Purpose::Change | Purpose::Look => ("-4096", "1000"),
    }
}

/// The connections to a database. SQLite's file is made where it is missing, but not to [`Purpose::Look`].
///
/// # Errors
/// In words for the operator.
pub(super) async fn pools(url: &str, connections: u32, purpose: Purpose) -> Result<Pools> {
    let make = !matches!(purpose, Purpose::Look);
    let patience = if let Purpose::Answer(patience) = purpose { Some(patience) } else { None };
    Ok(if let Some(path) = url.strip_prefix("sqlite:") {
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
        let (cache, checkpoint) = memory(purpose);
        let options = SqliteConnectOptions::from_str(url)
            .map_err(refused)?
            .create_if_missing(make)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("trusted_schema", "OFF")
            .pragma("cache_size", cache)
            .pragma("wal_autocheckpoint", checkpoint)
            .row_buffer_size(ROW_BUFFER)
            .statement_cache_capacity(STATEMENT_CACHE)
            .disable_statement_logging();
        // One writer: it never waits for another, and a queue of tasks is fairer than a busy loop.
        let mut write = options.connect().await.map_err(refused)?;
        let (version,): (String,) = sqlx::query_as("SELECT sqlite_version()").fetch_one(&mut write).await.map_err(refused)?;
        if parts(&version) < [3, 51, 3] {
            return Err(Error::start(format!("SQLite {version} can corrupt its write-ahead log: 3.51.3 or later is needed")));
        }
        // A connection is a thread that computes: more of them than cores only take memory and turns.
        let cores = std::thread::available_parallelism().map_or(2, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX));
        let most = connections.min(cores.max(2));
        let read = Readers::open(options.clone(), most, patience).await.map_err(refused)?;
        Pools::Sqlite { read, write: Desk::new(options, write) }
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        let options = PgConnectOptions::from_str(url).map_err(|error| refused("the PostgreSQL database", error))?;
        let options = options.statement_cache_capacity(STATEMENT_CACHE).disable_statement_logging();
        // Not the URL: it may hold a password.
        let name = format!("postgres://{}:{}/{}", options.get_host(), options.get_port(), options.get_database().unwrap_or_default());
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .after_connect(move |conn, _| {
                Box::pin(async move {
                    // Before a table is analysed its statements look expensive enough to be compiled, which takes 100 ms each time.
                    conn.execute("SET jit = off").await?;
                    if let Some(patience) = patience {
                        let most = format!("SET statement_timeout = {}", patience.as_millis().max(1));
                        conn.execute(AssertSqlSafe(most)).await?;
                    }
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .map_err(|error| refused(&name, error))?;
        Pools::Postgres(pool)
    } else {
        return Err(Error::start("the database's URL starts with sqlite: or postgres:".to_owned()));
    })
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

fn parts(version: &str) -> [u32; 3] {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}
