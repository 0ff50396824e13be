//! States as pills: the same word in the same colour on every page.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::mark::{Tone, pill};

/// A place's consensus, with the project it is of (may be empty where that is plain).
pub fn consensus(state: &str, project: &str) -> AnyView {
    let (tone, mark, word) = match state {
        "agreed" => (Tone::Good, Some(Icon::Check), "agreed"),
        "discussing" => (Tone::Warn, None, "under discussion"),
        "disputed" => (Tone::Warn, Some(Icon::Alert), "disputed"),
        other => (Tone::Plain, None, other),
    };
    let of = if project.is_empty() { String::new() } else { format!(" in {project}") };
    marked(tone, mark, &format!("{word}{of}"))
}

/// An organisation's stance.
pub fn stance(stance: &str) -> AnyView {
    match stance {
        "taken" => marked(Tone::Accent, Some(Icon::Check), "taken"),
        "snoozed" => marked(Tone::Plain, Some(Icon::Clock), "snoozed"),
        other => pill(Tone::Plain, other),
    }
}

/// A task's commitment, with its target (may be empty); nothing at all for `none`.
pub fn commitment(state: &str, target: &str) -> AnyView {
    let words = if target.is_empty() { state.to_owned() } else { format!("{state} · {target}") };
    match state {
        "none" | "" => ().into_any(),
        "committed" => marked(Tone::Accent, Some(Icon::Promise), &words),
        "delivered" => marked(Tone::Good, Some(Icon::Check), &words),
        _ => pill(Tone::Plain, &words),
    }
}

/// Whether a delta's gap is open, or how it ended. `resolution` is empty while it is open.
pub fn resolution(resolution: &str) -> AnyView {
    match resolution {
        "" => pill(Tone::Bad, "open"),
        "closed" => marked(Tone::Good, Some(Icon::Check), "closed"),
        other => pill(Tone::Plain, other),
    }
}

/// What CI is told of a failure.
pub fn verdict(verdict: &str) -> AnyView {
    let tone = match verdict {
        "known" => Tone::Accent,
        "regressed" | "new" => Tone::Bad,
        "quarantined" | "flaky" => Tone::Warn,
        _ => Tone::Plain,
    };
    pill(tone, verdict)
}

fn marked(tone: Tone, mark: Option<Icon>, words: &str) -> AnyView {
    view! { <span class=format!("pill {}", tone.class())>{mark.map(icon)}{words.to_owned()}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn a_consensus_is_said_with_its_project() {
        assert!(html(|| consensus("agreed", "neutron")).contains("agreed in neutron<"));
        assert!(html(|| consensus("discussing", "")).contains("pill warn"));
    }

    #[test]
    fn no_commitment_takes_no_room() {
        assert!(!html(|| commitment("none", "")).contains("pill"));
        assert!(html(|| commitment("committed", "2026.2")).contains("committed · 2026.2"));
    }

    #[test]
    fn an_open_gap_and_a_regression_are_bad_news() {
        assert!(html(|| resolution("")).contains("pill bad") && html(|| verdict("regressed")).contains("pill bad"));
        assert!(html(|| stance("taken")).contains("pill accent"));
    }
}
