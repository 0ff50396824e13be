//! What a delta being filed may be a duplicate of.

use std::collections::HashSet;

use schema::{
    delta::{Kind, Ref},
    id::DeltaKey,
};
use sea_query::{Expr, ExprTrait, Query, UnionType};
use sqlx::FromRow;
use uuid::Uuid;

use super::{S, found, key, plain::words, rank, sequence};
use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::{Dialect, Tx},
        delta::visible,
        table::{Delta, Place},
    },
};

/// Words asked about. More add cost and no sense.
const ASKED: usize = 16;
/// A word in more deltas than this tells nothing: it is not looked for, and not counted further.
const COMMON: i64 = 2000;
/// Words looked for: the rarest of those asked about.
const SOUGHT: usize = 6;
/// Words that stand in every report.
const EMPTY: &[&str] = &[
    "the", "and", "for", "with", "that", "this", "not", "are", "was", "were", "but", "has", "have", "had", "can", "from", "when", "after",
    "before", "then", "than", "its", "should", "would", "could", "does", "did", "will", "into", "all", "any", "you", "your", "there",
    "which", "while", "where", "what", "who", "been", "being", "they", "them", "our", "out", "one", "also", "only", "some", "such", "get",
    "use", "using",
];

#[derive(FromRow)]
struct Count {
    word: i64,
    deltas: i64,
}

#[derive(FromRow)]
struct Hit {
    number: i64,
    #[sqlx(try_from = "String")]
    kind: Kind,
    title: String,
    impact: i64,
    open: bool,
}

/// Deltas the caller may see that share telling words with this title and text, the best match first; only those of
/// `project`, where one is given. Looks for the rarest of the words, so that the time it takes does not grow with how often
/// common words occur.
///
/// # Errors
/// When the database does not answer.
pub async fn similar(tx: &mut Tx, caller: &Caller, title: &str, text: &str, project: Option<Uuid>, limit: u64) -> Result<Vec<Ref>> {
    let asked = telling(title, text);
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let dialect = tx.dialect();
    let mut counts: Vec<Count> = tx.all(&counting(dialect, &asked)).await?;
    counts.retain(|count| count.deltas > 0);
    counts.sort_by_key(|count| (count.deltas, count.word));
    let rare: Vec<_> =
        counts.iter().filter(|count| count.deltas <= COMMON).take(SOUGHT).map(|count| literal(dialect, &asked, count)).collect();
    let sought = if !rare.is_empty() {
        rare.join(if dialect == Dialect::Sqlite { " OR " } else { " | " })
    } else if counts.len() >= 2 {
        // Only common words: together they may tell something.
        let all: Vec<_> = counts.iter().map(|count| literal(dialect, &asked, count)).collect();
        all.join(if dialect == Dialect::Sqlite { " AND " } else { " & " })
    } else {
        return Ok(Vec::new());
    };
    let mut select = Query::select();
    select
        .columns([Delta::Number, Delta::Kind, Delta::Title, Delta::Impact, Delta::Open].map(|column| (Delta::Table, column)))
        .from(S::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Number)).equals((S::Table, key(dialect))))
        .and_where(found(dialect, &sought))
        .cond_where(visible(caller))
        .order_by_expr(rank(dialect, &sought), sea_query::Order::Desc)
        .order_by((Delta::Table, Delta::Number), sea_query::Order::Desc)
        .limit(limit);
    if let Some(project) = project {
        let placed = Query::select()
            .expr(Expr::val(1))
            .from(Place::Table)
            .and_where(Expr::col((Place::Table, Place::DeltaId)).equals((Delta::Table, Delta::Id)))
            .and_where(Expr::col((Place::Table, Place::ProjectId)).eq(project))
            .take();
        select.and_where(Expr::exists(placed));
    }
    let hits: Vec<Hit> = tx.all(&select).await?;
    Ok(hits
        .into_iter()
        .map(|hit| Ref { key: DeltaKey(hit.number), kind: hit.kind, title: hit.title, impact: hit.impact, open: hit.open })
        .collect())
}

/// The words to ask about, the title's first, then the longest of the text.
fn telling(title: &str, text: &str) -> Vec<String> {
    let mut rest = words(text);
    // The sort keeps the order of equals.
    rest.sort_by_key(|word| std::cmp::Reverse(word.chars().count().min(24)));
    let mut seen = HashSet::new();
    let tells = |word: &String| {
        let length = word.chars().count();
        (3..=64).contains(&length) && !EMPTY.contains(&word.as_str())
    };
    words(title).into_iter().chain(rest).filter(tells).filter(|word| seen.insert(word.clone())).take(ASKED).collect()
}

/// One statement: in how many deltas each word stands, counted up to [`COMMON`] and one.
fn counting(dialect: Dialect, asked: &[String]) -> sea_query::SelectStatement {
    let one = |(at, word): (usize, &String)| {
        let mut some = Query::select();
        some.column(key(dialect))
            .from(S::Table)
            .and_where(found(dialect, &sequence(dialect, std::slice::from_ref(word), false)))
            .limit(COMMON.unsigned_abs() + 1);
        let mut count = Query::select();
        // A word is told by its place in the list: the statement's text has no room for it.
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        count.expr_as(Expr::val(at).cast_as("bigint"), "word").expr_as(Expr::cust("COUNT(*)"), "deltas").from_subquery(some, "some");
        count
    };
    let mut each = asked.iter().enumerate().map(one);
    let mut all = each.next().unwrap_or_default();
    all.unions(each.map(|count| (UnionType::All, count)));
    all
}

/// A counted word in the database's own language.
fn literal(dialect: Dialect, asked: &[String], count: &Count) -> String {
    let word = usize::try_from(count.word).ok().and_then(|at| asked.get(at)).cloned().unwrap_or_default();
    sequence(dialect, &[word], false)
}
