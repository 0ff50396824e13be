//! Days (UTC) of times, in each database's words.

use sea_query::{Expr, IntoColumnRef};

use super::db::Dialect;

/// The day of a time, as `2026-11-22`.
pub fn text(dialect: Dialect, time: impl IntoColumnRef) -> Expr {
    match dialect {
        Dialect::Sqlite => Expr::cust_with_exprs("substr(?, 1, 10)", [Expr::col(time)]),
        Dialect::Postgres => Expr::cust_with_exprs("to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD')", [Expr::col(time)]),
    }
}

/// The number of a time's day, as [`schema::impact::day_number`] counts them.
pub fn number(dialect: Dialect, time: impl IntoColumnRef) -> Expr {
    match dialect {
        Dialect::Sqlite => Expr::cust_with_exprs("CAST(strftime('%s', ?) AS INTEGER) / 86400", [Expr::col(time)]),
        Dialect::Postgres => Expr::cust_with_exprs("CAST(floor(extract(epoch FROM $1) / 86400) AS bigint)", [Expr::col(time)]),
    }
}
