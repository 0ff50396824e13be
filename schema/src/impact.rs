//! Impact: what a delta does to users, stated by users, per group of users.

mod trend;

use serde::{Deserialize, Serialize};

pub use self::trend::*;
use crate::{lens::Through, user::Person};

/// How hard it hits: the words of severities 1 to 4. 0 is "I am not affected".
pub const SEVERITIES: [&str; 5] = ["Not affected", "Cosmetic", "Gets in the way", "Breaks a workflow", "Blocks me entirely"];

/// What a severity is called; nothing for a number that is none.
#[must_use]
pub fn severity_word(severity: i64) -> &'static str {
    usize::try_from(severity).ok().and_then(|at| SEVERITIES.get(at)).copied().unwrap_or_default()
}

/// Longest note on a vote, in characters.
pub const NOTE_MAX: usize = 2000;
/// Most notes that are given with a delta's impact.
pub const NOTES_MAX: usize = 5;

/// A vote: how hard the delta hits the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// 1 cosmetic, 2 gets in the way, 3 breaks a workflow, 4 blocks me entirely; 0 I am not affected.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 4))]
    pub severity: i64,
    /// In the voter's own words.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub note: String,
}

/// What the votes say for one segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Segment {
    /// The project whose users these are.
    pub project: String,
    /// The segment.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Users of the segment who voted 1 to 4.
    pub affected: i64,
    /// Users of the segment: people who are in it now, or whose vote counts in it.
    pub known: i64,
    /// 0 to 100.
    pub score: i64,
    /// Votes of severity 1, 2, 3, 4.
    pub severities: [i64; 4],
}

/// A vote's note: how it shows at somebody's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Note {
    /// Who wrote it.
    pub person: Person,
    /// Whom they wrote it for, where it was for somebody without an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behalf: Option<String>,
    /// Their vote, 0 to 4.
    pub severity: i64,
    /// Their words.
    pub note: String,
}

/// What the votes say of a delta.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Impact {
    /// The highest segment score.
    pub score: i64,
    /// The segment it is from: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// People affected, each counted once.
    pub affected: i64,
    /// People it blocks, each counted once.
    pub blocked: i64,
    /// People who came to be affected within the last seven days.
    pub week: i64,
    /// How that moves: who came to be affected and who no longer is.
    #[serde(default)]
    pub trend: Trend,
    /// Hardest hit first.
    pub segments: Vec<Segment>,
    /// What the votes said of these segments over time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<History>,
    /// Who confirmed for which release, newest first: of the releases that came out after the delta was filed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<OnRelease>,
    /// The caller's own vote, 0 to 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<i64>,
    /// The caller's own note; absent where they wrote none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub my_note: String,
    /// What people wrote beside their votes: the newest, at most 5.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// Names of the segments the caller's vote counts in: those they were in when they cast it. Without a vote, those it would count in.
    #[serde(default)]
    pub my_segments: Vec<String>,
    /// Names of the segments the caller joined since: voting again, the vote counts there too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub my_new_segments: Vec<String>,
    /// Those of the affected whose vote somebody recorded for them: people and customers without an account.
    #[serde(default)]
    pub on_behalf: i64,
    /// The same number through the lens of each organisation the caller belongs to that has one. Nobody else sees it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lenses: Vec<Through>,
    /// All segments of its projects, but everyone, for who may speak for others: the project's slug, the segment's and its name.
    #[serde(skip)]
    pub all_segments: Vec<(String, String, String)>,
    /// What machines saw, beside the votes and never added to them.
    pub machine: Machine,
}

/// What machines saw of a delta.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Machine {
    /// Failures of CI attributed to it.
    pub failures: i64,
    /// Those of today (UTC) and the six days before.
    pub week: i64,
    /// Those of today and the twenty-nine days before.
    #[serde(default)]
    pub month: i64,
    /// Crashes that were seen, also those of deltas this one stands for; absent where there are none.
    #[serde(default, skip_serializing_if = "none")]
    pub occurrences: i64,
    /// Those of today (UTC) and the six days before; absent where there are none.
    #[serde(default, skip_serializing_if = "none")]
    pub occurrences_week: i64,
}

/// Whether a count is zero.
fn none(count: &i64) -> bool {
    *count == 0
}

/// Score of a segment, 0 to 100: 100 × the lower bound of the 95 % Wilson interval of affected/known × the mean severity
/// of the affected / 4, rounded. `severities` are the votes of 1, 2, 3 and 4.
///
/// Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference"; z = 1.96.
pub fn score(severities: [i64; 4], known: i64) -> i64 {
    const Z: f64 = 1.96;
    let affected: i64 = severities.iter().sum();
    if affected <= 0 {
        return 0;
    }
    // Counted by themselves, the affected are users of the segment too.
    let (hit, all) = (affected as f64, known.max(affected) as f64);
    let share = hit / all;
    let centre = share + Z * Z / (2.0 * all);
    let spread = Z * ((share * (1.0 - share) + Z * Z / (4.0 * all)) / all).sqrt();
    let lower = (centre - spread) / (1.0 + Z * Z / all);
    let mean = severities.iter().zip(1..).map(|(votes, severity)| votes * severity).sum::<i64>() as f64 / hit;
    ((100.0 * lower.max(0.0) * mean / 4.0).round() as i64).clamp(0, 100)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_severity_has_a_word_and_another_number_has_none() {
        assert_eq!([-1, 0, 4, 5].map(severity_word), ["", "Not affected", "Blocks me entirely", ""]);
    }

    #[test]
    fn the_share_counts_and_so_does_how_sure_it_is() {
        assert_eq!(score([0, 0, 0, 0], 56), 0);
        // 43 of 56, all blocked: lower bound of the Wilson interval is 0.642.
        assert_eq!(score([0, 0, 0, 43], 56), 64);
        assert!(score([0, 0, 0, 1], 1) < score([0, 0, 0, 100], 100));
        assert!(score([10, 0, 0, 0], 20) < score([0, 0, 0, 10], 20));
    }

    proptest! {
        #[test]
        fn it_stays_within_bounds_and_never_falls_with_more_affected(votes in prop::array::uniform4(0i64..5000), more in 0i64..5000, not in 0i64..5000) {
            let known = votes.iter().sum::<i64>() + more + not;
            let here = score(votes, known);
            prop_assert!((0..=100).contains(&here));
            let mut harder = votes;
            harder[3] += more;
            prop_assert!(score(harder, known) >= here);
        }
    }
}
