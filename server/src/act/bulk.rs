//! One change of many deltas: each in a transaction of its own, allowed or refused as it would be alone, with what its undoing needs.

use schema::{
    bulk::{Bulk, Change, DELTAS_MAX, Names, New, RowState},
    delta::{PutLabels, PutResolution, Resolution},
    id::DeltaKey,
    place::{COMPONENTS_MAX, PutConsensus, PutPlace, REASON_MAX},
};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{delta, place, project::maintainer, resolution};
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{self, bulk as kept, bulk::Row, db::Tx, event::Event},
};

/// Most names of one change.
const NAMES: usize = 20;
/// How long a change can be undone.
const KEPT: Duration = Duration::days(30);

/// Begins a change: what is asked is looked at and kept. [`run`] does it.
///
/// # Errors
/// 401 for guests; 422 for no or too many deltas, or a change that says nothing.
pub async fn begin(app: &App, caller: &Caller, new: New) -> Result<Bulk> {
    let user = caller.actor()?.id;
    let mut wrong = Check::default();
    let mut deltas: Vec<DeltaKey> = Vec::new();
    for key in new.deltas {
        if !deltas.contains(&key) {
            deltas.push(key);
        }
    }
    wrong.that(!deltas.is_empty(), "deltas", "choose at least one");
    wrong.that(deltas.len() <= DELTAS_MAX, "deltas", format!("at most {DELTAS_MAX} are taken"));
    check(&mut wrong, &new.change);
    wrong.done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    kept::sweep(&mut tx, now - KEPT).await?;
    let id = kept::insert(&mut tx, user, &serde_json::to_string(&new.change)?, &deltas, now).await?;
    let bulk = kept::find(&mut tx, user, id).await?;
    tx.commit().await?;
    Ok(bulk)
}

fn check(wrong: &mut Check, change: &Change) {
    match change {
        Change::Labels(names) => check_names(wrong, "change.labels", names),
        Change::Components(components) => {
            wrong.slug(&components.project, "change.components.project");
            check_names(wrong, "change.components", &components.names());
        }
        Change::Consensus(holds) => {
            wrong.slug(&holds.project, "change.consensus.project");
            wrong.text(&holds.rationale, "change.consensus.rationale", 0, REASON_MAX);
        }
        Change::Duplicate(duplicate) => {
            wrong.text(&duplicate.reason, "change.duplicate.reason", 0, REASON_MAX);
        }
    }
}

fn check_names(wrong: &mut Check, at: &str, names: &Names) {
    let some = !names.add.is_empty() || !names.remove.is_empty();
    wrong.that(some || names.set.is_some(), at, "name what to add, to remove or to set");
    wrong.that(!some || names.set.is_none(), &format!("{at}.set"), "goes with neither add nor remove");
    for (part, list) in [("add", Some(&names.add)), ("remove", Some(&names.remove)), ("set", names.set.as_ref())] {
        let Some(list) = list else { continue };
        let field = format!("{at}.{part}");
        wrong.that(list.len() <= NAMES, &field, format!("at most {NAMES} are taken"));
        for (i, name) in list.iter().enumerate().take(NAMES) {
            wrong.text(name, &format!("{field}[{i}]"), 1, 64);
        }
    }
}

/// Does what [`begin`] kept, delta by delta. It goes on when whoever asked has gone.
///
/// # Errors
/// When the database does not answer.
pub async fn run(app: &App, caller: &Caller, bulk: &Bulk) -> Result<Bulk> {
    let (app, caller, bulk) = (app.clone(), caller.clone(), bulk.clone());
    let work = async move {
        let user = caller.actor()?.id;
        for (turn, row) in bulk.rows.iter().enumerate() {
            let turn = i64::try_from(turn).unwrap_or(i64::MAX);
            if let Err(error) = one(&app, &caller, &bulk, turn, row.delta).await {
                let waits = Row::waiting(turn, row.delta);
                refused(&app, bulk.id, &waits, RowState::Refused, &error).await?;
            }
        }
        let mut tx = app.db.read().await?;
        kept::find(&mut tx, user, bulk.id).await
    };
    tokio::spawn(work).await?
}

