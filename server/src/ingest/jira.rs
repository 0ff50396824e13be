//! Jira's issues: the CSV exports of Cloud and Server, REST searches, tables of `issuekey,title,description`.
//!
//! Columns of the same name (`Labels`, `Comment`, `Attachment`, `Watchers`, `Sprint`) are all read; a comment is `date;user;text`.
//!
//! | Jira | here |
//! |---|---|
//! | issue of any type | delta: a bug where its type says bug, defect or incident, else a spec; the type is kept as a label |
//! | status of category Done, or a resolution | closed, or as the resolution says |
//! | Won't Do, Won't Fix, Invalid, Not a Bug, Rejected … | declined |
//! | Duplicate | duplicate of the issue linked as `Duplicate`, else withdrawn |
//! | Cannot Reproduce, Incomplete, Abandoned and the like | withdrawn |
//! | fix version | the release that is to have it |
//! | components | components |
//! | security level | private |
//! | status In Progress or In Review with an assignee | a task of the organisation that they are mapped to |
//! | votes | a note: who voted, exports do not say |
//!
//! No status of Jira's states a project's consensus: all places are proposed.

mod cells;
mod fields;
mod issue;

use serde_json::Value;

use super::tracker::{Fields, Found, Item, Row, Site};

/// The mark of Jira's people.
const MARK: &str = "jira";

/// The records of a JSON value.
pub fn items(site: &Site, value: Value) -> Found {
    let Ok(all) = Fields::of(&value) else { return vec![(None, Err("not a JSON object".to_owned()))] };
    if let Some(Value::Array(issues)) = all.value("issues") {
        let read = |value| Fields::of(value).and_then(|issue| fields::read(site, issue));
        return issues.iter().enumerate().map(|(index, value)| (Some(index + 1), read(value))).collect();
    }
    let read = if all.has("key") && all.has("fields") {
        fields::read(site, all)
    } else if all.has("comments") {
        Err("comments do not say of which issue: export them inside it as `fields.comment`".to_owned())
    } else if all.has("schema") || all.has("clauseNames") {
        Err("a field's description is no issue".to_owned())
    } else if let Some(Value::Array(messages)) = all.value("errorMessages") {
        let first = messages.first().and_then(Value::as_str).unwrap_or_default();
        Err(format!("an error of the server instead of issues: {}", first.chars().take(200).collect::<String>()))
    } else {
        Err("not an issue: neither `key` and `fields` nor `issues`".to_owned())
    };
    vec![(None, read)]
}

/// An issue of a table.
pub fn row(site: &Site, row: &Row<'_>) -> Result<Item, String> {
    cells::read(site, row)
}

#[cfg(test)]
mod tests;
