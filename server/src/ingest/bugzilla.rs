//! Bugzilla's bugs: its REST answers, JSON lines of whole bugs, the XML of `show_bug.cgi?ctype=xml`, the CSV of a list.
//!
//! Answers of `/bug/…/comment`, `/history` and `/attachment` are parts of the bugs that they name; in JSON lines a bug may carry them as
//! `comments`, `history` and `attachments`.
//!
//! | Bugzilla | here |
//! |---|---|
//! | UNCONFIRMED | proposed |
//! | confirmed (CONFIRMED, NEW, ASSIGNED …, or `is_confirmed`) | agreed |
//! | RESOLVED FIXED | closed; with its target milestone as release |
//! | RESOLVED WONTFIX, INVALID | declined |
//! | RESOLVED DUPLICATE | duplicate of `dupe_of` |
//! | RESOLVED WORKSFORME, INCOMPLETE, MOVED and the like | withdrawn |
//! | severity | the reporter's vote: blocker, critical, S1: 4; major, S2: 3; normal, S3: 2; minor, trivial, S4: 1 |
//! | type or severity enhancement | spec; keyword `crash` or a crash signature: crash |
//! | product, component | project, component |
//! | groups | private |
//! | ASSIGNED, IN_PROGRESS | a task of the organisation that the assignee or product is mapped to |
//! | votes | a note: who voted, answers do not say |

mod bug;
mod parts;
mod xml;

use serde_json::Value;

use super::{
    ReadError,
    tracker::{Extent, Fields, Found, Item, Record, Row, Site, when},
};

/// The mark of Bugzilla's people.
const MARK: &str = "bz";

/// The records of a JSON value.
pub fn items(site: &Site, value: Value) -> Found {
    let Ok(fields) = Fields::of(&value) else { return vec![(None, Err("not a JSON object".to_owned()))] };
    if fields.value("error").is_some_and(|error| *error == Value::Bool(true) || error.is_object()) {
        let message = fields.text("message").ok().flatten().unwrap_or_default();
        return vec![(None, Err(format!("an error of the server instead of bugs: {}", message.chars().take(200).collect::<String>())))];
    }
    match fields.value("bugs") {
        Some(Value::Array(bugs)) => {
            let read = |value| Fields::of(value).and_then(|fields| one(site, fields));
            bugs.iter().enumerate().map(|(index, value)| (Some(index + 1), read(value))).collect()
        }
        Some(Value::Object(bugs)) => {
            let read = bugs.iter().map(|(id, value)| parts::of_map(site, id, value));
            read.enumerate().map(|(index, read)| (Some(index + 1), read)).collect()
        }
        Some(_) => vec![(None, Err("`bugs` is neither a list nor a map".to_owned()))],
        None => vec![(None, one(site, fields))],
    }
}

fn one(site: &Site, fields: Fields<'_>) -> Result<Item, String> {
    let read = if fields.has("summary") || fields.has("short_desc") {
        bug::read(site, fields)
    } else if fields.has("history") {
        parts::history_of(site, fields)
    } else {
        Err("not a bug: neither `id` and `summary` nor `history`".to_owned())
    };
    read.map(|record| Item::Record(Box::new(record)))
}

/// A bug of a list: enough to make a delta of, not enough to overwrite one.
pub fn row(site: &Site, row: &Row<'_>) -> Result<Item, String> {
    let id: i64 =
        row.get("bug_id").parse().map_err(|_| format!("`bug_id` is {:?}", row.get("bug_id").chars().take(60).collect::<String>()))?;
    let title = row.get("short_desc");
    if title.is_empty() {
        return Err("`short_desc` is empty".to_owned());
    }
    let changed = row.get("changeddate");
    let changed = (!changed.is_empty()).then(|| when(changed).ok_or_else(|| format!("`changeddate` is {changed:?}"))).transpose()?;
    let mut record =
        Record { extent: Extent::Stub, title: title.to_owned(), created_at: changed, updated_at: changed, ..bug::blank(site, id) };
    let some = |name: &str| Some(row.get(name).to_owned()).filter(|text| !text.is_empty());
    let state =
        bug::State { status: some("bug_status").unwrap_or_default(), resolution: some("resolution").unwrap_or_default(), confirmed: None };
    bug::place(&mut record, &state, &some("product").unwrap_or_default(), some("component").as_deref())?;
    bug::end(&mut record, &state);
    bug::kind(&mut record, &[], some("bug_severity").as_deref());
    bug::assigned(&mut record, &state, some("assigned_to"), some("product"), some("priority").as_deref());
    Ok(Item::Record(Box::new(record)))
}

/// The bugs of an XML document, as far as it is sound.
pub fn document(site: &Site, text: &str) -> (Found, Option<ReadError>) {
    xml::read(site, text)
}

#[cfg(test)]
mod tests;
