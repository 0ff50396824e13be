//! Votes and what they say.

use axum::{Router, extract::State, response::Response, routing::get};
use schema::{
    id::DeltaKey,
    impact::{Confirm, MinePage},
    route,
};
use serde::Deserialize;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Form, Path},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::DELTA_VOTE, get(mine).post(vote))
}

/// The vote's form: the answer given, or the button that takes it back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VoteForm {
    #[serde(default)]
    severity: String,
    withdraw: Option<String>,
    /// A release that it still affects them on, and whose it is.
    confirm: Option<String>,
    project: Option<String>,
    /// The same vote again: it counts where they have joined since.
    again: Option<String>,
    #[serde(default)]
    note: String,
}

/// What the caller stated, and when.
async fn mine(State(app): State<App>, caller: Caller, Path(key): Path<DeltaKey>) -> Result<Response> {
    let user = caller.person()?.id;
    let mut tx = app.db.read().await?;
    let delta = store::delta::find(&mut tx, &caller, key).await?;
    let mine = store::impact::mine(&mut tx, delta.id, user).await?;
    let shell = page::shell(&mut tx, &caller, &format!("Your vote on {key}"), &route::deltas(), false).await?;
    let view = MinePage { key, title: delta.title, mine, now: app.clock.now() };
    Ok(page::show(&app, shell, || web::page::impact::mine(view)))
}

async fn vote(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(form): Form<VoteForm>) -> Result<Response> {
    let said = if form.withdraw.is_some() {
        act::impact::withdraw(&app, &caller, delta).await?;
        "Your vote is taken back."
    } else if let Some(release) = form.confirm {
        act::impact::confirm(&app, &caller, delta, &Confirm { release, project: form.project }).await?;
        "Noted: it still affects you on this release."
    } else if form.again.is_some() {
        act::impact::again(&app, &caller, delta).await?;
        "Your vote counts in your segments of today."
    } else {
        act::impact::vote(&app, &caller, delta, act::impact::severity(&form.severity)?, &form.note).await?;
        "Your vote counts."
    };
    Ok(page::lead(&route::delta(delta), said))
}
