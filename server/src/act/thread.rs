//! Threads: comments on passages of a delta's text. Who may comment may begin one and reply; its author, the delta's reporter
//! and the maintainers of its projects settle it.

use schema::{
    delta::{Format, TEXT_MAX},
    id::DeltaKey,
    thread::{CONTEXT_MAX, Field, NewReply, NewThread, QUOTE_MAX, THREADS_MAX},
};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

use crate::{
    act,
    anchor::{Anchor, BUDGET, changed, squeeze},
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    markdown::Known,
    prose::Document,
    store::{self, db::Tx, delta::Row, event::Event, search::Words},
};

/// Longest quote told with the event of a comment, in characters.
const TOLD: usize = 280;

/// A field's text as it is read, in which these people are known.
pub fn document(app: &App, words: Words<'_>, format: Format, field: Field, known: &Known) -> Arc<Document> {
    match field {
        Field::Desired => app.documents.of(words.desired, Format::Markdown, "desired", known),
        Field::Actual => app.documents.of(words.actual, Format::Markdown, "actual", known),
        Field::Body => app.documents.of(words.body, format, "body", known),
    }
}

/// A delta's current texts.
fn words(row: &Row) -> Words<'_> {
    Words { title: &row.title, desired: &row.desired, actual: &row.actual, body: &row.body }
}

/// The field's text in a revision; the current one where none is named.
///
/// # Errors
/// 404 when there is none of this number.
pub async fn text(app: &App, tx: &mut Tx, row: &Row, field: Field, revision: Option<i64>) -> Result<(i64, Arc<Document>)> {
    match revision.filter(|revision| *revision != row.revision) {
        None => Ok((row.revision, document(app, words(row), row.body_format, field, &Known::default()))),
        Some(number) => {
            let old = store::revision::find(tx, row.id, number).await?;
            let words = Words { title: &old.title, desired: &old.desired, actual: &old.actual, body: &old.body };
            Ok((number, document(app, words, old.body_format, field, &Known::default())))
        }
    }
}

