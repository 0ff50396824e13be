//! What each project thinks: consensus, positions, and the forms to say one's own.

use leptos::prelude::*;
use schema::{
    delta::DeltaPage,
    place::{Consensus, Detail, Position, Rule, Stand},
    route,
};

use super::rule;
use crate::part::{self, Tick, Tried};

/// One panel a place.
pub(super) fn places(page: &DeltaPage) -> AnyView {
    page.delta.places.iter().map(|place| panel(page, place)).collect_view().into_any()
}

fn panel(page: &DeltaPage, place: &Detail) -> AnyView {
    let fresh = |stand: Stand| place.positions.iter().filter(|said| said.position == stand && !said.stale).count();
    let (agree, object) = (fresh(Stand::Agree), fresh(Stand::Object));
    let stale = place.positions.iter().filter(|said| said.stale).count();
    let mut count = format!("{agree} agree · {object} object");
    if stale > 0 {
        count.push_str(&format!(" · {stale} on an older text"));
    }
    let rationale = (!place.rationale.is_empty()).then(|| {
        let by = place.decided_by.as_ref().map(|person| format!(" — {}", person.display_name)).unwrap_or_default();
        view! { <p class="muted">{format!("“{}”{by}", place.rationale)}</p> }
    });
    let said = (!place.positions.is_empty()).then(|| {
        let lines = place.positions.iter().map(|position| line(position, place, page)).collect_view();
        // Who may answer sees what is to be answered.
        let open = page.can.decides.contains(&place.project) && (place.needed.objections > 0 || tried_answer(page, place));
        view! { <details class="fold" open=open><summary>"Who said what"</summary><ul class="stack-sm">{lines}</ul></details> }
    });
    let body = view! {
        <div class="body stack-sm small">
            <div class="bar">{part::consensus(place.consensus.as_str(), "")}<span class="faint">{count}</span></div>
            {rationale}
            {rule::state(place, page.delta.revision, page.now)}
            {said}
            {rule::history(place, page.now)}
            {page.can.me.as_deref().map(|me| position(page, place, me))}
            {page.can.decides.contains(&place.project).then(|| consensus(page, place))}
        </div>
    };
    part::panel(&format!("Consensus in {}", place.project_name), body)
}

/// Whether an answer to an objection was refused here.
fn tried_answer(page: &DeltaPage, place: &Detail) -> bool {
    Tried::of(&page.refused, "answer").with("project", &place.project).refused()
}

fn line(said: &Position, place: &Detail, page: &DeltaPage) -> AnyView {
    let stale = said.stale.then(|| view! { " "<span class="faint xs">{format!("on revision {}", said.revision)}</span> });
    let maintainer = said.maintainer.then(|| view! { " "<span class="faint xs">"maintainer"</span> });
    let reason = (!said.reason.is_empty()).then(|| view! { <span class="muted">{format!("“{}”", said.reason)}</span> });
    view! {
        <li class="stack-xs">
            <span>
                {part::avatar(&said.person.display_name, "")}" "<b>{said.person.display_name.clone()}</b>{maintainer}" "{verb(said.position)}" "
                <span class="faint xs">{part::ago(said.at, page.now)}</span>{stale}
            </span>
            {reason}
            {rule::answer(page, place, said)}
        </li>
    }
    .into_any()
}

fn verb(stand: Stand) -> &'static str {
    match stand {
        Stand::Agree => "agrees",
        Stand::Object => "objects",
        Stand::Abstain => "abstains",
    }
}

/// One's own position.
fn position(page: &DeltaPage, place: &Detail, me: &str) -> AnyView {
    let mine = place.positions.iter().find(|said| said.person.name == me);
    let label = match mine {
        Some(said) if said.stale => "Your position is on an older text",
        Some(_) => "Change your position",
        None => "State your position",
    };
    let answers = [("agree", "Agree: this should be so"), ("object", "Object: it should not"), ("abstain", "Abstain")];
    let mut answers: Vec<Tick> =
        answers.into_iter().map(|(value, label)| Tick { value: value.into(), label: label.into(), dot: "" }).collect();
    if mine.is_some() {
        answers.push(Tick { value: "none".into(), label: "Take it back".into(), dot: "" });
    }
    let form = format!("position-{}", place.project);
    let tried = Tried::of(&page.refused, "position").with("project", &place.project);
    let chosen = tried.typed("position").or(mine.map(|said| said.position.as_str()));
    let reason = mine.map(|said| said.reason.as_str()).unwrap_or_default();
    let fields = view! {
        {tried.above(&["reason"])}
        {part::choice("position", &format!("Your position in {}", place.project_name), answers, chosen)}
        {tried.field("reason", "Why", reason).within(&form).max(2000).hint("Needed to object.").area(2)}
        <div class="row-of">{part::submit("State it")}</div>
    };
    let form = part::post(&route::delta_position(page.delta.key, &place.project), fields);
    view! { <details class="fold" open=tried.refused()><summary>{label}</summary>{form}</details> }.into_any()
}

/// The project's own word, for its maintainers.
fn consensus(page: &DeltaPage, place: &Detail) -> AnyView {
    let states = Consensus::ALL.iter().map(|state| {
        let words = match state {
            Consensus::Proposed => "Proposed: nobody has looked yet",
            Consensus::Discussing => "Under discussion",
            Consensus::Agreed => "Agreed: this should be so",
            Consensus::Disputed => "Disputed",
            Consensus::Declined => "Declined: it is right as it is",
        };
        (state.to_string(), words.to_owned())
    });
    let hint = if place.decision.rule == Rule::Maintainers { "Needed to decline." } else { "Needed to agree or decline past the rule." };
    let form = format!("consensus-{}", place.project);
    let tried = Tried::of(&page.refused, "consensus").with("project", &place.project);
    let fields = view! {
        <input type="hidden" name="version" value=place.version.to_string()/>
        {tried.above(&["state", "rationale"])}
        {tried.field("state", "The project holds", place.consensus.as_str()).within(&form).required().select(states.collect())}
        {tried.field("rationale", "Rationale", &place.rationale).within(&form).max(2000).hint(hint).area(2)}
        <div class="row-of">{part::submit("Set the consensus")}</div>
    };
    let form = part::post(&route::delta_consensus(page.delta.key, &place.project), fields);
    view! { <details class="fold" open=tried.refused()><summary>"Set the consensus"</summary>{form}</details> }.into_any()
}
