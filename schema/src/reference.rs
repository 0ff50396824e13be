//! The API's reference as a page: what the OpenAPI document says, in reading order.

/// Operations of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The first part of the path: `deltas`, `orgs`.
    pub name: String,
    /// Sorted by path.
    pub operations: Vec<Operation>,
}

/// One method of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `GET`, `PUT` …
    pub method: String,
    /// With its variable parts in braces.
    pub path: String,
    /// What it does, first sentence.
    pub summary: String,
    /// The rest of it.
    pub description: String,
    /// Name, where (`path`, `query`, `header`), what.
    pub parameters: Vec<(String, String, String)>,
    /// The request's fields: name, type, what; empty where there is no body.
    pub fields: Vec<(String, String, String)>,
    /// Status and what it means.
    pub replies: Vec<(String, String)>,
}
