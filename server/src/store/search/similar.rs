//! What a delta being filed may be a duplicate of.
//!
//! The index finds the deltas that have some of the report's more telling terms; never more than [`COMMON`] for each. Of them the best by these
//! terms alone are read, and what both texts share decides ([`super::score`]). The cost does not grow with how often common words occur, and
//! both databases find the same.

use std::{
    cmp::{Ordering, Reverse},
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use schema::{
    delta::{Kind, Ref, Similar},
    id::DeltaKey,
};
use sea_query::{Expr, ExprTrait, Func, IntoColumnRef, Query, SelectStatement};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    asked::{self, Asked, SOUGHT},
    put::PRIVATE as HIDDEN,
    score::{self, Candidate, Known, rarity},
    terms::{ENDS, HEAD, TAIL},
};
use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::{Dialect, Tx},
        delta::{is_there, visible},
        table::{Delta, Place},
    },
};

/// A term in more deltas than this is not looked for by itself.
pub(super) const COMMON: usize = 500;
/// Fewer found by the rare terms than this are too few: common ones are looked for together.
const FEW: usize = 10;
/// So many common terms are looked for together.
const TOGETHER: usize = 6;
/// Deltas whose permission is asked about, and those that are read.
const ASKED: usize = 300;
const READ: u64 = 60;
/// What scores less than this part of the best is not offered.
const WORTH: f64 = 0.2;

/// Terms that more than [`COMMON`] deltas were seen to have, each with the highest number of the first so many that have it: the higher, the rarer.
/// They are not looked for again: deltas do not go away, so they stay common. This saves PostgreSQL reading its index of them each time.
#[derive(Debug, Default)]
pub struct Common(RwLock<HashMap<String, i64>>);

impl Common {
    /// Most terms that are remembered.
    const MOST: usize = 20_000;

    /// How rare those of these are that are common.
    fn among(&self, terms: &[String]) -> Vec<Option<i64>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        terms.iter().map(|term| known.get(term).copied()).collect()
    }

    fn learn<'a>(&self, terms: impl Iterator<Item = (&'a String, i64)>) {
        let terms: Vec<(&String, i64)> = terms.collect();
        if terms.is_empty() {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let room = Self::MOST.saturating_sub(known.len());
        known.extend(terms.into_iter().take(room).map(|(term, reach)| (term.clone(), reach)));
    }
}

/// What the index is asked beside a term, on SQLite and on PostgreSQL: what is public, and what is not.
const PUBLIC: [&str; 2] = [" NOT ", " & !"];
const PRIVATE: [&str; 2] = [" AND ", " & "];

/// What was found by the index, each with how much it has of what was looked for.
#[derive(Default)]
struct Sums(HashMap<i64, f64>);

impl Sums {
    fn add(&mut self, hits: &[i64], weight: f64) {
        for number in hits {
            *self.0.entry(*number).or_default() += weight;
        }
    }

    fn best(self) -> Vec<(i64, f64)> {
        let mut best: Vec<(i64, f64)> = self.0.into_iter().collect();
        best.sort_by(most);
        best.truncate(ASKED);
        best
    }
}

/// The most first, the newest of equals.
fn most(a: &(i64, f64), b: &(i64, f64)) -> Ordering {
    b.1.total_cmp(&a.1).then(b.0.cmp(&a.0))
}

#[derive(FromRow)]
struct Row {
    number: i64,
    #[sqlx(try_from = "String")]
    kind: Kind,
    title: String,
    text: String,
    impact: i64,
    open: bool,
}

