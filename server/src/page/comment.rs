//! Comments on deltas: written, changed, read as they were, taken away, folded, quoted.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    delta::CommentHistoryPage,
    id::DeltaKey,
    problem::Refused,
    route,
    timeline::{CommentRevision, PutComment, PutLock, PutTick},
};
use serde::Deserialize;
use uuid::Uuid;

use super::delta::{BUTTON, again, done};
use crate::{
    act,
    app::App,
    caller::Caller,
    diff,
    error::{Error, Problem, Result},
    extract::{Form, Path},
    page,
    store::{self, comment::Row, db::Tx},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::DELTA_COMMENTS, post(add))
        .route(route::DELTA_COMMENT, get(one).post(edit))
        .route(route::DELTA_COMMENT_HISTORY, get(history))
        .route(route::DELTA_COMMENT_DELETE, post(delete))
        .route(route::DELTA_COMMENT_MINIMISE, post(minimise))
        .route(route::DELTA_COMMENT_TICK, post(tick))
        .route(route::DELTA_LOCK, post(lock))
}

/// Most characters of a comment that are quoted.
const QUOTED: usize = 2000;

/// A comment as an answer begins: each line behind `>`, with who wrote it and where.
pub fn quote(delta: DeltaKey, comment: &Row) -> String {
    let name = comment.author_name.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    let mut quoted = format!("> [{name}]({}#{}) wrote:\n>\n", route::delta(delta), comment.id.simple());
    let text: String = comment.body.trim().chars().take(QUOTED).collect();
    for line in text.lines() {
        quoted.push_str(if line.is_empty() { ">" } else { "> " });
        quoted.push_str(line);
        quoted.push('\n');
    }
    quoted.push('\n');
    quoted
}

/// The texts a comment had and the one it has, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn texts(tx: &mut Tx, comment: &Row) -> Result<Vec<CommentRevision>> {
    let at = comment.edited_at.unwrap_or(comment.created_at);
    let mut texts = vec![CommentRevision { number: comment.version, body: comment.body.clone(), at }];
    texts.extend(store::comment::revisions(tx, comment.id).await?);
    Ok(texts)
}

/// Where a comment stands.
fn place(delta: DeltaKey, comment: Uuid) -> String {
    format!("{}#{}", route::delta(delta), comment.simple())
}

/// What a form sent, with the line ends that others write.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    #[serde(default)]
    body: String,
    #[serde(default)]
    version: Option<i64>,
}

async fn add(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Filled>) -> Result<Response> {
    match act::comment::add(&app, &caller, delta, PutComment { body: plain(&filled.body) }).await {
        Ok(comment) => Ok(page::lead(&place(delta, comment.id), "")),
        Err(error) => {
            let typed = vec![("body", filled.body)];
            page::again(error, async |problem| again(&app, &caller, delta, Refused { form: "comment", typed, problem }).await).await
        }
    }
}

async fn one(State(app): State<App>, caller: Caller, Path((delta, comment)): Path<(DeltaKey, Uuid)>) -> Result<Response> {
    show(&app, &caller, delta, comment, None, None).await
}

async fn show(app: &App, caller: &Caller, delta: DeltaKey, id: Uuid, typed: Option<String>, refused: Option<Problem>) -> Result<Response> {
    let user = caller.person()?;
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, caller, delta).await?;
    let comment = store::comment::find(&mut tx, row.id, id).await?;
    if comment.author_id != user.id {
        return Err(Error::forbidden("Only its author may change a comment."));
    }
    let shell = page::shell(&mut tx, caller, "Change your comment", &route::delta(delta), true).await?;
    let text = typed.unwrap_or(comment.body);
    Ok(page::show(app, shell, || web::page::delta::comment(&delta.to_string(), &id.to_string(), comment.version, text, refused)))
}

