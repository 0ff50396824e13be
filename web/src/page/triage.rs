//! The triage inbox: what waits on the left, the chosen delta on the right, and the decisions below it.
//!
//! Every decision is a form. Those that ask for something open above their button (`popover`, so without script); the
//! document's keys press the buttons: `a l s d`, `z` undoes, `j` and `k` choose the next and the one before.

use std::collections::HashMap;

use leptos::prelude::*;
use schema::{
    delta::Visibility,
    route,
    stance::Standing,
    task::{PRIVATE_HINT, Priority, title_for},
    triage::{Chosen, Item, TriagePage, Woke},
};
use time::OffsetDateTime;

use super::org::count_words;
use crate::part::{self, Crumb, Field, Tone};

/// The whole page.
pub fn triage(page: TriagePage) -> AnyView {
    let slug = page.org.slug.clone();
    let about = match page.waiting {
        0 => String::new(),
        1 => "1 delta touches what you watch and has no stance yet".to_owned(),
        n => format!("{} deltas touch what you watch and have no stance yet", count_words(n)),
    };
    let refused = page.refused.as_ref().map(|problem| part::notice(Tone::Bad, &problem.in_words()));
    let watched = format!("{}#watches", route::org_settings(&slug));
    let body = match &page.chosen {
        Some(chosen) => inbox(&page, chosen),
        None if page.watches == 0 => {
            let step = view! { <a class="btn primary" href=watched.clone()>"Say what you watch"</a> };
            part::empty(
                "Nothing is watched yet",
                "A watch rule is a query over deltas, such as project:neutron impact:>20. What it matches waits here.",
                step,
            )
        }
        None => {
            let step = view! { <a class="btn" href=watched.clone()>"See what you watch"</a> };
            part::empty("Nothing waits", "Every open delta that you watch has a stance. New ones come here by themselves.", step)
        }
    };
    let hint = (page.decides && page.chosen.is_some())
        .then(|| view! { <span class="faint xs keys-hint"><kbd>"J"</kbd>" "<kbd>"K"</kbd>" next · "<kbd>"Z"</kbd>" undo"</span> });
    view! {
        {part::crumbs(vec![Crumb::link(page.org.name.clone(), route::org(&slug)), Crumb::text("Triage")])}
        <div class="bar"><h1>"Triage inbox"</h1><span class="muted small">{about}</span><span class="push"></span>{hint}
            <a class="btn quiet" href=route::org_lens_page(&slug)>"Our lens"</a><a class="btn quiet" href=watched>"What we watch"</a></div>
        {refused}
        {body}
    }
    .into_any()
}

fn inbox(page: &TriagePage, chosen: &Chosen) -> AnyView {
    let slug = &page.org.slug;
    let rows = page.items.iter().enumerate().map(|(at, item)| row(page, item, at, chosen.at)).collect_view();
    let next = page.next.clone().map(|cursor| route::with_query(&route::triage(slug), &[("cursor", &cursor)]));
    let Some(item) = page.items.get(chosen.at) else { return ().into_any() };
    let decide = page.decides.then(|| decisions(page, item, chosen.at));
    view! {
        <div class="inbox">
            <div class="list">{rows}{part::pager(next)}</div>
            {detail(item, chosen, page.now)}
            {decide}
        </div>
    }
    .into_any()
}

fn row(page: &TriagePage, item: &Item, at: usize, chosen: usize) -> AnyView {
    let slug = &page.org.slug;
    let delta = &item.delta;
    let key = delta.key.to_string();
    // The list scrolls for itself: the fragment brings the chosen row into sight.
    let href = format!("{}#{key}", route::with_query(&route::triage(slug), &[("at", &key)]));
    let step = match at {
        at if at == chosen + 1 => Some("j"),
        at if at + 1 == chosen => Some("k"),
        _ => None,
    };
    let lens = item.delta.lens.map(|score| view! { <span class="xs faint">{format!("lens {score}")}</span> });
    view! {
        <a class="row" href=href aria-current=(at == chosen).then_some("true") data-key=step>
            <span class="bar" id=key.clone()>{part::kind(delta.kind.as_str())}{part::id(&key)}<span class="push"></span>{lens}{part::impact(delta.impact)}</span>
            <span class="t">{delta.title.clone()}</span>
            <span class="why">{why(item, &page.orgs)}</span>
        </a>
    }
    .into_any()
}

