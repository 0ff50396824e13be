//! Triage: what an organisation watches, what waits in its inbox, and what it makes of each delta.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    delta::Summary,
    id::DeltaKey,
    impact::Impact,
    org::Org,
    problem::Problem,
    stance::{Stance, Standing},
};

/// Longest reason, in characters.
pub const REASON_MAX: usize = 2000;
/// Most watch rules of an organisation.
pub const WATCHES_MAX: usize = 32;
/// Counts in the navigation go this far; beyond it reads "99+".
pub const COUNT_MAX: i64 = 100;

/// From how many deltas on a rule is added only with `confirm`: nobody decides on so many by mistake.
pub const WATCH_ASKS: i64 = 1000;

words! {
    /// What woke a snoozed delta.
    Woke {
        /// Its time came.
        Until = "until",
        /// Its impact reached the bound.
        Impact = "impact",
        /// It hits so many people, or so many of a segment.
        Users = "users",
        /// CI attributed so many failures to it.
        Failures = "failures",
        /// It came back.
        Regressed = "regressed",
    }
}

/// What wakes a snoozed delta: whichever comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Wake {
    /// Its impact is this or more, 1 to 100.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<i64>,
    /// CI attributed this many failures to it, from 1.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<i64>,
    /// It affects this many people, from 1; with `segment`, this many of its users.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<i64>,
    /// The segment whose users count, as `project/segment`; goes with `users`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// It came back after it was closed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub regressed: bool,
}

/// What an organisation makes of a delta. `declined` needs a reason; `snoozed` needs `until` or `wake`; `taken` needs a task
/// of its own that is linked, and linking one sets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetStance {
    /// What it is.
    pub stance: Stance,
    /// Why: others read it where it is `declined`.
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub reason: String,
    /// Snoozed until then; in the future.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
    /// Or until one of these comes.
    #[serde(default)]
    pub wake: Option<Wake>,
}

/// An organisation's stance on a delta.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StanceReply {
    /// The organisation's slug.
    pub org: String,
    /// The delta.
    pub delta: DeltaKey,
    /// What it is.
    pub stance: Stance,
    /// Why; empty where nobody said.
    pub reason: String,
    /// Snoozed until then.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub until: Option<OffsetDateTime>,
    /// Or until one of these bounds is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wake: Option<Wake>,
    /// When it was set.
    #[serde(with = "time::serde::rfc3339")]
    pub set_at: OffsetDateTime,
}

/// A watch rule: a query over deltas that an organisation cares about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Watch {
    /// Its name in the URL.
    pub slug: String,
    /// The query, as it was written.
    pub query: String,
}

/// What a watch rule asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetWatch {
    /// A query over deltas, such as `project:neutron component:ovs impact:>20`.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1000))]
    pub query: String,
    /// Add it also where it matches 1,000 open deltas or more.
    #[serde(default)]
    pub confirm: bool,
}

/// One delta that waits in an inbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    /// The delta, with its impact through the organisation's lens where it has one.
    #[serde(flatten)]
    pub delta: Summary,
    /// The watch rules that it matches: their slugs.
    pub watches: Vec<String>,
    /// It was put off, and this has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub woke: Option<Woke>,
}

/// The triage inbox: the list on the left, the chosen delta on the right.
#[derive(Clone, Debug)]
pub struct TriagePage {
    /// Whose inbox it is.
    pub org: Org,
    /// Whether the reader decides here, or only reads.
    pub decides: bool,
    /// How many wait, up to [`COUNT_MAX`].
    pub waiting: i64,
    /// How many watch rules there are.
    pub watches: usize,
    /// This page of what waits, by impact.
    pub items: Vec<Item>,
    /// The page after it.
    pub next: Option<String>,
    /// The chosen one of them; none where nothing waits.
    pub chosen: Option<Chosen>,
    /// Where a task can be put: `board/column` and its words.
    pub columns: Vec<(String, String)>,
    /// Open tasks that a delta can be linked to: key and title.
    pub tasks: Vec<(String, String)>,
    /// Why the last decision was refused.
    pub refused: Option<Problem>,
    /// Names of the organisations that have committed, by their slugs.
    pub orgs: HashMap<String, String>,
    /// When the page was made.
    pub now: OffsetDateTime,
}

/// The delta that is being decided on.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Which of the items.
    pub at: usize,
    /// What should be, as safe HTML.
    pub desired: String,
    /// What is, as safe HTML.
    pub actual: String,
    /// When it was last seen, where CI saw it.
    pub seen: Option<OffsetDateTime>,
    /// Who is hit.
    pub impact: Impact,
    /// What the other organisations make of it.
    pub others: Vec<Standing>,
}

/// What is decided on the inbox's page: which fields count depends on the stance. `snoozed` takes
/// `days` or `date`, `impact`, `failures`: whichever comes first.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideForm {
    /// The stance; `taken` is none of them.
    pub stance: Stance,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// Snoozed for this many days; empty for none.
    #[serde(default)]
    pub days: String,
    /// Or until this day, in place of `days`; empty for none.
    #[serde(default)]
    pub date: String,
    /// Or until CI attributed this many failures to it; empty for none.
    #[serde(default)]
    pub failures: String,
    /// Or until its impact is this; empty for none.
    #[serde(default)]
    pub impact: String,
    /// Or until it affects this many people; empty for none.
    #[serde(default)]
    pub users: String,
    /// Only users of this segment, as `project/segment`; empty for everybody.
    #[serde(default)]
    pub segment: String,
    /// Or until it comes back: `true`.
    #[serde(default)]
    pub regressed: String,
    /// The delta to choose next; empty to go to the delta's own page.
    #[serde(default)]
    pub next: String,
}

/// A task written down from the inbox's page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakeForm {
    /// Of the task.
    pub title: String,
    /// The organisation's own.
    pub priority: crate::task::Priority,
    /// `board/column`; empty for the first of the first.
    #[serde(default)]
    pub place: String,
    /// The delta to choose next.
    #[serde(default)]
    pub next: String,
}

/// A delta linked to a task from the inbox's page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkForm {
    /// The task's key.
    pub task: String,
    /// The delta to choose next.
    #[serde(default)]
    pub next: String,
}
