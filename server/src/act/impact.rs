//! Votes and what they say.

use schema::{
    id::DeltaKey,
    impact::{Confirm, Impact, NOTE_MAX},
    project::{NAME_MAX, RELEASE_MAX},
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{
        self,
        db::Tx,
        delta::Row,
        event::Event,
        impact::{self, Held, Said, Voter},
    },
};

/// Deltas whose scores are brought up to date in one transaction.
const BATCH: usize = 50;

/// States how hard a delta hits the caller: severity 1 to 4, or 0 for "I am not affected". In place of what they said
/// before. They count from then on as users of each project the delta is in.
///
/// # Errors
/// 401 for guests, 404 for a delta they may not see, 422 for another severity or too long a note.
pub async fn vote(app: &App, caller: &Caller, key: DeltaKey, severity: i64, note: &str) -> Result<Impact> {
    let user = caller.actor()?.id;
    let mut check = Check::default();
    check.that((0..=4).contains(&severity), "severity", "must be 0 (not affected) to 4 (blocks me entirely)");
    check.text(note, "note", 0, NOTE_MAX).done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let delta = row.id;
    let held = speak(&mut tx, &row, user, now).await?;
    let was = held.said.as_ref().map(|said| said.severity);
    let said = Said { severity, note: note.trim().to_owned(), at: now };
    held.put(&mut tx, &said, None).await?;
    store::duplicate::voted(&mut tx, &row, user, now).await?;
    told(&mut tx, "impact.voted", user, delta, now, json!({ "severity": severity, "was": was })).await?;
    tx.commit().await?;
    // Read after the commit: nobody who writes waits for it.
    let mut tx = app.db.read().await?;
    impact::view(&mut tx, caller, delta, now).await
}

/// Takes the caller's vote back. They stay users of the projects: leaving a segment is another thing. Nothing happens where
/// there was no vote.
///
/// # Errors
/// 401 for guests, 404 for a delta they may not see.
pub async fn withdraw(app: &App, caller: &Caller, key: DeltaKey) -> Result<Impact> {
    let user = caller.actor()?.id;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let delta = row.id;
    let held = hold(&mut tx, &row, user).await?;
    let was = held.said.as_ref().map(|said| said.severity);
    if held.take(&mut tx, now).await? {
        store::duplicate::withdraw(&mut tx, &row, user, now).await?;
        store::duplicate::voted(&mut tx, &row, user, now).await?;
        told(&mut tx, "impact.withdrawn", user, delta, now, json!({ "was": was })).await?;
    }
    tx.commit().await?;
    let mut tx = app.db.read().await?;
    impact::view(&mut tx, caller, delta, now).await
}

/// Says that the delta still affects the caller on a release that is out: what they said before holds, counts in the segments they are in
/// now, and is confirmed for that release. Saying it again changes nothing more.
///
/// # Errors
/// 401 for guests, 404 for a delta they may not see, 409 where they did not say that it affects them, 422 for what is no such release.
pub async fn confirm(app: &App, caller: &Caller, key: DeltaKey, confirm: &Confirm) -> Result<Impact> {
    let user = caller.actor()?.id;
    let name = confirm.release.trim();
    let mut check = Check::default();
    check.text(name, "release", 1, RELEASE_MAX).text(confirm.project.as_deref().unwrap_or_default(), "project", 0, NAME_MAX).done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let delta = row.id;
    let release = impact::release(&mut tx, delta, confirm.project.as_deref(), name, now).await?;
    let unknown = || Error::invalid("release", "is no release of the delta's projects that is out");
    let release = release.ok_or_else(unknown)?;
    let held = speak(&mut tx, &row, user, now).await?;
    let Some(said) = held.said.clone().filter(|said| said.severity > 0) else {
        return Err(Error::conflict("You did not say that it affects you: vote first. Nothing was changed."));
    };
    let said = Said { at: now, ..said };
    held.put(&mut tx, &said, Some(release)).await?;
    store::duplicate::voted(&mut tx, &row, user, now).await?;
    told(&mut tx, "impact.confirmed", user, delta, now, json!({ "severity": said.severity, "release": name })).await?;
    tx.commit().await?;
    let mut tx = app.db.read().await?;
    impact::view(&mut tx, caller, delta, now).await
}

