//! How a gap ends, and opens again.

use schema::{
    delta::{PutResolution, Resolution, Visibility},
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
    store::{
        self,
        db::Tx,
        delta::Row,
        duplicate::{self, Carried},
        event::Event,
        resolution::End,
    },
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
    caller.actor()?;
    let mut tx = app.db.write().await?;
    put_in(&mut tx, caller, key, version, put, app.clock.now()).await?;
    tx.commit().await
}

/// The same inside a transaction at hand.
///
/// # Errors
/// As [`put`].
pub async fn put_in(
    tx: &mut Tx,
    caller: &Caller,
    key: DeltaKey,
    version: Option<i64>,
    put: PutResolution,
    now: OffsetDateTime,
) -> Result<()> {
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
    let seen = store::delta::find(tx, caller, key).await?;
    let (row, survivor) = match put.duplicate_of {
        Some(other) => {
            let (row, survivor) = survivor(tx, caller, &seen, other).await?;
            (row, Some(survivor))
        }
        None => (store::delta::lock(tx, seen.id).await?, None),
    };
    let reporter = user.id == row.reporter_id;
    let allowed = match put.resolution {
        Resolution::Withdrawn => reporter,
        Resolution::Duplicate => reporter || maintains(tx, caller, &row).await?,
        Resolution::Closed | Resolution::Declined => maintains(tx, caller, &row).await?,
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
        let projects: Vec<Uuid> = store::evidence::projects(tx, row.id).await?.into_iter().map(|(id, _)| id).collect();
        let known = store::project::releases(tx, &projects).await?;
        let known = known.iter().any(|known| known.name == release);
        Check::default()
            .that(known, "release", "is no release of the delta's projects: a maintainer adds it in the project's settings")
            .done()?;
    }
    let end = End { resolution: put.resolution, reason, release, duplicate_of: survivor.as_ref().map(|row| row.id), by: Some(user.id) };
    store::resolution::end(tx, &row, now, &end).await?;
    let said = json!({
        "resolution": put.resolution,
        "reason": reason,
        "release": release,
        "duplicate_of": survivor.as_ref().map(Row::key),
    });
    tx.emit(Event { delta: Some(row.id), ..Event::new("delta.resolved", now, Some(user.id)).with(said) }).await?;
    match survivor {
        Some(survivor) => tie(tx, &row, &survivor, Some(user.id), now).await,
        None => Ok(()),
    }
}

/// What a delta's being a duplicate brings with it: its own duplicates come along, and what is said of it counts for the survivor. Both are
/// locked, and what the row says is written.
///
/// # Errors
/// When the database does not answer.
pub(in crate::act) async fn tie(tx: &mut Tx, row: &Row, survivor: &Row, by: Option<Uuid>, now: OffsetDateTime) -> Result<()> {
    let carried = duplicate::carry(tx, row.id, survivor.id, now).await?;
    tell_carried(tx, &carried, survivor.key(), by, now).await?;
    duplicate::settle(tx, survivor.id, now).await?;
    if !carried.is_empty() {
        duplicate::settle(tx, row.id, now).await?;
    }
    tell_survivor(tx, "duplicate.added", row, survivor.id, by, now).await
}

/// Puts back what [`tie`] brought, after the gap was opened again.
async fn untie(tx: &mut Tx, row: &Row, survivor: Uuid, by: Uuid, now: OffsetDateTime) -> Result<()> {
    let back = duplicate::give_back(tx, row.id, now).await?;
    tell_carried(tx, &back, row.key(), Some(by), now).await?;
    if !back.is_empty() {
        duplicate::settle(tx, row.id, now).await?;
    }
    duplicate::settle(tx, survivor, now).await?;
    tell_survivor(tx, "duplicate.removed", row, survivor, Some(by), now).await
}

async fn tell_carried(tx: &mut Tx, carried: &[Carried], to: DeltaKey, by: Option<Uuid>, now: OffsetDateTime) -> Result<()> {
    for one in carried {
        let said = json!({ "duplicate_of": to });
        tx.emit(Event { delta: Some(one.id), ..Event::new("delta.carried", now, by).with(said) }).await?;
    }
    Ok(())
}

