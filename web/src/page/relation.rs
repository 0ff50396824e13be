//! The page on which duplicates of a delta are looked for and marked.

use leptos::prelude::*;
use schema::{delta::Ref, relation::DuplicatesPage, route};

use crate::part::{self, Crumb, Tone, Tried};

/// The whole page.
pub fn duplicates(page: &DuplicatesPage) -> AnyView {
    let key = page.key;
    let steps = vec![Crumb::link("Deltas", route::deltas()), Crumb::link(key.to_string(), route::delta(key)), Crumb::text("Duplicates")];
    let tried = Tried::of(&page.refused, "mark");
    view! {
        <div class="narrow">
            {part::crumbs(steps)}
            <h1>{format!("Duplicates of {key}")}</h1>
            <p class="muted">{page.title.clone()}</p>
            <div class="stack mt">
                {page.refused.as_ref().map(|refused| part::notice(Tone::Bad, &refused.problem.in_words()))}
                {page.survivor.as_ref().map(|other| stands(page, other))}
                {known(page)}
                {found(page)}
                {by_key(page, tried)}
            </div>
        </div>
    }
    .into_any()
}

/// What stands for this one already.
fn stands(page: &DuplicatesPage, other: &Ref) -> AnyView {
    let words = format!("{} is a duplicate itself: what is said here counts for", page.key);
    let body = view! { <div class="body small">{words}" "{line(other)}</div> };
    part::panel("Stands for it", body)
}

/// A delta in one line.
fn line(other: &Ref) -> AnyView {
    let ended = (!other.open).then(|| part::pill(Tone::Plain, "ended"));
    view! {
        {part::kind_mark(other.kind.as_str())}" "{part::id_link(&other.key.to_string(), &route::delta(other.key))}" "
        <a href=route::delta(other.key)>{other.title.clone()}</a>" "{ended}
    }
    .into_any()
}

fn known(page: &DuplicatesPage) -> AnyView {
    if page.duplicates.is_empty() {
        return ().into_any();
    }
    let action = route::delta_duplicates(page.key);
    let lines = page.duplicates.iter().map(|other| {
        let key = other.key.to_string();
        let undo = part::act(&action, &format!("{key} is none"), "btn quiet small", &[("other", &key), ("way", "undo")]);
        view! { <li class="bar"><span class="grow">{line(other)}</span>{undo}</li> }
    });
    let body = view! { <div class="body small"><ul class="stack-sm">{lines.collect_view()}</ul></div> };
    part::panel_with("Its duplicates", "what is said there counts here, a person once", (), body)
}

fn found(page: &DuplicatesPage) -> AnyView {
    let action = route::delta_duplicates(page.key);
    let lines = page.found.iter().map(|other| {
        let key = other.key.to_string();
        let of_it = page.open.then(|| {
            part::act(&action, &format!("{} is a duplicate of {key}", page.key), "btn small", &[("other", &key), ("way", "this")])
        });
        let of_this = (other.open && page.survivor.is_none())
            .then(|| part::act(&action, &format!("{key} is a duplicate of this"), "btn small", &[("other", &key), ("way", "that")]));
        view! { <li class="bar"><span class="grow">{line(other)}</span>{of_this}{of_it}</li> }
    });
    let lines = lines.collect_view();
    let none = page.found.is_empty().then(|| view! { <p class="muted">"Nothing that you may see is like it."</p> });
    let head = if page.q.is_empty() { "Deltas like it" } else { "Found" };
    let search = view! {
        <form class="row-of" method="get" action=action.clone() role="search">
            <label class="hid" for="dup-q">"Words or a key"</label>
            <input class="in" id="dup-q" name="q" type="search" value=page.q.clone() placeholder="Words or a key, such as D-1042" maxlength="300"/>
            <button class="btn" type="submit">"Search"</button>
        </form>
    };
    let body = view! { <div class="body small stack-sm">{search}{none}<ul class="stack-sm">{lines}</ul></div> };
    part::panel(head, body)
}

/// Naming the other, with a reason.
fn by_key(page: &DuplicatesPage, tried: Tried<'_>) -> AnyView {
    let ways = page.open.then(|| {
        view! { <button class="btn" type="submit" name="way" value="this">{format!("{} is a duplicate of it", page.key)}</button> }
    });
    let that = page.survivor.is_none().then(|| {
        view! { <button class="btn primary" type="submit" name="way" value="that">"It is a duplicate of this"</button> }
    });
    let fields = view! {
        <div class="cols">
            {tried.field("other", "The other delta", "").within("mark").required().max(24).mono().placeholder("D-1042").text("text")}
            {tried.field("reason", "Why", "").within("mark").max(2000).text("text")}
        </div>
        <div class="row-of">{that}{ways}</div>
    };
    part::panel("Name it", view! { <div class="body">{part::post(&route::delta_duplicates(page.key), fields)}</div> })
}