/// Where it is, whom it hits, who has committed, and which rules found it.
fn why(item: &Item, orgs: &HashMap<String, String>) -> String {
    let delta = &item.delta;
    let mut parts: Vec<String> = delta
        .places
        .iter()
        .map(|place| match place.components.is_empty() {
            true => place.project.clone(),
            false => format!("{} › {}", place.project, place.components.join(", ")),
        })
        .collect();
    if delta.affected > 0 {
        parts.push(format!("{} affected", delta.affected));
    }
    if !delta.committed.is_empty() {
        let names: Vec<_> = delta.committed.iter().map(|slug| orgs.get(slug).unwrap_or(slug).as_str()).collect();
        parts.push(format!("{} committed", names.join(", ")));
    }
    if let Some(woke) = item.woke {
        parts.push(match woke {
            Woke::Until => "put off until now".to_owned(),
            Woke::Impact => format!("was put off; its impact is {} now", delta.impact),
            Woke::Users => format!("was put off; it affects {} now", delta.affected),
            Woke::Failures => "was put off; CI sees it often now".to_owned(),
            Woke::Regressed => "was put off; it came back".to_owned(),
        });
    }
    parts.push(format!("watch {}", item.watches.join(", ")));
    parts.join(" · ")
}

fn detail(item: &Item, chosen: &Chosen, now: OffsetDateTime) -> AnyView {
    let delta = &item.delta;
    let key = delta.key.to_string();
    let state = if delta.regressed { "regressed" } else { "open" };
    let state = chosen.seen.map_or_else(|| state.to_owned(), |seen| format!("{state} · seen {}", part::relative(seen, now)));
    let places = delta.places.iter().map(|place| part::consensus(place.consensus.as_str(), &place.project)).collect_view();
    let hit: Vec<_> = chosen.impact.segments.iter().filter(|segment| segment.affected > 0).take(4).cloned().collect();
    let segments = part::segments(hit.iter(), &hit, str::to_owned);
    let hit = (chosen.impact.affected > 0).then(|| part::panel("Who is hit", view! { <div class="body">{segments}</div> }));
    let others = others(&chosen.others);
    view! {
        <div class="view">
            <div class="bar">{part::kind(delta.kind.as_str())}{part::id_link(&key, &route::delta(delta.key))}{part::pill(Tone::Bad, &state)}{places}</div>
            <h2>{delta.title.clone()}</h2>
            <div><b class="small good-ink">"Desired"</b>{part::prose(&chosen.desired)}</div>
            <div><b class="small bad-ink">"Actual"</b>{part::prose(&chosen.actual)}</div>
            {hit}
            {others}
        </div>
    }
    .into_any()
}

fn others(others: &[Standing]) -> AnyView {
    let rows = others
        .iter()
        .map(|line| {
            view! { <tr><td>{part::org_mark(&line.org_name, "")}" "{line.org_name.clone()}</td><td>{part::standings_panel::in_words(line)}</td></tr> }
        })
        .collect_view();
    let body = if others.is_empty() {
        view! { <div class="body muted small">"No other organisation has said anything yet."</div> }.into_any()
    } else {
        view! { <table><tbody>{rows}</tbody></table> }.into_any()
    };
    part::panel("Others", body)
}

