//! A fresh database per test: a temporary SQLite file, or a copy of a migrated template on the PostgreSQL of
//! `TEST_DATABASE_URL`. Dropped at the end, also when the test fails; `KEEP_TEST_DATABASE=1` keeps it.

use server::store::db::Db;
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tokio::sync::OnceCell;

/// Made once per run of the suite.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// A database of one test's own.
pub struct Database {
    /// Its URL.
    pub url: String,
    kind: Kind,
}

enum Kind {
    Sqlite(Option<tempfile::TempDir>),
    Postgres { admin: String, name: String },
}

#[allow(clippy::disallowed_methods, reason = "the harness is told by its environment where to test")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn url_of(admin: &str, name: &str) -> String {
    let (head, query) = admin.split_once('?').map_or((admin, ""), |(head, query)| (head, query));
    let (server, _) = head.rsplit_once('/').expect("a URL with a database");
    if query.is_empty() { format!("{server}/{name}") } else { format!("{server}/{name}?{query}") }
}

async fn administer(admin: &str, sql: String) {
    let options: PgConnectOptions = admin.parse().expect("a PostgreSQL URL");
    let mut connection = PgConnection::connect_with(&options).await.expect("PostgreSQL answers");
    connection.execute(sqlx::AssertSqlSafe(sql)).await.expect("the database is made or dropped");
    connection.close().await.ok();
}

impl Database {
    /// Makes one.
    pub async fn create() -> Self {
        let Some(admin) = setting("TEST_DATABASE_URL") else {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let url = format!("sqlite:{}", folder.path().join("test.db").display());
            return Self { url, kind: Kind::Sqlite(Some(folder)) };
        };
        let template = TEMPLATE
            .get_or_init(|| async {
                let name = format!("template_{}", std::process::id());
                administer(&admin, format!("CREATE DATABASE {name}")).await;
                let db = Db::open(&url_of(&admin, &name), 1).await.expect("the template opens");
                db.migrate().await.expect("the template is migrated");
                db.close().await;
                name
            })
            .await;
        let name = format!("test_{}", server::clock::new_id().simple());
        administer(&admin, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { url: url_of(&admin, &name), kind: Kind::Postgres { admin, name } }
    }
}

impl Database {
    /// Runs SQL as it stands: to fill tables with many rows at once.
    pub async fn execute(&self, sql: &str) {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match &self.kind {
            Kind::Sqlite(_) => {
                let mut connection = sqlx::SqliteConnection::connect(&self.url).await.expect("SQLite opens");
                connection.execute(sqlx::raw_sql(sql)).await.expect("the SQL runs");
                connection.close().await.ok();
            }
            Kind::Postgres { .. } => {
                let mut connection = PgConnection::connect(&self.url).await.expect("PostgreSQL answers");
                connection.execute(sqlx::raw_sql(sql)).await.expect("the SQL runs");
                connection.close().await.ok();
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let keep = setting("KEEP_TEST_DATABASE").is_some();
        match &mut self.kind {
            Kind::Sqlite(folder) => {
                if keep && let Some(folder) = folder.take() {
                    println!("kept {}", folder.keep().display());
                }
            }
            Kind::Postgres { admin, name } if !keep => {
                let (admin, sql) = (admin.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                // The test's own runtime may be gone or unwinding.
                let dropped = std::thread::spawn(move || {
                    if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
                        runtime.block_on(administer(&admin, sql));
                    }
                });
                dropped.join().ok();
            }
            Kind::Postgres { name, .. } => println!("kept {name}"),
        }
    }
}
