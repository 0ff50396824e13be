//! Occurrences of a crash: added on the delta's page; a trace's text.

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use schema::{id::DeltaKey, occurrence::NewOccurrence, problem::Refused, route};
use serde::Deserialize;
use uuid::Uuid;

use super::delta::again;
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::DELTA_OCCURRENCES, post(add)).route(route::DELTA_TRACE, get(text))
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
