//! The panel "Impact" of a delta: who is hit, and how hard.

use leptos::prelude::*;
use schema::impact::{Impact, Machine, Note, OnRelease, day_number, severity_word};
use schema::lens::Through;
use time::OffsetDateTime;

use super::frame::{empty, panel_with};
use super::impact::segments;
use super::impact_chart::{over_time, trend};

/// Most segments that are shown before the fold.
const SEGMENTS: usize = 4;
/// Releases that are named in the line of who still says so.
const RELEASES: usize = 3;

/// What the votes say of a delta, and beside it what machines saw; `named` is what a project is called. The vote's island loads it
/// anew by its id, `impact`.
pub fn impact_panel(impact: &Impact, named: impl Fn(&str) -> String, now: OffsetDateTime) -> AnyView {
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
                <div class="stack-xs"><p class="small muted">{people(impact)}</p>{trend(&impact.trend)}</div>
            </div>
            <div class="mt">{lines}{more}</div>
            {lenses(&impact.lenses)}
            {releases(&impact.releases)}
            {over_time(impact, day_number(now))}
            {notes(&impact.notes)}
        </div>
    };
    view! { <div id="impact">{panel_with("Impact", "who is hit, and how hard", machine, inside)}</div> }.into_any()
}

/// "61 people affected · 23 blocked".
fn people(impact: &Impact) -> String {
    let mut words = vec![match impact.affected {
        1 => "1 person affected".to_owned(),
        n => format!("{n} people affected"),
    }];
    if impact.blocked > 0 {
        words.push(format!("{} blocked", impact.blocked));
    }
    if impact.on_behalf > 0 {
        words.push(format!("{} of them spoken for", impact.on_behalf));
    }
    words.join(" · ")
}

/// The same number through the lenses of one's own organisations.
fn lenses(lenses: &[Through]) -> AnyView {
    let line = |one: &Through| {
        let words = format!("{}'s lens: ", one.name);
        view! { <li><a class="link" href=schema::route::org_lens_page(&one.org)>{words}</a><b>{one.score}</b></li> }
    };
    (!lenses.is_empty()).then(|| view! { <ul class="row-of small mt" aria-label="Through your organisations' lenses">{lenses.iter().map(line).collect_view()}</ul> }).into_any()
}

/// Who still says so of the newest releases.
fn releases(releases: &[OnRelease]) -> AnyView {
    let said: Vec<String> = releases
        .iter()
        .filter(|release| release.confirmed > 0)
        .take(RELEASES)
        .map(|release| format!("{} on {}", release.confirmed, release.release))
        .collect();
    (!said.is_empty()).then(|| view! { <p class="small muted">{format!("Still affected, confirmed: {}", said.join(" · "))}</p> }).into_any()
}

/// How it shows at people's places, in their words.
fn notes(notes: &[Note]) -> AnyView {
    if notes.is_empty() {
        return ().into_any();
    }
    let line = |note: &Note| {
        let who = match &note.behalf {
            Some(other) => format!("on behalf of {other}, by {}", note.person.display_name),
            None => note.person.display_name.clone(),
        };
        let said = format!("{who} · {}", severity_word(note.severity));
        view! { <li><span class="pre">{format!("“{}”", note.note)}</span>" "<span class="faint xs">{said}</span></li> }
    };
    view! { <ul class="stack-xs small mt" aria-label="What people say about it">{notes.iter().map(line).collect_view()}</ul> }.into_any()
}

/// Machine evidence stands beside the votes and is never added to them.
fn machine(machine: &Machine) -> AnyView {
    let some = |n: i64, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
    // One place for all that machines see.
    let mut words = Vec::new();
    if machine.failures > 0 {
        let hits = some(machine.failures, "hit", "hits");
        words.push(format!("CI: {} in 7 days, {} in 30 days; {hits} in all", machine.week, machine.month));
    }
    if machine.occurrences > 0 {
        words.push(format!("{} seen, {} in 7 days", some(machine.occurrences, "crash", "crashes"), machine.occurrences_week));
    }
    (!words.is_empty()).then(|| view! { <span class="xs muted">{words.join(" · ")}</span> }).into_any()
}

#[cfg(test)]
mod tests {
    use schema::impact::{Segment, Trend, Week};

    use super::*;
    use crate::testing::html;

    const NOW: OffsetDateTime = time::macros::datetime!(2026-11-22 12:00 UTC);

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
            trend: Trend { net: 9, weeks: vec![Week { start: "2026-11-16".parse().unwrap(), came: 9, went: 0 }] },
            segments: vec![line],
            machine: Machine { failures: 5, week: 3, month: 4, occurrences: 1, occurrences_week: 1 },
            ..Impact::default()
        };
        let html = html(|| impact_panel(&impact, str::to_owned, NOW));
        for words in [
            "61 people affected · 23 blocked<",
            "+9 this week",
            "43 of 56 users",
            "hardest-hit segment, vendor-x driver",
            "3 in 7 days, 4 in 30 days; 5 hits",
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
        let html = html(|| impact_panel(&impact, |slug| format!("Project {slug}"), NOW));
        let (shown, folded) = html.split_once("2 more segments").unwrap();
        assert!(shown.contains("Everyone in Project a") && folded.contains("Everyone in Project b"), "{html}");
    }

    #[test]
    fn without_votes_it_teaches() {
        assert!(html(|| impact_panel(&Impact::default(), str::to_owned, NOW)).contains("No votes yet"));
    }
}
