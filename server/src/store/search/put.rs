//! Writing down the words of deltas.

use schema::delta::Visibility;
use sea_query::{BinOper, Expr, ExprTrait, Func, Query};

use super::{S, key, plain::plain, terms};
use crate::{
    error::Result,
    store::{
        db::{Dialect, Tx},
        table::DeltaSearchTerms as T,
    },
};

/// Most characters of all comments of a delta together that are searchable: later comments are not found. Keeps the words
/// of a delta within what PostgreSQL can hold (1 MiB).
const COMMENTS: i64 = 49_152;

/// The term of all that is private: no text has it, since terms are ASCII letters and digits. What is public is looked for, and counted, without
/// what has it: how rare a term is must not tell of private deltas.
pub(super) const PRIVATE: &str = "\u{ac}public";

/// What of a delta's own text is searched: the first 49,152 characters of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Makes a new delta's words found.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, delta: i64, visibility: Visibility, words: Words<'_>) -> Result<()> {
    let [title, desired, actual, body] = [words.title, words.desired, words.actual, words.body].map(plain);
    let mut insert = Query::insert();
    insert.into_table(S::Table).columns([key(tx.dialect()), S::Title, S::Desired, S::Actual, S::Body, S::Comments]).values_panic([
        delta.into(),
        title.into(),
        desired.into(),
        actual.into(),
        body.into(),
        "".into(),
    ]);
    tx.later(&insert).await?;
    insert_terms(tx, delta, visibility, words).await
}

/// Makes a delta found by the terms of its own text.
///
/// # Errors
/// When the database does not answer, or it is found already.
pub(super) async fn insert_terms(tx: &mut Tx, delta: i64, visibility: Visibility, words: Words<'_>) -> Result<()> {
    let mut insert = Query::insert();
    insert
        .into_table(T::Table)
        .columns([terms_key(tx.dialect()), T::Terms])
        .values_panic([delta.into(), terms_of(tx.dialect(), visibility, words)]);
    tx.later(&insert).await
}

/// Makes it found no more by them.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn delete_terms(tx: &mut Tx, delta: i64) -> Result<()> {
    tx.later(Query::delete().from_table(T::Table).and_where(Expr::col(terms_key(tx.dialect())).eq(delta))).await
}

fn terms_key(dialect: Dialect) -> T {
    match dialect {
        Dialect::Sqlite => T::Rowid,
        Dialect::Postgres => T::Number,
    }
}

/// The terms as the database keeps them.
fn terms_of(dialect: Dialect, visibility: Visibility, words: Words<'_>) -> Expr {
    let mut terms = terms::of(&[words.title, words.desired, words.actual, words.body]);
    if visibility == Visibility::Private {
        if !terms.is_empty() {
            terms.push(' ');
        }
        terms.push_str(PRIVATE);
    }
    match dialect {
        Dialect::Sqlite => Expr::val(terms),
        // A term longer than a name is never looked for, nor does PostgreSQL's parser see any.
        Dialect::Postgres => Expr::cust_with_values("array_to_tsvector(string_to_array($1, ' '))", [terms]),
    }
}

/// Makes a delta's changed words found, and found by whom it may be; its comments stay as they are.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, delta: i64, visibility: Visibility, words: Words<'_>) -> Result<()> {
    let mut update = Query::update();
    update
        .table(S::Table)
        .value(S::Title, plain(words.title))
        .value(S::Desired, plain(words.desired))
        .value(S::Actual, plain(words.actual))
        .value(S::Body, plain(words.body))
        .and_where(Expr::col(key(tx.dialect())).eq(delta));
    tx.later(&update).await?;
    delete_terms(tx, delta).await?;
    insert_terms(tx, delta, visibility, words).await
}

/// Makes a delta's comments found: the text of all of them.
///
/// # Errors
/// When the database does not answer.
pub async fn put_comments(tx: &mut Tx, delta: i64, text: &str) -> Result<()> {
    let mut update = Query::update();
    update.table(S::Table).value(S::Comments, plain(text)).and_where(Expr::col(key(tx.dialect())).eq(delta));
    tx.later(&update).await
}

/// Makes one comment more found.
///
/// # Errors
/// When the database does not answer.
pub async fn add_comment(tx: &mut Tx, delta: i64, text: &str) -> Result<()> {
    let all = Expr::col(S::Comments).binary(BinOper::Custom("||"), Expr::val(format!(" {}", plain(text))));
    let mut update = Query::update();
    update
        .table(S::Table)
        .value(S::Comments, all)
        .and_where(Expr::col(key(tx.dialect())).eq(delta))
        .and_where(Expr::from(Func::char_length(Expr::col(S::Comments))).lt(COMMENTS));
    tx.later(&update).await
}
