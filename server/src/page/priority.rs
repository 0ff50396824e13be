//! The order of an organisation's open tasks.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    id::TaskKey,
    priority::{PrioritiesPage, PutAt},
    route,
};
use serde::Deserialize;

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
    Router::new().route(route::PRIORITIES, get(priorities)).route(route::PRIORITY, post(put_at))
}

async fn priorities(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let org = act::board::org(&mut tx, &caller, &slug).await?;
    let shell = page::shell(&mut tx, &caller, &format!("Priorities of {}", org.name), &route::priorities(&slug), false).await?;
    let order = store::priority::read(&mut tx, &caller, &org).await?;
    drop(tx);
    let may_change = act::board::member(&caller, org.id).is_ok();
    let view = PrioritiesPage { org: slug, org_name: org.name, order, may_change };
    Ok(page::show(&app, shell, || web::page::priority::priorities(&view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    position: String,
}

async fn put_at(
    State(app): State<App>,
    caller: Caller,
    Path((slug, key)): Path<(String, TaskKey)>,
    Form(form): Form<Put>,
) -> Result<Response> {
    let position = form.position.trim().parse().map_err(|_| Error::invalid("position", "must be a number, 1 for the first"))?;
    let put = act::task::put_at(&app, &caller, &key, PutAt { position }).await?;
    Ok(page::lead(&route::priorities(&slug), &format!("{key} is #{} now, and {}.", put.position, put.priority)))
}
