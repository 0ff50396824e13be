//! Full-text search, and deltas similar to one being filed.
//!
//! Every plain word matches as the beginning of a word (`sess` finds "session"), its inflections too (`crashes` finds "crashed"); `foo*` is the
//! beginning as it stands. Words side by side must all be there, anywhere in title, texts or comments. A quoted phrase matches its words as they
//! are, in order. Capitals, Latin marks and punctuation do not count. The same on both databases, in the same order, since both are given
//! plain text and neither is asked for its own ranking ([`rank`]).

mod asked;
mod faint;
mod needle;
mod plain;
mod put;
mod rank;
mod renew;
mod score;
mod similar;
mod snippet;
mod terms;

use sea_query::{BinOper, Expr, ExprTrait, Query, SelectStatement};

pub use self::{
    needle::{Needle, marked, needles},
    put::{Words, add_comment, insert, put, put_comments},
    rank::{best, excerpt, ranked, then},
    renew::renew,
    similar::{Common, similar},
};
use super::{db::Dialect, table::DeltaSearch as S};

/// Which of a delta's texts are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// All of them, with the comments.
    All,
    /// The title.
    Title,
}

/// What to look for, in the database's own language: all of these, or any.
pub fn sought(dialect: Dialect, needles: &[Needle], all: bool, within: Within) -> String {
    let each: Vec<String> = needles.iter().map(|needle| sequence(dialect, needle)).collect();
    let sought = each.join(match (dialect, all) {
        (Dialect::Sqlite, true) => " AND ",
        (Dialect::Sqlite, false) => " OR ",
        (Dialect::Postgres, true) => " & ",
        (Dialect::Postgres, false) => " | ",
    });
    match (dialect, within) {
        (Dialect::Sqlite, Within::Title) => format!("title : ({sought})"),
        _ => sought,
    }
}

fn sequence(dialect: Dialect, needle: &Needle) -> String {
    let text = needle.beginning().unwrap_or_else(|| needle.exact());
    match dialect {
        Dialect::Sqlite => format!("\"{text}\"{}", if needle.begins.is_some() { "*" } else { "" }),
        Dialect::Postgres => {
            let words: Vec<_> = text.split(' ').collect();
            let last = words.len().saturating_sub(1);
            let word = |(at, word): (usize, &&str)| {
                let begins = if at == last && needle.begins.is_some() { ":*" } else { "" };
                format!("'{word}'{begins}")
            };
            format!("({})", words.iter().enumerate().map(word).collect::<Vec<_>>().join(" <-> "))
        }
    }
}

/// Numbers of the deltas that have what [`sought`] wrote, for `number IN (…)`.
pub fn numbers(dialect: Dialect, sought: &str) -> SelectStatement {
    let mut select = Query::select();
    select.column(key(dialect)).from(S::Table).and_where(found(dialect, sought, Within::All));
    select
}

fn key(dialect: Dialect) -> S {
    match dialect {
        Dialect::Sqlite => S::Rowid,
        Dialect::Postgres => S::Number,
    }
}

fn found(dialect: Dialect, sought: &str, within: Within) -> Expr {
    match dialect {
        Dialect::Sqlite => Expr::col(S::Table).binary(BinOper::Custom("MATCH"), Expr::val(sought)),
        Dialect::Postgres => {
            let words = if within == Within::Title { S::TitleWords } else { S::Document };
            Expr::col(words).binary(BinOper::Custom("@@"), Expr::cust_with_values("to_tsquery('simple', $1)", [sought]))
        }
    }
}
