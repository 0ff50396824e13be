//! Lists: one page of things, and where the next one starts.

use serde::{Deserialize, Serialize};

/// Items a list gives when no `limit` is asked for.
pub const LIMIT: i64 = 50;
/// Most items a list gives.
pub const LIMIT_MAX: i64 = 100;

/// One page of a list. `next` is the cursor of the page after it, absent on the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// In the list's order.
    pub items: Vec<T>,
    /// Give it back as `?cursor=`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The deltas a query finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deltas {
    /// In the list's order.
    pub items: Vec<crate::delta::Summary>,
    /// Give it back as `?cursor=`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Names in the query that nobody has, as far as the caller may see; the first five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
}

/// A name in a query that nobody has: the query can be answered, but perhaps something else was meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hint {
    /// Where it stands: counted in characters, the first is 1.
    pub column: usize,
    /// What is missing, for people.
    pub message: String,
    /// The nearest name there is, if one is near.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// The query with that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<String>,
}

/// What every list takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[serde(default, deserialize_with = "within")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<i64>,
}

impl Window {
    /// The limit to use.
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX)
    }
}

/// Reads a limit: what is asked for and not given would look like the end of the list.
///
/// # Errors
/// When it is not 1 to [`LIMIT_MAX`].
pub fn within<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Option::<i64>::deserialize(deserializer)? {
        Some(limit) if !(1..=LIMIT_MAX).contains(&limit) => Err(serde::de::Error::custom(format!("must be 1 to {LIMIT_MAX}"))),
        limit => Ok(limit),
    }
}

/// Reads what is given, empty as it may be: forms else take an empty value for none.
///
/// # Errors
/// When it is no text.
pub fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

/// What the list of deltas takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct DeltasQuery {
    /// A query, at most 1000 characters; `is:open` when absent. An empty one asks for everything.
    #[serde(default, deserialize_with = "given")]
    pub q: Option<String>,
    /// `impact`, `created`, `updated`, `number` or `relevance`, with `-` before it to turn it round. Takes the place of the
    /// query's own `sort:`.
    pub sort: Option<String>,
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[serde(default, deserialize_with = "within")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<i64>,
}

impl DeltasQuery {
    /// Which part of the list.
    pub fn window(&self) -> Window {
        Window { cursor: self.cursor.clone().filter(|cursor| !cursor.is_empty()), limit: self.limit }
    }
}

/// What the search for similar deltas takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct SimilarQuery {
    /// The title, at most 300 characters.
    pub title: Option<String>,
    /// Desired, actual, body and stack trace, at most 65,536 characters.
    pub text: Option<String>,
    /// Only deltas with a place in this project.
    pub project: Option<String>,
}

/// What is asked about while a delta is written: its gap, of a long one the beginning and the end, where what went wrong stands. Addresses have an
/// end, too.
pub fn similar_text(desired: &str, actual: &str) -> String {
    const HEAD: usize = 1200;
    const TAIL: usize = 800;
    let text = [desired, actual].join("\n");
    let long = text.chars().count();
    if long <= HEAD + TAIL {
        return text;
    }
    let head = text.chars().take(HEAD);
    head.chain("\n".chars()).chain(text.chars().skip(long - TAIL)).collect()
}

/// Deltas a text may be a duplicate of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Similar {
    /// The best match first. Where the text holds a stack trace, deltas with the same crash come before all others, then those with a
    /// similar one.
    pub items: Vec<crate::delta::Similar>,
    /// Which of them have the same crash, or a similar one.
    #[serde(default)]
    pub crashes: Vec<crate::occurrence::Alike>,
}

/// The list of deltas as a page.
#[derive(Clone, Debug)]
pub struct DeltasPage {
    /// What stands in the search box.
    pub q: String,
    /// What was read of it; where it could not be read, the query of the list without one.
    pub query: crate::query::Query,
    /// Why it could not be read, with the column.
    pub error: Option<String>,
    /// Names in it that nobody has.
    pub hints: Vec<Hint>,
    /// The lines.
    pub items: Vec<crate::delta::Summary>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Whether this is a later page than the first.
    pub later: bool,
    /// Names of the organisations that have committed, by their slugs.
    pub orgs: std::collections::HashMap<String, String>,
    /// Saved views to choose from.
    pub shelves: Vec<crate::view::Shelf>,
    /// The name of the view that the list was opened with, where nothing was asked.
    pub opened: Option<String>,
    /// Whether somebody is signed in.
    pub signed_in: bool,
    /// What stands below the list, for who may change several of them.
    pub bar: Option<crate::bulk::Bar>,
    /// From when ages count.
    pub now: time::OffsetDateTime,
}
