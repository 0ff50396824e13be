//! Lists of deltas by the query language.

use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use schema::{
    bulk::Bar,
    list::{Deltas, DeltasPage, DeltasQuery},
    problem::Refused,
    query::{DELTAS, parse},
    route,
    view::{Owner, Shelf, View},
};

use crate::{
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::Query,
    page, store,
    store::db::Tx,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::DELTAS, get(deltas))
}

/// The list. A query that cannot be read stays in its box, with what is wrong below it.
async fn deltas(State(app): State<App>, caller: Caller, Query(asked): Query<DeltasQuery>) -> Result<Response> {
    show(&app, &caller, asked, Bar::default()).await
}

/// Shows the list once more after a change of several of its deltas was refused, with what was chosen and typed.
///
/// # Errors
/// What broke on our side.
pub async fn again(app: &App, caller: &Caller, (q, cursor): (String, String), chosen: Vec<String>, refused: Refused) -> Result<Response> {
    // A query that is empty finds everything; one that is absent would open the list with its own.
    let cursor = Some(cursor).filter(|cursor| !cursor.is_empty());
    let asked = DeltasQuery { q: Some(q), cursor, ..DeltasQuery::default() };
    show(app, caller, asked, Bar { chosen, refused: Some(refused), ..Bar::default() }).await
}

async fn show(app: &App, caller: &Caller, asked: DeltasQuery, bar: Bar) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let (shelves, opened) = views(&mut tx, caller, asked.q.as_deref()).await?;
    let asked = match &opened {
        Some(view) => DeltasQuery { q: Some(view.query.clone()), ..asked },
        None => asked,
    };
    let read = store::list::read(asked.q.as_deref(), asked.sort.as_deref());
    let found = match &read {
        Ok(query) => store::list::deltas(&mut tx, caller, (asked.q.as_deref(), query), &asked.window(), now).await,
        Err(_) => Ok(nothing()),
    };
    let (found, error) = match (found, read.as_ref().err()) {
        (Ok(found), None) => (found, None),
        (Ok(found), Some(error)) => (found, Some(said(error))),
        (Err(error), _) if about_the_query(&error) => (nothing(), Some(said(&error))),
        (Err(error), _) => return Err(error),
    };
    let bad = error.is_some();
    let query = read.unwrap_or_default();
    let q = match &asked.q {
        // The order that was asked for beside the query becomes part of it.
        Some(text) if bad || asked.sort.is_none() => text.clone(),
        _ if bad => store::list::DEFAULT.to_owned(),
        _ => query.to_string(),
    };
    let current = if q == store::list::DEFAULT { route::deltas() } else { route::with_query(route::DELTAS, &[("q", &q)]) };
    let later = asked.cursor.as_deref().is_some_and(|cursor| !cursor.is_empty());
    // Who maintains something may change several at once.
    let projects = store::project::by_ids(&mut tx, &caller.maintains).await?;
    let projects: Vec<(String, String)> = projects.into_iter().map(|project| (project.slug, project.name)).collect();
    let mut shell = page::shell(&mut tx, caller, "Deltas", &current, false).await?;
    shell.feed = (!bad).then(|| web::page::list::export(route::DELTAS_ATOM, &q));
    let orgs = store::org::names(&mut tx, found.items.iter().flat_map(|item| &item.committed)).await?;
    let signed_in = caller.user.is_some();
    let back = (q.clone(), asked.cursor.clone().unwrap_or_default());
    let bar = (!projects.is_empty()).then_some(Bar { projects, back, ..bar });
    let view = DeltasPage {
        q,
        query,
        error,
        hints: found.hints,
        items: found.items,
        next: found.next,
        later,
        orgs,
        shelves,
        opened: opened.map(|view| view.name),
        signed_in,
        bar,
        now,
    };
    let mut response = page::show(app, shell, move || web::page::list::deltas(view));
    if bad {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The views to choose from, and the one that the list opens with where nothing is asked: the caller's own default, as long as it can be read.
async fn views(tx: &mut Tx, caller: &Caller, q: Option<&str>) -> Result<(Vec<Shelf>, Option<View>)> {
    let project = q.and_then(|q| parse(q, &DELTAS).ok()).and_then(|query| query.sole("project").map(str::to_lowercase));
    let mut shelves = store::view::around(tx, caller, project.as_deref()).await?;
    let own = shelves.iter().find(|shelf| shelf.owner == Owner::Me).and_then(Shelf::default);
    let opened = own.filter(|view| q.is_none() && store::list::read(Some(&view.query), None).is_ok()).cloned();
    // Of the projects one maintains, only the views of the one that is looked at.
    for shelf in &mut shelves {
        if matches!(&shelf.owner, Owner::Project(slug) if Some(slug) != project.as_ref()) {
            shelf.views.clear();
        }
    }
    Ok((shelves, opened))
}

fn nothing() -> Deltas {
    Deltas { items: Vec::new(), next: None, hints: Vec::new() }
}

/// Whether it can be put right in the search box.
fn about_the_query(error: &Error) -> bool {
    error.kind() == Kind::Invalid && error.problem().errors.iter().any(|error| error.field == "q")
}

/// What is wrong, without the name of the field.
fn said(error: &Error) -> String {
    error.problem().errors.into_iter().next().map_or_else(|| error.detail().to_owned(), |error| error.detail)
}
