//! Segments: maintainers name them, users join and leave them.

use schema::{place::REASON_MAX, project::NAME_MAX, segment::PutSegment};

use uuid::Uuid;

use super::project::maintainer;
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{self, db::Tx, event::Event, segment::Row},
};

/// Makes a segment, or describes it anew.
///
/// # Errors
/// 401 and 403 for all but maintainers; 422 for wrong text.
pub async fn put(app: &App, caller: &Caller, project: &str, segment: &str, put: PutSegment) -> Result<()> {
    let mut tx = app.db.write().await?;
    let project = store::project::find(&mut tx, project).await?;
    let user = maintainer(caller, &project)?;
    let name = put.name.trim();
    Check::default().slug(segment, "slug").text(name, "name", 1, NAME_MAX).text(&put.description, "description", 0, REASON_MAX).done()?;
    // One that is only described anew weighs what it weighed.
    if store::segment::put(&mut tx, project.id, segment, name, &put.description, false).await? {
        store::lens::rescore_project(&mut tx, project.id).await?;
    }
    let said = serde_json::json!({ "segment": segment });
    tx.emit(Event { project: Some(project.id), ..Event::new("segment.set", app.clock.now(), Some(user.id)).with(said) }).await?;
    tx.commit().await
}

/// The caller is one of these users; and one of everyone, with that. Saying it again changes nothing.
///
/// # Errors
/// 401 for guests, 404 for an unknown segment.
pub async fn join(app: &App, caller: &Caller, project: &str, segment: &str) -> Result<()> {
    let user = caller.actor()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let project = store::project::find(&mut tx, project).await?;
    let segments = hold(&mut tx, project.id, user.id).await?;
    if !segments.iter().any(|row| row.slug == segment) {
        return Err(Error::not_found("segment"));
    }
    for row in segments.iter().filter(|row| row.slug == segment || row.everyone) {
        if store::segment::join(&mut tx, row.id, user.id, now).await? {
            store::impact::joined(&mut tx, user.id, row.id).await?;
            let said = serde_json::json!({ "segment": row.slug });
            tx.emit(Event { project: Some(project.id), ..Event::new("segment.joined", now, Some(user.id)).with(said) }).await?;
        }
    }
    tx.commit().await
}

/// The caller is not one of these users any more. Who leaves everyone leaves all segments of the project.
///
/// # Errors
/// 401 for guests, 404 for an unknown segment.
pub async fn leave(app: &App, caller: &Caller, project: &str, segment: &str) -> Result<()> {
    let user = caller.actor()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let project = store::project::find(&mut tx, project).await?;
    let segments = hold(&mut tx, project.id, user.id).await?;
    let this = segments.iter().find(|row| row.slug == segment).ok_or_else(|| Error::not_found("segment"))?;
    let leaves: Vec<_> = segments.iter().filter(|row| this.everyone || row.id == this.id).map(|row| row.id).collect();
    let left = store::segment::leave(&mut tx, &leaves, user.id, now).await?;
    // Votes go on counting where their voter was when they cast them.
    store::impact::leaves(&mut tx, user.id, &left).await?;
    for id in left {
        let slug = segments.iter().find(|row| row.id == id).map(|row| row.slug.as_str());
        let said = serde_json::json!({ "segment": slug });
        tx.emit(Event { project: Some(project.id), ..Event::new("segment.left", now, Some(user.id)).with(said) }).await?;
    }
    tx.commit().await
}

/// A project's segments, for somebody to join or leave: held with them and with the deltas whose counts change by it, in the order in which a
/// vote holds them.
async fn hold(tx: &mut Tx, project: Uuid, user: Uuid) -> Result<Vec<Row>> {
    store::impact::lock_person(tx, user).await?;
    let segments: Vec<Uuid> = store::segment::of(tx, &[project]).await?.into_iter().map(|row| row.id).collect();
    let deltas: Vec<Uuid> = store::impact::votes_in(tx, user, &segments).await?.into_iter().map(|(delta, _)| delta).collect();
    store::impact::lock(tx, &deltas).await?;
    store::segment::lock(tx, project).await
}
