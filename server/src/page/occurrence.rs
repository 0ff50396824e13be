//! Occurrences of a crash: added on the delta's page; their list, from which they are taken away; a trace's text.

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use schema::{
    id::DeltaKey,
    occurrence::{NewOccurrence, OccurrencesPage},
    problem::Refused,
    route,
};
use serde::Deserialize;
use uuid::Uuid;

use super::delta::again;
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Problem, Result},
    extract::{Form, Path, Query},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::DELTA_OCCURRENCES, get(list).post(add))
        .route(route::DELTA_OCCURRENCE_REMOVE, post(remove))
        .route(route::DELTA_TRACE, get(text))
}

/// Occurrences on one page: each brings its trace.
const SHOWN: i64 = 10;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Asked {
    cursor: Option<Uuid>,
}

async fn list(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Query(asked): Query<Asked>) -> Result<Response> {
    show(&app, &caller, delta, asked.cursor, None).await
}

async fn show(app: &App, caller: &Caller, key: DeltaKey, before: Option<Uuid>, refused: Option<Problem>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let mut said = store::occurrence::list(&mut tx, caller, row.id, before, SHOWN + 1).await?;
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let more = said.len() > shown;
    said.truncate(shown);
    let next = said.last().filter(|_| more).map(|one| one.id.to_string());
    let may = act::occurrence::removable(&mut tx, caller, &said).await?;
    let items = store::occurrence::taken_apart(&mut tx, said).await?;
    let items = items
        .into_iter()
        .map(|whole| {
            let may = may.contains(&whole.occurrence.id);
            (whole, may)
        })
        .collect();
    let shell = page::shell(&mut tx, caller, &format!("Occurrences of {key}"), &route::delta(key), true).await?;
    drop(tx);
    let view = OccurrencesPage { key, title: row.title, items, next, refused, now: app.clock.now() };
    Ok(page::show(app, shell, || web::page::occurrence::occurrences(&view)))
}

async fn remove(State(app): State<App>, caller: Caller, Path((delta, id)): Path<(DeltaKey, Uuid)>) -> Result<Response> {
    match act::occurrence::remove(&app, &caller, delta, id).await {
        Ok(()) => Ok(page::lead(&route::delta_occurrences(delta), "The occurrence is gone, with its trace, and counts no more.")),
        Err(error) => page::again(error, async |problem| show(&app, &caller, delta, None, Some(problem)).await).await,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Filled {
    trace: String,
    version: String,
    platform: String,
    environment: String,
}

async fn add(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Filled>) -> Result<Response> {
    let Filled { trace, version, platform, environment } = filled;
    let new = NewOccurrence { trace, version, platform, environment, count: None };
    match act::occurrence::add(&app, &caller, delta, new.clone()).await {
        Ok(_) => Ok(page::lead(
            &format!("{}#crashes", route::delta(delta)),
            "It is counted. If it affects you, say how hard: votes are counted apart.",
        )),
        Err(error) => {
            let typed = vec![("trace", new.trace), ("version", new.version), ("platform", new.platform)];
            page::again(error, async |problem| again(&app, &caller, delta, Refused { form: "occurrence", typed, problem }).await).await
        }
    }
}

/// The text of a trace as it came, without what looked like secrets.
async fn text(State(app): State<App>, caller: Caller, Path((delta, id)): Path<(DeltaKey, Uuid)>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let whole = store::occurrence::find(&mut tx, &caller, row.id, id).await?;
    if !whole.occurrence.has_trace {
        return Err(Error::not_found("trace"));
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], whole.text).into_response())
}
