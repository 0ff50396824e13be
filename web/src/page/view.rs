//! Saved views: the page on which they are kept, and the forms for one.

use leptos::prelude::*;
use schema::{
    problem::Refused,
    query::DELTAS,
    route,
    view::{NAME_MAX, Owner, Shelf, View, ViewsPage},
};

use super::list::address;
use crate::part::{self, Tone, Tried};

/// The views one may change, by whose they are.
pub fn views(page: ViewsPage) -> AnyView {
    let ViewsPage { shelves, refused } = page;
    let new = Tried::of(&refused, "new");
    let query = new.typed("query").unwrap_or("is:open ").to_owned();
    let form = form(&shelves, new, None, &query);
    let open = new.refused() || shelves.iter().all(|shelf| shelf.views.is_empty());
    let panels = shelves.iter().filter(|shelf| !shelf.views.is_empty()).map(|shelf| panel(shelf, &refused)).collect_view();
    view! {
        <div class="narrow">
            <h1>"Saved views"</h1>
            <p class="muted">
                "A view is a query with a name. Yours are for you; a project's are on its page and over its deltas; an organisation's are for those \
                 who belong to it. Each shows only what its reader may see."
            </p>
            <div class="stack mt">
                {panels}
                <details class="panel" id="new" open=open>
                    <summary>"New view"</summary>
                    <div class="body stack-sm">{form}</div>
                </details>
            </div>
        </div>
    }
    .into_any()
}

fn panel(shelf: &Shelf, refused: &Option<Refused>) -> AnyView {
    let rows = shelf.views.iter().map(|view| row(shelf, view, refused)).collect_view();
    part::panel(&shelf.name, view! { <ul class="plain rows">{rows}</ul> })
}

fn row(shelf: &Shelf, view: &View, refused: &Option<Refused>) -> AnyView {
    let owner = shelf.owner.to_string();
    let tried = Tried::of(refused, "change").with("owner", &owner).with("view", &view.slug);
    let form = form(std::slice::from_ref(shelf), tried, Some(view), &view.query);
    let query = if view.query.is_empty() { "everything".to_owned() } else { view.query.clone() };
    view! {
        <li class="body" data-row>
            <div class="bar">
                <a class="t" href=address(&view.query)>{view.name.clone()}</a>
                {view.default.then(|| part::pill(Tone::Good, "opens the list"))}
                <span class="push"></span>
                {part::act(&route::view_remove(&owner, &view.slug), "Delete", "btn small danger", &[])}
            </div>
            <p class="small"><code>{query}</code></p>
            <details open=tried.refused()>
                <summary class="small">"Change "{view.name.clone()}</summary>
                <div class="stack-sm mt">{form}</div>
            </details>
        </li>
    }
    .into_any()
}

/// The form for a new view of one of these owners, or for one that is there.
fn form(shelves: &[Shelf], tried: Tried<'_>, view: Option<&View>, query: &str) -> AnyView {
    let within = view.map_or_else(
        || "new".to_owned(),
        |view| format!("{}-{}", shelves.first().map(|shelf| shelf.owner.to_string()).unwrap_or_default().replace(':', "-"), view.slug),
    );
    let action = match (view, shelves) {
        (Some(view), [shelf]) => route::view(&shelf.owner, &view.slug),
        _ => route::views(),
    };
    let default = tried.typed("default").map_or_else(|| view.is_some_and(|view| view.default), |typed| !typed.is_empty());
    // What was just saved by somebody else stands above the form; sent once more, what was typed takes its place.
    let version = view.map(|view| view! { <input type="hidden" name="version" value=view.version.to_string()/> });
    let owner = view.is_none().then(|| whose(shelves, tried.typed("owner")));
    let fields = view! {
        {tried.above(&["name", "query", "owner"])}
        {version}{owner}
        {tried.field("name", "Name", view.map_or("", |view| view.name.as_str())).within(&within).required().max(NAME_MAX).text("text")}
        {tried.field("query", "Query", query).within(&within).mono().max(1000).hint("Nothing at all finds everything.").text("text")}
        {part::check("default", "1", "Open the list with it", default)}
        <div class="row-of">{part::submit(if view.is_some() { "Save" } else { "Save the view" })}</div>
    };
    part::post(&action, fields)
}

/// Whose it is to be.
fn whose(shelves: &[Shelf], chosen: Option<&str>) -> AnyView {
    let options: Vec<_> = shelves
        .iter()
        .filter(|shelf| shelf.changes)
        .map(|shelf| {
            let words = match &shelf.owner {
                Owner::Me => "Mine alone".to_owned(),
                Owner::Project(_) => format!("The project {}", shelf.name),
                Owner::Org(_) => format!("The organisation {}", shelf.name),
            };
            (shelf.owner.to_string(), words)
        })
        .collect();
    part::Field::new("owner", "Whose").value(chosen.unwrap_or("me")).required().select(options)
}

/// The form of the list: saves what is shown.
pub(super) fn save(shelves: &[Shelf], query: &str) -> AnyView {
    let fields = view! {
        <input type="hidden" name="query" value=query.to_owned()/>
        {part::Field::new("name", "Name").required().max(NAME_MAX).placeholder("Hardest for us").text("text")}
        {whose(shelves, None)}
        {part::check("default", "1", "Open the list with it", false)}
    }
    .into_any();
    part::sheet("save-view", "Save this view…", "", "btn small", route::VIEWS, fields, "Save the view")
}

/// Views to choose from, as links; the one that is shown is marked. `asked` is the canonical text of what is shown, none where the page
/// shows no view.
pub fn choose<'a>(shelves: impl Iterator<Item = &'a Shelf>, asked: Option<&str>) -> Vec<AnyView> {
    let link = |view: &View, of: &str| {
        let here = asked.is_some_and(|asked| schema::query::parse(&view.query, &DELTAS).is_ok_and(|query| query.to_string() == asked));
        let whose = (!of.is_empty()).then(|| view! { <span class="xs faint">{format!("{of} ")}</span> });
        view! { <a class="pill" href=address(&view.query) aria-current=here.then_some("true")>{whose}{view.name.clone()}</a> }.into_any()
    };
    shelves
        .flat_map(|shelf| {
            let of = if shelf.owner == Owner::Me { "" } else { shelf.name.as_str() };
            shelf.views.iter().map(move |view| link(view, of))
        })
        .collect()
}