/// Deltas the caller may see that share telling words with this title and text, the best match first; `common` is kept from one
/// call to the next; only those of
/// `project`, where one is given.
///
/// # Errors
/// When the database does not answer.
pub async fn similar(
    tx: &mut Tx,
    common: &Common,
    caller: &Caller,
    (title, text): (&str, &str),
    project: Option<Uuid>,
    limit: usize,
) -> Result<Vec<Similar>> {
    let asked = asked::asked(title, text);
    let sought: Vec<String> = asked.iter().take(SOUGHT).map(|asked| asked.term.clone()).collect();
    if sought.is_empty() {
        return Ok(Vec::new());
    }
    let known_common = common.among(&sought);
    let fresh: Vec<String> =
        sought.iter().zip(&known_common).filter(|(_, common)| common.is_none()).map(|(term, _)| term.clone()).collect();
    let (all, found) = look(tx, PUBLIC, &fresh).await?;
    let mut found = found.into_iter();
    // What few enough have, or how rare the term is that too many have.
    let found: Vec<std::result::Result<Vec<i64>, i64>> = known_common
        .iter()
        .map(|common| {
            let hits = common.map_or_else(|| Ok(found.next().unwrap_or_default()), Err)?;
            if hits.len() > COMMON { Err(hits.into_iter().max().unwrap_or_default()) } else { Ok(hits) }
        })
        .collect();
    let mut common_ones: Vec<(&String, i64)> =
        sought.iter().zip(&found).filter_map(|(term, hits)| Some((term, *hits.as_ref().err()?))).collect();
    common.learn(common_ones.iter().copied());
    let known: Vec<Known> = found.iter().map(|hits| hits.as_ref().map_or(Known::Common, |hits| Known::Deltas(hits.len()))).collect();
    let mut public = Sums::default();
    for (asked, hits) in asked.iter().zip(&found) {
        let hits = hits.as_deref().unwrap_or_default();
        public.add(hits, asked.weight * rarity(all, hits.len()));
    }
    if public.0.len() < FEW {
        // The rarest of them tell most, and least is read for them.
        common_ones.sort_by_key(|(_, reach)| Reverse(*reach));
        let together = together(&common_ones, all);
        if !together.is_empty() {
            for hits in look(tx, PUBLIC, &together).await?.1.iter().filter(|hits| hits.len() <= COMMON) {
                public.add(hits, rarity(all, hits.len()));
            }
        }
    }
    let mut best = public.best();
    if caller.user_id().is_some() {
        // What is private takes no public delta's place, and is weighed by what is public.
        let mut private = Sums::default();
        for ((asked, known), hits) in asked.iter().zip(&known).zip(&look(tx, PRIVATE, &sought).await?.1) {
            let public = if let Known::Deltas(deltas) = known { *deltas } else { COMMON };
            private.add(hits, asked.weight * rarity(all, public));
        }
        best.extend(private.best());
        best.sort_by(most);
    }
    let rows: Vec<Row> = if best.is_empty() { Vec::new() } else { tx.all(&reading(tx.dialect(), caller, &best, project)).await? };
    Ok(offered(&asked, &known, all, rows, limit))
}

/// The rows by how alike they are.
fn offered(asked: &[Asked], known: &[Known], all: usize, rows: Vec<Row>, limit: usize) -> Vec<Similar> {
    let candidates: Vec<Candidate<'_>> =
        rows.iter().map(|row| Candidate { number: row.number, title: &row.title, text: &row.text }).collect();
    let mut ranked = score::rank(asked, known, all, &candidates);
    let worth = ranked.first().map_or(0.0, |best| best.score * WORTH);
    ranked.retain(|one| one.score >= worth);
    ranked.truncate(limit);
    let of = |one: score::Alike| {
        let row = &rows[one.index];
        let delta = Ref { key: DeltaKey(row.number), kind: row.kind, title: row.title.clone(), impact: row.impact, open: row.open };
        Similar { delta, shared: one.shared, snippet: one.snippet }
    };
    ranked.into_iter().map(of).collect()
}

/// What to look for where each term alone is common, the rarest first: the first two, three and four, and each two that are not likely to be
/// common together.
fn together(common: &[(&String, i64)], all: usize) -> Vec<String> {
    let common = &common[..common.len().min(TOGETHER)];
    let first = |count: usize| common.get(..count).map(|some| some.iter().map(|(term, _)| term.as_str()).collect::<Vec<_>>().join(" "));
    let mut sought: Vec<String> = (2..=4).filter_map(first).collect();
    // So many have a term among the deltas up to its reach: as if terms had nothing to do with each other, so many have both.
    let most = i64::try_from(COMMON).unwrap_or(i64::MAX);
    let both = |one: i64, other: i64| i64::try_from(all).unwrap_or(i64::MAX).saturating_mul(most * most) / std::cmp::max(1, one * other);
    for (at, (one, reach)) in common.iter().enumerate() {
        let others = common[at + 1..].iter().skip(usize::from(at == 0));
        sought.extend(others.filter(|(_, other)| both(*reach, *other) <= most).map(|(other, _)| format!("{one} {other}")));
    }
    sought
}

