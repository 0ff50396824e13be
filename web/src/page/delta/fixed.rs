//! How a gap ended, and whether it is fixed for those it affected.

use leptos::prelude::*;
use schema::{
    delta::{DeltaPage, Ended, Visibility},
    fixed::{Answers, Asked, Fixed},
    route,
};

use crate::part::{self, Tick, Tone, Tried};

/// How it ended, while it has.
pub(super) fn ended(page: &DeltaPage) -> AnyView {
    let Some(Ended { resolution, reason, release, duplicate_of, by, at, fixed }) = &page.delta.resolution else { return ().into_any() };
    let who = by.as_ref().map_or_else(|| "CI".to_owned(), |person| person.display_name.clone());
    let release = release.as_ref().map(|release| view! { " in "<span class="mono">{release.clone()}</span> });
    let other = duplicate_of.as_ref().map(|other| {
        view! { " of "{part::id_link(&other.key.to_string(), &route::delta(other.key))}" "<a class="link" href=route::delta(other.key)>{other.title.clone()}</a> }
    });
    let onward = duplicate_of.as_ref().map(|other| {
        let counts = if page.delta.visibility == Visibility::Public { "What is said and voted here counts there, too. " } else { "" };
        view! { <p class="muted small">{counts}<a class="link" href=route::delta(other.key)>{format!("Go on at {}", other.key)}</a></p> }
    });
    let when = at.map(|at| view! { ", "{part::ago(at, page.now)} });
    let reason = (!reason.is_empty()).then(|| view! { <p class="muted">{format!("“{reason}”")}</p> });
    let word = resolution.as_str();
    let sum = fixed.map(|sum| view! { <p class="small">"Fixed for those it affected? "{sum.words()}</p> });
    view! {
        <section class="panel">
            <div class="body stack-xs">
                <p><b>{part::capital(word)}</b>{release}{other}<span class="faint">" by "{who}{when}</span></p>
                {reason}{onward}{sum}{not(page)}
            </div>
        </section>
        {questions(page)}
    }
    .into_any()
}

/// For the maintainers: who says no, and what they could do about it. People decide.
fn not(page: &DeltaPage) -> AnyView {
    let Answers { sum, not, .. } = &page.fixed;
    if !page.can.maintainer || sum.no == 0 {
        return ().into_any();
    }
    let lines = not.iter().map(|one| {
        let who = match &one.behalf {
            Some(other) => format!("{other}, says {}", one.by.display_name),
            None => one.by.display_name.clone(),
        };
        let note = (!one.note.is_empty()).then(|| view! { ": "<span class="pre">{format!("“{}”", one.note)}</span> });
        view! { <li>{who}{note}" "<span class="faint xs">{part::ago(one.at, page.now)}</span></li> }
    });
    let words = match sum.no {
        1 => "One of those it affected says it is not fixed. Reopen it if so: below, “Reopen”.".to_owned(),
        n => format!("{n} of those it affected say it is not fixed. Reopen it if so: below, “Reopen”."),
    };
    view! {
        {part::notice(Tone::Warn, &words)}
        <ul class="stack-xs small" aria-label="Who says it is not fixed">{lines.collect_view()}</ul>
    }
    .into_any()
}

/// "Fixed for you?", of the caller and of each they speak for.
fn questions(page: &DeltaPage) -> AnyView {
    let forms = page.fixed.mine.iter().map(|asked| question(page, asked));
    forms.collect_view().into_any()
}

fn question(page: &DeltaPage, asked: &Asked) -> AnyView {
    let of = asked.outsider.map(|id| id.to_string()).unwrap_or_default();
    let title = match &asked.name {
        Some(name) => format!("Fixed for {name}?"),
        None => "Fixed for you?".to_owned(),
    };
    let tick = |answer: Fixed, label: &str, dot: &'static str| Tick { value: answer.as_str().to_owned(), label: label.to_owned(), dot };
    let ticks = vec![
        tick(Fixed::Yes, "Yes, it is fixed", "s0"),
        tick(Fixed::No, "No, it is still so", "s4"),
        tick(Fixed::Unknown, "I cannot tell", "s1"),
    ];
    let tried = Tried::of(&page.refused, "fixed").with("outsider", &of);
    let given = tried.typed("answer").or_else(|| asked.answer.map(Fixed::as_str));
    let form = view! {
        {tried.above(&["note"])}
        <input type="hidden" name="outsider" value=of.clone()/>
        {part::choice("answer", &title, ticks, given)}
        {tried.field("note", "How it shows", &asked.note).within(&format!("fixed-{of}")).max(2000).hint("The maintainers read it where it is not fixed.").area(2)}
        <div class="row-of">{part::submit(if asked.answer.is_some() { "Change the answer" } else { "Answer" })}</div>
    };
    let form = part::post(&route::delta_fixed(page.delta.key), form);
    let body = if asked.answer.is_some() && !tried.refused() {
        let said = match asked.answer {
            Some(Fixed::Yes) => "You said: it is fixed.",
            Some(Fixed::No) => "You said: it is not fixed.",
            _ => "You said: you cannot tell.",
        };
        view! { <div class="body stack-sm"><p class="small">{said}</p><details class="fold"><summary>"Change the answer"</summary>{form}</details></div> }.into_any()
    } else {
        view! { <div class="body">{form}</div> }.into_any()
    };
    part::panel(&title, body)
}
