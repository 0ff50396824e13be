//! Votes and what they say.

use axum::{Router, extract::State, response::Response, routing::post};
use schema::{id::DeltaKey, route};
use serde::Deserialize;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Form, Path},
    page,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::DELTA_VOTE, post(vote))
}

/// The vote's form: the answer given, or the button that takes it back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VoteForm {
    #[serde(default)]
    severity: String,
    withdraw: Option<String>,
    #[serde(default)]
    note: String,
}

async fn vote(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(form): Form<VoteForm>) -> Result<Response> {
    let said = if form.withdraw.is_some() {
        act::impact::withdraw(&app, &caller, delta).await?;
        "Your vote is taken back."
    } else {
        act::impact::vote(&app, &caller, delta, act::impact::severity(&form.severity)?, &form.note).await?;
        "Your vote counts."
    };
    Ok(page::lead(&route::delta(delta), said))
}