/// How many deltas there are, about (the highest number, which the next to be filed tells anyway), and which of the public or of the private ones have each of these: terms, or several with blanks between
/// them. Where more than [`COMMON`] have one, one more than that is told, and nothing says which.
async fn look(tx: &mut Tx, which: [&str; 2], sought: &[String]) -> Result<(usize, Vec<Vec<i64>>)> {
    let dialect = tx.dialect();
    let literal = |terms: &String| match dialect {
        Dialect::Sqlite => format!("(\"{}\"){}\"{HIDDEN}\"", terms.replace(' ', "\" AND \""), which[0]),
        Dialect::Postgres => format!("'{}'{}'{HIDDEN}'", terms.replace(' ', "' & '"), which[1]),
    };
    let terms = serde_json::to_string(&sought.iter().map(literal).collect::<Vec<_>>()).unwrap_or_default();
    let most = COMMON + 1;
    let found = match dialect {
        Dialect::Sqlite => format!(
            "(SELECT json_group_array(json((SELECT json_group_array(number) FROM (SELECT rowid AS number FROM delta_search_terms \
             WHERE delta_search_terms MATCH asked.value LIMIT {most})))) FROM json_each(?) AS asked)"
        ),
        Dialect::Postgres => format!("CAST(delta_search_having(CAST($1 AS json), {most}) AS text)"),
    };
    let select = Query::select()
        .expr_as(Expr::cust("(SELECT CAST(COALESCE(MAX(number), 0) AS bigint) FROM delta)"), "deltas")
        .expr_as(Expr::cust_with_values(found, [terms]), "found")
        .take();
    let (deltas, found): (i64, String) = tx.one(&select).await?;
    Ok((usize::try_from(deltas).unwrap_or_default(), serde_json::from_str(&found)?))
}

/// The texts of the best that the caller may see. Both databases read a list of numbers as JSON: one statement, however many they are.
fn reading(dialect: Dialect, caller: &Caller, best: &[(i64, f64)], project: Option<Uuid>) -> SelectStatement {
    let ranked: Vec<(i64, usize)> = best.iter().enumerate().map(|(at, (number, _))| (*number, at)).collect();
    let ranked = serde_json::to_string(&ranked).unwrap_or_default();
    let rows = match dialect {
        Dialect::Sqlite => Func::cust("json_each").arg(Expr::val(ranked)),
        Dialect::Postgres => Func::cust("json_array_elements").arg(Expr::val(ranked).cast_as("json")),
    };
    let number = Expr::cust("CAST(hit.value ->> 0 AS bigint)");
    let mut select = Query::select();
    select
        .columns([Delta::Number, Delta::Kind, Delta::Title, Delta::Impact, Delta::Open].map(|column| (Delta::Table, column)))
        .expr_as(Expr::cust(text()), "text")
        .from_function(rows, "hit")
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Number)).eq(number))
        .cond_where(visible(caller))
        .order_by_expr(Expr::cust("CAST(hit.value ->> 1 AS bigint)"), sea_query::Order::Asc)
        .limit(READ);
    if let Some(project) = project {
        let placed = Query::select()
            .expr(Expr::val(1))
            .from(Place::Table)
            .and_where(Expr::col((Place::Table, Place::DeltaId)).equals((Delta::Table, Delta::Id).into_column_ref()))
            .and_where(Expr::col((Place::Table, Place::ProjectId)).eq(project))
            .take();
        select.and_where(is_there(placed));
    }
    select
}

/// Actual, desired and body as one text, of each what counts ([`super::terms::ends`]).
fn text() -> String {
    let ends = |field: &str| {
        format!(
            "CASE WHEN length(delta.{field}) > {ENDS} THEN substr(delta.{field}, 1, {HEAD}) || ' … ' || substr(delta.{field}, length(delta.{field}) - {TAIL} + 1) \
             ELSE delta.{field} END"
        )
    };
    format!("({}) || ' · ' || ({}) || ' · ' || ({})", ends("actual"), ends("desired"), ends("body"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_common_terms_the_rarest_are_looked_for_together_and_no_two_that_most_deltas_have() {
        let terms: Vec<String> = ["corridor", "agent", "host", "server"].map(str::to_owned).to_vec();
        // Of 100,000: one in a hundred, two in a hundred, half, half.
        let common: Vec<(&String, i64)> = terms.iter().zip([50_000, 25_000, 1_000, 1_000]).collect();
        assert_eq!(
            together(&common, 100_000),
            ["corridor agent", "corridor agent host", "corridor agent host server", "corridor host", "corridor server"]
        );
        assert_eq!(together(&common[2..], 100_000), ["host server"]);
        assert!(together(&common[..1], 100_000).is_empty());
        assert_eq!(together(&common, 1_000).len(), 8, "of few deltas each two are worth a look");
    }
}
