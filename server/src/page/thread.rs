//! Comments on passages: the page to write one, replies, and settling.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    id::DeltaKey,
    problem::Refused,
    route,
    thread::{Field, NewReply, NewThread, QUOTE_MAX, ThreadPage},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{comment::plain, delta::again};
use crate::{
    act,
    anchor::Anchor,
    app::App,
    caller::Caller,
    error::{Error, Problem, Result},
    extract::{Form, Path, Query},
    page, store,
};

/// Most characters of a piece that are quoted where the whole piece is commented on.
const PIECE: usize = 600;

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::DELTA_THREAD_NEW, get(new))
        .route(route::DELTA_THREADS, post(add))
        .route(route::DELTA_THREAD_REPLIES, post(reply))
        .route(route::DELTA_THREAD_SETTLED, post(settle))
}

/// The passage: a piece of the text by its number, or a quote.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    field: Field,
    #[serde(default)]
    piece: Option<usize>,
    #[serde(default)]
    quote: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    revision: Option<i64>,
}

async fn new(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Query(asked): Query<Asked>) -> Result<Response> {
    let Asked { field, piece, quote, before, after, revision } = asked;
    let mut new = NewThread { field, quote, before, after, revision, body: String::new() };
    if let Some(piece) = piece {
        let mut tx = app.db.read().await?;
        let row = store::delta::find(&mut tx, &caller, delta).await?;
        let (number, text) = act::thread::text(&app, &mut tx, &row, field, revision).await?;
        let block = text.blocks.get(piece).ok_or_else(|| Error::not_found("passage"))?;
        let words = text.words(piece);
        // A long table or listing is commented on by its beginning.
        let most = words.char_indices().nth(PIECE).map(|(at, _)| words[..at].rfind(' ').filter(|at| *at > 0).unwrap_or(at));
        let place = block.text.0..most.map_or(block.text.1, |most| block.text.0 + most);
        let anchor = Anchor::at(&text.text, place);
        new = NewThread { quote: anchor.quote, before: anchor.before, after: anchor.after, revision: Some(number), ..new };
    }
    show(&app, &caller, delta, new, None).await
}

async fn show(app: &App, caller: &Caller, delta: DeltaKey, mut new: NewThread, refused: Option<Problem>) -> Result<Response> {
    caller.person()?;
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, caller, delta).await?;
    new.revision.get_or_insert(row.revision);
    let shell = page::shell(&mut tx, caller, "Comment on a passage", &route::delta(delta), true).await?;
    let view = ThreadPage { delta: delta.to_string(), title: row.title, new, refused };
    Ok(page::show(app, shell, || web::page::delta::thread(view)))
}

async fn add(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(new): Form<NewThread>) -> Result<Response> {
    let quote = new.quote.chars().take(QUOTE_MAX + 1).collect();
    match act::thread::add(&app, &caller, delta, NewThread { quote, body: plain(&new.body), ..new.clone() }).await {
        Ok(id) => Ok(page::lead(&at(delta, id), "Your comment stands beside its passage.")),
        Err(error) => page::again(error, async |problem| show(&app, &caller, delta, new, Some(problem)).await).await,
    }
}

/// Where a thread stands on its delta's page.
fn at(delta: DeltaKey, thread: Uuid) -> String {
    format!("{}#thread-{}", route::delta(delta), thread.simple())
}

async fn reply(
    State(app): State<App>,
    caller: Caller,
    Path((delta, thread)): Path<(DeltaKey, Uuid)>,
    Form(new): Form<NewReply>,
) -> Result<Response> {
    match act::thread::reply(&app, &caller, delta, thread, NewReply { body: plain(&new.body) }).await {
        Ok(_) => Ok(page::lead(&at(delta, thread), "")),
        Err(error) => {
            let typed = vec![("thread", thread.to_string()), ("body", new.body)];
            page::again(error, async |problem| again(&app, &caller, delta, Refused { form: "reply", typed, problem }).await).await
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settle {
    settled: bool,
}

async fn settle(
    State(app): State<App>,
    caller: Caller,
    Path((delta, thread)): Path<(DeltaKey, Uuid)>,
    Form(settle): Form<Settle>,
) -> Result<Response> {
    act::thread::settle(&app, &caller, delta, thread, settle.settled).await?;
    let said = if settle.settled { "The thread is settled." } else { "The thread is open again." };
    Ok(page::lead(&at(delta, thread), said))
}
