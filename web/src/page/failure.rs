//! One group of failures: what it says, what explains it, and the ways to explain it.

use leptos::prelude::*;
use schema::{
    ci::{Failure, FailureGroupPage},
    route,
};
use time::OffsetDateTime;

use super::failures::{counted, line, only_maintainers, spark};
use crate::part::{self, Crumb, Field};

/// The page.
pub fn failure_group(page: FailureGroupPage) -> AnyView {
    let FailureGroupPage { group, now, maintains, link, error } = page;
    let (newest, suggestion, group) = (group.newest, group.suggestion, group.group);
    let steps = vec![
        Crumb::link(group.project.clone(), route::project(&group.project)),
        Crumb::link("CI", route::failures(&group.project)),
        Crumb::text("Failure"),
    ];
    let deltas = group
        .deltas
        .iter()
        .map(|behind| {
            let how = match &behind.signature {
                Some(query) => view! { <code>{query.clone()}</code> }.into_any(),
                None => view! { <span class="muted">"linked by hand"</span> }.into_any(),
            };
            let away = maintains.then(|| {
                let key = behind.delta.key.to_string();
                part::act(&route::failure_group_unlink(group.id), "Take away", "btn quiet small", &[("delta", &key)])
            });
            view! { <li class="bar"><span>{line(&behind.delta)}</span>{how}<span class="push">{away}</span></li> }
        })
        .collect_view();
    let explained = match (group.deltas.is_empty(), group.explained) {
        (true, true) => view! { <p class="body muted">"A delta that you may not see explains it."</p> }.into_any(),
        (true, false) => view! { <p class="body muted">"Nothing explains it yet."</p> }.into_any(),
        _ => view! { <ul class="body stack-sm">{deltas}</ul> }.into_any(),
    };
    let others = (!maintains).then(|| view! { <p class="body small muted">{only_maintainers(&group.project)}</p> });
    let forms = maintains.then(|| explain(&group.id.to_string(), &link, error, group.deltas.is_empty()));
    let failures = newest.iter().map(|failure| one(failure, now)).collect_view();
    let tries = route::with_query(&route::failures(&group.project), &[("query", &suggestion)]);
    let signature = view! {
        <div class="body stack-sm"><p><code>{suggestion}</code></p>
        <p class="small muted">"It would recognise the newest of these failures whatever its numbers and paths."</p>
        <a class="btn small" href=format!("{tries}#lab")>"Try it"</a></div>
    };
    view! {
        {part::crumbs(steps)}
        <h1><code>{group.test.clone()}</code></h1>
        <p class="muted">{counted(group.failures, "failure", "failures")}" · first "{part::ago(group.first_seen, now)}" · last "{part::ago(group.last_seen, now)}</p>
        <div class="two">
            <div class="stack">{part::panel("Explained by", view! { {explained}{others} })}{part::panel_with("Newest failures", "at most ten", (), failures)}</div>
            <div class="stack">
                {forms}
                {part::panel("Last 14 days", view! { <div class="body">{spark(&group.days)}</div> })}
                {part::panel("A signature for it", signature)}
            </div>
        </div>
    }
    .into_any()
}

fn explain(group: &str, link: &str, error: Option<String>, first: bool) -> AnyView {
    let file = part::act(&route::failure_group_file(group), "File a delta", if first { "btn primary" } else { "btn" }, &[]);
    let fields = view! {
        {Field::new("delta", "Link to a delta").value(link.to_owned()).required().mono().placeholder("D-1042").error(error).text("text")}
        <div class="row-of"><button class="btn" type="submit">"Link"</button></div>
    };
    let form = part::post(&route::failure_group_link(group), fields);
    part::panel("Explain it", view! { <div class="body stack-sm">{file}{form}</div> })
}

fn one(failure: &Failure, now: OffsetDateTime) -> AnyView {
    let details = (!failure.details.is_empty())
        .then(|| view! { <details><summary class="small">"Details"</summary><pre tabindex="0">{failure.details.clone()}</pre></details> });
    let run = if failure.job.is_empty() { "run".to_owned() } else { failure.job.clone() };
    let branch = (!failure.branch.is_empty()).then(|| format!(" on {}", failure.branch));
    view! {
        <div class="body stack-xs">
            <p class="row-of small">{part::state::verdict(failure.verdict.as_str())}<a class="link" href=route::run(failure.run)>{run}</a>{branch}" · "{part::ago(failure.reported_at, now)}</p>
            <pre tabindex="0">{failure.message.clone()}</pre>
            {details}
        </div>
    }
    .into_any()
}
