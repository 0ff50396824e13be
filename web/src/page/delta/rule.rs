//! What a project's rule makes of a delta: what is still needed, answers to objections, and how it came to be decided.

use leptos::prelude::*;
use schema::{
    delta::DeltaPage,
    place::{Detail, How, Needed, Position, Rule},
    route,
};
use time::OffsetDateTime;

use super::timeline;
use crate::part::{self, Tried};

/// What is still needed, while nobody has decided; how it was decided afterwards.
pub(super) fn state(place: &Detail, revision: i64, now: OffsetDateTime) -> AnyView {
    let words = if place.needed.undecided { needed(place, now) } else { how(place, revision) };
    words.map(|words| view! { <p class="xs faint">{words}</p> }).into_any()
}

/// "2 of 3 approvals by maintainers · 1 objection unanswered".
fn needed(place: &Detail, now: OffsetDateTime) -> Option<String> {
    let Needed { approvals, objections, at, .. } = place.needed;
    let unanswered = match objections {
        0 => None,
        1 => Some("1 objection unanswered".to_owned()),
        n => Some(format!("{n} objections unanswered")),
    };
    let days = |days: i64| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    let first = match (place.decision.rule, at) {
        (Rule::Maintainers, _) => return unanswered,
        (Rule::Approvals, _) => {
            let of = place.decision.approvals();
            Some(format!("{approvals} of {of} {} by maintainers", if of == 1 { "approval" } else { "approvals" }))
        }
        (Rule::Lazy, Some(at)) if at <= now => Some("Agreed by itself in a moment".to_owned()),
        (Rule::Lazy, Some(at)) => Some(format!("Agreed by itself {}, unless someone objects", part::relative(at, now))),
        (Rule::Lazy, None) if objections > 0 => {
            Some(format!("Agreed by itself {} after the last objection is answered", days(place.decision.days())))
        }
        (Rule::Lazy, None) => {
            Some(format!("Agreed by itself {} after somebody states a position, unless someone objects", days(place.decision.days())))
        }
    };
    Some([first, unanswered].into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// "By the project's rule · on revision 2, the text is now revision 3".
fn how(place: &Detail, revision: i64) -> Option<String> {
    let how = match place.how {
        How::Word => None,
        How::Rule => Some("Decided by the project's rule".to_owned()),
        How::Override => Some("Set by a maintainer, past the project's rule".to_owned()),
    };
    let older =
        place.revision.filter(|on| *on < revision).map(|on| format!("Decided on revision {on}; the text is now revision {revision}"));
    let objections = match place.needed.objections {
        0 => None,
        1 => Some("1 objection since".to_owned()),
        n => Some(format!("{n} objections since")),
    };
    let all: Vec<String> = [how, older, objections].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join(" · "))
}

/// A maintainer's answer to an objection; or the form for one.
pub(super) fn answer(page: &DeltaPage, place: &Detail, said: &Position) -> AnyView {
    if let Some(answer) = &said.answer {
        let who = answer.by.as_ref().map_or_else(|| "A maintainer".to_owned(), |person| person.display_name.clone());
        return view! { <span class="muted">{format!("Answered by {who}: “{}”", answer.reason)}</span> }.into_any();
    }
    let own = page.can.me.as_deref() == Some(said.person.name.as_str());
    if !said.objects() || own || !page.can.decides.contains(&place.project) {
        return ().into_any();
    }
    let form = format!("answer-{}-{}", place.project, said.person.name);
    let tried = Tried::of(&page.refused, "answer").with("project", &place.project).with("name", &said.person.name);
    let fields = view! {
        <input type="hidden" name="name" value=said.person.name.clone()/>
        {tried.above(&["reason"])}
        {tried.field("reason", "Why it does not hold", "").within(&form).required().max(2000).area(2)}
        <div class="row-of">{part::submit("Answer")}</div>
    };
    let form = part::post(&route::delta_answer(page.delta.key, &place.project), fields);
    let whose = format!(" {}'s objection", said.person.display_name);
    view! { <details class="fold" open=tried.refused()><summary>"Answer"<span class="hid">{whose}</span></summary>{form}</details> }
        .into_any()
}

/// What was said and decided, newest first.
pub(super) fn history(place: &Detail, now: OffsetDateTime) -> AnyView {
    // One thing said or decided stands above already.
    if place.history.len() < 2 {
        return ().into_any();
    }
    let lines = place
        .history
        .iter()
        .map(|entry| {
            let who = entry.actor.as_ref().map_or_else(|| timeline::machine(entry).to_owned(), |person| person.display_name.clone());
            let on = entry.data.get("revision").and_then(|n| n.as_i64()).map(|n| format!("revision {n} · "));
            view! { <li>{format!("{who} {}", timeline::words(entry))}<br/><span class="faint xs">{on}{part::ago(entry.at, now)}</span></li> }
        })
        .collect_view();
    view! { <details class="fold"><summary>"History"</summary><ol class="stack-sm">{lines}</ol></details> }.into_any()
}
