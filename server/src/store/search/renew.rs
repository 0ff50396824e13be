//! Bringing the terms of older deltas up to what [`super::terms`] makes of them now.

use schema::delta::Visibility;
use sea_query::{Expr, ExprTrait, LockType, Order, Query};
use sqlx::FromRow;

use super::{
    Words,
    put::{delete_terms, insert_terms},
};
use crate::{
    error::Result,
    store::{
        db::{Dialect, Tx},
        setting,
        table::Delta,
    },
};

/// Which rules the terms are made by. Another number makes them anew at the next start.
const RULES: &str = "1";
/// The setting that says by which rules they were made: `1`, or `1@1042` on the way there.
const SETTING: &str = "search_terms";
/// Deltas in one transaction: others want to write, too.
const BATCH: u64 = 25;

#[derive(FromRow)]
struct Row {
    number: i64,
    title: String,
    desired: String,
    actual: String,
    body: String,
    #[sqlx(try_from = "String")]
    visibility: Visibility,
}

/// Makes the terms of the next few deltas anew; false where all are as they should be. Running it again, or on several servers at a time,
/// does no harm.
///
/// # Errors
/// When the database does not answer.
pub async fn renew(tx: &mut Tx) -> Result<bool> {
    let made = setting::get(tx, SETTING).await?.unwrap_or_default();
    if made == RULES {
        return Ok(false);
    }
    let after = made.strip_prefix(RULES).and_then(|rest| rest.strip_prefix('@')).and_then(|number| number.parse().ok()).unwrap_or(0_i64);
    let mut select = Query::select();
    select
        .columns([Delta::Number, Delta::Title, Delta::Desired, Delta::Actual, Delta::Body, Delta::Visibility])
        .from(Delta::Table)
        .and_where(Expr::col(Delta::Number).gt(after))
        .order_by(Delta::Number, Order::Asc)
        .limit(BATCH);
    if tx.dialect() == Dialect::Postgres {
        // Nobody changes the text between reading it and keeping its terms.
        select.lock(LockType::NoKeyUpdate);
    }
    let rows: Vec<Row> = tx.all(&select).await?;
    for row in &rows {
        let words = Words { title: &row.title, desired: &row.desired, actual: &row.actual, body: &row.body };
        delete_terms(tx, row.number).await?;
        insert_terms(tx, row.number, row.visibility, words).await?;
    }
    let made = rows.last().map_or_else(|| RULES.to_owned(), |last| format!("{RULES}@{}", last.number));
    setting::put(tx, SETTING, &made).await?;
    Ok(!rows.is_empty())
}