/// Comments on a passage; the thread's id.
///
/// # Errors
/// 401 for guests; 403 in a locked discussion, but for maintainers; 404 for a delta they may not see; 409 with 500 threads; 422 for a wrong text, or a quote that does not stand
/// in the text.
pub async fn add(app: &App, caller: &Caller, key: DeltaKey, new: NewThread) -> Result<Uuid> {
    let user = caller.actor()?;
    let mut check = Check::default();
    check.text(&new.body, "body", 1, TEXT_MAX).text(&new.quote, "quote", 1, QUOTE_MAX);
    check.text(&new.before, "before", 0, CONTEXT_MAX).text(&new.after, "after", 0, CONTEXT_MAX).done()?;
    let wanted = Anchor { quote: squeeze(&new.quote), before: squeeze(&new.before), after: squeeze(&new.after) };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    // An edit that is under way ends before this goes on, so that the passage is looked for in what it left.
    let row = store::delta::lock(&mut tx, row.id).await?;
    act::comment::allowed(app, &mut tx, caller, &row, now).await?;
    if row.anchored >= THREADS_MAX {
        return Err(Error::conflict(format!("A delta takes at most {THREADS_MAX} threads. Nothing was kept.")));
    }
    let (revision, then) = text(app, &mut tx, &row, new.field, new.revision).await.map_err(|error| match error.kind() {
        crate::error::Kind::NotFound => Error::invalid("revision", "there is no such revision"),
        _ => error,
    })?;
    let nowhere = || Error::invalid("quote", "does not stand in this text as it is read");
    let first = || Anchor { before: String::new(), after: String::new(), ..wanted.clone() }.exact(&then.text);
    let chosen = Anchor::at(&then.text, wanted.exact(&then.text).or_else(first).ok_or_else(nowhere)?);
    let (_, current) = text(app, &mut tx, &row, new.field, None).await?;
    let found =
        chosen.find(&current.text, changed(&then.text, &current.text), &mut { BUDGET }).map(|place| Anchor::at(&current.text, place));
    store::delta::touch(&mut tx, row.id, now).await?;
    let told: String = chosen.quote.chars().take(TOLD).collect();
    let data = json!({ "field": new.field, "quote": told, "cut": told.len() < chosen.quote.len(), "revision": revision });
    let id = act::comment::insert_with(&mut tx, row.id, user.id, &new.body, now, data).await?;
    let lost = found.is_none().then_some(row.revision);
    let found = found.unwrap_or_else(|| chosen.clone());
    let thread = store::thread::New { comment: id, delta: row.id, field: new.field, chosen: &chosen, revision, found: &found, lost };
    store::thread::insert(&mut tx, thread).await?;
    act::comment::written(app, &mut tx, user, &row, (id, &new.body), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Replies in a thread; the comment's id.
///
/// # Errors
/// 401 for guests; 403 in a locked discussion, but for maintainers; 404 for what they may not see; 422 for a wrong text.
pub async fn reply(app: &App, caller: &Caller, key: DeltaKey, thread: Uuid, new: NewReply) -> Result<Uuid> {
    let user = caller.actor()?;
    Check::default().text(&new.body, "body", 1, TEXT_MAX).done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    act::comment::allowed(app, &mut tx, caller, &row, now).await?;
    let thread = store::thread::find(&mut tx, row.id, thread).await?;
    store::delta::touch(&mut tx, row.id, now).await?;
    let data = json!({ "thread": thread.comment_id });
    let id = act::comment::insert_with(&mut tx, row.id, user.id, &new.body, now, data).await?;
    store::thread::reply(&mut tx, thread.comment_id, id).await?;
    act::comment::written(app, &mut tx, user, &row, (id, &new.body), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Settles a thread: it needs no more attention; or opens it again. Doing it again changes nothing.
///
/// # Errors
/// 401 for guests; 403 for all but its author, the delta's reporter and maintainers; 404 for what they may not see.
pub async fn settle(app: &App, caller: &Caller, key: DeltaKey, thread: Uuid, settled: bool) -> Result<()> {
    let user = caller.actor()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let thread = store::thread::find(&mut tx, row.id, thread).await?;
    if user.id != thread.author_id && user.id != row.reporter_id && !act::delta::maintains(&mut tx, caller, &row).await? {
        return Err(Error::forbidden("Only who began a thread, the delta's reporter and the maintainers of its projects may settle it."));
    }
    if settled == thread.settled_at.is_some() {
        return Ok(());
    }
    store::delta::touch(&mut tx, row.id, now).await?;
    store::thread::settle(&mut tx, thread.comment_id, settled.then_some((user.id, now))).await?;
    let kind = if settled { "thread.settled" } else { "thread.opened" };
    let told: String = thread.quote.chars().take(TOLD).collect();
    let event = Event { delta: Some(row.id), ..Event::new(kind, now, Some(user.id)) };
    tx.emit(event.with(json!({ "thread": thread.comment_id, "quote": told }))).await?;
    tx.commit().await
}

/// Finds the passages of a delta's threads again in its new text. Those that are not found are outdated from this revision on; one that
/// comes back is found again.
///
/// # Errors
/// When the database does not answer.
pub async fn follow(app: &App, tx: &mut Tx, old: &Row, new: Words<'_>, format: Format, revision: i64) -> Result<()> {
    if old.anchored == 0 {
        return Ok(());
    }
    let nobody = Known::default();
    let texts = Field::ALL.iter().map(|field| {
        let (before, after) = (document(app, words(old), old.body_format, *field, &nobody), document(app, new, format, *field, &nobody));
        let changed = changed(&before.text, &after.text);
        (*field, before.text != after.text, after, changed)
    });
    let texts: Vec<_> = texts.collect();
    let mut budget = BUDGET;
    for thread in store::thread::rows(tx, old.id).await? {
        let Some((_, true, after, changed)) = texts.iter().find(|(field, ..)| *field == thread.field) else { continue };
        let known = thread.anchor();
        let found = match thread.lost {
            // What was lost is not guessed at once more: only the same words bring it back.
            Some(_) => known.exact(&after.text),
            None => known.find(&after.text, changed.clone(), &mut budget),
        };
        match found.map(|place| Anchor::at(&after.text, place)) {
            Some(found) if thread.lost.is_none() && found == known => {}
            Some(found) => store::thread::moved(tx, thread.comment_id, Some(&found), revision).await?,
            None if thread.lost.is_none() => store::thread::moved(tx, thread.comment_id, None, revision).await?,
            None => {}
        }
    }
    Ok(())
}
