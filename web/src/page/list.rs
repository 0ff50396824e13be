//! The list of deltas.

mod filter;
mod row;

use leptos::prelude::*;
use schema::{
    list::DeltasPage,
    query::{DELTAS, Query},
    route,
};

use self::filter::{chips, href};
use crate::part::{self, Crumb};

/// The list of deltas: the query, quick filters, the lines.
pub fn deltas(page: DeltasPage) -> AnyView {
    let DeltasPage { q, query, error, items, next, later, orgs, signed_in, bar, now } = page;
    let project = query.sole("project").map(str::to_owned);
    let crumbs = project.as_ref().map(|slug| part::crumbs(vec![Crumb::link(slug, route::project(slug)), Crumb::text("Deltas")]));
    let new = signed_in.then(|| {
        let href = route::with_query(route::DELTA_NEW, &[("project", project.as_deref().unwrap_or_default())]);
        view! { <span class="push"></span><a class="btn primary" href=href>"File a delta"</a> }
    });
    let bad = error.is_some();
    let next = next.map(|cursor| format!("{}&cursor={cursor}", href(&query)));
    let list = if items.is_empty() {
        if bad { ().into_any() } else { empty(&query, later, signed_in) }
    } else {
        let rows = items.into_iter().map(|item| row::row(item, project.as_deref(), &orgs, bar.as_ref(), now)).collect_view();
        let table = view! {
            <section class="panel" aria-label="Deltas">
                <table>
                    <thead><tr><th scope="col">"Delta"</th><th scope="col">"Impact"</th><th scope="col">"Consensus"</th><th scope="col">"Committed"</th><th scope="col">"Updated"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        };
        match &bar {
            Some(bar) => {
                let inside = view! { {table}{super::bulk::bar(bar)} };
                view! { <form class="choose" method="post" action=route::DELTAS_BULK>{inside}</form> }.into_any()
            }
            None => table.into_any(),
        }
    };
    view! {
        {crumbs}
        <div class="bar"><h1>"Deltas"</h1><span class="muted small">"Gaps between what people want and what the code does"</span>{new}</div>
        <div class="mt">{part::query_box(route::DELTAS, &q, &DELTAS, "is:open kind:bug impact:>40 words", error.as_deref())}</div>
        {chips(&query, signed_in)}
        {list}
        {part::pager(next)}
    }
    .into_any()
}

/// What an empty list says.
fn empty(query: &Query, later: bool, signed_in: bool) -> AnyView {
    if later {
        let step = view! { <a class="btn" href=href(query)>"Back to its beginning"</a> };
        return part::empty("The list ends here", "What stood on this page has moved or changed since.", step);
    }
    let asked = query.required().len() > 1 || !query.asks("is");
    if asked && query.filter.is_some() {
        let step = view! {
            <p class="row-of"><a class="btn primary" href=route::deltas()>"All open deltas"</a><a class="btn" href=route::help()>"How to ask"</a></p>
        };
        let about = "Words match from their beginning: sess finds session. Quotes keep words together, -kind:spec leaves something out, \
                     kind:bug,crash takes either. Leave one condition out, or look among the closed ones with is:closed.";
        return part::empty("Nothing matches", about, step);
    }
    let about = "A delta is a gap between the behaviour someone wants and the behaviour the code has: a bug, a crash or a spec. File one, \
                 and everybody it hits can say so.";
    let step = if signed_in {
        view! { <a class="btn primary" href=route::delta_new()>"File a delta"</a> }.into_any()
    } else {
        view! { <a class="btn primary" href=route::sign_in()>"Sign in to file one"</a> }.into_any()
    };
    part::empty("No deltas here", about, step)
}

#[cfg(test)]
mod tests;