/// Notes why a row was not changed, or not put back; of one that became something else meanwhile, nothing.
async fn refused(app: &App, bulk: Uuid, was: &Row, outcome: RowState, error: &Error) -> Result<()> {
    let problem = error.problem();
    let detail = if problem.status >= 500 { "It broke on our side; this one was not changed.".to_owned() } else { problem.in_words() };
    let row = Row { outcome, status: problem.status.into(), detail, ..was.clone() };
    let mut tx = app.db.write().await?;
    kept::put(&mut tx, bulk, &row, was.outcome).await?;
    tx.commit().await
}

/// Changes one delta, and keeps what it was and what it is. Nothing where its row waits no more: the change was undone before its turn
/// came.
async fn one(app: &App, caller: &Caller, bulk: &Bulk, turn: i64, key: DeltaKey) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (before, after) = match &bulk.change {
        Change::Labels(names) => {
            let row = store::delta::find(&mut tx, caller, key).await?;
            // What is read here stays so until it is written back.
            store::delta::lock(&mut tx, row.id).await?;
            let before = kept::labels(&mut tx, row.id).await?;
            let after = names.of(&before);
            delta::put_labels_in(&mut tx, caller, key, PutLabels { labels: after.clone() }, now).await?;
            (json!(before), json!(after))
        }
        Change::Components(components) => {
            let (_, here) = stands(&mut tx, caller, key, &components.project).await?;
            let before = kept::components(&mut tx, here.id).await?;
            let after = components.names().of(&before);
            Check::default().that(after.len() <= COMPONENTS_MAX, "components", format!("at most {COMPONENTS_MAX} are taken")).done()?;
            place::put_in(&mut tx, caller, key, &components.project, PutPlace { components: after.clone() }, now).await?;
            (json!(before), json!(after))
        }
        Change::Consensus(holds) => {
            let (_, here) = stands(&mut tx, caller, key, &holds.project).await?;
            let before = kept::consensus(&mut tx, here.id).await?;
            let put = PutConsensus { state: holds.state, rationale: holds.rationale.clone() };
            place::put_consensus_in(&mut tx, caller, key, &holds.project, None, put, now).await?;
            // What a rule made of it at once is a change of its own.
            let (_, here) = stands(&mut tx, caller, key, &holds.project).await?;
            (serde_json::to_value(&before)?, json!(here.version))
        }
        Change::Duplicate(duplicate) => {
            let put = PutResolution {
                resolution: Resolution::Duplicate,
                reason: duplicate.reason.clone(),
                release: None,
                duplicate_of: Some(duplicate.of),
            };
            resolution::put_in(&mut tx, caller, key, None, put, now).await?;
            (json!(null), json!(null))
        }
    };
    let (before, after) = (before.to_string(), after.to_string());
    let row = Row { outcome: RowState::Done, before, after, ..Row::waiting(turn, key) };
    if kept::put(&mut tx, bulk.id, &row, RowState::Waiting).await? { tx.commit().await } else { Ok(()) }
}

/// A delta the caller may see, and its place in a project. The delta stays as it is until the transaction ends.
async fn stands(tx: &mut Tx, caller: &Caller, key: DeltaKey, project: &str) -> Result<(store::delta::Row, store::place::Row)> {
    let row = store::delta::find(tx, caller, key).await?;
    let project = store::project::find(tx, project).await?;
    let row = store::delta::lock(tx, row.id).await?;
    let here = store::place::find(tx, row.id, project.id).await.map_err(|_| Error::conflict(format!("It is not in {}.", project.name)))?;
    Ok((row, here))
}

