//! The measure that `cargo xtask bench` lays beside the product: three bare routes on the same web framework, database driver and settings.
//!
//! `bare DATABASE_URL ADDRESS`: `GET /constant` answers 1 KiB, `GET /read` reads one row by its primary key, `POST /insert` keeps one durably.

use std::{
    str::FromStr,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use sqlx::{
    ConnectOptions, PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Connections to PostgreSQL: the server's default.
const CONNECTIONS: u32 = 8;
/// Rows that `/read` chooses from.
const ROWS: i64 = 1_000;

#[derive(Clone)]
enum Db {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

#[derive(Clone)]
struct App {
    db: Db,
    next: &'static AtomicI64,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().collect();
    let [_, url, address] = args.as_slice() else { return Err("bare DATABASE_URL ADDRESS".into()) };
    let db = open(url).await?;
    for id in 0..ROWS {
        insert(&db, id, "a".repeat(1_024)).await?;
    }
    static NEXT: AtomicI64 = AtomicI64::new(ROWS);
    let constant = || async { Bytes::from_static(&[b'a'; 1_024]) };
    let app = Router::new()
        .route("/constant", get(constant))
        .route("/readyz", get(async || "ready\n"))
        .route("/read", get(read))
        .route("/insert", post(keep))
        .with_state(App { db, next: &NEXT });
    let listener = tokio::net::TcpListener::bind(address.as_str()).await?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn open(url: &str) -> Result<Db, Failure> {
    const SCHEMA: &str = "CREATE TABLE bare (id BIGINT PRIMARY KEY, body TEXT NOT NULL)";
    if url.starts_with("sqlite:") {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("trusted_schema", "OFF")
            .pragma("cache_size", "-4096")
            .disable_statement_logging();
        let write = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false).connect_with(options.clone()).await?;
        sqlx::query(SCHEMA).execute(&write).await?;
        // As the server: no more readers than cores.
        let cores = std::thread::available_parallelism().map_or(2, |cores| u32::try_from(cores.get()).unwrap_or(CONNECTIONS));
        let read = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS.min(cores.max(2)))
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        return Ok(Db::Sqlite { read, write });
    }
    let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false).connect_with(options).await?;
    sqlx::query(SCHEMA).execute(&pool).await?;
    Ok(Db::Postgres(pool))
}

async fn read(State(app): State<App>) -> Result<String, StatusCode> {
    const SQL: &str = "SELECT body FROM bare WHERE id = $1";
    // Spread over the rows without asking a clock or a random source.
    let id = app.next.fetch_add(1, Ordering::Relaxed).wrapping_mul(7_919) % ROWS;
    let body = match &app.db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(SQL).bind(id).fetch_one(read).await,
        Db::Postgres(pool) => sqlx::query_scalar(SQL).bind(id).fetch_one(pool).await,
    };
    body.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn keep(State(app): State<App>, body: String) -> Result<StatusCode, StatusCode> {
    let id = app.next.fetch_add(1, Ordering::Relaxed);
    insert(&app.db, id, body).await.map(|()| StatusCode::CREATED).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn insert(db: &Db, id: i64, body: String) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO bare (id, body) VALUES ($1, $2)";
    match db {
        Db::Sqlite { write, .. } => {
            let mut tx = write.begin_with("BEGIN IMMEDIATE").await?;
            sqlx::query(SQL).bind(id).bind(body).execute(&mut *tx).await?;
            tx.commit().await
        }
        Db::Postgres(pool) => {
            let mut tx = pool.begin().await?;
            sqlx::query(SQL).bind(id).bind(body).execute(&mut *tx).await?;
            tx.commit().await
        }
    }
}
