//! The API's reference: every operation, readable without a script and without a network.

use leptos::prelude::*;
use schema::reference::{Group, Operation};
use schema::route;

use crate::part::{self, Crumb, Tone};

/// The whole reference.
pub fn reference(groups: &[Group]) -> AnyView {
    let contents = groups
        .iter()
        .map(|group| view! { <a class="btn quiet small" href=format!("#{}", group.name)>{group.name.clone()}</a> }.into_any())
        .collect_view();
    let sections = groups
        .iter()
        .map(|group| {
            let operations = group.operations.iter().map(operation).collect_view();
            view! { <section class="stack-sm mt-lg"><h2 id=group.name.clone()>{group.name.clone()}</h2>{operations}</section> }.into_any()
        })
        .collect_view();
    view! {
        {part::crumbs(vec![Crumb::link("Help", route::help()), Crumb::text("API")])}
        <h1>"API"</h1>
        <p class="muted mt">
            "Everything the pages do, under " <code>"/api/v1"</code> ". The same as an OpenAPI 3.1 document: "
            <a class="link" href="/api/v1/openapi.json">"openapi.json"</a> ". Sign requests with " <code>"Authorization: Bearer dlb_…"</code>
            "; make a token in your " <a class="link" href=route::settings_tokens()>"settings"</a> "."
        </p>
        <nav class="bar mt" aria-label="Resources">{contents}</nav>
        {sections}
    }
    .into_any()
}

fn operation(operation: &Operation) -> AnyView {
    let tone = match operation.method.as_str() {
        "GET" => Tone::Plain,
        "DELETE" => Tone::Bad,
        _ => Tone::Accent,
    };
    let parameters = table("Parameters", &operation.parameters);
    let fields = table("Body", &operation.fields);
    let replies = operation
        .replies
        .iter()
        .map(|(status, words)| view! { <li><code>{status.clone()}</code>" "{words.clone()}</li> }.into_any())
        .collect_view();
    let description = (!operation.description.is_empty()).then(|| view! { <p class="muted small">{operation.description.clone()}</p> });
    view! {
        <details class="panel">
            <summary class="body">{part::pill(tone, &operation.method)}" "<code>{operation.path.clone()}</code>" "<span class="muted small">{operation.summary.clone()}</span></summary>
            <div class="body stack-sm">{description}{parameters}{fields}<ul class="small">{replies}</ul></div>
        </details>
    }
    .into_any()
}

fn table(title: &'static str, rows: &[(String, String, String)]) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let rows = rows
        .iter()
        .map(|(name, kind, words)| {
            view! { <tr><td data-l="Name"><code>{name.clone()}</code></td><td data-l="Kind">{kind.clone()}</td><td data-l="Meaning">{words.clone()}</td></tr> }.into_any()
        })
        .collect_view();
    let head = view! { <thead><tr><th scope="col">{title}</th><th scope="col">"Kind"</th><th scope="col">"Meaning"</th></tr></thead> };
    Some(view! { <table>{head}<tbody>{rows}</tbody></table> }.into_any())
}
