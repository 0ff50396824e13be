//! Occurrences: a crash that was seen, where and in which version.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{id::DeltaKey, problem::Problem, trace::Trace, user::Person};

/// Longest version, in characters.
pub const VERSION_MAX: usize = 64;
/// Longest platform, in characters.
pub const PLATFORM_MAX: usize = 100;
/// Longest environment, in characters.
pub const ENVIRONMENT_MAX: usize = 64;
/// Most crashes one report may stand for.
pub const COUNT_MAX: i64 = 1_000_000;
/// How many occurrences of a delta are kept one by one: the newest.
pub const KEPT: u64 = 200;
/// How many traces of a delta are kept: the newest.
pub const TRACES_KEPT: u64 = 20;
/// How many fingerprints of a delta are kept: those seen last.
pub const FINGERPRINTS_KEPT: u64 = 50;
/// How many pairs of version and platform are counted apart; what comes beyond them counts together, without either.
pub const RELEASES_KEPT: i64 = 300;

/// A crash that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOccurrence {
    /// The stack trace, within whatever text it came in; at most 256 KiB. What looks like a secret is taken out before it is kept.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 262_144))]
    pub trace: String,
    /// The version that crashed: a release, or a build.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub version: String,
    /// Operating system, architecture, browser: `Debian 12, x86_64`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 100))]
    pub platform: String,
    /// Where it ran: `production`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub environment: String,
    /// How many crashes this stands for: 1 when absent. More only with a token of a project.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000))]
    pub count: Option<i64>,
}

impl NewOccurrence {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        [&self.trace, &self.version, &self.platform, &self.environment].iter().all(|text| text.trim().is_empty())
    }
}

/// What goes with a trace that is posted as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields, default)]
pub struct OccurrenceFacts {
    /// The version that crashed.
    pub version: String,
    /// Operating system, architecture, browser.
    pub platform: String,
    /// Where it ran.
    pub environment: String,
    /// How many crashes this stands for; more than 1 only with a token of a project.
    pub count: Option<i64>,
}

/// A crash that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Occurrence {
    /// Its id.
    pub id: Uuid,
    /// The delta it was reported on: this one, or one that this one stands for.
    pub delta: DeltaKey,
    /// What recognises it, with the version of the rules before it: `v1:…`; absent where no trace was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The trace's line: `KeyError: 'USD'`.
    pub line: String,
    /// The version that crashed.
    pub version: String,
    /// Operating system, architecture, browser.
    pub platform: String,
    /// Where it ran.
    pub environment: String,
    /// How many crashes it stands for.
    pub count: i64,
    /// Who reported it; absent where a machine did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<Person>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Whether its trace is still kept.
    pub has_trace: bool,
}

/// An occurrence with its trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TracedOccurrence))]
pub struct Whole {
    /// The occurrence.
    pub occurrence: Occurrence,
    /// Its trace, taken apart; absent where there is none, or nothing could be read in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// The text as it came, without what looked like secrets; empty where it is kept no longer.
    pub text: String,
}

/// How often a version crashed on a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseCount {
    /// The version; empty where none was said.
    pub version: String,
    /// The platform; empty where none was said.
    pub platform: String,
    /// How often.
    pub count: i64,
    /// First.
    #[serde(with = "time::serde::rfc3339")]
    pub first_seen: OffsetDateTime,
    /// Last.
    #[serde(with = "time::serde::rfc3339")]
    pub last_seen: OffsetDateTime,
}

/// How often it crashed on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayCount {
    /// The day, in UTC: `2026-11-22`.
    pub day: String,
    /// How often.
    pub count: i64,
}

/// How often, in which versions and where, in all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OccurrenceCounts))]
pub struct Counts {
    /// In all.
    pub total: i64,
    /// By version and platform, what was seen last first.
    pub releases: Vec<ReleaseCount>,
    /// By day, the newest first; days without any are left out; at most 90.
    pub days: Vec<DayCount>,
}

impl Counts {
    /// When the first was seen, and the last.
    pub fn span(&self) -> Option<(OffsetDateTime, OffsetDateTime)> {
        let first = self.releases.iter().map(|one| one.first_seen).min()?;
        let last = self.releases.iter().map(|one| one.last_seen).max()?;
        Some((first, last))
    }

    /// Counts by what `of` gives of a line, with when that was first seen, in that order.
    fn by(&self, of: impl Fn(&ReleaseCount) -> &str) -> Vec<(String, i64)> {
        let mut all: Vec<(String, i64, OffsetDateTime)> = Vec::new();
        for one in &self.releases {
            match all.iter_mut().find(|(name, _, _)| name == of(one)) {
                Some((_, count, first)) => {
                    *count += one.count;
                    *first = (*first).min(one.first_seen);
                }
                None => all.push((of(one).to_owned(), one.count, one.first_seen)),
            }
        }
        all.sort_by(|a, b| a.2.cmp(&b.2).then_with(|| a.0.cmp(&b.0)));
        all.into_iter().map(|(name, count, _)| (name, count)).collect()
    }

    /// By version, in the order in which they were first seen to crash.
    pub fn versions(&self) -> Vec<(String, i64)> {
        self.by(|one| &one.version)
    }

    /// By platform, the most frequent first.
    pub fn platforms(&self) -> Vec<(String, i64)> {
        let mut all = self.by(|one| &one.platform);
        all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        all
    }
}

/// What is known of a crash that is like another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Alike {
    /// The delta.
    pub key: DeltaKey,
    /// Whether it is the same crash: one of its fingerprints is this trace's.
    pub same: bool,
    /// How much they have in common, 0 to 100.
    pub percent: i64,
    /// In words: `same crash`, `similar crash`.
    pub words: String,
}

/// What the panel "Crashes" of a delta shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crashes {
    /// How often, where and when.
    pub counts: Counts,
    /// How often within the last seven days.
    pub week: i64,
    /// The newest occurrence that has a trace.
    pub newest: Option<Whole>,
}

/// The page of a delta's occurrences.
#[derive(Clone, Debug, PartialEq)]
pub struct OccurrencesPage {
    /// The delta.
    pub key: DeltaKey,
    /// Its title.
    pub title: String,
    /// The newest first, each with whether the caller may take it away; of the traces only what was read in them.
    pub items: Vec<(Whole, bool)>,
    /// The cursor of the page after this one.
    pub next: Option<String>,
    /// Why the last thing that was asked for was refused.
    pub refused: Option<Problem>,
    /// Now.
    pub now: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_their_first_crash_and_platforms_by_number() {
        let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        let one = |version: &str, platform: &str, count, first| ReleaseCount {
            version: version.into(),
            platform: platform.into(),
            count,
            first_seen: at(first),
            last_seen: at(first + 10),
        };
        let releases = vec![one("2.1", "Linux", 3, 200), one("2.0", "macOS", 4, 100), one("2.1", "macOS", 2, 50)];
        let counts = Counts { total: 9, releases, days: Vec::new() };
        assert_eq!(counts.versions(), [("2.1".to_owned(), 5), ("2.0".to_owned(), 4)]);
        assert_eq!(counts.platforms(), [("macOS".to_owned(), 6), ("Linux".to_owned(), 3)]);
        assert_eq!(counts.span(), Some((at(50), at(210))));
    }
}
