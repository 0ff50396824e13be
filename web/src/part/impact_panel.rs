//! The panel "Impact" of a delta: who is hit, and how hard.

use leptos::prelude::*;
use schema::impact::{Impact, Machine};

use super::frame::{empty, panel_with};
use super::impact::segments;

/// What the votes say of a delta, and beside it what machines saw. The vote's island loads it anew by its id, `impact`.
pub fn impact_panel(impact: &Impact) -> AnyView {
    let machine = machine(&impact.machine);
    if impact.segments.is_empty() {
        let about =
            "Nobody has said whether it affects them. One vote is enough to begin: it counts in every segment of users its voter is in.";
        let inside = view! { {empty("No votes yet", about, ())}{machine} };
        return view! { <div id="impact">{panel_with("Impact", "who is hit, and how hard", (), inside)}</div> }.into_any();
    }
    let lines = segments(&impact.segments);
    let hardest = match &impact.segment {
        Some(name) => format!("in its hardest-hit segment, {name}"),
        None => "nobody is affected so far".to_owned(),
    };
    let inside = view! {
        <div class="body">
            <div class="bar">
                <div><div class="big">{impact.score}</div><div class="xs muted">{hardest}</div></div>
                <p class="small muted">{people(impact)}</p>
            </div>
            <div class="mt">{lines}</div>
        </div>
        {machine}
    };
    view! { <div id="impact">{panel_with("Impact", "who is hit, and how hard", (), inside)}</div> }.into_any()
}

/// "61 people affected · 23 blocked · +9 this week".
fn people(impact: &Impact) -> String {
    let mut words = vec![match impact.affected {
        1 => "1 person affected".to_owned(),
        n => format!("{n} people affected"),
    }];
    if impact.blocked > 0 {
        words.push(format!("{} blocked", impact.blocked));
    }
    if impact.week > 0 {
        words.push(format!("+{} this week", impact.week));
    }
    words.join(" · ")
}

/// Machine evidence stands beside the votes and is never added to them.
fn machine(machine: &Machine) -> AnyView {
    if machine.failures == 0 {
        return ().into_any();
    }
    let failures = if machine.failures == 1 { "1 failure".to_owned() } else { format!("{} failures", machine.failures) };
    view! { <footer class="xs muted">{format!("CI: {failures} attributed to it, {} this week", machine.week)}</footer> }.into_any()
}

#[cfg(test)]
mod tests {
    use schema::impact::Segment;

    use super::*;
    use crate::testing::html;

    #[test]
    fn impact_shows_its_denominators() {
        let line = Segment {
            project: "neutron".into(),
            slug: "vendor-x".into(),
            name: "vendor-x driver".into(),
            affected: 43,
            known: 56,
            score: 82,
            severities: [0, 7, 15, 21],
        };
        let impact = Impact {
            score: 82,
            segment: Some(line.name.clone()),
            affected: 61,
            blocked: 23,
            week: 9,
            segments: vec![line],
            machine: Machine { failures: 5, week: 5 },
            ..Impact::default()
        };
        let html = html(|| impact_panel(&impact));
        for words in
            ["61 people affected · 23 blocked · +9 this week", "43 of 56 users", "hardest-hit segment, vendor-x driver", "5 failures"]
        {
            assert!(html.contains(words), "{words}: {html}");
        }
    }

    #[test]
    fn without_votes_it_teaches() {
        assert!(html(|| impact_panel(&Impact::default())).contains("No votes yet"));
    }
}
