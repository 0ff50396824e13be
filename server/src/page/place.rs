//! Places of deltas in projects: positions and consensus.

use axum::{Router, extract::State, response::Response, routing::post};
use schema::{
    id::DeltaKey,
    place::{Consensus, PutConsensus, PutPlace, PutPosition, Stand},
    route,
};
use serde::Deserialize;

use super::delta::{BUTTON, done, list};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::DELTA_PLACES, post(places))
        .route(route::DELTA_POSITION, post(position))
        .route(route::DELTA_CONSENSUS, post(consensus))
        .route(route::DELTA_ANSWER, post(answer))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    project: String,
    #[serde(default)]
    components: String,
    #[serde(default)]
    remove: Option<String>,
}

async fn places(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Place>) -> Result<Response> {
    if filled.remove.is_some() {
        let result = act::place::remove(&app, &caller, delta, &filled.project).await;
        return done(&app, &caller, delta, result, "It is no longer in that project.", BUTTON).await;
    }
    let put = PutPlace { components: list(&filled.components) };
    let result = act::place::put(&app, &caller, delta, &filled.project, put).await;
    let sent = ("place", vec![("project", filled.project), ("components", filled.components)]);
    done(&app, &caller, delta, result, "It says now where it is.", sent).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    /// A position, or `none` to take one's own back; empty where none was chosen.
    #[serde(default)]
    position: String,
    #[serde(default)]
    reason: String,
}

async fn position(
    State(app): State<App>,
    caller: Caller,
    Path((delta, project)): Path<(DeltaKey, String)>,
    Form(filled): Form<Position>,
) -> Result<Response> {
    if filled.position == "none" {
        let result = act::place::remove_position(&app, &caller, delta, &project).await;
        return done(&app, &caller, delta, result, "Your position is taken back.", BUTTON).await;
    }
    let result = match filled.position.parse::<Stand>() {
        Ok(position) => {
            let put = PutPosition { position, reason: filled.reason.clone() };
            act::place::put_position(&app, &caller, delta, &project, put).await
        }
        Err(error) => Err(Error::invalid("position", error.to_string())),
    };
    let sent = ("position", vec![("project", project), ("position", filled.position), ("reason", filled.reason)]);
    done(&app, &caller, delta, result, "Your position is stated.", sent).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holds {
    version: i64,
    state: Consensus,
    #[serde(default)]
    rationale: String,
}

async fn consensus(
    State(app): State<App>,
    caller: Caller,
    Path((delta, project)): Path<(DeltaKey, String)>,
    Form(filled): Form<Holds>,
) -> Result<Response> {
    let put = PutConsensus { state: filled.state, rationale: filled.rationale.clone() };
    let result = act::place::put_consensus(&app, &caller, delta, &project, Some(filled.version), put).await;
    let sent = ("consensus", vec![("project", project), ("state", filled.state.to_string()), ("rationale", filled.rationale)]);
    done(&app, &caller, delta, result, "The consensus is set.", sent).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    name: String,
    #[serde(default)]
    reason: String,
}

async fn answer(
    State(app): State<App>,
    caller: Caller,
    Path((delta, project)): Path<(DeltaKey, String)>,
    Form(filled): Form<Answers>,
) -> Result<Response> {
    let result = act::consensus::answer(&app, &caller, delta, &project, filled.name.trim(), &filled.reason).await;
    let sent = ("answer", vec![("project", project), ("name", filled.name), ("reason", filled.reason)]);
    done(&app, &caller, delta, result, "The objection is answered.", sent).await
}
