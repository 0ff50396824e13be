//! Projects: who may make them, describe them, and decide in them.

use schema::{
    delta::TEXT_MAX,
    project::{NAME_MAX, New, Patch, PutComponent, PutRelease, RELEASE_MAX},
    segment::EVERYONE,
};
use uuid::Uuid;

use crate::{
    app::App,
    caller::{Caller, User},
    error::{Error, Result},
    extract::Check,
    store::{self, db::Tx, event::Event, project::Row},
};

/// Whether the caller may decide in a project: they maintain it.
///
/// # Errors
/// 401 for guests, 403 for everybody else.
pub(super) fn maintainer<'a>(caller: &'a Caller, project: &Row) -> Result<&'a User> {
    let user = caller.actor()?;
    if caller.maintains(project.id) {
        return Ok(user);
    }
    Err(Error::forbidden(format!("Only the maintainers of {} may do this.", project.name)))
}

/// Creates a project with its segment *everyone*. Any signed-in person may, and becomes its maintainer.
///
/// # Errors
/// 401 for guests; 409 when the slug is taken; 422 for wrong text.
pub async fn create(app: &App, caller: &Caller, new: New) -> Result<Row> {
    let user = caller.actor()?;
    let name = new.name.trim();
    Check::default().slug(&new.slug, "slug").text(name, "name", 1, NAME_MAX).text(&new.description, "description", 0, TEXT_MAX).done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let project = store::project::insert(&mut tx, &new.slug, name, &new.description, now)
        .await
        .map_err(Error::taken(format!("There is a project “{}” already.", new.slug)))?;
    store::segment::put(&mut tx, project.id, EVERYONE, "Everyone", "All users of this project.", true).await?;
    store::project::add_maintainer(&mut tx, project.id, user.id, now).await?;
    tx.emit(Event { project: Some(project.id), ..Event::new("project.created", now, Some(user.id)) }).await?;
    tx.commit().await?;
    Ok(project)
}

/// Changes name or description, of the version seen where one is given.
///
/// # Errors
/// 401 and 403 for all but maintainers; 412 when somebody was faster; 422 for wrong text.
pub async fn change(app: &App, caller: &Caller, slug: &str, version: Option<i64>, patch: Patch) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let project = store::project::find(&mut tx, slug).await?;
    let user = maintainer(caller, &project)?;
    let name = patch.name.as_deref().unwrap_or(&project.name).trim();
    let description = patch.description.as_deref().unwrap_or(&project.description);
    Check::default().text(name, "name", 1, NAME_MAX).text(description, "description", 0, TEXT_MAX).done()?;
    if !store::project::update(&mut tx, project.id, version.unwrap_or(project.version), name, description).await? {
        return Err(Error::stale("project"));
    }
    tx.emit(Event { project: Some(project.id), ..Event::new("project.changed", now, Some(user.id)) }).await?;
    tx.commit().await
}

/// Makes a component, or renames it.
///
/// # Errors
/// 401 and 403 for all but maintainers; 422 for wrong text.
pub async fn put_component(app: &App, caller: &Caller, slug: &str, component: &str, put: PutComponent) -> Result<()> {
    let mut tx = app.db.write().await?;
    let project = store::project::find(&mut tx, slug).await?;
    let user = maintainer(caller, &project)?;
    Check::default().slug(component, "slug").text(put.name.trim(), "name", 1, NAME_MAX).done()?;
    store::project::put_component(&mut tx, project.id, component, put.name.trim()).await?;
    let said = serde_json::json!({ "component": component });
    tx.emit(Event { project: Some(project.id), ..Event::new("component.set", app.clock.now(), Some(user.id)).with(said) }).await?;
    tx.commit().await
}

