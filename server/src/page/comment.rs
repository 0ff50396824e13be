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
    list::Window,
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
    extract::{Form, Path, Query},
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

/// Texts of a comment on one page: each is compared with the one before.
const TEXTS: i64 = 10;

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

/// The texts a comment had and the one it has, newest first: a page of them, and the text before that, which the last one is compared with.
#[derive(Debug)]
pub struct Texts {
    /// Those of the page.
    pub shown: Vec<CommentRevision>,
    /// The one before them; none on the last page.
    pub before: Option<CommentRevision>,
}

impl Texts {
    /// The cursor of the page after this one.
    pub fn next(&self) -> Option<String> {
        self.before.as_ref().and(self.shown.last()).map(|text| text.number.to_string())
    }
}

/// Reads a page of a comment's texts.
///
/// # Errors
/// 422 for a cursor that is none.
pub async fn texts(tx: &mut Tx, comment: &Row, window: &Window) -> Result<Texts> {
    let before = window.cursor.as_deref().map(str::parse::<i64>).transpose();
    let before = before.map_err(|_| Error::invalid("cursor", "is not a cursor of this list"))?;
    let limit = window.limit().unsigned_abs();
    let mut shown = Vec::new();
    if before.is_none_or(|before| before > comment.version) {
        let at = comment.edited_at.unwrap_or(comment.created_at);
        shown.push(CommentRevision { number: comment.version, body: comment.body.clone(), at });
    }
    let more = limit + 1 - u64::from(!shown.is_empty());
    shown.extend(store::comment::revisions(tx, comment.id, before.unwrap_or(i64::MAX).min(comment.version), more).await?);
    let before = shown.get(usize::try_from(limit).unwrap_or(usize::MAX)).is_some().then(|| shown.pop()).flatten();
    Ok(Texts { shown, before })
}

/// Where a comment stands.
fn place(delta: DeltaKey, comment: Uuid) -> String {
    format!("{}#{}", route::delta(delta), comment.simple())
}

/// What a form sent, with the line ends that others write.
pub fn plain(text: &str) -> String {
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

async fn history(
    State(app): State<App>,
    caller: Caller,
    Path((delta, comment)): Path<(DeltaKey, Uuid)>,
    Query(window): Query<Window>,
) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let comment = store::comment::find(&mut tx, row.id, comment).await?;
    let texts = texts(&mut tx, &comment, &Window { limit: Some(TEXTS), ..window }).await?;
    let shell = page::shell(&mut tx, &caller, "How a comment changed", &route::delta(delta), false).await?;
    drop(tx);
    let next = texts.next();
    let Texts { shown, before } = texts;
    let older = shown.iter().skip(1).map(Some).chain([before.as_ref()]);
    let changes: Vec<_> =
        older.zip(&shown).map(|(old, new)| old.map(|old| diff::words(&old.body, &new.body)).unwrap_or_default()).collect();
    let revisions = shown.into_iter().zip(changes).collect();
    let view = CommentHistoryPage { key: delta.to_string(), comment: comment.said(), revisions, next, now: app.clock.now() };
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
