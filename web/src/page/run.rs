//! One run: its facts, its failures, and what CI was told.

use std::collections::HashMap;

use leptos::prelude::*;
use schema::{
    ci::{ReceiptFailure, RunFailure, RunPage},
    route,
};

use super::failures::line;
use super::runs::{name, outcome};
use crate::part::{self, Crumb, Tone};

/// The page.
pub fn run(page: RunPage) -> AnyView {
    let RunPage { run, receipt, orgs, now } = page;
    let (project, failures, total, run) = (run.project, run.failures, run.failures_total, run.run);
    let title = name(&run);
    let steps = vec![
        Crumb::link(project.clone(), route::project(&project)),
        Crumb::link("CI", route::failures(&project)),
        Crumb::link("Runs", route::runs(&project)),
        Crumb::text(run.external_id.clone()),
    ];
    let facts = [
        ("Run", run.external_id.clone()),
        ("Attempt", run.attempt.to_string()),
        ("Pipeline", run.pipeline.clone()),
        ("Branch", run.branch.clone()),
        ("Commit", run.commit.clone()),
        ("Change", run.change.clone()),
        ("Voting", if run.voting { "yes" } else { "no" }.to_owned()),
    ];
    let facts = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })
        .collect_view();
    // Only http and https come so far: what else there was is refused when the run is reported.
    let outside = (!run.url.is_empty())
        .then(|| view! { <p class="mt"><a class="link" href=run.url.clone() rel="noreferrer nofollow">"At the CI system"</a></p> });
    let body = if failures.is_empty() {
        part::empty("Nothing failed", "Every test of this run passed or was skipped.", ())
    } else {
        let rows = failures
            .iter()
            .map(|failure| {
                row(failure, receipt.failures.iter().find(|told| told.test == failure.test && told.group == failure.group), &orgs)
            })
            .collect_view();
        view! {
            <table>
                <thead><tr><th scope="col">"Failure"</th><th scope="col">"Told"</th><th scope="col">"Explained by"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let shown = i64::try_from(failures.len()).unwrap_or(i64::MAX);
    let about = if total > shown { format!("the first {shown} of {total}") } else { String::new() };
    let verdict = match (receipt.failures.is_empty(), receipt.all_known) {
        (true, _) => part::pill(Tone::Good, "nothing to explain"),
        (_, true) => part::pill(Tone::Good, "all known"),
        _ => part::pill(Tone::Bad, "not all known"),
    };
    view! {
        {part::crumbs(steps)}
        <div class="bar"><h1>{title}</h1>{outcome(&run)}{verdict}</div>
        <p class="muted">{part::ago(run.reported_at, now)}</p>
        <div class="tiles">
            {tile("Tests", run.tests)}{tile("Passed", run.passed)}{tile("Failed", run.failed)}{tile("Errored", run.errored)}{tile("Skipped", run.skipped)}
        </div>
        <div class="two">
            <div>{part::panel_with("Failures", &about, (), body)}</div>
            <div>{part::panel("Facts", view! { <div class="body"><dl class="facts">{facts}</dl>{outside}</div> })}</div>
        </div>
    }
    .into_any()
}

fn tile(name: &'static str, count: i64) -> AnyView {
    view! { <div class="panel tile"><span class="xs faint">{name}</span><b>{count}</b></div> }.into_any()
}

fn row(failure: &RunFailure, told: Option<&ReceiptFailure>, orgs: &HashMap<String, String>) -> AnyView {
    let deltas = failure.deltas.iter().map(|delta| view! { <li>{line(delta)}</li> }).collect_view();
    let committed = told
        .into_iter()
        .flat_map(|told| &told.deltas)
        .flat_map(|delta| &delta.committed)
        .map(|committed| {
            let what = committed.task.clone().or_else(|| committed.target.clone()).unwrap_or_default();
            view! { <li class="small muted">{format!("{} has committed {what}", orgs.get(&committed.org).unwrap_or(&committed.org))}</li> }
        })
        .collect_view();
    view! {
        <tr>
            <td><a href=route::failure_group(failure.group)><code>{failure.test.clone()}</code></a><span class="msg">{failure.message.lines().next().unwrap_or_default().to_owned()}</span></td>
            <td data-l="Told">{part::state::verdict(failure.verdict.as_str())}</td>
            <td data-l=(!failure.deltas.is_empty()).then_some("Explained by")><ul class="stack-xs">{deltas}{committed}</ul></td>
        </tr>
    }
    .into_any()
}