async fn edit(
    State(app): State<App>,
    caller: Caller,
    Path((delta, comment)): Path<(DeltaKey, Uuid)>,
    Form(filled): Form<Filled>,
) -> Result<Response> {
    match act::comment::edit(&app, &caller, delta, comment, filled.version, PutComment { body: plain(&filled.body) }).await {
        Ok(_) => Ok(page::lead(&place(delta, comment), "Saved.")),
        Err(error) => page::again(error, async |problem| show(&app, &caller, delta, comment, Some(filled.body), Some(problem)).await).await,
    }
}

async fn history(State(app): State<App>, caller: Caller, Path((delta, comment)): Path<(DeltaKey, Uuid)>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let comment = store::comment::find(&mut tx, row.id, comment).await?;
    let texts = texts(&mut tx, &comment).await?;
    let shell = page::shell(&mut tx, &caller, "How a comment changed", &route::delta(delta), false).await?;
    drop(tx);
    let before = texts.iter().skip(1).map(Some).chain([None]);
    let changes: Vec<_> =
        before.zip(&texts).map(|(old, new)| old.map(|old| diff::words(&old.body, &new.body)).unwrap_or_default()).collect();
    let revisions = texts.into_iter().zip(changes).collect();
    let view = CommentHistoryPage { key: delta.to_string(), comment: comment.said(), revisions, now: app.clock.now() };
    Ok(page::show(&app, shell, || web::page::delta::history(view)))
}

async fn delete(State(app): State<App>, caller: Caller, Path((delta, comment)): Path<(DeltaKey, Uuid)>) -> Result<Response> {
    let result = act::comment::delete(&app, &caller, delta, comment).await;
    done(&app, &caller, delta, result, "The comment is deleted.", BUTTON).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Folded {
    /// Empty: it is shown again.
    #[serde(default)]
    reason: String,
}

async fn minimise(
    State(app): State<App>,
    caller: Caller,
    Path((delta, comment)): Path<(DeltaKey, Uuid)>,
    Form(filled): Form<Folded>,
) -> Result<Response> {
    let reason = match filled.reason.as_str() {
        "" => None,
        word => Some(word.parse().map_err(|error: schema::word::NotOneOf| Error::invalid("reason", error.to_string()))?),
    };
    match act::comment::minimise(&app, &caller, delta, comment, reason).await {
        Ok(()) => Ok(page::lead(&place(delta, comment), if reason.is_some() { "The comment is folded." } else { "It is shown again." })),
        error => done(&app, &caller, delta, error, "", BUTTON).await,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ticked {
    version: i64,
    /// The number of the task, and `+` or `-`.
    tick: String,
}

async fn tick(
    State(app): State<App>,
    caller: Caller,
    Path((delta, comment)): Path<(DeltaKey, Uuid)>,
    Form(filled): Form<Ticked>,
) -> Result<Response> {
    let wrong = || Error::invalid("tick", "must be a number with + or - behind");
    let (nth, done_) = match (filled.tick.strip_suffix('+'), filled.tick.strip_suffix('-')) {
        (Some(nth), _) => (nth, true),
        (_, Some(nth)) => (nth, false),
        _ => return Err(wrong()),
    };
    let put = (nth.parse().map_err(|_| wrong())?, PutTick { done: done_ });
    match act::comment::tick(&app, &caller, delta, comment, filled.version, put).await {
        Ok(_) => Ok(page::lead(&place(delta, comment), "")),
        Err(error) => done(&app, &caller, delta, Err(error), "", BUTTON).await,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Locked {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    open: Option<String>,
}

async fn lock(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Locked>) -> Result<Response> {
    let (put, said) = match filled.open {
        Some(_) => (None, "Everybody may write comments again."),
        None => (Some(PutLock { reason: filled.reason.clone() }), "The discussion is locked."),
    };
    let result = act::comment::lock(&app, &caller, delta, put).await;
    done(&app, &caller, delta, result, said, ("lock", vec![("reason", filled.reason)])).await
}
