//! Taking comments away, folding them, and locking a discussion.

use schema::{
    id::DeltaKey,
    timeline::{DeletedBy, Minimised, PutLock},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    act::{attachment::forget, delta::maintains},
    app::App,
    caller::{Caller, User},
    error::{Error, Result},
    extract::Check,
    store::{self, db::Tx, delta::Row, event::Event},
};

/// The caller, if they maintain a project the delta is in.
async fn maintainer<'a>(tx: &mut Tx, caller: &'a Caller, delta: &Row) -> Result<&'a User> {
    let user = caller.actor()?;
    if maintains(tx, caller, delta).await? {
        return Ok(user);
    }
    Err(Error::forbidden("Only the maintainers of the projects a delta is in may do this."))
}

/// Takes a comment's text away for good, with all it had before and its files; that it was there stays to be seen.
///
/// # Errors
/// 401 for guests; 403 for all but its author and maintainers; 404 for what is not there, or they may not see.
pub async fn delete(app: &App, caller: &Caller, key: DeltaKey, id: Uuid) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let comment = store::comment::find(&mut tx, row.id, id).await?;
    let (user, by) = match caller.actor()? {
        user if user.id == comment.author_id => (user, DeletedBy::Author),
        _ => (maintainer(&mut tx, caller, &row).await?, DeletedBy::Maintainer),
    };
    if !store::comment::delete(&mut tx, row.id, id, by).await? {
        return Err(Error::not_found("comment"));
    }
    let files = store::attachment::delete_of_comment(&mut tx, id).await?;
    let all = store::comment::text(&mut tx, row.id).await?;
    store::search::put_comments(&mut tx, row.number, &all).await?;
    let event = Event { delta: Some(row.id), ..Event::new("comment.deleted", now, Some(user.id)) };
    tx.emit(event.with(json!({ "comment": id, "by": by }))).await?;
    tx.commit().await?;
    forget(app, files).await;
    Ok(())
}

/// Folds a comment for a reason, or shows it again without one. Doing it again changes nothing.
///
/// # Errors
/// 401 for guests; 403 for all but maintainers; 404 for what is not there, or they may not see.
pub async fn minimise(app: &App, caller: &Caller, key: DeltaKey, id: Uuid, reason: Option<Minimised>) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let comment = store::comment::find(&mut tx, row.id, id).await?;
    let user = maintainer(&mut tx, caller, &row).await?;
    if comment.minimised.as_deref() == reason.map(Minimised::as_str) {
        return Ok(());
    }
    store::comment::minimise(&mut tx, id, reason).await?;
    let kind = if reason.is_some() { "comment.minimised" } else { "comment.restored" };
    let event = Event { delta: Some(row.id), ..Event::new(kind, now, Some(user.id)) };
    tx.emit(event.with(json!({ "comment": id, "reason": reason }))).await?;
    tx.commit().await
}

/// Locks a discussion, or opens it again: in a locked one only maintainers write. Doing it again changes nothing but the reason.
///
/// # Errors
/// 401 for guests; 403 for all but maintainers; 404 where they may not see the delta; 422 for a reason too long.
pub async fn lock(app: &App, caller: &Caller, key: DeltaKey, put: Option<PutLock>) -> Result<()> {
    let reason = put.as_ref().map(|put| put.reason.trim()).unwrap_or_default();
    Check::default().text(reason, "reason", 0, 300).that(!reason.contains(['\n', '\r']), "reason", "must be one line").done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let user = maintainer(&mut tx, caller, &row).await?;
    if row.locked_at.is_some() == put.is_some() && row.lock_reason == reason {
        return Ok(());
    }
    store::comment::lock(&mut tx, row.id, put.is_some().then_some(row.locked_at.unwrap_or(now)), reason).await?;
    store::delta::touch(&mut tx, row.id, now).await?;
    let kind = if put.is_some() { "delta.locked" } else { "delta.unlocked" };
    let event = Event { delta: Some(row.id), ..Event::new(kind, now, Some(user.id)) };
    tx.emit(event.with(json!({ "reason": reason }))).await?;
    tx.commit().await
}
