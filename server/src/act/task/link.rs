//! What a task is for, and where its outside addresses are.

use schema::{
    id::{DeltaKey, TaskKey},
    task::{NewReference, Relation, TITLE_MAX, Task as View, URL_MAX},
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{held, named, save, tell};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{
        self,
        db::Tx,
        event::Event,
        task::{Row, link as links},
    },
};

/// Links a task to a delta, or changes what it does about it. The organisation has taken the delta then.
///
/// # Errors
/// 403 for viewers, 404 for tasks and deltas the caller may not see.
pub async fn link(app: &App, caller: &Caller, key: &TaskKey, delta: DeltaKey, relation: Relation) -> Result<View> {
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let (mut row, user) = held(&mut tx, caller, key).await?;
    let delta = store::delta::find(&mut tx, caller, delta).await?;
    touch(&mut tx, &mut row, now).await?;
    tie(&mut tx, &row, (delta.id, delta.key()), relation, user, now).await?;
    let view = store::task::view(&mut tx, caller, row, now).await?;
    tx.commit().await?;
    Ok(view)
}

/// One version on: a link or a reference is part of what a task's version tells.
pub(super) async fn touch(tx: &mut Tx, row: &mut Row, now: OffsetDateTime) -> Result<()> {
    save(tx, row, row.version, now).await?;
    row.version += 1;
    row.updated_at = now;
    Ok(())
}

/// Links, takes, and tells of it: on the delta's timeline and on the board.
pub(super) async fn tie(
    tx: &mut Tx,
    row: &Row,
    (delta, key): (Uuid, DeltaKey),
    relation: Relation,
    by: Uuid,
    now: OffsetDateTime,
) -> Result<()> {
    links::put(tx, row.id, delta, relation, by, now).await?;
    act::triage::take(tx, now, Some(by), row.org_id, delta).await?;
    let event = Event::new("task.linked", now, Some(by)).with(json!({ "key": row.key(), "delta": named(key), "relation": relation }));
    let event = Event { org: Some(row.org_id), task: Some(row.id), board: Some(row.board_id), delta: Some(delta), ..event };
    tx.emit(event).await?;
    Ok(())
}

/// Takes a link away. Where it was the organisation's last one for the delta, it has not taken the delta any more.
///
/// # Errors
/// 403 for viewers, 404 where there is no such link.
pub async fn unlink(app: &App, caller: &Caller, key: &TaskKey, delta: DeltaKey) -> Result<View> {
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let (mut row, user) = held(&mut tx, caller, key).await?;
    let delta = store::delta::find(&mut tx, caller, delta).await?;
    if !links::remove(&mut tx, row.id, delta.id).await? {
        return Err(Error::not_found("link"));
    }
    act::triage::release(&mut tx, now, Some(user), row.org_id, delta.id).await?;
    touch(&mut tx, &mut row, now).await?;
    let event = Event::new("task.unlinked", now, Some(user)).with(json!({ "key": row.key(), "delta": named(delta.key()) }));
    let event = Event { org: Some(row.org_id), task: Some(row.id), board: Some(row.board_id), delta: Some(delta.id), ..event };
    tx.emit(event).await?;
    let view = store::task::view(&mut tx, caller, row, now).await?;
    tx.commit().await?;
    Ok(view)
}

/// Adds an outside address.
///
/// # Errors
/// 403 for viewers, 404, 422 for anything but `http` and `https`.
pub async fn add_reference(app: &App, caller: &Caller, key: &TaskKey, new: &NewReference) -> Result<View> {
    let mut check = Check::default();
    check.text(&new.url, "url", 1, URL_MAX).text(&new.title, "title", 0, TITLE_MAX).that(
        is_web(&new.url),
        "url",
        "must be an http or https address",
    );
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let (mut row, user) = held(&mut tx, caller, key).await?;
    check.done()?;
    touch(&mut tx, &mut row, now).await?;
    links::add_reference(&mut tx, row.id, new, user, now).await?;
    tell(&mut tx, &row, "task.changed", user, now, json!({ "changed": ["references"] })).await?;
    let view = store::task::view(&mut tx, caller, row, now).await?;
    tx.commit().await?;
    Ok(view)
}

/// Takes an outside address away.
///
/// # Errors
/// 403 for viewers, 404.
pub async fn remove_reference(app: &App, caller: &Caller, key: &TaskKey, id: Uuid) -> Result<View> {
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let (mut row, user) = held(&mut tx, caller, key).await?;
    if !links::remove_reference(&mut tx, row.id, id).await? {
        return Err(Error::not_found("reference"));
    }
    touch(&mut tx, &mut row, now).await?;
    tell(&mut tx, &row, "task.changed", user, now, json!({ "changed": ["references"] })).await?;
    let view = store::task::view(&mut tx, caller, row, now).await?;
    tx.commit().await?;
    Ok(view)
}

/// Whether an address is one of the web: `http` or `https`, a host, and no white space or control characters.
fn is_web(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::is_web;

    #[test]
    fn only_addresses_of_the_web_are_taken() {
        assert!(is_web("https://review.example.org/88211") && is_web("http://[::1]/x"));
        for bad in ["javascript:alert(1)", "https://", "https:///x", "ftp://a.b", " https://a.b", "https://a b", "data:text/html,x"] {
            assert!(!is_web(bad), "{bad}");
        }
    }
}