/// The bar of decisions. After one, the row below is chosen, or the one above at the end.
fn decisions(page: &TriagePage, item: &Item, at: usize) -> AnyView {
    let (slug, key) = (&page.org.slug, item.delta.key);
    let next = page.items.get(at + 1).or_else(|| at.checked_sub(1).and_then(|at| page.items.get(at)));
    let next = next.map_or_else(|| "-".to_owned(), |item| item.delta.key.to_string());
    let stance = route::triage_stance(slug, key);
    let considering = part::act(&stance, "Considering", "btn", &[("stance", "considering"), ("next", &next)]);
    let declined = view! {
        <input type="hidden" name="stance" value="declined"/>
        <input type="hidden" name="next" value=next.clone()/>
        {Field::new("reason", "Why is it not yours?").required().autofocus().max(2000).hint("Others read this where you let them. Ctrl+Enter sends it.").area(2)}
    };
    // Whose users are counted: of the segments that are hit already.
    let hit = page.chosen.iter().flat_map(|chosen| &chosen.impact.segments);
    let hit: Vec<_> = hit.map(|segment| (format!("{}/{}", segment.project, segment.slug), segment.name.clone())).collect();
    let segments = (!hit.is_empty()).then(|| {
        let of = std::iter::once((String::new(), "everybody".to_owned())).chain(hit).collect();
        Field::new("segment", "Counted among").select(of)
    });
    let snoozed = view! {
        <input type="hidden" name="stance" value="snoozed"/>
        <input type="hidden" name="next" value=next.clone()/>
        {Field::new("days", "For how many days?").value("7").autofocus().text("number")}
        {Field::new("date", "Or until the day").text("date")}
        {Field::new("impact", "Or until its impact is").placeholder("60").text("number")}
        {Field::new("failures", "Or until CI has seen it fail this often").placeholder("10").text("number")}
        {Field::new("users", "Or until it affects so many").placeholder("20").text("number")}
        {segments}
        {part::check("regressed", "true", "Or until it comes back", false)}
    };
    let begins = if page.columns.is_empty() { "" } else { "Take it on" };
    let links = if page.tasks.is_empty() { "" } else { "Link to it" };
    view! {
        <div class="decide">
            {part::sheet("do-take", "Take it on", "A", "btn primary", &route::triage_take(slug, key), take(page, item, &next), begins)}
            {part::sheet("do-link", "Link to a task", "L", "btn", &route::triage_link(slug, key), link(page, &next), links)}
            {part::sheet("do-snooze", "Snooze", "S", "btn", &stance, snoozed.into_any(), "Snooze")}
            {part::sheet("do-decline", "Not ours", "D", "btn", &stance, declined.into_any(), "Not ours")}
            {considering}
        </div>
    }
    .into_any()
}

fn take(page: &TriagePage, item: &Item, next: &str) -> AnyView {
    if page.columns.is_empty() {
        return view! {
            <p>"There is no board to put a task on yet."</p>
            <div><a class="btn primary" href=route::org(&page.org.slug)>"Create a board"</a></div>
        }
        .into_any();
    }
    let priorities = Priority::WORDS.iter().map(|word| ((*word).to_owned(), (*word).to_owned())).collect();
    let place = page.columns.first().map(|(value, _)| value.clone()).unwrap_or_default();
    let hint = if item.delta.visibility == Visibility::Private { PRIVATE_HINT } else { "" };
    view! {
        <input type="hidden" name="next" value=next.to_owned()/>
        {Field::new("title", "Your task").value(title_for(item.delta.key, &item.delta.title, item.delta.visibility)).hint(hint).required().autofocus().max(300).text("text")}
        {Field::new("priority", "Your priority").value("normal").required().select(priorities)}
        {Field::new("place", "Where it starts").value(place).required().select(page.columns.clone())}
    }
    .into_any()
}

fn link(page: &TriagePage, next: &str) -> AnyView {
    if page.tasks.is_empty() {
        return view! { <p class="muted">"There is no open task to link it to: take it on instead."</p> }.into_any();
    }
    let tasks = page.tasks.iter().map(|(key, title)| (key.clone(), format!("{key} {title}"))).collect();
    view! {
        <input type="hidden" name="next" value=next.to_owned()/>
        {Field::new("task", "Which of your open tasks is about it?").required().autofocus().select(tasks)}
    }
    .into_any()
}
