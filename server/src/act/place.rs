//! Places: where a delta is, what people think of it there, and what the project does.

use schema::{
    id::DeltaKey,
    place::{COMPONENTS_MAX, Consensus, How, PutConsensus, PutPlace, PutPosition, REASON_MAX, Rule, Stand},
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    consensus,
    delta::{components, maintains},
    project::maintainer,
};
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
        failure::Unlink,
        place::{self, Held, Ruled},
        project::Row as Project,
    },
};

/// Most projects one delta is in.
const PLACES: usize = 20;

/// An event of a delta's place.
fn event(kind: &'static str, now: OffsetDateTime, user: Uuid, delta: &Row, project: Uuid, data: serde_json::Value) -> Event {
    Event { delta: Some(delta.id), project: Some(project), ..Event::new(kind, now, Some(user)).with(data) }
}

/// Puts a delta into a project, or names its components there. For its reporter, and for the maintainers of that project
/// and of those it is in.
///
/// # Errors
/// 401 and 403 for others; 404 for what they may not see; 422 for unknown components.
pub async fn put(app: &App, caller: &Caller, key: DeltaKey, project: &str, put: PutPlace) -> Result<()> {
    caller.actor()?;
    let mut tx = app.db.write().await?;
    put_in(&mut tx, caller, key, project, put, app.clock.now()).await?;
    tx.commit().await
}

/// The same inside a transaction at hand.
///
/// # Errors
/// As [`put`].
pub async fn put_in(tx: &mut Tx, caller: &Caller, key: DeltaKey, project: &str, put: PutPlace, now: OffsetDateTime) -> Result<()> {
    let user = caller.actor()?;
    Check::default().that(put.components.len() <= COMPONENTS_MAX, "components", format!("at most {COMPONENTS_MAX} are taken")).done()?;
    let row = store::delta::find(tx, caller, key).await?;
    let project = store::project::find(tx, project).await?;
    if user.id != row.reporter_id && !caller.maintains(project.id) && !maintains(tx, caller, &row).await? {
        return Err(Error::forbidden("Only its reporter and the maintainers of the projects concerned may say where a delta is."));
    }
    let components = components(tx, project.id, &put.components).await?;
    store::delta::bump(tx, &row, now).await?;
    let places = place::all(tx, row.id).await?;
    let said = json!({ "components": put.components });
    match places.iter().find(|place| place.project_id == project.id) {
        Some(here) => {
            place::put_components(tx, here.id, &components).await?;
            tx.emit(event("place.components", now, user.id, &row, project.id, said)).await?;
        }
        None if places.len() >= PLACES => {
            return Err(Error::conflict(format!("A delta is in at most {PLACES} projects. Nothing was changed.")));
        }
        None => {
            let of = place::Of { delta: row.id, number: row.number, open: row.open, impact: row.impact };
            place::insert(tx, of, &[(project.id, components)], now).await?;
            if project.decision == Rule::Lazy {
                place::wait_at(tx, row.id, project.id, now).await?;
            }
            // The project's segments count now.
            store::impact::recompute(tx, &[row.id], now).await?;
            tx.emit(event("place.added", now, user.id, &row, project.id, said)).await?;
        }
    }
    Ok(())
}

/// Takes a delta out of a project, with the positions stated there and with what the project's CI knows of it. For that project's maintainers; one place remains.
///
/// # Errors
/// 401 and 403 for others; 404 for what they may not see; 409 for the last place.
pub async fn remove(app: &App, caller: &Caller, key: DeltaKey, project: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let project = store::project::find(&mut tx, project).await?;
    let here = place::find(&mut tx, row.id, project.id).await?;
    let user = maintainer(caller, &project)?;
    // Before the delta's row, as runs take them.
    store::signature::lock(&mut tx, project.id).await?;
    store::delta::bump(&mut tx, &row, now).await?;
    if place::all(&mut tx, row.id).await?.len() < 2 {
        return Err(Error::conflict("A delta is in at least one project: add the other first. Nothing was changed."));
    }
    place::delete(&mut tx, here.id).await?;
    store::signature::delete_all(&mut tx, row.id, project.id, now).await?;
    store::failure::unlink(&mut tx, Unlink::Project(project.id, row.id)).await?;
    store::evidence::delete(&mut tx, row.id, project.id).await?;
    store::impact::recompute(&mut tx, &[row.id], now).await?;
    tx.emit(event("place.removed", now, user.id, &row, project.id, json!({}))).await?;
    tx.commit().await
}

