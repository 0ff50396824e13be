//! "Fixed for you?": the form on a closed delta's page.

use axum::{Router, extract::State, response::Response, routing::post};
use schema::{
    fixed::{Fixed, PutFixed},
    id::DeltaKey,
    route,
};
use serde::Deserialize;
use uuid::Uuid;

use super::delta::done;
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::DELTA_FIXED, post(put))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    answer: String,
    #[serde(default)]
    note: String,
    /// Whom the caller answers for; empty for themselves.
    #[serde(default)]
    outsider: String,
}

async fn put(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Filled>) -> Result<Response> {
    let result = match read(&filled) {
        Ok(put) => act::fixed::put(&app, &caller, delta, &put).await.map(drop),
        Err(error) => Err(error),
    };
    let Filled { answer, note, outsider } = filled;
    let typed = vec![("answer", answer), ("note", note), ("outsider", outsider)];
    done(&app, &caller, delta, result, "Thank you: your answer counts.", ("fixed", typed)).await
}

fn read(filled: &Filled) -> Result<PutFixed> {
    let answer: Fixed = filled.answer.parse().map_err(|error| Error::invalid("answer", format!("{error}")))?;
    let outsider = match filled.outsider.as_str() {
        "" => None,
        id => Some(Uuid::try_parse(id).map_err(|_| Error::not_found("outsider"))?),
    };
    Ok(PutFixed { answer, note: filled.note.clone(), outsider })
}
