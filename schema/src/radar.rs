//! Orphan radar: what hits many, is agreed on, and nobody has committed to.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{delta::Kind, id::DeltaKey};

/// The impact from which a delta shows on the radar where nobody says another.
pub const THRESHOLD: i64 = 40;
/// Deltas told of each group: those of the highest impact.
pub const WORST: i64 = 5;

/// What is asked of the radar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The impact from which a delta shows, 1 to 100. 40 where it is not said.
    pub impact: Option<i64>,
}

/// Open deltas of high impact that a project agrees on and nobody has committed to, as far as the caller may see: what an organisation that
/// shows nothing has committed to counts as unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Radar {
    /// The impact from which a delta shows.
    pub impact: i64,
    /// Projects that have any, the most first.
    pub projects: Vec<Sector>,
}

/// The orphans of one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sector {
    /// The project's slug.
    pub project: String,
    /// Its name.
    pub name: String,
    /// How many there are, each counted once.
    pub count: i64,
    /// By component, the most first; one of several components stands in each.
    pub groups: Vec<Group>,
}

/// The orphans of one component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RadarGroup))]
pub struct Group {
    /// The component's slug; absent for those that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Its name.
    pub name: String,
    /// How many there are.
    pub count: i64,
    /// The five of the highest impact, whose agreement is oldest first.
    pub worst: Vec<Orphan>,
}

/// A delta that everybody waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Orphan {
    /// The delta.
    pub key: DeltaKey,
    /// What sort of gap.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// Its impact.
    pub impact: i64,
    /// The segment that is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// People it affects.
    pub affected: i64,
    /// Since when the project agrees.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub agreed_at: Option<OffsetDateTime>,
}

/// The page of the radar.
#[derive(Clone, Debug, PartialEq)]
pub struct RadarPage {
    /// What it shows.
    pub radar: Radar,
    /// The one project it is of: slug and name.
    pub project: Option<(String, String)>,
    /// Now.
    pub now: OffsetDateTime,
}

/// The query that finds a group's deltas in the list.
pub fn query(project: &str, component: Option<&str>, impact: i64) -> String {
    let component = component.map(|slug| format!(" component:{slug}")).unwrap_or_default();
    format!("is:open project:{project}{component} consensus:agreed committed:none impact:>={impact}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{DELTAS, parse};

    #[test]
    fn the_query_of_a_group_is_one_the_list_reads() {
        let asked = query("neutron", Some("ovs"), 40);
        assert!(parse(&asked, &DELTAS).is_ok(), "{asked}");
    }
}
