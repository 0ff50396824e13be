//! One line of the list.

use std::collections::HashMap;

use leptos::prelude::*;
use schema::{bulk::Bar, delta::Summary, delta::Visibility, place::Place, route};
use time::OffsetDateTime;

use crate::part::{self, Tone};

/// One delta. In a list of one `project` the others are only named. `orgs` are names by their slugs.
pub fn row(item: Summary, project: Option<&str>, orgs: &HashMap<String, String>, bar: Option<&Bar>, now: OffsetDateTime) -> AnyView {
    let key = item.key.to_string();
    let may = |bar: &&Bar| item.places.iter().any(|place| bar.projects.iter().any(|(slug, _)| *slug == place.project));
    let choose = bar.filter(may).map(|bar| {
        let label = format!("Choose {key}");
        view! { <input type="checkbox" name="delta" value=key.clone() checked=bar.chosen.contains(&key) aria-label=label/>" " }
    });
    let sub = sub(&item, project);
    let impact = match &item.segment {
        _ if item.lens.is_some() => {
            part::impact_in(item.lens.unwrap_or_default(), &format!("through the lens; {} for all", item.impact)).into_any()
        }
        Some(segment) => part::impact_in(item.impact, segment).into_any(),
        None => view! { <span class="faint xs">"no votes"</span> }.into_any(),
    };
    // The server's own: escaped text and marks.
    let snippet = item.snippet.clone().map(|html| view! { <span class="snippet xs muted" inner_html=html></span> });
    let trend = (!item.weeks.is_empty()).then(|| {
        let words = (item.week != 0).then(|| format!("{} this week", part::signed(item.week)));
        view! { <span class="row-of xs faint">{part::trend_spark(&item.weeks)}<span>{words}</span></span> }
    });
    let state = item.resolution.map(|resolution| part::resolution(resolution.as_str()));
    let regressed = item.regressed.then(|| part::pill(Tone::Bad, "regressed"));
    let private = (item.visibility == Visibility::Private).then(|| part::pill(Tone::Warn, "private"));
    let committed = if item.committed.is_empty() {
        view! { <span class="faint">"nobody"</span> }.into_any()
    } else {
        item.committed
            .iter()
            .map(|slug| {
                let name = orgs.get(slug).unwrap_or(slug);
                view! { <span class="row-of">{part::org_mark(name, "")}<span class="xs">{name.clone()}</span></span> }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <tr data-row>
            <td>
                {choose}{part::kind_mark(item.kind.as_str())}" "{part::id(&key)}" "
                <a class="t" href=route::delta(&key)>{item.title}</a>" "{state}{regressed}{private}
                {snippet}
                <span class="sub xs faint">{sub}</span>
            </td>
            <td>{impact}{trend}</td>
            <td>{consensus(&item.places, project)}</td>
            <td data-l="Committed">{committed}</td>
            <td class="muted">{part::ago(item.updated_at, now)}</td>
        </tr>
    }
    .into_any()
}

/// Where it is, and how much is said about it.
fn sub(item: &Summary, project: Option<&str>) -> String {
    let mut words: Vec<String> = Vec::new();
    let (here, others): (Vec<&Place>, Vec<&Place>) = item.places.iter().partition(|place| Some(place.project.as_str()) == project);
    if project.is_some() {
        words.extend(here.iter().filter(|place| !place.components.is_empty()).map(|place| place.components.join(", ")));
        if !others.is_empty() {
            words.push(format!("also in {}", others.iter().map(|place| place.project.as_str()).collect::<Vec<_>>().join(", ")));
        }
    } else {
        words.extend(others.iter().map(|place| match place.components.as_slice() {
            [] => place.project.clone(),
            components => format!("{} › {}", place.project, components.join(", ")),
        }));
    }
    words.extend(item.labels.iter().map(|label| format!("#{label}")));
    match item.comments {
        0 => {}
        1 => words.push("1 comment".to_owned()),
        n => words.push(format!("{n} comments")),
    }
    words.join(" · ")
}

/// What its projects think: the one asked about, else the first two.
fn consensus(places: &[Place], project: Option<&str>) -> AnyView {
    let own = places.iter().find(|place| Some(place.project.as_str()) == project);
    match (own, places) {
        (Some(place), _) | (None, [place]) => part::consensus(place.consensus.as_str(), ""),
        (None, places) => {
            let pills = places.iter().take(2).map(|place| part::consensus(place.consensus.as_str(), &place.project)).collect_view();
            view! { <span class="row-of">{pills}</span> }.into_any()
        }
    }
}
