//! Full-text search, and deltas similar to one being filed.
//!
//! Every plain word matches as the beginning of a word (`sess` finds "session"), `foo*` says the same out loud; words side
//! by side must all be there, anywhere in title, texts or comments. A quoted phrase matches its words as they are, in order.
//! Capitals, Latin marks and punctuation do not count. The same on both databases, since both are given plain text.

mod plain;
mod put;
mod similar;

use schema::query::Term;
use sea_query::{BinOper, Expr, ExprTrait, Query, SelectStatement};

use self::plain::words;
pub use self::{
    put::{Words, add_comment, insert, put, put_comments},
    similar::similar,
};
use super::{db::Dialect, table::DeltaSearch as S};
use crate::error::{Error, Result};

/// What to look for, in the database's own language: all of these words and phrases.
///
/// # Errors
/// 422 `q` for a term without a letter or digit.
pub fn all_of(dialect: Dialect, terms: &[&Term]) -> Result<String> {
    let mut all = Vec::with_capacity(terms.len());
    for term in terms {
        let before = all.len();
        // A quoted phrase has white space in it; each piece of a text with wildcards is looked for by itself.
        let phrase = term.as_word().is_some_and(|word| word.trim().contains(char::is_whitespace));
        for piece in term.parts() {
            let words = words(piece);
            if !words.is_empty() {
                all.push(sequence(dialect, &words, !phrase));
            }
        }
        if all.len() == before {
            return Err(Error::invalid("q", format!("\"{term}\" has no letter or digit in it to search for")));
        }
    }
    Ok(all.join(match dialect {
        Dialect::Sqlite => " AND ",
        Dialect::Postgres => " & ",
    }))
}

/// Words one after the other; of the last only its beginning, where `prefix`. The words are letters and digits: nothing in
/// them means anything to either database.
fn sequence(dialect: Dialect, words: &[String], prefix: bool) -> String {
    match dialect {
        Dialect::Sqlite => format!("\"{}\"{}", words.join(" "), if prefix { "*" } else { "" }),
        Dialect::Postgres => {
            let words: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
            format!("({}{})", words.join(" <-> "), if prefix { ":*" } else { "" })
        }
    }
}

/// Numbers of the deltas that have what [`all_of`] wrote, for `number IN (…)`.
pub fn numbers(dialect: Dialect, sought: &str) -> SelectStatement {
    let mut select = Query::select();
    select.column(key(dialect)).from(S::Table).and_where(found(dialect, sought));
    select
}

/// The `most` best of them with their `number` and `rank`, a whole number that is higher the better the match: a word in the
/// title counts most, then desired and actual, the body, the comments.
pub fn ranked(dialect: Dialect, sought: &str, most: u64) -> SelectStatement {
    let mut select = Query::select();
    select.expr_as(Expr::col(key(dialect)), "number").expr_as(rank(dialect, sought), "rank").from(S::Table);
    select.and_where(found(dialect, sought)).order_by("rank", sea_query::Order::Desc).limit(most);
    select
}

fn key(dialect: Dialect) -> S {
    match dialect {
        Dialect::Sqlite => S::Rowid,
        Dialect::Postgres => S::Number,
    }
}

fn found(dialect: Dialect, sought: &str) -> Expr {
    match dialect {
        Dialect::Sqlite => Expr::col(S::Table).binary(BinOper::Custom("MATCH"), Expr::val(sought)),
        Dialect::Postgres => Expr::col(S::Document).binary(BinOper::Custom("@@"), tsquery(sought)),
    }
}

fn tsquery(sought: &str) -> Expr {
    Expr::cust_with_values("to_tsquery('simple', $1)", [sought])
}

fn rank(dialect: Dialect, sought: &str) -> Expr {
    match dialect {
        // bm25 is negative, the best match lowest.
        Dialect::Sqlite => Expr::cust("CAST(bm25(delta_search, 10.0, 4.0, 4.0, 2.0, 1.0) * -1000000 AS INTEGER)"),
        Dialect::Postgres => Expr::cust_with_values("CAST(ts_rank_cd(document, to_tsquery('simple', $1)) * 1000000 AS BIGINT)", [sought]),
    }
}
