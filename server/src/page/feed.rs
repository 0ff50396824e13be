//! Any list of deltas as Atom, CSV or JSON, any of tasks as CSV or JSON: for who is signed in, for everybody, and for who has a feed's private
//! address.

mod file;

use axum::{
    Extension, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use schema::{
    delta::Summary,
    list::{LIMIT, Window, given},
    query::{self, Query as Asked, Sort, TASKS},
    route,
};
use serde::Deserialize;

use self::file::{File, Form, List};
use crate::{
    app::App,
    caller::{self, Caller},
    clock,
    error::{Error, Result, Worded},
    extract::{Path, Query},
    feed, store,
};

/// Its addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::DELTAS_ATOM, get(atom))
        .route(route::DELTAS_CSV, get(deltas_csv))
        .route(route::DELTAS_JSON, get(deltas_json))
        .route(route::TASKS_CSV, get(tasks_csv))
        .route(route::TASKS_JSON, get(tasks_json))
}

/// Which deltas.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default, deserialize_with = "given")]
    q: Option<String>,
    sort: Option<String>,
    /// The secret of a feed token.
    token: Option<String>,
}

/// Which tasks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedTasks {
    #[serde(default, deserialize_with = "given")]
    q: Option<String>,
    /// The secret of a feed token.
    token: Option<String>,
}

/// A refusal as plain words: these addresses hold secrets, which no page of a problem is to repeat.
fn refuse(error: Error) -> Response {
    let words = match error.problem() {
        problem if problem.status >= 500 => problem.title.clone(),
        problem => problem.detail.clone(),
    };
    let status = error.into_response().status();
    (status, Extension(Worded), [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{words}\n")).into_response()
}

/// Who reads: the owner of the token in the address, else who is signed in.
async fn reader(app: &App, caller: Caller, token: Option<&str>) -> Result<Caller> {
    match token {
        Some(secret) => caller::by_feed_token(app, secret.trim()).await,
        None => Ok(caller),
    }
}

/// The newest changes first, unless the query has an order.
async fn atom(State(app): State<App>, caller: Caller, headers: HeaderMap, Query(wanted): Query<Wanted>) -> Response {
    let made = async {
        let caller = reader(&app, caller, wanted.token.as_deref()).await?;
        let asked = store::list::read(wanted.q.as_deref(), wanted.sort.as_deref())?;
        let q = asked.to_string();
        let order = if asked.sort.is_empty() { vec![Sort { key: "updated", reversed: false }] } else { asked.sort.clone() };
        let (asked, window) = (Asked { sort: order, ..asked }, Window { cursor: None, limit: Some(LIMIT) });
        let mut tx = app.db.read().await?;
        let lines = store::list::lines(&mut tx, &caller, &asked, &window, app.clock.now()).await?;
        let entries: Vec<(uuid::Uuid, Summary)> = lines.found.into_iter().map(|found| (found.id, found.summary(&lines.needles))).collect();
        Ok(feed::atom(&app.config.base_url, &q, &entries))
    };
    let text = match made.await {
        Ok(text) => text,
        Err(error) => return refuse(error),
    };
    let digest: String = clock::digest(&text).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    // Weak: what goes over the wire may be compressed.
    let etag = format!("W/\"{digest}\"");
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let same = known.map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == etag.trim_start_matches("W/"));
    let kept = [(header::ETAG, etag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if same {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], text).into_response()
}

async fn deltas_csv(State(app): State<App>, caller: Caller, Query(wanted): Query<Wanted>) -> Response {
    deltas(app, caller, wanted, Form::Csv).await.unwrap_or_else(refuse)
}

async fn deltas_json(State(app): State<App>, caller: Caller, Query(wanted): Query<Wanted>) -> Response {
    deltas(app, caller, wanted, Form::Json).await.unwrap_or_else(refuse)
}

async fn deltas(app: App, caller: Caller, wanted: Wanted, form: Form) -> Result<Response> {
    let caller = reader(&app, caller, wanted.token.as_deref()).await?;
    let list = List::Deltas(store::list::read(wanted.q.as_deref(), wanted.sort.as_deref())?);
    file::send(File { app, caller, list, form }).await
}

async fn tasks_csv(State(app): State<App>, caller: Caller, Path(org): Path<String>, Query(wanted): Query<WantedTasks>) -> Response {
    tasks(app, caller, org, wanted, Form::Csv).await.unwrap_or_else(refuse)
}

async fn tasks_json(State(app): State<App>, caller: Caller, Path(org): Path<String>, Query(wanted): Query<WantedTasks>) -> Response {
    tasks(app, caller, org, wanted, Form::Json).await.unwrap_or_else(refuse)
}

async fn tasks(app: App, caller: Caller, org: String, wanted: WantedTasks, form: Form) -> Result<Response> {
    let caller = reader(&app, caller, wanted.token.as_deref()).await?;
    let asked = query::parse(wanted.q.as_deref().unwrap_or(store::task::list::DEFAULT), &TASKS)?;
    file::send(File { app, caller, list: List::Tasks(org, asked), form }).await
}
