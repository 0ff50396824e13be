//! How the database means to run statements: for the tests that forbid full scans.

use std::cell::RefCell;

use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder};
use sea_query_sqlx::SqlxBinder;
use sqlx::{AssertSqlSafe, Postgres, Sqlite};

use super::tx::{Conn, Tx, sqlite_values};
use crate::error::Result;

tokio::task_local! {
    /// Where it is set, each statement is explained before it runs.
    pub static PLANS: RefCell<Vec<Plan>>;
}

/// How the database means to run a statement.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The statement.
    pub sql: String,
    /// The database's words, a line a step.
    pub steps: Vec<String>,
}

impl Tx {
    /// Keeps the statement's plan in [`PLANS`].
    pub(super) async fn explain(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<()> {
        let (sql, steps) = match &mut self.conn {
            Conn::SqliteRead(_) | Conn::SqliteWrite(_) => {
                let (sql, values) = statement.build_sqlx(SqliteQueryBuilder);
                let asked = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
                let query = sqlx::query_as_with::<Sqlite, (i64, i64, i64, String), _>(asked, sqlite_values(values));
                let steps = match &mut self.conn {
                    Conn::SqliteWrite(conn) => query.fetch_all(&mut **conn).await?,
                    Conn::SqliteRead(conn) => query.fetch_all(&mut ***conn).await?,
                    Conn::PostgresRead(_) | Conn::PostgresWrite(_) => Vec::new(),
                };
                (sql, steps.into_iter().map(|(.., step)| step).collect())
            }
            Conn::PostgresRead(_) | Conn::PostgresWrite(_) => {
                let (sql, values) = statement.build_sqlx(PostgresQueryBuilder);
                let asked = AssertSqlSafe(format!("EXPLAIN {sql}"));
                let query = sqlx::query_as_with::<Postgres, (String,), _>(asked, values);
                let steps = match &mut self.conn {
                    Conn::PostgresWrite(conn) => query.fetch_all(&mut **conn).await?,
                    Conn::PostgresRead(conn) => query.fetch_all(&mut ***conn).await?,
                    Conn::SqliteRead(_) | Conn::SqliteWrite(_) => Vec::new(),
                };
                (sql, steps.into_iter().map(|(step,)| step).collect())
            }
        };
        PLANS.try_with(|plans| plans.borrow_mut().push(Plan { sql, steps })).ok();
        Ok(())
    }
}
