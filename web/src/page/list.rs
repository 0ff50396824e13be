//! The list of deltas.

mod filter;
mod row;

use leptos::prelude::*;
use schema::{
    list::{DeltasPage, Hint},
    query::{Of, Query},
    route,
    view::Shelf,
};

use self::filter::{chips, href};
use super::view;
use crate::{
    island::choose::choose,
    part::{self, Crumb},
};

/// The list of deltas: the query, quick filters, the lines.
pub fn deltas(page: DeltasPage) -> AnyView {
    let DeltasPage { q, query, error, hints, items, next, later, orgs, shelves, opened, signed_in, bar, now } = page;
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
        let all =
            bar.is_some().then(|| view! { <input type="checkbox" data-choose="all" aria-label="Choose all on this page" hidden/>" " });
        let table = view! {
            <section class="panel" aria-label="Deltas">
                <table>
                    <thead><tr><th scope="col">{all}"Delta"</th><th scope="col">"Impact"</th><th scope="col">"Consensus"</th><th scope="col">"Committed"</th><th scope="col">"Updated"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        };
        match &bar {
            Some(bar) => {
                let inside = view! { {table}{super::bulk::bar(bar)} };
                choose(view! { <form class="choose" method="post" action=route::DELTAS_BULK>{inside}</form> }.into_any())
            }
            None => table.into_any(),
        }
    };
    view! {
        {crumbs}
        <div class="bar"><h1>"Deltas"</h1><span class="muted small">"Gaps between what people want and what the code does"</span>{new}</div>
        <div class="mt">{part::query_box(route::DELTAS, &q, Of::Deltas, "is:open kind:bug impact:>40 words", error.as_deref())}</div>
        {said(hints)}
        {(!bad).then(|| saved(&shelves, &query, opened, signed_in))}
        {chips(&query, signed_in)}
        {list}
        {part::pager(next)}
        {(!bad).then(|| exports(&q, signed_in))}
    }
    .into_any()
}

/// The list of a query as it was written.
pub(super) fn address(query: &str) -> String {
    export(route::DELTAS, query)
}

/// The same list in another form: the address of this query there.
pub fn export(path: &str, query: &str) -> String {
    if query.trim().is_empty() { format!("{path}?q=") } else { route::with_query(path, &[("q", query)]) }
}

/// The list in forms for other programs, and the button that makes an address for those who cannot sign in.
fn exports(q: &str, signed_in: bool) -> AnyView {
    let link = |words: &'static str, path: &str| view! { <a class="btn small quiet" href=export(path, q)>{words}</a> };
    let private = signed_in.then(|| {
        let hidden = [("name", "Feed"), ("scopes", "feed"), ("days", "365"), ("q", q)];
        part::act(&route::settings_tokens(), "Address for a feed reader", "btn small quiet", &hidden)
    });
    view! {
        <p class="row-of small muted mt">
            "This list as "{link("Atom feed", route::DELTAS_ATOM)}" "{link("CSV", route::DELTAS_CSV)}" "{link("JSON", route::DELTAS_JSON)}{private}
        </p>
    }
    .into_any()
}

/// Saved views to choose from, and the form that saves what is shown.
fn saved(shelves: &[Shelf], query: &Query, opened: Option<String>, signed_in: bool) -> Option<AnyView> {
    let asked = query.to_string();
    let views = view::choose(shelves.iter(), Some(&asked));
    let open = opened.map(|name| {
        view! {
            <p class="small muted mt">
                "Opened with your view “"{name}"”. "
                <a class="link" href=address("is:open")>"All open deltas"</a>" · "<a class="link" href=address("")>"Everything"</a>
            </p>
        }
    });
    let keep = signed_in.then(|| {
        view! { {view::save(shelves, &asked)}" "<a class="link xs" href=route::views()>"Views"</a> }
    });
    (signed_in || !views.is_empty()).then(|| {
        view! {
            {open}
            <nav aria-label="Saved views" class="chips"><span class="xs faint">"Views"</span>{views}{keep}</nav>
        }
        .into_any()
    })
}

/// Names in the query that nobody has, each with the query that may have been meant.
fn said(hints: Vec<Hint>) -> Option<AnyView> {
    let line = |hint: Hint| {
        let instead = hint.suggestion.zip(hint.corrected).map(|(name, corrected)| {
            view! { " "<a class="link" href=route::with_query(route::DELTAS, &[("q", &corrected)])>"Search for "{name}" instead"</a> }
        });
        view! { <p>"Column "{hint.column}": "{hint.message}{instead}</p> }
    };
    (!hints.is_empty()).then(|| {
        view! { <section class="notice warn mt" role="status"><div class="stack-sm grow">{hints.into_iter().map(line).collect_view()}</div></section> }.into_any()
    })
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
