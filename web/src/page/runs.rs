//! A project's runs.

use leptos::prelude::*;
use schema::{
    ci::{RunSummary, RunsPage},
    route,
};
use time::OffsetDateTime;

use crate::part::{self, Crumb, Tone};

/// The page.
pub fn runs(page: RunsPage) -> AnyView {
    let RunsPage { project, now, runs } = page;
    let steps =
        vec![Crumb::link(project.clone(), route::project(&project)), Crumb::link("CI", route::failures(&project)), Crumb::text("Runs")];
    let body = if runs.items.is_empty() {
        let about = "CI posts each job's results here, as JUnit XML or JSON, with a token of the project.";
        part::empty("No run yet", about, view! { <a class="btn" href=route::help()>"How to report runs"</a> })
    } else {
        let rows = runs.items.iter().map(|run| row(run, now)).collect_view();
        view! {
            <table>
                <thead><tr>
                    <th scope="col">"Job"</th><th scope="col">"Result"</th><th scope="col" class="num">"Tests"</th><th scope="col">"Branch"</th>
                    <th scope="col">"Reported"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let next = runs.next.map(|cursor| route::with_query(&route::runs(&project), &[("cursor", &cursor)]));
    view! { {part::crumbs(steps)}<h1>"Runs"</h1><div class="mt">{part::panel_with("Runs", "newest first", (), body)}</div>{part::pager(next)} }.into_any()
}

/// How a run ended, in a pill.
pub(super) fn outcome(run: &RunSummary) -> AnyView {
    match run.failed + run.errored {
        0 => part::pill(Tone::Good, "passed"),
        1 => part::pill(Tone::Bad, "1 failed"),
        failed => part::pill(Tone::Bad, &format!("{failed} failed")),
    }
}

/// What a run is called: its job, or else the CI system's id of it.
pub(super) fn name(run: &RunSummary) -> String {
    if run.job.is_empty() { run.external_id.clone() } else { run.job.clone() }
}

fn row(run: &RunSummary, now: OffsetDateTime) -> AnyView {
    let attempt = (run.attempt > 1).then(|| format!(" · attempt {}", run.attempt));
    let advisory = (!run.voting).then(|| part::pill(Tone::Plain, "not voting"));
    view! {
        <tr>
            <td><a class="t" href=route::run(run.id)>{name(run)}</a><span class="sub faint xs">{run.external_id.clone()}{attempt}</span></td>
            <td data-l="Result"><span class="row-of">{outcome(run)}{advisory}</span></td>
            <td class="num" data-l="Tests">{run.tests}</td>
            <td class="muted" data-l="Branch">{run.branch.clone()}</td>
            <td class="muted" data-l="Reported">{part::ago(run.reported_at, now)}</td>
        </tr>
    }
    .into_any()
}
