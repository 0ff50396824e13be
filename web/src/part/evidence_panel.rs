//! What CI measures about a delta.

use leptos::prelude::*;
use schema::{
    ci::{DeltaEvidence, EvidenceTest},
    route,
};
use time::OffsetDateTime;

use super::{Tone, ago, panel_with, pill, runs};

/// "Evidence from CI": the tests that decide, with their newest results; the failures attributed to it; what recognised the last.
/// `leads` to the page of its tests and signatures, from every other page.
pub fn evidence_panel(evidence: &DeltaEvidence, leads: bool, now: OffsetDateTime) -> AnyView {
    let about = match evidence.tests.len() {
        0 if evidence.is_empty() => String::new(),
        0 => "no test decides yet whether this gap is closed".to_owned(),
        1 => "1 test decides whether this gap is closed".to_owned(),
        count => format!("{count} tests decide whether this gap is closed"),
    };
    let tools = leads.then(|| view! { <a class="btn small quiet" href=route::delta_ci(evidence.delta)>"Tests and signatures"</a> });
    if evidence.is_empty() {
        let words = "CI knows nothing of this gap yet. Name the tests that decide whether it is closed, or write a signature that \
                     recognises its failures.";
        return panel_with("Evidence from CI", &about, tools, view! { <p class="body muted small">{words}</p> });
    }
    let met = evidence.is_met().then(|| {
        view! { <p class="small">{pill(Tone::Good, "looks closed")}" Every test has passed as often in a row as it needs. Whether the gap is closed is for people to say."</p> }
    });
    let tests = evidence.tests.iter().map(test).collect_view();
    let body = view! { <div class="body stack-sm">{met}{tests}{machine(evidence, now)}</div> };
    panel_with("Evidence from CI", &about, tools, body)
}

/// The same of a spec: how many of its acceptance tests are green, and what their being green means.
pub fn acceptance_panel(evidence: &DeltaEvidence, now: OffsetDateTime) -> AnyView {
    let (count, green) = (evidence.tests.len(), evidence.tests.iter().filter(|test| test.is_met()).count());
    let about = if count == 0 { String::new() } else { format!("{green} of {count} green") };
    let tools = view! { <a class="btn small quiet" href=route::delta_ci(evidence.delta)>"Tests and signatures"</a> };
    let words = match (count, green) {
        (0, _) => "A spec is implemented when its acceptance tests pass. Name the tests, as CI reports them, that show it.",
        (_, green) if green == count => "All of them pass as often in a row as they need: it looks implemented. Whether it is, people say.",
        _ => "It is implemented when its acceptance tests pass.",
    };
    let state = (count > 0 && green == count).then(|| view! { {pill(Tone::Good, "looks implemented")}" " });
    let tests = evidence.tests.iter().map(test).collect_view();
    let body = view! { <div class="body stack-sm"><p class="small muted">{state}{words}</p>{tests}{machine(evidence, now)}</div> };
    panel_with("Acceptance tests", &about, tools, body)
}

/// One test that decides: its id, its newest results as bars, and how it stands.
fn test(test: &EvidenceTest) -> AnyView {
    let results: Vec<Option<bool>> = test.results.iter().map(|passed| Some(*passed)).collect();
    let (failed, last) = (test.failed(), test.results.len());
    let state = match (last, failed) {
        (0, _) => pill(Tone::Plain, "not run yet"),
        (_, 0) if test.needed > 1 => pill(Tone::Good, &format!("{} of {} green", test.streak.min(test.needed), test.needed)),
        (_, 0) => pill(Tone::Good, "passing"),
        _ => pill(Tone::Bad, &format!("{failed} of last {last}")),
    };
    let bars = (last > 0).then(|| runs(&test.test, &results));
    view! { <div class="bar test"><code>{test.test.clone()}</code><span class="push"></span>{bars}{state}</div> }.into_any()
}

/// How many failures are attributed to it, over all their groups; and the group seen last, with what recognised that one.
fn machine(evidence: &DeltaEvidence, now: OffsetDateTime) -> AnyView {
    let Some(last) = evidence.groups.first() else { return ().into_any() };
    let by = match &last.signature {
        Some(query) => view! { "recognised by the signature "<code>{query.clone()}</code> }.into_any(),
        None => "linked by hand".into_any(),
    };
    let count = match evidence.machine.failures {
        1 => "1 failure explained".to_owned(),
        count => format!("{count} failures explained"),
    };
    let week = (evidence.machine.week > 0).then(|| format!(", {} this week", evidence.machine.week));
    view! {
        <p class="small muted">
            {count}{week}" · the last "{ago(last.last_seen, now)}": "<a class="link" href=route::failure_group(last.id)><code>{last.test.clone()}</code></a>", "{by}
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use schema::id::DeltaKey;
    use time::macros::datetime;

    use super::*;
    use crate::testing::html;

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    #[test]
    fn nothing_known_teaches_what_to_do() {
        let html = html(|| evidence_panel(&DeltaEvidence::none(DeltaKey(7)), true, NOW));
        assert!(html.contains("Name the tests") && html.contains("/deltas/D-7/ci"), "{html}");
    }

    #[test]
    fn a_specs_tests_are_counted() {
        let test = |streak| EvidenceTest { project: "neutron".into(), test: "a.b".into(), needed: 2, streak, results: vec![true; 2] };
        let with = |tests| DeltaEvidence { tests, ..DeltaEvidence::none(DeltaKey(7)) };
        let (none, some, all) = (with(vec![]), with(vec![test(1), test(2), test(0)]), with(vec![test(2), test(9)]));
        let shown = |evidence: DeltaEvidence| html(move || acceptance_panel(&evidence, NOW));
        assert!(shown(none).contains("Name the tests"));
        let some = shown(some);
        assert!(some.contains("1 of 3 green") && !some.contains("looks implemented"), "{some}");
        let all = shown(all);
        assert!(all.contains("2 of 2 green") && all.contains("looks implemented"), "{all}");
    }

    #[test]
    fn a_test_says_how_often_it_failed_of_the_last() {
        let test =
            |results: Vec<bool>, needed, streak| EvidenceTest { project: "neutron".into(), test: "a.b".into(), needed, streak, results };
        let evidence = DeltaEvidence {
            tests: vec![
                test(vec![true, false, true], 1, 1),
                test(vec![true; 12], 1, 12),
                test(vec![], 1, 0),
                test(vec![true; 18], 200, 148),
            ],
            ..DeltaEvidence::none(DeltaKey(7))
        };
        let html = html(|| evidence_panel(&evidence, true, NOW));
        for words in ["1 of last 3", "passing", "not run yet", "148 of 200 green", "4 tests decide"] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(!html.contains("looks closed"), "{html}");
    }
}
