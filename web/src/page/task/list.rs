//! The list of an organisation's tasks.

use leptos::prelude::*;
use schema::task::TaskSummary;
use schema::task::page::TaskListPage;
use schema::{query::Of, route};

use crate::{
    page::list::export,
    part::{self, Crumb, Tone},
};

/// The whole page.
pub fn tasks(page: &TaskListPage) -> AnyView {
    let TaskListPage { org, org_name, q, error, items, next, may_change, signed_in, now } = page;
    let path = route::tasks(org);
    let quick =
        [("All open", "is:open"), ("Mine", "is:mine is:open"), ("Blocked", "is:blocked"), ("Promised", "commitment:committed,intended")]
            .map(|(words, quick)| {
                let here = (q == quick).then_some("true");
                view! { <a class="btn quiet" href=route::with_query(&path, &[("q", quick)]) aria-current=here>{words}</a> }
            })
            .collect_view();
    let rows = items.iter().map(|one| row(one, *now)).collect_view();
    let list = match items.is_empty() {
        false => part::panel_with(
            "Tasks",
            "in the organisation's order",
            (),
            view! {
                <table>
                    <caption class="hid">"Tasks"</caption>
                    <thead><tr><th scope="col">"Task"</th><th scope="col">"For"</th><th scope="col">"Promise"</th><th scope="col">"Who"</th><th scope="col">"Stands in"</th><th scope="col">"Updated"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            },
        ),
        true => {
            let step = may_change.then(|| view! { <a class="btn primary" href=route::task_new(org)>"New task"</a> });
            part::empty(
                "No tasks here",
                "What this organisation will do about deltas stands here. Take a delta from the triage inbox, or create a task.",
                step,
            )
        }
    };
    let more = next.as_ref().map(|next| route::with_query(&path, &[("q", q), ("cursor", next)]));
    let new = may_change.then(|| view! { <a class="btn primary" href=route::task_new(org) data-key="c">"New task"</a> });
    view! {
        {part::crumbs(vec![Crumb::link(org_name.clone(), route::org(org))])}
        <div class="bar"><h1>"Tasks"</h1><span class="push"></span>{new}</div>
        <div class="bar">
            {part::query_box(&path, q, Of::Tasks, "is:open assignee:me", None)}
            {quick}
        </div>
        <div class="mt">{error.as_ref().map(|words| part::notice(Tone::Bad, words))}{list}{part::pager(more)}</div>
        {error.is_none().then(|| exports(org, q, *signed_in))}
    }
    .into_any()
}

/// The list in forms for other programs, and the button that makes an address for those that cannot sign in.
fn exports(org: &str, q: &str, signed_in: bool) -> AnyView {
    let link = |words: &'static str, path: &str| view! { <a class="btn small quiet" href=export(path, q)>{words}</a> };
    let private = signed_in.then(|| {
        let hidden = [("name", "Tasks"), ("scopes", "feed"), ("days", "365"), ("q", q), ("org", org)];
        part::act(&route::settings_tokens(), "Address for other programs", "btn small quiet", &hidden)
    });
    view! {
        <div class="row-of small muted mt">
            "This list as "{link("CSV", &route::tasks_csv(org))}" "{link("JSON", &route::tasks_json(org))}{private}
        </div>
    }
    .into_any()
}

fn row(one: &TaskSummary, now: ::time::OffsetDateTime) -> AnyView {
    let TaskSummary { card, column_name, due, updated_at, .. } = one;
    let people = card.assignees.iter().map(|person| part::avatar(&person.display_name, &person.display_name)).collect_view();
    let deltas = card.deltas.iter().take(3).map(|delta| part::id_link(&delta.key.to_string(), &route::delta(delta.key))).collect_view();
    let blocked = card.blocked_by.first().map(|key| part::pill(Tone::Bad, &format!("blocked by {key}")));
    let due = due.map(|due| view! { " · due "{part::day(due.0)} });
    view! {
        <tr data-row>
            <td>
                {part::priority_bars(card.priority.as_str())}" "{part::id_link(&card.key.to_string(), &route::task(&card.key))}" "
                <a class="t" href=route::task(&card.key)>{card.title.clone()}</a>" "{blocked}
            </td>
            <td data-l="For"><span class="row-of one">{deltas}</span></td>
            <td data-l="Promise">{part::commitment(card.commitment.as_str(), card.target.as_deref().unwrap_or_default())}</td>
            <td><span class="faces">{people}</span></td>
            <td data-l="Stands in">{column_name.clone()}{due}</td>
            <td class="faint">{part::ago(*updated_at, now)}</td>
        </tr>
    }
    .into_any()
}
