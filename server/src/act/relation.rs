//! What deltas have to do with each other. Who may change what one of the two says may say so: its reporter, and the maintainers of the
//! projects it is in.

use schema::{delta::Visibility, id::DeltaKey, relation::Relation};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::delta::maintains;
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    store::{self, db::Tx, delta::Row, event::Event, relation},
};

/// Most relations of one delta.
const RELATIONS: i64 = 100;
/// Most deltas that are looked at to find a circle.
const STEPS: usize = 2000;

/// Writes down what a delta has to do with another. Saying it again changes nothing.
///
/// # Errors
/// 401 and 403 for others; 404 for what they may not see; 409 for a circle, or where there are too many; 422 for a delta with itself.
pub async fn put(app: &App, caller: &Caller, key: DeltaKey, other: DeltaKey, said: Relation) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (user, one, other) = both(&mut tx, caller, key, other).await?;
    relation::lock(&mut tx).await?;
    if write(&mut tx, caller, (&one, said, &other), user, now).await? {
        tell(&mut tx, "relation.added", (&one, said, &other), user, now).await?;
        touch(&mut tx, &one, &other, now).await?;
    }
    tx.commit().await
}

/// Writes down what an imported record's delta has to do with another's, inside a transaction that holds both and [`relation::lock`]. No
/// permission is asked, and they stay as old as they were. False where it was said already.
///
/// # Errors
/// 404 where one is not there; 409 for a circle, or where there are too many: then nothing was changed.
pub async fn put_in(
    tx: &mut Tx,
    caller: &Caller,
    (one, said, other): (Uuid, Relation, Uuid),
    user: Uuid,
    now: OffsetDateTime,
) -> Result<bool> {
    let one = store::delta::read(tx, one).await?;
    let other = store::delta::read(tx, other).await?;
    let written = write(tx, caller, (&one, said, &other), user, now).await?;
    if written {
        tell(tx, "relation.added", (&one, said, &other), user, now).await?;
    }
    Ok(written)
}

/// Writes it down; false where it was said already.
async fn write(tx: &mut Tx, caller: &Caller, (one, said, other): (&Row, Relation, &Row), user: Uuid, now: OffsetDateTime) -> Result<bool> {
    let (from, kept, to) = ends(one, said, other);
    if relation::between(tx, from, to).await?.contains(&kept) {
        return Ok(false);
    }
    for delta in [one, other] {
        if relation::count(tx, delta.id).await? >= RELATIONS {
            return Err(Error::conflict(format!("{} has {RELATIONS} relations already. Nothing was changed.", delta.key())));
        }
    }
    if kept != Relation::Relates && relation::leads(tx, caller, to, kept, from, STEPS).await? {
        let words = said.as_str().replace('_', " ");
        return Err(Error::conflict(format!("{} {words} {} would close a circle. Nothing was changed.", one.key(), other.key())));
    }
    relation::insert(tx, from, kept, to, user, now).await
}

/// Takes a relation away; every one between the two where none is named.
///
/// # Errors
/// As [`put`]; 404 where there is none.
pub async fn remove(app: &App, caller: &Caller, key: DeltaKey, other: DeltaKey, said: Option<Relation>) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (user, one, other) = both(&mut tx, caller, key, other).await?;
    let mut there = relation::between(&mut tx, one.id, other.id).await?;
    there.retain(|one| said.is_none_or(|said| said == *one));
    if there.is_empty() {
        return Err(Error::not_found("relation"));
    }
    for said in there {
        let (from, kept, to) = ends(&one, said, &other);
        relation::delete(&mut tx, from, kept, to).await?;
        tell(&mut tx, "relation.removed", (&one, said, &other), user, now).await?;
    }
    touch(&mut tx, &one, &other, now).await?;
    tx.commit().await
}

/// The two, where the caller sees both and may say something of one of them.
async fn both(tx: &mut Tx, caller: &Caller, key: DeltaKey, other: DeltaKey) -> Result<(Uuid, Row, Row)> {
    let user = caller.actor()?.id;
    let one = store::delta::find(tx, caller, key).await?;
    let other = store::delta::find(tx, caller, other).await?;
    if one.id == other.id {
        return Err(Error::invalid("other", "a delta has no relation to itself"));
    }
    let reporter = [&one, &other].iter().any(|row| row.reporter_id == user);
    if !reporter && !maintains(tx, caller, &one).await? && !maintains(tx, caller, &other).await? {
        return Err(Error::forbidden("Only the reporters of the two deltas and the maintainers of their projects may relate them."));
    }
    // Both timelines are told: who says it the other way round waits here, and not for what this one holds.
    store::impact::lock(tx, &[one.id, other.id]).await?;
    Ok((user, one, other))
}

/// How a relation is kept: from where, as what, to where.
fn ends(one: &Row, said: Relation, other: &Row) -> (Uuid, Relation, Uuid) {
    match said {
        Relation::Relates => (one.id.min(other.id), said, one.id.max(other.id)),
        said if said.is_kept() => (one.id, said, other.id),
        said => (other.id, said.inverse(), one.id),
    }
}

/// Tells it on both timelines; there it is shown to those who see the other end.
async fn tell(tx: &mut Tx, kind: &'static str, (one, said, other): (&Row, Relation, &Row), user: Uuid, now: OffsetDateTime) -> Result<()> {
    for (here, said, there) in [(one, said, other), (other, said.inverse(), one)] {
        let data = json!({ "relation": said, "other": there.key() });
        tx.emit(Event { delta: Some(here.id), ..Event::new(kind, now, Some(user)).with(data) }).await?;
    }
    Ok(())
}

/// Both changed now, as far as who sees one may know.
async fn touch(tx: &mut Tx, one: &Row, other: &Row, now: OffsetDateTime) -> Result<()> {
    for (here, there) in [(one, other), (other, one)] {
        // Nothing seems to have happened where the other end does not exist.
        if there.visibility == Visibility::Public || here.visibility == Visibility::Private {
            store::delta::touch(tx, here.id, now).await?;
        }
    }
    Ok(())
}
