//! Who sees a private delta, and until when it stays so.

use leptos::prelude::*;
use schema::{
    delta::{DeltaPage, Embargo, Visibility},
    route,
    user::Person,
};
use time::macros::format_description;

use super::side::fold;
use crate::part::{self, Tone, Tried};

/// The panel; nothing on a public delta.
pub(super) fn private(page: &DeltaPage) -> AnyView {
    if page.delta.visibility == Visibility::Public {
        return ().into_any();
    }
    let group = page.security.iter().filter(|person| **person != page.delta.reporter).map(|person| seen_by(person, "security group"));
    let group = group.collect_view();
    let body = view! {
        <div class="body small stack-sm">
            {embargo(page)}
            <p class="muted">"These people see it. For everybody else it does not exist."</p>
            {seen_by(&page.delta.reporter, "reporter")}{group}{guests(page)}
        </div>
    };
    part::panel("Private", body)
}

fn seen_by(person: &Person, why: &'static str) -> AnyView {
    view! {
        <div class="bar"><span class="grow">{part::avatar(&person.display_name, "")}" "{person.display_name.clone()}</span><span class="faint xs">{why}</span></div>
    }
    .into_any()
}

/// Who was invited, and the form to invite.
fn guests(page: &DeltaPage) -> AnyView {
    let action = route::delta_guests(page.delta.key);
    let lines = page.delta.guests.iter().map(|person| {
        let own = page.can.me.as_deref() == Some(person.name.as_str());
        let remove = (page.can.edit() || own).then(|| {
            view! {
                <form class="act" method="post" action=action.clone()>
                    <input type="hidden" name="name" value=person.name.clone()/>
                    <input type="hidden" name="remove" value="yes"/>
                    <button class="btn quiet small" type="submit">"Remove"<span class="hid">" "{person.display_name.clone()}</span></button>
                </form>
            }
        });
        view! { <div class="bar"><span class="grow">{part::avatar(&person.display_name, "")}" "{person.display_name.clone()}</span>{remove}</div> }
    });
    let lines = lines.collect_view();
    let form = page.can.edit().then(|| {
        let tried = Tried::of(&page.refused, "guests");
        let fields = view! {
            {tried.above(&["name"])}
            {tried.field("name", "Let somebody see it", "").within("guests").required().max(64).mono().hint("Their handle.").text("text")}
            <div class="row-of">{part::submit("Invite")}</div>
        };
        fold("Invite somebody", &action, tried, fields)
    });
    view! { {lines}{form} }.into_any()
}

/// Until when nobody makes it public, and the form for that.
fn embargo(page: &DeltaPage) -> AnyView {
    let action = route::delta_embargo(page.delta.key);
    let now = page.delta.embargo;
    let says = now.map(|Embargo { until, opens }| {
        let over = until <= page.now;
        let then = if opens { "Then it becomes public by itself." } else { "Then people make it public." };
        let pill = if over { part::pill(Tone::Accent, "embargo over") } else { part::pill(Tone::Warn, "embargo") };
        view! { <div class="stack-xs"><div class="row-of">{pill}<span>{part::moment(until)}</span></div><p class="faint xs">{then}</p></div> }
    });
    let form = page.can.edit().then(|| {
        let tried = Tried::of(&page.refused, "embargo");
        let minutes = format_description!("[year]-[month]-[day]T[hour]:[minute]");
        let until = now.and_then(|embargo| embargo.until.format(minutes).ok()).unwrap_or_default();
        let opens = tried.typed("opens").map_or(now.is_some_and(|embargo| embargo.opens), |typed| !typed.is_empty());
        let fields = view! {
            {tried.above(&["until"])}
            {tried.field("until", "Private until (UTC)", &until).within("embargo").required().text("datetime-local")}
            {part::check("opens", "yes", "Make it public by itself then", opens)}
            <div class="row-of">{part::submit("Set the embargo")}</div>
        };
        let end = now.is_some().then(|| part::act(&action, "End the embargo", "btn quiet small", &[("end", "yes")]));
        view! { {fold(if now.is_some() { "Change the embargo" } else { "Put it under an embargo" }, &action, tried, fields)}{end} }
    });
    view! { {says}{form} }.into_any()
}
