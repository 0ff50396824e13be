//! Places of deltas in projects: positions and consensus.

use axum::{Router, extract::State, response::Response, routing::post};
use schema::{
    id::DeltaKey,
    place::{Consensus, PutConsensus, PutPlace, PutPosition, Stand},
    route,
};
use serde::Deserialize;

use super::delta::{done, list};
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
    let (result, said) = match filled.remove {
        Some(_) => (act::place::remove(&app, &caller, delta, &filled.project).await, "It is no longer in that project."),
        None => {
            let put = PutPlace { components: list(&filled.components) };
            (act::place::put(&app, &caller, delta, &filled.project, put).await, "It says now where it is.")
        }
    };
    done(&app, &caller, delta, result, said).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    /// A position, or `none` to take one's own back.
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
        return done(&app, &caller, delta, result, "Your position is taken back.").await;
    }
    let result = match filled.position.parse::<Stand>() {
        Ok(position) => act::place::put_position(&app, &caller, delta, &project, PutPosition { position, reason: filled.reason }).await,
        Err(error) => Err(Error::invalid("position", error.to_string())),
    };
    done(&app, &caller, delta, result, "Your position is stated.").await
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
    let put = PutConsensus { state: filled.state, rationale: filled.rationale };
    let result = act::place::put_consensus(&app, &caller, delta, &project, Some(filled.version), put).await;
    done(&app, &caller, delta, result, "The consensus is set.").await
}