/// States the caller's position on a delta's place, on the current revision of its text. Any signed-in person may.
///
/// # Errors
/// 401 for guests; 404 for what they may not see; 422 for an objection without a reason.
pub async fn put_position(app: &App, caller: &Caller, key: DeltaKey, project: &str, put: PutPosition) -> Result<()> {
    let user = caller.actor()?;
    let reason = put.reason.trim();
    let needed = usize::from(put.position == Stand::Object);
    Check::default().text(reason, "reason", needed, REASON_MAX).done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (row, project, here) = find(&mut tx, caller, key, project).await?;
    store::delta::touch(&mut tx, row.id, now).await?;
    place::put_position(&mut tx, here.id, user.id, put.position, reason, row.revision, now).await?;
    let said = json!({ "position": put.position, "reason": reason, "revision": row.revision });
    tx.emit(event("position.stated", now, user.id, &row, project.id, said)).await?;
    consensus::reconsider(&mut tx, &row, ruled(&project, here), now, false).await?;
    tx.commit().await
}

/// Takes the caller's position back.
///
/// # Errors
/// 401 for guests; 404 for what they may not see, or where they stated none.
pub async fn remove_position(app: &App, caller: &Caller, key: DeltaKey, project: &str) -> Result<()> {
    let user = caller.actor()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (row, project, here) = find(&mut tx, caller, key, project).await?;
    store::delta::touch(&mut tx, row.id, now).await?;
    if !place::delete_position(&mut tx, here.id, user.id).await? {
        return Err(Error::not_found("position"));
    }
    tx.emit(event("position.withdrawn", now, user.id, &row, project.id, json!({ "revision": row.revision }))).await?;
    consensus::reconsider(&mut tx, &row, ruled(&project, here), now, false).await?;
    tx.commit().await
}

/// Says what the project thinks of a delta, of the version seen where one is given. For that project's maintainers only.
///
/// # Errors
/// 401 and 403 for others; 404 for what they may not see; 412 when somebody was faster; 422 to decline without a rationale, or to agree
/// without one past the project's rule.
pub async fn put_consensus(
    app: &App,
    caller: &Caller,
    key: DeltaKey,
    project: &str,
    version: Option<i64>,
    put: PutConsensus,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    put_consensus_in(&mut tx, caller, key, project, version, put, app.clock.now()).await?;
    tx.commit().await
}

/// The same inside a transaction at hand.
///
/// # Errors
/// As [`put_consensus`].
pub async fn put_consensus_in(
    tx: &mut Tx,
    caller: &Caller,
    key: DeltaKey,
    project: &str,
    version: Option<i64>,
    put: PutConsensus,
    now: OffsetDateTime,
) -> Result<()> {
    let rationale = put.rationale.trim();
    let row = store::delta::find(tx, caller, key).await?;
    let project = store::project::find(tx, project).await?;
    let here = place::find(tx, row.id, project.id).await?;
    let user = maintainer(caller, &project)?;
    let ends = matches!(put.state, Consensus::Agreed | Consensus::Declined);
    let how = if ends && project.decision != Rule::Maintainers { How::Override } else { How::Word };
    let needed = usize::from(put.state == Consensus::Declined || how == How::Override);
    Check::default().text(rationale, "rationale", needed, REASON_MAX).done()?;
    let seen = place::Row { version: version.unwrap_or(here.version), ..here };
    store::delta::touch(tx, row.id, now).await?;
    let held = Held { state: put.state, rationale, by: Some(user.id), how, revision: row.revision };
    place::put_consensus(tx, seen, held, now).await?;
    let said = json!({ "state": put.state, "rationale": rationale, "revision": row.revision, "how": how });
    tx.emit(event("consensus.set", now, user.id, &row, project.id, said)).await?;
    consensus::reconsider(tx, &row, ruled(&project, here), now, true).await?;
    Ok(())
}

/// The place with its project's rule.
fn ruled(project: &Project, here: place::Row) -> Ruled {
    Ruled { place: here.id, project: project.id, decision: project.decision() }
}

/// A delta the caller may see, a project, and the delta's place in it.
async fn find(tx: &mut Tx, caller: &Caller, key: DeltaKey, project: &str) -> Result<(Row, Project, place::Row)> {
    let row = store::delta::find(tx, caller, key).await?;
    let project = store::project::find(tx, project).await?;
    let row = consensus::settled(tx, row, &project).await?;
    let here = place::find(tx, row.id, project.id).await?;
    Ok((row, project, here))
}
