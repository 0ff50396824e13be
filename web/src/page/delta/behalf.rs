//! Votes that were recorded for people and customers without an account, and the form to record one.

use leptos::prelude::*;
use schema::{delta::DeltaPage, impact::severity_word, outsider::Recorded, route};

use crate::part::{self, Tried};

/// The panel "On behalf of others"; nothing where nobody spoke for anybody and the caller could not.
pub(super) fn behalf(page: &DeltaPage) -> AnyView {
    let recorded = &page.recorded;
    if recorded.items.is_empty() && recorded.others == 0 && page.can.speaks.is_empty() {
        return ().into_any();
    }
    let lines = recorded.items.iter().map(|one| line(page, one)).collect_view();
    let others = match recorded.others {
        0 => None,
        1 => Some("One more, of an organisation that does not show for whom.".to_owned()),
        n => Some(format!("{n} more, of organisations that do not show for whom.")),
    };
    let others = others.map(|words| view! { <p class="faint xs">{words}</p> });
    let form = (!page.can.speaks.is_empty()).then(|| form(page));
    part::panel("On behalf of others", view! { <div class="body small stack-sm">{lines}{others}{form}</div> })
}

fn line(page: &DeltaPage, one: &Recorded) -> AnyView {
    let about = if one.company.is_empty() { String::new() } else { format!(" ({})", one.company) };
    let by = format!("{} · by {} for {}", severity_word(one.severity), one.by.display_name, one.of);
    let take = one.mine.then(|| {
        view! {
            <form class="act" method="post" action=route::delta_behalf_take(page.delta.key, one.outsider)>
                <button class="btn quiet small" type="submit">"Take back"<span class="hid">" the vote of "{one.name.clone()}</span></button>
            </form>
        }
    });
    view! {
        <div class="bar">
            <div class="grow stack-xs"><span><b>{one.name.clone()}</b>{about}</span><span class="faint xs">{by}", "{part::ago(one.at, page.now)}</span></div>
            {take}
        </div>
    }
    .into_any()
}

fn form(page: &DeltaPage) -> AnyView {
    let tried = Tried::of(&page.refused, "behalf");
    let first = page.can.speaks.first().map(|(value, _)| value.as_str()).unwrap_or_default();
    let answers = part::severities(|label| label.replace("me ", "them "));
    let chosen = tried.typed("severity");
    let typed: Vec<&str> = tried.typed("segment").map(|text| text.split(' ').collect()).unwrap_or_default();
    let segments = page.segments.iter().map(|(value, name)| part::check("segment", value, name, typed.contains(&value.as_str())));
    let segments = (!page.segments.is_empty()).then(|| {
        view! { <fieldset class="stack-xs"><legend class="small">"Which users they are"</legend>{segments.collect_view()}</fieldset> }
    });
    let fields = view! {
        {tried.above(&["of", "name", "company", "contact", "note"])}
        {tried.field("of", "For whom you speak", first).within("behalf").required().select(page.can.speaks.clone())}
        {tried.field("name", "Who it is", "").within("behalf").required().max(200).hint("The same name again changes their vote.").text("text")}
        {part::choice("severity", "How hard does it hit them?", answers, chosen)}
        {segments}
        {tried.field("note", "How it shows at their place", "").within("behalf").max(2000).area(2)}
        {tried.field("company", "Whom they work for", "").within("behalf").max(200).text("text")}
        {tried.field("contact", "How to reach them", "").within("behalf").max(200).hint("Only you and yours read it.").text("text")}
        <div class="row-of">{part::submit("Record the vote")}</div>
    };
    view! {
        <details class="fold" open=tried.refused()><summary>"Vote for somebody without an account"</summary>{part::post(&route::delta_behalf(page.delta.key), fields)}</details>
    }
    .into_any()
}