/// Puts everything that was changed back, the last first, where nobody changed it since. What still waits is not changed any more. Where it
/// broke off, it goes on when it is asked for again.
///
/// # Errors
/// 401 for guests; 404 where it is not the caller's; 409 while it is being done, and where it was undone before.
pub async fn undo(app: &App, caller: &Caller, id: Uuid) -> Result<Bulk> {
    let user = caller.actor()?.id;
    let mut tx = app.db.write().await?;
    let bulk = kept::find(&mut tx, user, id).await?;
    if bulk.count(RowState::Waiting) > 0 && app.clock.now() - bulk.at < Duration::minutes(1) {
        return Err(Error::conflict("It is not done yet: wait a moment. Nothing was undone."));
    }
    // Whatever is still at work on it finds nothing left to do; of a row that it has in hand this waits for the outcome.
    kept::call_off(&mut tx, id).await?;
    let rows = kept::rows(&mut tx, id).await?;
    if bulk.undone_at.is_some() && !rows.iter().any(|row| row.outcome == RowState::Done) {
        return Err(Error::conflict("It is undone already. Nothing was changed."));
    }
    tx.commit().await?;
    let (app, caller) = (app.clone(), caller.clone());
    let work = async move {
        for row in rows.into_iter().rev().filter(|row| row.outcome == RowState::Done) {
            if let Err(error) = back(&app, &caller, &bulk, &row).await {
                refused(&app, id, &row, RowState::Kept, &error).await?;
            }
        }
        // Only now: until each row says what became of it, there is something left to undo.
        let mut tx = app.db.write().await?;
        kept::undone(&mut tx, id, app.clock.now()).await?;
        let bulk = kept::find(&mut tx, user, id).await?;
        tx.commit().await?;
        Ok(bulk)
    };
    tokio::spawn(work).await?
}

/// Puts one delta back. Nothing where its row says meanwhile that it was.
async fn back(app: &App, caller: &Caller, bulk: &Bulk, row: &Row) -> Result<()> {
    let changed = || Error::conflict("It was changed since, and stays as it is.");
    let (now, key) = (app.clock.now(), DeltaKey(row.number));
    let mut tx = app.db.write().await?;
    match &bulk.change {
        Change::Labels(_) => {
            let (before, after): (Vec<String>, Vec<String>) = (serde_json::from_str(&row.before)?, serde_json::from_str(&row.after)?);
            let delta = store::delta::find(&mut tx, caller, key).await?;
            store::delta::lock(&mut tx, delta.id).await?;
            if kept::labels(&mut tx, delta.id).await? != after {
                return Err(changed());
            }
            delta::put_labels_in(&mut tx, caller, key, PutLabels { labels: before }, now).await?;
        }
        Change::Components(components) => {
            let (before, after): (Vec<String>, Vec<String>) = (serde_json::from_str(&row.before)?, serde_json::from_str(&row.after)?);
            let (_, here) = stands(&mut tx, caller, key, &components.project).await?;
            if kept::components(&mut tx, here.id).await? != after {
                return Err(changed());
            }
            place::put_in(&mut tx, caller, key, &components.project, PutPlace { components: before }, now).await?;
        }
        Change::Consensus(holds) => {
            let (before, version): (kept::Consensus, i64) = (serde_json::from_str(&row.before)?, serde_json::from_str(&row.after)?);
            let (delta, here) = stands(&mut tx, caller, key, &holds.project).await?;
            let project = store::project::find(&mut tx, &holds.project).await?;
            let user = maintainer(caller, &project)?;
            store::delta::touch(&mut tx, delta.id, now).await?;
            if !kept::put_back(&mut tx, here.id, version, &before).await? {
                return Err(changed());
            }
            let said = json!({
                "state": before.consensus, "rationale": before.rationale, "revision": delta.revision, "how": "word", "undone": true,
            });
            let event = Event::new("consensus.set", now, Some(user.id)).with(said);
            tx.emit(Event { delta: Some(delta.id), project: Some(project.id), ..event }).await?;
            super::consensus::anew(&mut tx, &delta, now).await?;
        }
        Change::Duplicate(duplicate) => {
            let delta = store::delta::find(&mut tx, caller, key).await?;
            let survivor = store::delta::find(&mut tx, caller, duplicate.of).await?;
            let stands = survivor.duplicate_of.unwrap_or(survivor.id);
            if delta.duplicate_of != Some(stands) {
                return Err(changed());
            }
            resolution::reopen_in(&mut tx, caller, key, None, "", now).await?;
        }
    }
    let put_back = Row { outcome: RowState::Undone, status: 0, detail: String::new(), ..row.clone() };
    if kept::put(&mut tx, bulk.id, &put_back, row.outcome).await? { tx.commit().await } else { Ok(()) }
}

/// One's own change and what became of it.
///
/// # Errors
/// 401 for guests; 404 where it is not the caller's.
pub async fn read(app: &App, caller: &Caller, id: Uuid) -> Result<(Bulk, OffsetDateTime)> {
    let user = caller.person()?.id;
    let mut tx = app.db.read().await?;
    Ok((kept::find(&mut tx, user, id).await?, app.clock.now()))
}
