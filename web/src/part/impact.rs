//! Impact: the number of a delta, and what it is made of. Widths are SVG, since inline styles are forbidden.

use leptos::prelude::*;

/// What each severity is called, from 1 to 4.
const WORDS: [&str; 4] = ["cosmetic", "in the way", "breaks a workflow", "blocked"];

/// A delta's impact (0 to 100): bar and number.
pub fn impact(score: i64) -> AnyView {
    let width = score.clamp(0, 100).to_string();
    let class = match score {
        75.. => "s4",
        45.. => "s3",
        _ => "s2",
    };
    view! {
        <span class="impact">
            <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class=class width=width height="6"></rect></svg>
            <span class="hid">"impact "</span>
            {score}
        </span>
    }
    .into_any()
}

/// A delta's impact with the segment that is hit hardest.
pub fn impact_in(score: i64, segment: &str) -> AnyView {
    view! { <span class="nowrap">{impact(score)}" "<span class="xs faint">{segment.to_owned()}</span></span> }.into_any()
}

/// How many of a segment's users are hit, and how hard: `severities` counts the votes of severity 1 to 4, `known` all users who said
/// anything.
pub fn track(severities: [i64; 4], known: i64) -> AnyView {
    let affected: i64 = severities.iter().sum();
    let scale = known.max(affected).max(1);
    let mut at = 0;
    let bars = (0..4)
        .rev()
        .filter(|i| severities[*i] > 0)
        .map(|i| {
            let width = severities[i] * 1000 / scale;
            let x = at;
            at += width;
            view! { <rect class=format!("s{}", i + 1) x=x.to_string() width=width.to_string() height="10"></rect> }
        })
        .collect_view();
    let spread: Vec<_> = (0..4).rev().filter(|i| severities[*i] > 0).map(|i| format!("{} {}", severities[i], WORDS[i])).collect();
    let label = format!("{affected} of {known} users affected{}{}", if spread.is_empty() { "" } else { ": " }, spread.join(", "));
    let title = label.clone();
    view! {
        <svg class="track" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=label>
            <title>{title}</title>
            {bars}
        </svg>
    }
    .into_any()
}

/// One segment's line: its name, its track, and "43 of 56 users".
pub fn segment(name: &str, severities: [i64; 4], known: i64) -> AnyView {
    let affected: i64 = severities.iter().sum();
    view! {
        <div class="seg">
            <span>{name.to_owned()}</span>
            {track(severities, known)}
            <span class="muted">{format!("{affected} of {known} users")}</span>
        </div>
    }
    .into_any()
}

/// The lines of these of `all` segments; one whose name another project uses too is told apart by its project, as `named` calls it.
pub fn segments<'a>(
    these: impl Iterator<Item = &'a schema::impact::Segment>,
    all: &[schema::impact::Segment],
    named: impl Fn(&str) -> String,
) -> AnyView {
    these
        .map(|one| {
            let shared = all.iter().any(|other| other.name == one.name && other.project != one.project);
            let name = if shared { format!("{} in {}", one.name, named(&one.project)) } else { one.name.clone() };
            segment(&name, one.severities, one.known)
        })
        .collect_view()
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn impact_is_a_number_with_a_bar() {
        let html = html(|| impact(82));
        assert!(html.contains(r#"width="82""#) && html.contains("82") && html.contains("s4"), "{html}");
    }

    #[test]
    fn a_segment_shows_its_denominator() {
        let html = html(|| segment("vendor-x driver", [0, 7, 15, 21], 56));
        assert!(html.contains("43 of 56 users<"), "{html}");
        assert!(html.contains("21 blocked, 15 breaks a workflow, 7 in the way"), "{html}");
    }

    #[test]
    fn a_segment_nobody_spoke_for_is_an_empty_track() {
        let html = html(|| track([0; 4], 0));
        assert!(html.contains("0 of 0 users affected") && !html.contains("<rect"), "{html}");
    }
}
