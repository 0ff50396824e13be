//! One change of many deltas at once.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{id::DeltaKey, place::Consensus};

/// Most deltas of one change.
pub const DELTAS_MAX: usize = 200;

words! {
    /// What became of one delta of a change.
    RowState {
        /// Its turn has not come.
        Waiting = "waiting",
        /// It is changed, or was so already.
        Done = "done",
        /// It was not changed: `detail` says why.
        Refused = "refused",
        /// It was changed, and is as before again.
        Undone = "undone",
        /// It was changed and could not be put back: `detail` says why.
        Kept = "kept",
    }
}

/// A change of many deltas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewBulk))]
#[serde(deny_unknown_fields)]
pub struct New {
    /// Which: 1 to 200, each counted once.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub deltas: Vec<DeltaKey>,
    /// What: exactly one thing.
    pub change: Change,
}

/// What is changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = BulkChange))]
#[serde(rename_all = "lowercase", try_from = "Parts")]
pub enum Change {
    /// Their labels.
    Labels(Names),
    /// Their components in a project.
    Components(Components),
    /// What a project thinks of them.
    Consensus(Holds),
    /// They are duplicates.
    Duplicate(Duplicate),
}

/// A change as it is read: of its parts exactly one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    labels: Option<Names>,
    components: Option<Components>,
    consensus: Option<Holds>,
    duplicate: Option<Duplicate>,
}

impl TryFrom<Parts> for Change {
    type Error = &'static str;
    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        match parts {
            Parts { labels: Some(labels), components: None, consensus: None, duplicate: None } => Ok(Self::Labels(labels)),
            Parts { labels: None, components: Some(components), consensus: None, duplicate: None } => Ok(Self::Components(components)),
            Parts { labels: None, components: None, consensus: Some(holds), duplicate: None } => Ok(Self::Consensus(holds)),
            Parts { labels: None, components: None, consensus: None, duplicate: Some(duplicate) } => Ok(Self::Duplicate(duplicate)),
            _ => Err("must be exactly one of labels, components, consensus and duplicate"),
        }
    }
}

/// Names to add and to take away, or all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = BulkNames))]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// To add; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub add: Vec<String>,
    /// To take away; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub remove: Vec<String>,
    /// All there are to be, in place of those there were; goes with neither of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub set: Option<Vec<String>>,
}

impl Names {
    /// What becomes of these names: in alphabetical order, each once.
    pub fn of(&self, before: &[String]) -> Vec<String> {
        let mut after: Vec<String> = match &self.set {
            Some(set) => set.clone(),
            None => before.iter().filter(|name| !self.remove.contains(name)).chain(&self.add).cloned().collect(),
        };
        after.sort();
        after.dedup();
        after
    }
}

/// Components to add and to take away in a project the deltas are in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = BulkComponents))]
#[serde(deny_unknown_fields)]
pub struct Components {
    /// The project's slug.
    pub project: String,
    /// Slugs to add; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub add: Vec<String>,
    /// Slugs to take away; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub remove: Vec<String>,
    /// All there are to be; goes with neither of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub set: Option<Vec<String>>,
}

impl Components {
    /// The same as names.
    pub fn names(&self) -> Names {
        Names { add: self.add.clone(), remove: self.remove.clone(), set: self.set.clone() }
    }
}

/// What a project is to think of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = BulkConsensus))]
#[serde(deny_unknown_fields)]
pub struct Holds {
    /// The project's slug.
    pub project: String,
    /// What it thinks.
    pub state: Consensus,
    /// Why; as for one delta.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub rationale: String,
}

/// What they are duplicates of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = BulkDuplicate))]
#[serde(deny_unknown_fields)]
pub struct Duplicate {
    /// The delta that stands for them.
    pub of: DeltaKey,
    /// Why.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub reason: String,
}

/// A change of many deltas, and what became of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bulk {
    /// Its id.
    pub id: Uuid,
    /// What was to change.
    pub change: Change,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// When it was undone; absent while it was not.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<OffsetDateTime>,
    /// Each delta, in the order asked.
    pub rows: Vec<Row>,
}

impl Bulk {
    /// How many have this outcome.
    pub fn count(&self, outcome: RowState) -> usize {
        self.rows.iter().filter(|row| row.outcome == outcome).count()
    }
}

/// What became of one delta of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = BulkRow))]
pub struct Row {
    /// Which.
    pub delta: DeltaKey,
    /// What.
    pub outcome: RowState,
    /// The status that the same change of this delta alone would have been refused with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why it was refused, or kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// The page of what became of such a change.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkPage {
    /// The change.
    pub bulk: Bulk,
    /// It is so long ago that what waits will not be done any more.
    pub stopped: bool,
    /// Now.
    pub now: OffsetDateTime,
}

/// What stands below the list of deltas for who may change several of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// The projects they maintain: slug and name.
    pub projects: Vec<(String, String)>,
    /// The query and the page of the list, to come back to.
    pub back: (String, String),
    /// Keys that were chosen when the form was refused.
    pub chosen: Vec<String>,
    /// The form that was refused, what was typed there and why.
    pub refused: Option<crate::problem::Refused>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_are_added_taken_away_or_all_of_them() {
        let before = names(&["b", "a"]);
        let change = Names { add: names(&["c", "a"]), remove: names(&["b"]), set: None };
        assert_eq!(change.of(&before), ["a", "c"]);
        assert_eq!(Names { set: Some(names(&["x", "x"])), ..Names::default() }.of(&before), ["x"]);
        assert!(Names { set: Some(Vec::new()), ..Names::default() }.of(&before).is_empty());
    }
}
