//! Whom a delta hits, and the vote.

use leptos::prelude::*;
use schema::{
    delta::DeltaPage,
    impact::{Impact, SEVERITIES},
    route,
};

use crate::part::{self, Tick};

/// Who is hit, and how hard: per segment, with its denominator.
pub(super) fn impact(page: &DeltaPage) -> AnyView {
    let impact = &page.delta.impact;
    if impact.segments.is_empty() {
        let words = "Nobody has said yet that this affects them.";
        return part::panel_with("Impact", "who is hit, and how hard", (), view! { <p class="body muted small">{words}</p> });
    }
    let mut words = format!("{} affected", people(impact.affected));
    if impact.blocked > 0 {
        words.push_str(&format!(" · {} blocked", impact.blocked));
    }
    if impact.week > 0 {
        words.push_str(&format!(" · +{} this week", impact.week));
    }
    // Every project has its own "everyone": it is named where there are several.
    let several = page.delta.places.len() > 1;
    let lines = impact
        .segments
        .iter()
        .map(|segment| {
            let name = if several { format!("{} · {}", segment.name, segment.project) } else { segment.name.clone() };
            part::segment(&name, segment.severities, segment.known)
        })
        .collect_view();
    let body = view! {
        <div class="body">
            <div class="bar">
                <div><div class="big">{impact.score}</div><div class="xs faint">"in its hardest-hit segment"</div></div>
                <div class="muted small">{words}</div>
            </div>
            {lines}
        </div>
    };
    part::panel_with("Impact", "who is hit, and how hard", (), body)
}

fn people(n: i64) -> String {
    if n == 1 { "1 person".to_owned() } else { format!("{n} people") }
}

/// "Does this affect you?"
pub(super) fn vote(page: &DeltaPage) -> AnyView {
    let impact = &page.delta.impact;
    let body = if page.can.me.is_some() {
        let answers = SEVERITIES.iter().zip(["s0", "s1", "s2", "s3", "s4"]).enumerate();
        let tick =
            |(value, (label, dot)): (usize, (&&str, &'static str))| Tick { value: value.to_string(), label: (*label).to_owned(), dot };
        let mut answers: Vec<Tick> = answers.map(tick).collect();
        // "Not affected" stands last: it is said least.
        answers.rotate_left(1);
        let mine = impact.mine.map(|severity| severity.to_string());
        let fields = view! {
            {part::choice("severity", "Does this affect you?", answers, mine.as_deref())}
            <div class="row-of">{part::submit("Vote")}</div>
        };
        view! { {part::post(&route::delta_vote(page.delta.key), fields)}{counts(impact, page)} }.into_any()
    } else {
        view! { <p class="muted small"><a class="link" href=route::sign_in()>"Sign in"</a>" to say how hard this hits you."</p> }.into_any()
    };
    part::panel("Does this affect you?", view! { <div class="body stack-sm">{body}</div> })
}

/// In which segments one counts.
fn counts(impact: &Impact, page: &DeltaPage) -> AnyView {
    let change = page.delta.places.first().map(|place| view! { " "<a class="link" href=route::project(&place.project)>"Change"</a> });
    let words = if impact.my_segments.is_empty() {
        view! { "Say in the project which users you are." }.into_any()
    } else {
        view! { "You count in "<b>{impact.my_segments.join(", ")}</b>"." }.into_any()
    };
    view! { <p class="xs faint">{words}{change}</p> }.into_any()
}