/// Makes a release, or dates it.
///
/// # Errors
/// 401 and 403 for all but maintainers; 422 for a wrong name.
pub async fn put_release(app: &App, caller: &Caller, slug: &str, release: &str, put: PutRelease) -> Result<()> {
    let mut tx = app.db.write().await?;
    let project = store::project::find(&mut tx, slug).await?;
    let user = maintainer(caller, &project)?;
    Check::default().text(release, "name", 1, RELEASE_MAX).that(!release.contains('/'), "name", "must not hold a slash").done()?;
    store::project::put_release(&mut tx, project.id, release, put.released_at).await?;
    let said = serde_json::json!({ "release": release });
    tx.emit(Event { project: Some(project.id), ..Event::new("release.set", app.clock.now(), Some(user.id)).with(said) }).await?;
    tx.commit().await
}

/// Makes a person a maintainer. Doing it again changes nothing.
///
/// # Errors
/// 401 and 403 for all but maintainers; 422 when there is no such person.
pub async fn add_maintainer(app: &App, caller: &Caller, slug: &str, name: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let project = store::project::lock(&mut tx, slug).await?;
    let user = maintainer(caller, &project)?;
    let person = person(&mut tx, name).await?;
    if store::project::add_maintainer(&mut tx, project.id, person, now).await? {
        super::consensus::joined(&mut tx, project.id, &project.decision(), now).await?;
        let said = serde_json::json!({ "name": name });
        tx.emit(Event { project: Some(project.id), ..Event::new("maintainer.added", now, Some(user.id)).with(said) }).await?;
    }
    tx.commit().await
}

/// Ends a person's being a maintainer. The last one stays.
///
/// # Errors
/// 401 and 403 for all but maintainers; 404 when they are none; 409 for the last one.
pub async fn remove_maintainer(app: &App, caller: &Caller, slug: &str, name: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let project = store::project::lock(&mut tx, slug).await?;
    let user = maintainer(caller, &project)?;
    let person = person(&mut tx, name).await.map_err(|_| Error::not_found("maintainer"))?;
    if !store::project::remove_maintainer(&mut tx, project.id, person).await? {
        return Err(Error::not_found("maintainer"));
    }
    if store::project::maintainers(&mut tx, project.id).await?.is_empty() {
        return Err(Error::conflict("A project keeps at least one maintainer: add another first. Nothing was changed."));
    }
    let said = serde_json::json!({ "name": name });
    tx.emit(Event { project: Some(project.id), ..Event::new("maintainer.removed", now, Some(user.id)).with(said) }).await?;
    tx.commit().await
}

/// Adds a person to the security group: who sees the project's private deltas. The first one named ends that all maintainers do.
///
/// # Errors
/// 401 and 403 for all but maintainers; 422 when there is no such person.
pub async fn add_security(app: &App, caller: &Caller, slug: &str, name: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let project = store::project::lock(&mut tx, slug).await?;
    let user = maintainer(caller, &project)?;
    let person = person(&mut tx, name).await?;
    if store::project::add_security(&mut tx, project.id, person, now).await? {
        let said = serde_json::json!({ "name": name });
        tx.emit(Event { project: Some(project.id), ..Event::new("security.added", now, Some(user.id)).with(said) }).await?;
    }
    tx.commit().await
}

/// Takes a person out of the security group. When nobody is left, the maintainers are it again.
///
/// # Errors
/// 401 and 403 for all but maintainers; 404 when they are not of it.
pub async fn remove_security(app: &App, caller: &Caller, slug: &str, name: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let project = store::project::lock(&mut tx, slug).await?;
    let user = maintainer(caller, &project)?;
    let person = person(&mut tx, name).await.map_err(|_| Error::not_found("member of the security group"))?;
    if !store::project::remove_security(&mut tx, project.id, person).await? {
        return Err(Error::not_found("member of the security group"));
    }
    let said = serde_json::json!({ "name": name });
    tx.emit(Event { project: Some(project.id), ..Event::new("security.removed", now, Some(user.id)).with(said) }).await?;
    tx.commit().await
}

/// The id of a person's handle.
///
/// # Errors
/// 422 when there is no such person.
pub(super) async fn person(tx: &mut Tx, name: &str) -> Result<Uuid> {
    store::project::person(tx, name.trim().trim_start_matches('@'))
        .await?
        .ok_or_else(|| Error::invalid("name", format!("there is no person “{name}”")))
}
