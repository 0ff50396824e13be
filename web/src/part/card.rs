//! A card of a board. Written as text, in few elements: a board has hundreds, and each of their bytes and nodes counts.
//!
//! What the board's island relies on: `data-card` (the key), `data-v` (the version), and that the first link leads to the task.

use std::fmt::Write;

use schema::board::{Card, CardDelta, Category};
use schema::route;

use super::mark::{hue, initials};

/// Longest title of a delta on a card, in characters; the whole of it is on its page.
const DELTA_TITLE_MAX: usize = 60;
/// Most deltas on a card.
const DELTAS_MAX: usize = 3;

/// The HTML of a card in a column of this category: one `<li>`.
#[must_use]
pub fn card(card: &Card, category: Category) -> String {
    let mut out = String::with_capacity(700);
    // Writing to a String cannot fail.
    let _ = write(&mut out, card, category == Category::Done);
    out
}

fn write(out: &mut String, card: &Card, done: bool) -> std::fmt::Result {
    let class = match (card.blocked_by.is_empty() || done, done) {
        (false, _) => "card blocked",
        (_, true) => "card done",
        _ => "card",
    };
    let (key, version) = (&card.key, card.version);
    write!(out, r#"<li class="{class}" data-row data-card="{key}" data-v="{version}"><div class="top">"#)?;
    let bars = match card.priority.as_str() {
        "urgent" => 4,
        "high" => 3,
        "normal" => 2,
        _ => 1,
    };
    write!(out, r#"<i class="pb p{bars}" role="img" aria-label="{}"></i><span class="id">{key}</span>"#, card.priority,)?;
    for person in &card.assignees {
        let name = Escaped(&person.display_name);
        let (hue, letters) = (hue(&person.display_name), initials(&person.display_name));
        write!(out, r#"<i class="avatar hue-{hue}" role="img" aria-label="{name}" title="{name}">{}</i>"#, Escaped(&letters))?;
    }
    write!(out, r#"</div><h3><a href="{}">{}</a></h3>"#, route::task(key), Escaped(&card.title))?;
    if !card.deltas.is_empty() {
        out.push_str(r#"<div class="why">"#);
        card.deltas.iter().take(DELTAS_MAX).try_for_each(|delta| write_delta(out, delta))?;
        out.push_str("</div>");
    }
    let start = out.len();
    out.push_str(r#"<div class="feet">"#);
    let empty = out.len();
    write_feet(out, card, done)?;
    if out.len() == empty {
        out.truncate(start);
    } else {
        out.push_str("</div>");
    }
    out.push_str("</li>");
    Ok(())
}

fn write_delta(out: &mut String, delta: &CardDelta) -> std::fmt::Result {
    let CardDelta { key, kind, impact, .. } = delta;
    let title: String = delta.title.chars().take(DELTA_TITLE_MAX).collect();
    let step = (impact.clamp(&0, &100) + 5) / 10;
    write!(
        out,
        r#"<a href="{}"><i class="kind {kind}" role="img" aria-label="{kind}"></i><span class="id">{key}</span><span class="t">{}</span><b class="im i{step}">{impact}</b></a>"#,
        route::delta(key),
        Escaped(&title),
    )
}

fn write_feet(out: &mut String, card: &Card, done: bool) -> std::fmt::Result {
    let commitment = card.commitment.as_str();
    let tone = match commitment {
        "none" => None,
        "committed" => Some("pill accent"),
        "delivered" => Some("pill good"),
        _ => Some("pill"),
    };
    if let Some(tone) = tone {
        write!(out, r#"<span class="{tone}">{commitment}"#)?;
        if let Some(target) = &card.target {
            write!(out, " · {}", Escaped(target))?;
        }
        out.push_str("</span>");
    } else if let [delta] = card.deltas.as_slice()
        && delta.relation.as_str() != "resolves"
    {
        write!(out, r#"<span class="pill">{}</span>"#, delta.relation)?;
    }
    if let Some(failing) = card.ci_failing {
        write!(out, r#"<span class="pill bad">{failing} failing in CI</span>"#)?;
    }
    if !done && let Some((first, others)) = card.blocked_by.split_first() {
        write!(out, r#"<span class="pill bad">blocked by {first}"#)?;
        if !others.is_empty() {
            write!(out, " and {} more", others.len())?;
        }
        out.push_str("</span>");
    }
    card.labels.iter().take(3).try_for_each(|label| write!(out, r#"<span class="pill">{}</span>"#, Escaped(label)))
}

/// Text as HTML writes it, inside elements and inside attributes in double quotes.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                _ => "&quot;",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use schema::{
        delta::Kind,
        id::{DeltaKey, TaskKey},
        task::{Commitment, Priority, Relation},
        user::Person,
    };

    use super::*;

    fn example() -> Card {
        Card {
            key: TaskKey { prefix: "NW".into(), number: 207 },
            title: "Retry <the> session & \"more\"".into(),
            priority: Priority::Urgent,
            version: 3,
            assignees: vec![Person { name: "mk".into(), display_name: "Mara \"<b>\" Kim".into() }],
            labels: vec!["<i>".into()],
            deltas: vec![CardDelta {
                key: DeltaKey(1042),
                kind: Kind::Crash,
                title: "Port <stays> down".repeat(9),
                impact: 91,
                open: true,
                relation: Relation::Resolves,
            }],
            commitment: Commitment::Committed,
            target: Some("2026.2".into()),
            blocked_by: vec![TaskKey { prefix: "NW".into(), number: 9 }],
            ci_failing: Some(3),
            rank: String::new(),
        }
    }

    #[test]
    fn a_card_says_what_matters_and_escapes_what_people_wrote() {
        let html = card(&example(), Category::Doing);
        assert!(html.starts_with(r#"<li class="card blocked" data-row data-card="NW-207" data-v="3">"#), "{html}");
        for part in [
            "urgent",
            ">MK</i>",
            "Retry &lt;the&gt; session &amp; &quot;more&quot;",
            r#"<h3><a href="/tasks/NW-207">"#,
            r#"href="/deltas/D-1042""#,
            "im i9",
            "committed · 2026.2",
            "3 failing in CI",
            "blocked by NW-9",
            "&lt;i&gt;",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(!html.contains("<the>") && !html.contains("<stays>") && !html.contains("<b>\"") && !html.contains("style="), "{html}");
    }

    #[test]
    fn a_finished_card_is_not_blocked() {
        let html = card(&example(), Category::Done);
        assert!(html.contains("card done") && !html.contains("blocked by"), "{html}");
    }

    #[test]
    fn a_plain_card_is_small() {
        let plain = Card {
            assignees: vec![],
            labels: vec![],
            deltas: vec![],
            commitment: Commitment::None,
            target: None,
            blocked_by: vec![],
            ci_failing: None,
            ..example()
        };
        let html = card(&plain, Category::Ready);
        assert!(html.len() < 300 && !html.contains("feet") && !html.contains("why"), "{html}");
    }
}
