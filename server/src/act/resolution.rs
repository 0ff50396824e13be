//! How a gap ends, and opens again.

use schema::{
    delta::{PutResolution, Resolution},
    id::DeltaKey,
    place::REASON_MAX,
    project::RELEASE_MAX,
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::delta::maintains;
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::Check,
    store::{self, db::Tx, delta::Row, event::Event, resolution::End},
};

/// Steps from a duplicate to what stands for it that are followed at most.
const STEPS: usize = 100;

/// Ends the gap of a delta, of the version seen where one is given. Closed and declined: by maintainers of a project it is
/// in. Withdrawn: by its reporter. Duplicate: by either; a duplicate of a duplicate is one of what that stands for.
///
/// # Errors
/// 401 and 403 for others; 404 for what they may not see; 409 when it is not open; 412 when somebody was faster; 422 for
/// fields that do not go together, an unknown release or other delta, or a circle.
pub async fn put(app: &App, caller: &Caller, key: DeltaKey, version: Option<i64>, put: PutResolution) -> Result<()> {
    let user = caller.actor()?;
    let (reason, release) = (put.reason.trim(), put.release.as_deref().map(str::trim).filter(|release| !release.is_empty()));
    let mut wrong = Check::default();
    wrong.text(reason, "reason", usize::from(put.resolution == Resolution::Declined), REASON_MAX);
    wrong.text(release.unwrap_or_default(), "release", 0, RELEASE_MAX);
    wrong.that(release.is_none() || put.resolution == Resolution::Closed, "release", "goes only with closed");
    let duplicate = put.resolution == Resolution::Duplicate;
    wrong.that(duplicate || put.duplicate_of.is_none(), "duplicate_of", "goes only with duplicate");
    wrong.that(!duplicate || put.duplicate_of.is_some(), "duplicate_of", "is needed: which delta stands for it?");
    wrong.done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let seen = store::delta::find(&mut tx, caller, key).await?;
    let (row, survivor) = match put.duplicate_of {
        Some(other) => {
            let (row, survivor) = survivor(&mut tx, caller, &seen, other).await?;
            (row, Some(survivor))
        }
        None => (store::delta::lock(&mut tx, seen.id).await?, None),
    };
    let reporter = user.id == row.reporter_id;
    let allowed = match put.resolution {
        Resolution::Withdrawn => reporter,
        Resolution::Duplicate => reporter || maintains(&mut tx, caller, &row).await?,
        Resolution::Closed | Resolution::Declined => maintains(&mut tx, caller, &row).await?,
    };
    if !allowed {
        return Err(Error::forbidden(match put.resolution {
            Resolution::Withdrawn => "Only its reporter may withdraw a delta.",
            Resolution::Duplicate => "Only its reporter and the maintainers of its projects may call it a duplicate.",
            Resolution::Closed | Resolution::Declined => "Only the maintainers of its projects may end this gap.",
        }));
    }
    if version.is_some_and(|version| version != row.version) {
        return Err(Error::stale("delta"));
    }
    if let Some(ended) = row.resolution() {
        return Err(Error::conflict(format!("This delta is {ended} already: reopen it first. Nothing was changed.")));
    }
    if let Some(release) = release {
        let projects: Vec<Uuid> = store::evidence::projects(&mut tx, row.id).await?.into_iter().map(|(id, _)| id).collect();
        let known = store::project::releases(&mut tx, &projects).await?;
        let known = known.iter().any(|known| known.name == release);
        Check::default()
            .that(known, "release", "is no release of the delta's projects: a maintainer adds it in the project's settings")
            .done()?;
    }
    let end = End { resolution: put.resolution, reason, release, duplicate_of: survivor.as_ref().map(|row| row.id), by: Some(user.id) };
    store::resolution::end(&mut tx, &row, now, &end).await?;
    let said = json!({
        "resolution": put.resolution,
        "reason": reason,
        "release": release,
        "duplicate_of": survivor.map(|row| row.key()),
    });
    tx.emit(Event { delta: Some(row.id), ..Event::new("delta.resolved", now, Some(user.id)).with(said) }).await?;
    tx.commit().await
}

