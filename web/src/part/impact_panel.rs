//! The panel "Impact" of a delta: who is hit, and how hard.

use leptos::prelude::*;
use schema::impact::{Impact, Machine, Note, SEVERITIES};

use super::frame::{empty, panel_with};
use super::impact::segments;

/// Most segments that are shown before the fold.
const SEGMENTS: usize = 4;

/// What the votes say of a delta, and beside it what machines saw; `named` is what a project is called. The vote's island loads it
/// anew by its id, `impact`.
pub fn impact_panel(impact: &Impact, named: impl Fn(&str) -> String) -> AnyView {
    let machine = machine(&impact.machine);
    if impact.segments.is_empty() {
        let about =
            "Nobody has said whether it affects them. One vote is enough to begin: it counts in every segment of users its voter is in.";
        return view! { <div id="impact">{panel_with("Impact", "who is hit, and how hard", machine, empty("No votes yet", about, ()))}</div> }.into_any();
    }
    let all = &impact.segments;
    let lines = segments(all.iter().take(SEGMENTS), all, &named);
    let more = (all.len() > SEGMENTS).then(|| {
        let words = match all.len() - SEGMENTS {
            1 => "1 more segment".to_owned(),
            n => format!("{n} more segments"),
        };
        view! { <details class="fold"><summary>{words}</summary>{segments(all.iter().skip(SEGMENTS), all, &named)}</details> }
    });
    let hardest = match &impact.segment {
        Some(name) => format!("in its hardest-hit segment, {name}"),
        None => "nobody is affected so far".to_owned(),
    };
    let inside = view! {
        <div class="body">
            <div class="bar score">
                <div><div class="big">{impact.score}</div><div class="xs muted">{hardest}</div></div>
                <p class="small muted">{people(impact)}</p>
            </div>
            <div class="mt">{lines}{more}</div>
            {notes(&impact.notes)}
        </div>
    };
    view! { <div id="impact">{panel_with("Impact", "who is hit, and how hard", machine, inside)}</div> }.into_any()
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

/// How it shows at people's places, in their words.
fn notes(notes: &[Note]) -> AnyView {
    if notes.is_empty() {
        return ().into_any();
    }
    let line = |note: &Note| {
        let severity = usize::try_from(note.severity).ok().and_then(|at| SEVERITIES.get(at)).copied().unwrap_or_default();
        let said = format!("{} · {severity}", note.person.display_name);
        view! { <li><span class="pre">{format!("“{}”", note.note)}</span>" "<span class="faint xs">{said}</span></li> }
    };
    view! { <ul class="stack-xs small mt" aria-label="What people say about it">{notes.iter().map(line).collect_view()}</ul> }.into_any()
}

/// Machine evidence stands beside the votes and is never added to them.
fn machine(machine: &Machine) -> AnyView {
    let some = |n: i64, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
    let mut words = Vec::new();
    if machine.failures > 0 {
        words.push(format!("CI: {} attributed to it, {} this week", some(machine.failures, "failure", "failures"), machine.week));
    }
    if machine.occurrences > 0 {
        words.push(format!("{} seen, {} in 7 days", some(machine.occurrences, "crash", "crashes"), machine.occurrences_week));
    }
    (!words.is_empty()).then(|| view! { <span class="xs muted">{words.join(" · ")}</span> }).into_any()
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
            machine: Machine { failures: 5, week: 5, occurrences: 1, occurrences_week: 1 },
            ..Impact::default()
        };
        let html = html(|| impact_panel(&impact, str::to_owned));
        for words in [
            "61 people affected · 23 blocked · +9 this week",
            "43 of 56 users",
            "hardest-hit segment, vendor-x driver",
            "5 failures",
            "1 crash seen, 1 in 7 days",
        ] {
            assert!(html.contains(words), "{words}: {html}");
        }
    }

    #[test]
    fn the_hardest_hit_are_shown_and_the_others_folded() {
        let line = |project: &str, name: &str| Segment {
            project: project.into(),
            slug: name.into(),
            name: name.into(),
            affected: 1,
            known: 2,
            score: 9,
            severities: [1, 0, 0, 0],
        };
        let segments = vec![line("a", "A"), line("a", "B"), line("a", "C"), line("a", "Everyone"), line("b", "Everyone"), line("b", "D")];
        let impact = Impact { score: 9, affected: 1, segments, ..Impact::default() };
        let html = html(|| impact_panel(&impact, |slug| format!("Project {slug}")));
        let (shown, folded) = html.split_once("2 more segments").unwrap();
        assert!(shown.contains("Everyone in Project a") && folded.contains("Everyone in Project b"), "{html}");
    }

    #[test]
    fn without_votes_it_teaches() {
        assert!(html(|| impact_panel(&Impact::default(), str::to_owned)).contains("No votes yet"));
    }
}
