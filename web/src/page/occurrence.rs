//! The occurrences of a crash, one by one.

use leptos::prelude::*;
use schema::{
    occurrence::{OccurrencesPage, Whole},
    route,
};

use crate::part::{self, Crumb, Tone};

/// The whole page.
pub fn occurrences(page: &OccurrencesPage) -> AnyView {
    let key = page.key;
    let steps = vec![Crumb::link("Deltas", route::deltas()), Crumb::link(key.to_string(), route::delta(key)), Crumb::text("Occurrences")];
    let inside = if page.items.is_empty() {
        let back = view! { <a class="btn" href=route::delta(key)>{format!("Back to {key}")}</a> };
        part::empty("No occurrence", "What is counted may be older than what is kept one by one: the newest 200.", back)
    } else {
        let lines = page.items.iter().map(|(whole, may)| line(page, whole, *may)).collect_view();
        view! { <div class="body"><ul class="stack">{lines}</ul></div> }.into_any()
    };
    let next = page.next.as_ref().map(|next| route::with_query(&route::delta_occurrences(key), &[("cursor", next.as_str())]));
    view! {
        <div class="narrow">
            {part::crumbs(steps)}
            <h1>{format!("Occurrences of {key}")}</h1>
            <p class="muted">{page.title.clone()}</p>
            <div class="stack mt">
                {page.refused.as_ref().map(|problem| part::notice(Tone::Bad, &problem.in_words()))}
                {part::panel_with("Occurrences", "the newest first", (), inside)}
                {part::pager(next)}
            </div>
        </div>
    }
    .into_any()
}

/// One occurrence: who, when, where, its trace folded, and the button that takes it away.
fn line(page: &OccurrencesPage, whole: &Whole, may: bool) -> AnyView {
    let one = &whole.occurrence;
    let who = one.reporter.as_ref().map_or_else(|| "A machine".to_owned(), |person| person.display_name.clone());
    let place: Vec<&str> =
        [&one.version, &one.platform, &one.environment].into_iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let place = (!place.is_empty()).then(|| format!(" · {}", place.join(", ")));
    let times = (one.count > 1).then(|| format!(" · {} times", one.count));
    let on = (one.delta != page.key).then(|| {
        let key = one.delta.to_string();
        view! { " · on "<a class="link" href=route::delta(&key)>{key.clone()}</a> }
    });
    let remove = may.then(|| {
        let action = route::delta_occurrence_remove(one.delta, one.id);
        let about = view! { <p class="small">"It goes for good, with its trace, and is counted no more."</p> }.into_any();
        part::sheet(&format!("remove-{}", one.id.simple()), "Remove…", "", "btn quiet small", &action, about, "Remove it")
    });
    view! {
        <li class="stack-xs" id=one.id.to_string()>
            <div class="bar small"><span class="grow"><b>{who}</b>" "{part::ago(one.at, page.now)}{place}{times}{on}</span>{remove}</div>
            {trace(whole)}
        </li>
    }
    .into_any()
}

/// Its trace, folded; its text is behind a link.
fn trace(whole: &Whole) -> AnyView {
    let one = &whole.occurrence;
    if !one.has_trace {
        let words = if one.fingerprint.is_some() { "Its trace is kept no longer." } else { "Without a trace." };
        let line = (!one.line.is_empty()).then(|| view! { <span class="mono">{one.line.clone()}</span>" " });
        return view! { <p class="small muted">{line}{words}</p> }.into_any();
    }
    let stacks = match &whole.trace {
        Some(trace) => part::stacks(trace),
        None => view! { <p class="small muted">"No frames could be read in it."</p> }.into_any(),
    };
    let line = if one.line.is_empty() { "Trace".to_owned() } else { one.line.clone() };
    view! {
        <details class="fold small">
            <summary><span class="mono">{line}</span></summary>
            <div class="stack-sm">
                {stacks}
                <p><a class="link" href=route::delta_trace(one.delta, one.id)>"Open the text as it came"</a></p>
            </div>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use schema::{id::DeltaKey, occurrence::Occurrence, user::Person};
    use time::macros::datetime;

    use super::*;
    use crate::testing::html;

    #[test]
    fn an_occurrence_says_who_saw_it_where_and_who_may_has_a_button() {
        let now = datetime!(2026-11-22 12:00 UTC);
        let occurrence = Occurrence {
            id: Default::default(),
            delta: DeltaKey(7),
            fingerprint: Some("v1:x".into()),
            line: "KeyError: <b>".into(),
            version: "2.0".into(),
            platform: "Linux".into(),
            environment: String::new(),
            count: 3,
            reporter: Some(Person { name: "mara".into(), display_name: "Mara".into() }),
            at: now,
            has_trace: false,
        };
        let whole = Whole { occurrence, trace: None, text: String::new() };
        let page = |may| OccurrencesPage {
            key: DeltaKey(7),
            title: "It <falls>".into(),
            items: vec![(whole.clone(), may)],
            next: None,
            refused: None,
            now,
        };
        let (may, may_not) = (page(true), page(false));
        let shown = html(move || occurrences(&may));
        for words in ["Mara", "2.0, Linux", "3 times", "KeyError: &lt;b>", "kept no longer", "Remove it", "It &lt;falls>"] {
            let escaped = words.replace('>', "&gt;");
            assert!(shown.contains(words) || shown.contains(&escaped), "{words}: {shown}");
        }
        assert!(!html(move || occurrences(&may_not)).contains("Remove it"));
    }
}
