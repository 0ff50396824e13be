//! What a task is for, what was promised about it, and where its outside addresses are.

use schema::{
    id::{DeltaKey, TaskKey},
    ledger,
    task::{Commitment, CommitmentChange, NewReference, RELEASE_MAX, Relation, TEXT_MAX, TITLE_MAX, Task as View, URL_MAX},
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
async fn touch(tx: &mut Tx, row: &mut Row, now: OffsetDateTime) -> Result<()> {
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

/// Writes a line into the ledger of promises. A target that changes while something is promised counts as a move.
///
/// # Errors
/// 403 for viewers, 404, 422.
pub async fn commit(app: &App, caller: &Caller, key: &TaskKey, version: Option<i64>, change: &CommitmentChange) -> Result<View> {
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let row = commit_in(&mut tx, caller, key, version, change, now).await?;
    let view = store::task::view(&mut tx, caller, row, now).await?;
    tx.commit().await?;
    Ok(view)
}

/// The same inside a transaction at hand: for acts that promise as a part of what they do.
///
/// # Errors
/// As [`commit`].
pub async fn commit_in(
    tx: &mut Tx,
    caller: &Caller,
    key: &TaskKey,
    version: Option<i64>,
    change: &CommitmentChange,
    now: OffsetDateTime,
) -> Result<Row> {
    let mut check = Check::default();
    check.text(&change.note, "note", 0, TEXT_MAX);
    if let Some(release) = &change.target_release {
        check.text(release, "target_release", 1, RELEASE_MAX);
        check.that(change.target_date.is_none(), "target_date", "give a release or a date, not both");
    }
    let (mut row, user) = held(tx, caller, key).await?;
    check.done()?;
    if version.is_some_and(|version| version != row.version) {
        return Err(Error::stale("task"));
    }
    // A promise kept or taken back without a word about its target keeps the target it had.
    let mut change = change.clone();
    let ends = matches!(change.state, Commitment::Delivered | Commitment::Withdrawn);
    if ends && change.target_release.is_none() && change.target_date.is_none() {
        change.target_release.clone_from(&row.target_release);
        change.target_date = row.target_date.as_deref().and_then(|day| day.parse().ok());
    }
    let had = (row.target_release.clone(), row.target_date.clone());
    let has = (change.target_release.clone(), change.target_date.map(|day| day.to_string()));
    let target = |(release, day): &(Option<String>, Option<String>)| release.clone().or_else(|| day.clone());
    let moved = ledger::moved((row.commitment, &target(&had)), (change.state, &target(&has)));
    let before = row.commitment;
    row.commitment = change.state;
    (row.target_release, row.target_date) = has;
    row.moves += i64::from(moved);
    touch(tx, &mut row, now).await?;
    links::promise(tx, row.id, &change, user, now).await?;
    let target = row.target_release.clone().or(row.target_date.clone());
    let data = json!({ "from": before, "state": change.state, "target": target, "moved": moved });
    told_of(tx, &row, user, now, data).await?;
    Ok(row)
}

/// Tells of a promise: one event for each delta, so that it stands in its timeline. The first moves the board on.
async fn told_of(tx: &mut Tx, row: &Row, by: Uuid, now: OffsetDateTime, mut data: serde_json::Value) -> Result<()> {
    data["key"] = json!(row.key());
    let mut deltas: Vec<Option<Uuid>> = links::deltas(tx, row.id).await?.into_iter().map(Some).collect();
    if deltas.is_empty() {
        deltas.push(None);
    }
    for (index, delta) in deltas.into_iter().enumerate() {
        let board = (index == 0).then_some(row.board_id);
        let event = Event::new("task.committed", now, Some(by)).with(data.clone());
        tx.emit(Event { org: Some(row.org_id), task: Some(row.id), board, delta, ..event }).await?;
    }
    Ok(())
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
