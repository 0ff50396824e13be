//! Writing down the words of deltas.

use sea_query::{Expr, ExprTrait, OnConflict, Query};

use super::{S, key, plain::plain};
use crate::{
    error::Result,
    store::db::{Dialect, Tx},
};

/// Writes the words of a delta, in place of those it had. `comments` is the text of all its comments, one after the other.
/// Of each text, the first 49,152 characters are searchable.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, number: i64, title: &str, desired: &str, actual: &str, body: &str, comments: &str) -> Result<()> {
    const TEXTS: [S; 5] = [S::Title, S::Desired, S::Actual, S::Body, S::Comments];
    let texts = [title, desired, actual, body, comments].map(|text| Expr::from(plain(text)));
    let key = key(tx.dialect());
    let mut insert = Query::insert();
    insert.into_table(S::Table).columns(std::iter::once(key).chain(TEXTS)).values_panic(std::iter::once(Expr::from(number)).chain(texts));
    match tx.dialect() {
        // FTS5 knows no ON CONFLICT.
        Dialect::Sqlite => {
            tx.run(Query::delete().from_table(S::Table).and_where(Expr::col(key).eq(number))).await?;
        }
        Dialect::Postgres => {
            insert.on_conflict(OnConflict::column(key).update_columns(TEXTS).to_owned());
        }
    }
    tx.run(&insert).await?;
    Ok(())
}
