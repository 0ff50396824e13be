//! Signatures on failures, in memory.

use crate::query::*;
use proptest::prelude::*;
use time::OffsetDateTime;
use time::macros::datetime;

struct Failure;

impl Subject for Failure {
    fn text(&self, field: &str) -> Option<&str> {
        Some(match field {
            "test" => "tempest.api.network.test_agent_restart[smoke]",
            "message" => "Session RESET by peer",
            "details" => "Traceback (most recent call last):\n  File \"ovs/bridge.py\", line 42\nTimeoutError: no reply\nAmpel: GRÜN",
            "branch" => "stable/2026.1",
            _ => return None,
        })
    }
}

fn matches(text: &str) -> bool {
    parse(text, &SIGNATURES).unwrap().filter.unwrap().matches(&Failure)
}

#[test]
fn a_test_job_or_branch_is_compared_as_a_whole() {
    assert!(matches("test:*agent_restart*"));
    assert!(matches("test:\"tempest.api.network.TEST_agent_restart[smoke]\""));
    assert!(!matches("test:agent_restart"));
    assert!(matches("branch:stable/*,master"));
    assert!(!matches("branch:stable"));
}

#[test]
fn a_message_or_details_has_the_value_anywhere() {
    assert!(matches("message:\"session reset\""));
    assert!(matches("message:reset*PEER"));
    assert!(!matches("message:peer*reset"));
    assert!(matches("details:\"bridge.py*timeouterror\""));
    assert!(matches("details:\"line 42\nTimeout\""));
    assert!(matches("details:grün"));
    assert!(!matches("details:reset"));
}

#[test]
fn free_words_are_found_in_message_or_details() {
    assert!(matches("reset timeouterror"));
    assert!(!matches("tempest"));
    assert!(!matches("\"peer Traceback\""));
}

#[test]
fn what_is_absent_meets_no_test_and_every_negation() {
    assert!(!matches("job:*"));
    assert!(matches("-job:gate"));
}

#[test]
fn operators_combine() {
    assert!(matches("test:*restart* AND message:\"session reset\""));
    assert!(matches("message:nothing OR (details:bridge -message:nothing)"));
    assert!(!matches("NOT (reset OR nothing)"));
}

#[test]
fn one_folded_failure_answers_many_queries() {
    let folded = Folded::new(&Failure);
    let found =
        ["reset", "message:peer", "nothing", "job:x"].map(|text| parse(text, &SIGNATURES).unwrap().filter.unwrap().matches_folded(&folded));
    assert_eq!(found, [true, true, false, false]);
}

struct Delta;

impl Subject for Delta {
    fn text(&self, _: &str) -> Option<&str> {
        None
    }
    fn has(&self, field: &str, value: &Term) -> bool {
        let values: &[&str] = match field {
            "is" => &["open", "regressed"],
            "component" => &["ovs", "api"],
            _ => &[],
        };
        values.iter().any(|one| value.is(one))
    }
    fn number(&self, field: &str) -> Option<i64> {
        (field == "impact").then_some(41)
    }
    fn time(&self, field: &str) -> Option<OffsetDateTime> {
        (field == "updated").then_some(datetime!(2026-11-20 12:00 UTC))
    }
    fn now(&self) -> Option<OffsetDateTime> {
        Some(datetime!(2026-11-22 12:00 UTC))
    }
}

#[test]
fn a_subject_may_have_several_values_numbers_and_dates() {
    let matches = |text: &str| parse(text, &DELTAS).unwrap().filter.unwrap().matches(&Delta);
    assert!(matches("is:open is:regressed component:ovs component:api impact:>40 updated:<7d"));
    assert!(
        !matches("is:closed") && !matches("component:ov") && !matches("impact:<41") && !matches("updated:<1d") && !matches("created:<1d")
    );
    assert!(matches("impact:<5,40..50") && matches("updated:2026-11-20"));
}

/// The plainest possible wildcard matching, to compare with.
fn plain(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|at| plain(rest, &text[at..])),
        Some((first, rest)) => text.first() == Some(first) && plain(rest, &text[1..]),
    }
}

proptest! {
    #[test]
    fn wildcards_match_as_the_plainest_way_says(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
        prop_assert_eq!(wildcard(&pattern, &text), plain(pattern.as_bytes(), text.as_bytes()));
        let around = format!("*{pattern}*");
        prop_assert_eq!(Term::wildcard(&pattern).is_in(&text), plain(around.as_bytes(), text.as_bytes()));
    }
}

#[test]
fn a_hostile_pattern_on_a_long_text_takes_no_time() {
    let text = "a".repeat(1_000_000);
    let pattern = format!("{}b", "*a".repeat(400));
    let start = std::time::Instant::now();
    assert!(!wildcard(&pattern, &text));
    assert!(wildcard(&"*a".repeat(400), &text));
    // Trying again from every place would take minutes.
    assert!(start.elapsed().as_secs() < 5);
}
