//! Full-text search, and deltas similar to one being filed.

use sea_query::{Expr, ExprTrait, Query};

use super::{
    db::{Dialect, Tx},
    table::DeltaSearch,
};
use crate::error::Result;

/// What of a delta's own text is searched.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// In one line.
    pub title: &'a str,
    /// What should be.
    pub desired: &'a str,
    /// What is.
    pub actual: &'a str,
    /// What else there is to know.
    pub body: &'a str,
}

/// The column that names the delta: FTS5 has only its own.
fn number(tx: &Tx) -> DeltaSearch {
    match tx.dialect() {
        Dialect::Sqlite => DeltaSearch::Rowid,
        Dialect::Postgres => DeltaSearch::Number,
    }
}

/// Makes a new delta's words found.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, delta: i64, words: Words<'_>) -> Result<()> {
    let key = number(tx);
    tx.run(
        Query::insert()
            .into_table(DeltaSearch::Table)
            .columns([key, DeltaSearch::Title, DeltaSearch::Desired, DeltaSearch::Actual, DeltaSearch::Body, DeltaSearch::Comments])
            .values_panic([delta.into(), words.title.into(), words.desired.into(), words.actual.into(), words.body.into(), "".into()]),
    )
    .await?;
    Ok(())
}

/// Makes a delta's changed words found; its comments stay as they are.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, delta: i64, words: Words<'_>) -> Result<()> {
    let key = number(tx);
    tx.run(
        Query::update()
            .table(DeltaSearch::Table)
            .value(DeltaSearch::Title, words.title)
            .value(DeltaSearch::Desired, words.desired)
            .value(DeltaSearch::Actual, words.actual)
            .value(DeltaSearch::Body, words.body)
            .and_where(Expr::col(key).eq(delta)),
    )
    .await?;
    Ok(())
}

/// Makes a delta's comments found: the text of all of them.
///
/// # Errors
/// When the database does not answer.
pub async fn put_comments(tx: &mut Tx, delta: i64, text: &str) -> Result<()> {
    let key = number(tx);
    tx.run(Query::update().table(DeltaSearch::Table).value(DeltaSearch::Comments, text).and_where(Expr::col(key).eq(delta))).await?;
    Ok(())
}

/// Makes one comment more found.
///
/// # Errors
/// When the database does not answer.
pub async fn add_comment(tx: &mut Tx, delta: i64, text: &str) -> Result<()> {
    let key = number(tx);
    let all = Expr::cust_with_exprs("$1 || $2", [Expr::col(DeltaSearch::Comments), Expr::val(format!("{text}\n"))]);
    tx.run(Query::update().table(DeltaSearch::Table).value(DeltaSearch::Comments, all).and_where(Expr::col(key).eq(delta))).await?;
    Ok(())
}
