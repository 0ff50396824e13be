//! An organisation's ledger of promises.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    id::TaskKey,
    ledger::{Asked, LedgerPage, Show},
    route,
};

use super::task::end;
use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Path, Query},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::LEDGER, get(ledger)).route(route::TASK_TAKEOVER, post(take_over))
}

async fn ledger(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let org = store::org::find(&mut tx, &caller, &slug).await?;
    let shell = page::shell(&mut tx, &caller, &format!("Promises of {}", org.name), &route::ledger(&slug), false).await?;
    let ledger = store::ledger::read(&mut tx, &caller, &org, &asked, app.clock.now()).await?;
    drop(tx);
    let view = LedgerPage {
        show: asked.show.unwrap_or(Show::Open),
        ledger,
        inside: org.inside(&caller),
        may_change: act::board::member(&caller, org.id).is_ok(),
        quiet_after: org.quiet_after,
        expires_after: org.expires_after,
        org: slug,
        org_name: org.name,
    };
    Ok(page::show(&app, shell, || web::page::ledger::ledger(&view)))
}

async fn take_over(State(app): State<App>, caller: Caller, Path(key): Path<TaskKey>) -> Result<Response> {
    let done = act::task::take_over(&app, &caller, &key).await.map(|_| "It is yours now, and so is the promise.".to_owned());
    end(&app, &caller, &key, done, ("button", Vec::new())).await
}