/// Tells it on the survivor's timeline, where it is shown to those who see the duplicate.
async fn tell_survivor(tx: &mut Tx, kind: &'static str, row: &Row, survivor: Uuid, by: Option<Uuid>, now: OffsetDateTime) -> Result<()> {
    let said = json!({ "duplicate": row.key() });
    tx.emit(Event { delta: Some(survivor), ..Event::new(kind, now, by).with(said) }).await?;
    // For those who do not, nothing happened.
    if row.visibility == Visibility::Public { store::delta::touch(tx, survivor, now).await } else { Ok(()) }
}

/// Brings the numbers of survivors in line that count none of their duplicates yet, as after an upgrade. Running it again, or on two servers
/// at once, does no harm.
///
/// # Errors
/// When the database does not answer; what was brought in line stays so.
pub async fn catch_up(app: &App) -> Result<()> {
    let mut tx = app.db.read().await?;
    let survivors = duplicate::uncounted(&mut tx).await?;
    drop(tx);
    for survivor in survivors {
        let mut tx = app.db.write().await?;
        duplicate::lock(&mut tx, &[survivor]).await?;
        duplicate::settle(&mut tx, survivor, app.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(())
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
            duplicate::lock(tx, &[row.id, end.id]).await?;
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
    caller.actor()?;
    let mut tx = app.db.write().await?;
    reopen_in(&mut tx, caller, key, version, reason, app.clock.now()).await?;
    tx.commit().await
}

/// Takes back that a delta is a duplicate of `survivor`: it is open again.
///
/// # Errors
/// As [`reopen`]; 409 for what is no duplicate of that.
pub async fn separate(app: &App, caller: &Caller, key: DeltaKey, survivor: DeltaKey, reason: &str) -> Result<()> {
    caller.actor()?;
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let of = store::delta::find(&mut tx, caller, survivor).await?;
    may_reopen(&mut tx, caller, &row).await?;
    if row.duplicate_of != Some(of.id) {
        return Err(Error::conflict(format!("{key} is no duplicate of {survivor}. Nothing was changed.")));
    }
    reopen_in(&mut tx, caller, key, None, reason, app.clock.now()).await?;
    tx.commit().await
}

/// Refuses whoever neither maintains a delta nor has ended what they filed.
async fn may_reopen(tx: &mut Tx, caller: &Caller, row: &Row) -> Result<()> {
    let user = caller.actor()?;
    let theirs = user.id == row.reporter_id && row.resolved_by == Some(user.id);
    if theirs || maintains(tx, caller, row).await? {
        return Ok(());
    }
    Err(Error::forbidden("Only the maintainers of its projects may reopen this delta."))
}

/// The same inside a transaction at hand.
///
/// # Errors
/// As [`reopen`].
pub async fn reopen_in(tx: &mut Tx, caller: &Caller, key: DeltaKey, version: Option<i64>, reason: &str, now: OffsetDateTime) -> Result<()> {
    let user = caller.actor()?;
    let reason = reason.trim();
    Check::default().text(reason, "reason", 0, REASON_MAX).done()?;
    let mut row = store::delta::find(tx, caller, key).await?;
    if let Some(survivor) = row.duplicate_of {
        duplicate::lock(tx, &[row.id, survivor]).await?;
        row = store::delta::read(tx, row.id).await?;
    }
    may_reopen(tx, caller, &row).await?;
    if version.is_some_and(|version| version != row.version) {
        return Err(Error::stale("delta"));
    }
    if row.open {
        return Err(Error::conflict("This delta is open. Nothing was changed."));
    }
    store::resolution::open(tx, &row, now, false).await?;
    super::consensus::anew(tx, &Row { open: true, ..row.clone() }, now).await?;
    let said = json!({ "from": row.resolution(), "reason": reason });
    tx.emit(Event { delta: Some(row.id), ..Event::new("delta.reopened", now, Some(user.id)).with(said) }).await?;
    match row.duplicate_of {
        Some(survivor) => untie(tx, &row, survivor, user.id, now).await,
        None => Ok(()),
    }
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
