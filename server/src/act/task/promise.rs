//! What is promised about a task.

use schema::{
    id::TaskKey,
    impact::day_number,
    ledger,
    task::{Commitment, CommitmentChange, RELEASE_MAX, TEXT_MAX, Task as View},
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{held, link::touch};
use crate::{
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
    links::promise(tx, row.id, &change, Some(user), now).await?;
    let target = row.target_release.clone().or(row.target_date.clone());
    let data = json!({ "from": before, "state": change.state, "target": target, "moved": moved });
    told_of(tx, &row, Some(user), now, data).await?;
    Ok(row)
}

/// Tells of a promise: one event for each delta, so that it stands in its timeline. The first moves the board on.
async fn told_of(tx: &mut Tx, row: &Row, by: Option<Uuid>, now: OffsetDateTime, mut data: serde_json::Value) -> Result<()> {
    data["key"] = json!(row.key());
    let mut deltas: Vec<Option<Uuid>> = links::deltas(tx, row.id).await?.into_iter().map(Some).collect();
    if deltas.is_empty() {
        deltas.push(None);
    }
    for (index, delta) in deltas.into_iter().enumerate() {
        let board = (index == 0).then_some(row.board_id);
        let event = Event::new("task.committed", now, by).with(data.clone());
        tx.emit(Event { org: Some(row.org_id), task: Some(row.id), board, delta, ..event }).await?;
    }
    Ok(())
}

/// What the task's promise is, to be said again.
fn as_it_is(row: &Row, state: Commitment, note: String) -> CommitmentChange {
    let target_date = row.target_date.as_deref().and_then(|day| day.parse().ok());
    CommitmentChange { state, target_release: row.target_release.clone(), target_date, note }
}

/// Takes over a promise of which nothing was heard for long: it stands as it is, and the task is the caller's.
///
/// # Errors
/// 403 for viewers, 404, 409 where the promise is not up for that.
pub async fn take_over(app: &App, caller: &Caller, key: &TaskKey) -> Result<View> {
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let (mut row, user) = held(&mut tx, caller, key).await?;
    let Some((days, true)) = row.quiet(now) else {
        let days = row.quiet_after * 2;
        return Err(Error::conflict(format!(
            "A promise can be taken over once nothing was heard of it for {days} days. Nothing was changed."
        )));
    };
    let had: Vec<String> = links::assignees(&mut tx, row.id).await?.into_iter().map(|name| format!("@{name}")).collect();
    let from = if had.is_empty() { "nobody".to_owned() } else { had.join(", ") };
    touch(&mut tx, &mut row, now).await?;
    store::task::set_assignees(&mut tx, row.id, &[user]).await?;
    let note = format!("Taken over from {from}, after {days} days without a word.");
    links::promise(&mut tx, row.id, &as_it_is(&row, row.commitment, note), Some(user), now).await?;
    let target = row.target_release.clone().or(row.target_date.clone());
    let data = json!({ "from": row.commitment, "state": row.commitment, "target": target, "moved": false, "takeover": true });
    told_of(&mut tx, &row, Some(user), now, data).await?;
    let view = store::task::view(&mut tx, caller, row, now).await?;
    tx.commit().await?;
    Ok(view)
}

/// Takes back promises of which nothing was heard for as long as their organisation says. What several servers try, one does.
///
/// # Errors
/// When the database does not answer.
pub async fn expire(app: &App) -> Result<()> {
    let now = app.clock.now();
    let due = store::ledger::expired(&mut app.db.read().await?, now).await?;
    for (task, org) in due {
        let mut tx = app.db.write().await?;
        store::org::lock(&mut tx, org).await?;
        // It may have been heard of since.
        if !store::ledger::expired(&mut tx, now).await?.iter().any(|(still, _)| *still == task) {
            continue;
        }
        let mut row = store::task::by_id(&mut tx, task).await?;
        let days = day_number(now) - day_number(row.updated_at);
        let before = row.commitment;
        row.commitment = Commitment::Withdrawn;
        touch(&mut tx, &mut row, now).await?;
        let note = format!("Expired: nothing was heard of it for {days} days.");
        links::promise(&mut tx, row.id, &as_it_is(&row, Commitment::Withdrawn, note), None, now).await?;
        let target = row.target_release.clone().or(row.target_date.clone());
        let data = json!({ "from": before, "state": Commitment::Withdrawn, "target": target, "moved": false, "expired": true });
        told_of(&mut tx, &row, None, now, data).await?;
        tx.commit().await?;
    }
    Ok(())
}
