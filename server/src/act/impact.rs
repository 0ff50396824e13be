//! Votes and what they say.

use schema::{
    id::DeltaKey,
    impact::{Impact, NOTE_MAX},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{self, db::Tx, event::Event, impact},
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
    impact::lock(&mut tx, &[delta]).await?;
    impact::join_everyone(&mut tx, delta, user, now).await?;
    impact::put(&mut tx, delta, user, severity, note.trim(), now).await?;
    impact::recompute(&mut tx, delta).await?;
    store::duplicate::voted(&mut tx, &row, user).await?;
    told(&mut tx, "impact.voted", user, delta, now, json!({ "severity": severity })).await?;
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
    impact::lock(&mut tx, &[delta]).await?;
    if impact::take(&mut tx, delta, user).await? {
        impact::recompute(&mut tx, delta).await?;
        store::duplicate::withdraw(&mut tx, &row, user).await?;
        store::duplicate::voted(&mut tx, &row, user).await?;
        told(&mut tx, "impact.withdrawn", user, delta, now, json!({})).await?;
    }
    tx.commit().await?;
    let mut tx = app.db.read().await?;
    impact::view(&mut tx, caller, delta, now).await
}

async fn told(tx: &mut Tx, kind: &'static str, user: Uuid, delta: Uuid, now: time::OffsetDateTime, data: serde_json::Value) -> Result<()> {
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
            impact::refresh(&mut tx, some).await?;
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