/// The delta, and what stands for another one: itself, or the last of those it is a duplicate of. Both are locked, in the
/// order of their ids, so that two people cannot close a circle of duplicates.
async fn survivor(tx: &mut Tx, caller: &Caller, row: &Row, other: DeltaKey) -> Result<(Row, Row)> {
    let unknown = |error: Error| match error.kind() {
        Kind::NotFound => Error::invalid("duplicate_of", "there is no such delta, or you may not see it"),
        _ => error,
    };
    let mut end = store::delta::find(tx, caller, other).await.map_err(unknown)?;
    if end.id == row.id {
        return Err(Error::invalid("duplicate_of", "a delta is no duplicate of itself"));
    }
    for _ in 0..STEPS {
        let Some(next) = end.duplicate_of else {
            let first = store::delta::lock(tx, row.id.min(end.id)).await?;
            let second = store::delta::lock(tx, row.id.max(end.id)).await?;
            let (row, end) = if first.id == row.id { (first, second) } else { (second, first) };
            if end.duplicate_of.is_some() {
                return Err(Error::conflict(format!("{} has just become a duplicate itself. Nothing was changed; try again.", end.key())));
            }
            return Ok((row, end));
        };
        if next == row.id {
            return Err(Error::invalid("duplicate_of", "that one is a duplicate of this one"));
        }
        let next = store::delta::read(tx, next).await?;
        end = store::delta::find(tx, caller, next.key()).await.map_err(unknown)?;
    }
    Err(Error::invalid("duplicate_of", "is at the end of too many duplicates"))
}

/// Opens a gap again. For maintainers of a project it is in; also for its reporter where they withdrew it or ended it
/// themselves.
///
/// # Errors
/// 401 and 403 for others; 404 for what they may not see; 409 when it is open.
pub async fn reopen(app: &App, caller: &Caller, key: DeltaKey, version: Option<i64>, reason: &str) -> Result<()> {
    let user = caller.actor()?;
    let reason = reason.trim();
    Check::default().text(reason, "reason", 0, REASON_MAX).done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let theirs = user.id == row.reporter_id && row.resolved_by == Some(user.id);
    if !theirs && !maintains(&mut tx, caller, &row).await? {
        return Err(Error::forbidden("Only the maintainers of its projects may reopen this delta."));
    }
    if version.is_some_and(|version| version != row.version) {
        return Err(Error::stale("delta"));
    }
    if row.open {
        return Err(Error::conflict("This delta is open. Nothing was changed."));
    }
    store::resolution::open(&mut tx, &row, now, false).await?;
    super::consensus::anew(&mut tx, &Row { open: true, ..row.clone() }, now).await?;
    let said = json!({ "from": row.resolution(), "reason": reason });
    tx.emit(Event { delta: Some(row.id), ..Event::new("delta.reopened", now, Some(user.id)).with(said) }).await?;
    tx.commit().await
}

/// Opens a gap that was closed and was seen again: clears the resolution, notes when, and says why in the event
/// `delta.regressed`. False when it was open, or ended otherwise than by being closed.
///
/// # Errors
/// When the database does not answer.
pub async fn regress(tx: &mut Tx, now: OffsetDateTime, delta: Uuid, why: serde_json::Value) -> Result<bool> {
    let row = store::delta::lock(tx, delta).await?;
    if row.resolution() != Some(Resolution::Closed) {
        return Ok(false);
    }
    store::resolution::open(tx, &row, now, true).await?;
    super::consensus::anew(tx, &Row { open: true, ..row.clone() }, now).await?;
    tx.emit(Event { delta: Some(delta), ..Event::new("delta.regressed", now, None).with(why) }).await?;
    Ok(true)
}