/// Says again what the caller said, as it was: it counts in the segments they are in now.
///
/// # Errors
/// 401 for guests, 404 for a delta they may not see, 409 where they said nothing.
pub async fn again(app: &App, caller: &Caller, key: DeltaKey) -> Result<()> {
    let user = caller.actor()?.id;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let delta = row.id;
    let held = speak(&mut tx, &row, user, now).await?;
    let Some(said) = held.said.clone() else { return Err(Error::conflict("You have not voted on it. Nothing was changed.")) };
    let said = Said { at: now, ..said };
    held.put(&mut tx, &said, None).await?;
    store::duplicate::voted(&mut tx, &row, user, now).await?;
    told(&mut tx, "impact.voted", user, delta, now, json!({ "severity": said.severity, "was": said.severity })).await?;
    tx.commit().await
}

/// Holds a person's vote on a delta, as [`impact::hold`] does; where what they say counts for another delta, or what they said of others
/// counts here, all of these at once, in the order in which everybody holds several.
async fn hold(tx: &mut Tx, row: &Row, user: Uuid) -> Result<Held> {
    impact::lock_person(tx, user).await?;
    if row.duplicates > 0 || row.duplicate_of.is_some() {
        let mut all = vec![row.duplicate_of.unwrap_or(row.id)];
        all.extend(impact::left_behind(tx, &[user], &[row.id]).await?);
        store::duplicate::lock(tx, &all).await?;
    }
    impact::hold(tx, row.id, Voter::Person(user)).await
}

/// The same for them to say something. Where something is still said for them, since they did not see the delta when they said that it is
/// them somebody spoke for, it is said no more: they count once.
async fn speak(tx: &mut Tx, row: &Row, user: Uuid, now: OffsetDateTime) -> Result<Held> {
    let held = hold(tx, row, user).await?;
    if held.claimed.is_empty() {
        return Ok(held);
    }
    for outsider in held.claimed {
        impact::hush(tx, row.id, outsider, now).await?;
        store::fixed::take_over(tx, row.id, outsider, user).await?;
        store::duplicate::recorded(tx, row, outsider, now).await?;
    }
    hold(tx, row, user).await
}

async fn told(tx: &mut Tx, kind: &'static str, user: Uuid, delta: Uuid, now: OffsetDateTime, data: serde_json::Value) -> Result<()> {
    tx.emit(Event { delta: Some(delta), ..Event::new(kind, now, Some(user)).with(data) }).await?;
    Ok(())
}

/// Brings the scores of segments whose members changed up to date, a few deltas at a time. Running it again, or on two
/// servers at once, does no harm.
///
/// # Errors
/// When the database does not answer; what was brought up to date stays so.
pub async fn refresh(app: &App) -> Result<()> {
    let mut tx = app.db.read().await?;
    let stale = impact::stale(&mut tx).await?;
    drop(tx);
    for segment in stale {
        let mut tx = app.db.read().await?;
        let misses = impact::misses(&mut tx, &segment).await?;
        drop(tx);
        for some in misses.chunks(BATCH) {
            let mut tx = app.db.write().await?;
            impact::refresh(&mut tx, some, app.clock.now()).await?;
            tx.commit().await?;
        }
        let mut tx = app.db.write().await?;
        impact::settle(&mut tx, &segment).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Refuses what [`vote`] would take but a form cannot mean.
///
/// # Errors
/// 422 `severity`.
pub fn severity(text: &str) -> Result<i64> {
    text.trim().parse().map_err(|_| Error::invalid("severity", "must be 0 (not affected) to 4 (blocks me entirely)"))
}
