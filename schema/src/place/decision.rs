//! How a project comes to a consensus: its rule, and what a place still lacks by it.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{Consensus, Position, Stand};

/// Most days of silence a project can ask for.
pub const DAYS_MAX: i64 = 365;
/// Most approvals a project can ask for.
pub const APPROVALS_MAX: i64 = 20;
/// Days of silence where none are named.
pub const DAYS: i64 = 7;
/// Approvals where none are named.
pub const APPROVALS: i64 = 2;

words! {
    /// What makes a project hold that something is agreed.
    Rule {
        /// A maintainer says so.
        Maintainers = "maintainers",
        /// Nobody objects for some days.
        Lazy = "lazy",
        /// So many maintainers approve, and no objection is left without an answer.
        Approvals = "approvals",
    }
}

words! {
    /// How a place came to its consensus.
    How {
        /// A maintainer said so, as the rule has it; or nobody has said anything yet.
        Word = "word",
        /// The project's rule was met.
        Rule = "rule",
        /// A maintainer said so with a reason, without waiting for the rule.
        Override = "override",
    }
}

/// A project's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What decides.
    pub rule: Rule,
    /// With `lazy`: days without an unanswered objection, 1 to 365; 7 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 365))]
    pub days: Option<i64>,
    /// With `approvals`: maintainers who agree, 1 to 20; 2 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 20))]
    pub approvals: Option<i64>,
}

impl Decision {
    /// The rule with its own number, from what is stored beside it.
    pub fn new(rule: Rule, days: i64, approvals: i64) -> Self {
        Self { rule, days: (rule == Rule::Lazy).then_some(days), approvals: (rule == Rule::Approvals).then_some(approvals) }
    }

    /// Days of silence it asks for.
    pub fn days(&self) -> i64 {
        self.days.unwrap_or(DAYS)
    }

    /// Approvals it asks for.
    pub fn approvals(&self) -> i64 {
        self.approvals.unwrap_or(APPROVALS)
    }
}

impl Default for Decision {
    fn default() -> Self {
        Self { rule: Rule::Maintainers, days: None, approvals: None }
    }
}

/// What a place has and still lacks by its project's rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Needed {
    /// Maintainers who agree with the current text.
    pub approvals: i64,
    /// Objections to the current text that nobody has answered.
    pub objections: i64,
    /// Whether the rule may still decide: the gap is open, and no maintainer has.
    pub undecided: bool,
    /// When it is agreed by itself, unless somebody objects.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub at: Option<OffsetDateTime>,
}

impl Needed {
    /// Counts a place's positions by a rule. `waits_since` is since when nobody objects.
    pub fn of(rule: &Decision, open: bool, consensus: Consensus, positions: &[Position], waits_since: Option<OffsetDateTime>) -> Self {
        let count =
            |what: &dyn Fn(&Position) -> bool| i64::try_from(positions.iter().filter(|said| what(said)).count()).unwrap_or(i64::MAX);
        let objections = count(&Position::objects);
        let undecided = open && undecided(consensus);
        let silent = waits_since.filter(|_| rule.rule == Rule::Lazy && undecided && objections == 0);
        Self {
            approvals: count(&|said| said.maintainer && !said.stale && said.position == Stand::Agree),
            objections,
            undecided,
            at: silent.map(|since| since + Duration::days(rule.days())),
        }
    }
}

/// Whether a rule may still decide: a maintainer's `agreed`, `disputed` and `declined` stand until a maintainer changes them.
pub fn undecided(consensus: Consensus) -> bool {
    matches!(consensus, Consensus::Proposed | Consensus::Discussing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{place::Answer, user::Person};

    fn said(position: Stand, maintainer: bool, stale: bool, answered: bool) -> Position {
        let person = Person { name: "ann".into(), display_name: "Ann".into() };
        let at = OffsetDateTime::UNIX_EPOCH;
        let answer = answered.then(|| Answer { by: Some(person.clone()), reason: "It is not so.".into(), at });
        Position { person, position, reason: String::new(), revision: 1, stale, maintainer, answer, at }
    }

    #[test]
    fn only_what_is_said_of_the_current_text_and_is_not_answered_counts() {
        let positions = [
            said(Stand::Agree, true, false, false),
            said(Stand::Agree, true, true, false),
            said(Stand::Agree, false, false, false),
            said(Stand::Object, false, false, true),
            said(Stand::Object, false, true, false),
            said(Stand::Object, false, false, false),
        ];
        let rule = Decision::new(Rule::Lazy, 3, 2);
        let at = OffsetDateTime::UNIX_EPOCH;
        let needed = Needed::of(&rule, true, Consensus::Proposed, &positions, Some(at));
        assert_eq!((needed.approvals, needed.objections, needed.at), (1, 1, None));
        let needed = Needed::of(&rule, true, Consensus::Discussing, &positions[..5], Some(at));
        assert_eq!((needed.objections, needed.at), (0, Some(at + Duration::days(3))));
        assert_eq!(Needed::of(&rule, true, Consensus::Disputed, &[], Some(at)).at, None);
        assert_eq!(Needed::of(&rule, false, Consensus::Proposed, &[], Some(at)).at, None);
        assert_eq!(Needed::of(&Decision::default(), true, Consensus::Proposed, &[], Some(at)).at, None);
    }
}
