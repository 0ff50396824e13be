//! Lists of tasks: an organisation's, and one's own.

use leptos::prelude::*;
use schema::{
    query::Of,
    route,
    task::page::{Layout, Scope, TaskListPage},
};

use super::layout::laid_out;
use crate::{
    page::list::export,
    part::{self, Crumb, Tone, capital},
};

/// The whole page.
pub fn tasks(page: &TaskListPage) -> AnyView {
    let TaskListPage { scope, q, error, items, next, layout, month, may_change, signed_in, .. } = page;
    let path = match scope {
        Scope::Org { slug, .. } => route::tasks(slug),
        Scope::Mine => route::work(),
    };
    let word = if *layout == Layout::Table { "" } else { layout.as_str() };
    let at = |pairs: &[(&str, &str)]| route::with_query(&path, &[&[("q", q.as_str())], pairs].concat());
    let quick = quick(scope)
        .into_iter()
        .map(|(words, quick)| {
            let here = (q == quick).then_some("true");
            view! { <a class="btn quiet" href=route::with_query(&path, &[("q", quick), ("as", word)]) aria-current=here>{words}</a> }
        })
        .collect_view();
    let layouts = Layout::ALL
        .iter()
        .map(|one| {
            let word = if *one == Layout::Table { "" } else { one.as_str() };
            (capital(one.as_str()), at(&[("as", word)]), one == layout)
        })
        .collect();
    // A search keeps the layout.
    let kept = (!word.is_empty()).then(|| view! { <input type="hidden" name="as" value=word form="search"/> });
    let month = if *layout == Layout::Calendar { month.month_text() } else { String::new() };
    let more = next.as_ref().map(|next| at(&[("as", word), ("month", &month), ("cursor", next)]));
    let none = (items.is_empty() && error.is_none() && *layout != Layout::Calendar).then(|| empty(page));
    let (crumbs, title) = match scope {
        Scope::Org { slug, name } => (vec![Crumb::link(name.clone(), route::org(slug))], "Tasks"),
        Scope::Mine => (vec![Crumb::text("Yours")], "My work"),
    };
    let new = match scope {
        Scope::Org { slug, .. } if *may_change => {
            Some(view! { <a class="btn primary" href=route::task_new(slug) data-key="c">"New task"</a> })
        }
        _ => None,
    };
    let exports = match scope {
        Scope::Org { slug, .. } if error.is_none() => Some(exports(slug, q, *signed_in)),
        _ => None,
    };
    view! {
        {part::crumbs(crumbs)}
        <div class="bar"><h1>{title}</h1><span class="push"></span>{new}</div>
        <div class="bar">
            {part::query_box(&path, q, Of::Tasks, "is:open assignee:me", None)}
            {kept}{quick}
        </div>
        {part::tabs("Layout", layouts)}
        <div class="mt">{error.as_ref().map(|words| part::notice(Tone::Bad, words))}{laid_out(page, at)}{none}{part::pager(more)}</div>
        {exports}
    }
    .into_any()
}

/// Questions that are asked often: words and query.
fn quick(scope: &Scope) -> Vec<(&'static str, &'static str)> {
    match scope {
        Scope::Org { .. } => {
            vec![
                ("All open", "is:open"),
                ("Mine", "is:mine is:open"),
                ("Blocked", "is:blocked"),
                ("Promised", "commitment:committed,intended"),
            ]
        }
        Scope::Mine => vec![
            ("To do", "is:open is:mine sort:due"),
            ("Blocked", "is:mine is:blocked"),
            ("Finished", "is:done is:mine sort:updated"),
            ("Nobody's", "is:open assignee:none"),
        ],
    }
}

fn empty(page: &TaskListPage) -> AnyView {
    match &page.scope {
        Scope::Org { slug, .. } => {
            let step = page.may_change.then(|| view! { <a class="btn primary" href=route::task_new(slug)>"New task"</a> });
            part::empty(
                "No tasks here",
                "What this organisation will do about deltas stands here. Take a delta from the triage inbox, or create a task.",
                step,
            )
        }
        Scope::Mine => {
            let step = view! { <a class="btn" href=route::with_query(&route::work(), &[("q", "is:open assignee:none")])>"See what nobody works on"</a> };
            part::empty(
                "Nothing here is yours",
                "Tasks of your organisations that somebody gave you, or that you took on, stand here.",
                step,
            )
        }
    }
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
