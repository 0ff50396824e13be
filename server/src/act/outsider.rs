//! Votes on behalf of people and customers without an account, and what becomes of them when they have one.

use schema::{
    id::DeltaKey,
    impact::NOTE_MAX,
    outsider::{ABOUT_MAX, AllRecorded, Outsider, Record, SEGMENTS_MAX},
    project::NAME_MAX,
    user::Role,
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{org::at_least, project::maintainer};
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{
        self,
        db::Tx,
        event::Event,
        impact::{self, Held, Said, Voter},
        outsider::{About, Of, Row},
    },
};

/// Records a vote for somebody without an account, in place of what was recorded for them before. Members of an organisation speak for its
/// customers; maintainers of a project the delta is in for its users.
///
/// # Errors
/// 401 and 403 for others; 404 for what they may not see; 409 where that person has an account that speaks for itself; 422 for wrong fields,
/// and segments that are none of the delta's projects.
pub async fn record(app: &App, caller: &Caller, key: DeltaKey, record: &Record) -> Result<AllRecorded> {
    let user = caller.actor()?.id;
    let (name, note) = (record.name.trim(), record.note.trim());
    let (company, contact) = (record.company.trim(), record.contact.trim());
    let mut check = Check::default();
    check.text(name, "name", 1, NAME_MAX).text(company, "company", 0, ABOUT_MAX).text(contact, "contact", 0, ABOUT_MAX);
    check.that((0..=4).contains(&record.severity), "severity", "must be 0 (not affected) to 4 (blocks them entirely)");
    check.that(record.segments.len() <= SEGMENTS_MAX, "segments", format!("at most {SEGMENTS_MAX} are taken"));
    check.that(record.org.is_some() != record.project.is_some(), "org", "or project is needed, not both: whose customer or user is it?");
    check.text(note, "note", 0, NOTE_MAX).done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let seen = store::delta::find(&mut tx, caller, key).await?;
    let delta = seen.id;
    let (of, org, project) = speaks(&mut tx, caller, delta, record).await?;
    let segments = segments(&mut tx, delta, record).await?;
    let row = store::outsider::put(&mut tx, of, name, About { company, contact }, user, now).await?;
    let row = store::outsider::lock(&mut tx, row.id).await?.ok_or_else(|| Error::not_found("outsider"))?;
    if row.claimed_by.is_some() {
        return Err(Error::conflict("They have an account now and speak for themselves. Nothing was changed."));
    }
    let held = hold(&mut tx, &seen, row.id).await?;
    held.record(&mut tx, &Said { severity: record.severity, note: note.to_owned(), at: now }, &segments, user).await?;
    store::duplicate::recorded(&mut tx, &seen, row.id, now).await?;
    let said = json!({ "severity": record.severity, "outsider": row.id });
    tx.emit(Event { delta: Some(delta), org, project, ..Event::new("impact.recorded", now, Some(user)).with(said) }).await?;
    tx.commit().await?;
    let mut tx = app.db.read().await?;
    store::outsider::recorded(&mut tx, caller, delta).await
}

/// Takes a recorded vote back.
///
/// # Errors
/// 401; 404 for what they may not see, and for outsiders they do not speak for.
pub async fn take(app: &App, caller: &Caller, key: DeltaKey, id: Uuid) -> Result<AllRecorded> {
    let user = caller.actor()?.id;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let seen = store::delta::find(&mut tx, caller, key).await?;
    let delta = seen.id;
    let row = own(&mut tx, caller, id).await?;
    let held = hold(&mut tx, &seen, row.id).await?;
    if !held.take(&mut tx, now).await? {
        return Err(Error::not_found("recorded vote"));
    }
    store::duplicate::unrecord(&mut tx, &seen, row.id, now).await?;
    store::duplicate::recorded(&mut tx, &seen, row.id, now).await?;
    let event = Event::new("impact.unrecorded", now, Some(user)).with(json!({ "outsider": row.id }));
    tx.emit(Event { delta: Some(delta), org: row.org_id, project: row.project_id, ..event }).await?;
    tx.commit().await?;
    let mut tx = app.db.read().await?;
    store::outsider::recorded(&mut tx, caller, delta).await
}

/// Holds what is recorded for an outsider, who is held, on a delta; where that counts for another delta, or what is recorded on others
/// counts here, all of these at once, in the order in which everybody holds several.
async fn hold(tx: &mut Tx, seen: &store::delta::Row, outsider: Uuid) -> Result<Held> {
    if seen.duplicates > 0 || seen.duplicate_of.is_some() {
        store::duplicate::lock(tx, &[seen.duplicate_of.unwrap_or(seen.id)]).await?;
    }
    impact::hold(tx, seen.id, Voter::Outsider(outsider)).await
}

/// For whom the caller speaks: an organisation's customers or a project's users.
async fn speaks(tx: &mut Tx, caller: &Caller, delta: Uuid, record: &Record) -> Result<(Of, Option<Uuid>, Option<Uuid>)> {
    if let Some(slug) = &record.org {
        let org = store::org::find(tx, caller, slug).await?;
        at_least(caller, &org, Role::Member)?;
        return Ok((Of::Org(org.id), Some(org.id), None));
    }
    let project = store::project::find(tx, record.project.as_deref().unwrap_or_default()).await?;
    maintainer(caller, &project)?;
    store::place::find(tx, delta, project.id).await?;
    Ok((Of::Project(project.id), None, Some(project.id)))
}

/// The ids of the segments a record names.
async fn segments(tx: &mut Tx, delta: Uuid, record: &Record) -> Result<Vec<Uuid>> {
    let projects: Vec<(Uuid, String)> = store::evidence::projects(tx, delta).await?;
    let ids: Vec<Uuid> = projects.iter().map(|(id, _)| *id).collect();
    let known = store::segment::of(tx, &ids).await?;
    let mut check = Check::default();
    let mut found = Vec::new();
    for (at, named) in record.segments.iter().enumerate() {
        let project = projects.iter().find(|(_, slug)| *slug == named.project).map(|(id, _)| *id);
        match known.iter().find(|row| Some(row.project_id) == project && row.slug == named.segment) {
            Some(row) => found.push(row.id),
            None => {
                check.that(false, &format!("segments[{at}]"), "is no segment of the delta's projects");
            }
        }
    }
    check.done()?;
    Ok(found)
}

/// An outsider the caller speaks for, held.
async fn own(tx: &mut Tx, caller: &Caller, id: Uuid) -> Result<Row> {
    caller.actor()?;
    let row = store::outsider::lock(tx, id).await?;
    row.filter(|row| store::outsider::may(caller, row.org_id, row.project_id)).ok_or_else(|| Error::not_found("outsider"))
}

/// The customers of an organisation, for those who belong to it.
///
/// # Errors
/// 401; 404 for others.
pub async fn of_org(tx: &mut Tx, caller: &Caller, slug: &str) -> Result<(store::org::Row, Vec<Outsider>)> {
    let org = super::org::belonging(tx, caller, slug).await?;
    let found = store::outsider::list(tx, Of::Org(org.id)).await?;
    Ok((org, found))
}

/// The users of a project without an account, for its maintainers.
///
/// # Errors
/// 401 and 403 for others; 404 for an unknown project.
pub async fn of_project(tx: &mut Tx, caller: &Caller, slug: &str) -> Result<(store::project::Row, Vec<Outsider>)> {
    let project = store::project::find(tx, slug).await?;
    caller.person()?;
    if !caller.maintains(project.id) {
        return Err(Error::forbidden(format!("Only the maintainers of {} may do this.", project.name)));
    }
    let found = store::outsider::list(tx, Of::Project(project.id)).await?;
    Ok((project, found))
}

/// Says that an outsider has an account now; whose it is says so themselves ([`answer`]). None takes the offer back.
///
/// # Errors
/// 401; 404 for outsiders the caller does not speak for; 409 where an account said so already; 422 for nobody's handle.
pub async fn offer(app: &App, caller: &Caller, id: Uuid, name: Option<&str>) -> Result<()> {
    let by = caller.actor()?.id;
    let mut tx = app.db.write().await?;
    let row = own(&mut tx, caller, id).await?;
    if row.claimed_by.is_some() {
        return Err(Error::conflict("An account has taken these votes over already. Nothing was changed."));
    }
    let name = name.map(|name| name.trim().trim_start_matches('@')).filter(|name| !name.is_empty());
    let user = match name {
        Some(name) => Some(store::project::person(&mut tx, name).await?.ok_or_else(|| Error::invalid("user", "is nobody's handle"))?),
        None => None,
    };
    store::outsider::offer(&mut tx, row.id, user).await?;
    let said = json!({ "outsider": row.id, "user": name });
    let event = Event::new("outsider.offered", app.clock.now(), Some(by)).with(said);
    tx.emit(Event { org: row.org_id, project: row.project_id, ..event }).await?;
    tx.commit().await
}

/// Says whether an outsider is the caller. Where so, what was recorded for them becomes their own votes, where and when it was said; where
/// they voted themselves, that holds. One transaction: all of it or nothing.
///
/// # Errors
/// 401; 404 where it was not offered to them.
pub async fn answer(app: &App, caller: &Caller, id: Uuid, accept: bool) -> Result<()> {
    let user = caller.actor()?.id;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    // A voter, then who speaks for them, then deltas: the order in which all hold them.
    impact::lock_person(&mut tx, user).await?;
    let row = store::outsider::lock(&mut tx, id).await?;
    let row = row.filter(|row| row.offered_to == Some(user) && row.claimed_by.is_none()).ok_or_else(|| Error::not_found("claim"))?;
    if accept {
        take_over(&mut tx, caller, row.id, user, now).await?;
        store::outsider::claim(&mut tx, row.id, user).await?;
    } else {
        store::outsider::offer(&mut tx, row.id, None).await?;
    }
    let event = Event::new("outsider.answered", now, Some(user)).with(json!({ "outsider": row.id, "accept": accept }));
    tx.emit(Event { org: row.org_id, project: row.project_id, ..event }).await?;
    tx.commit().await
}

/// Takes over what was recorded on deltas that the caller sees. The rest stays as it is, since to become a user of a private delta's
/// project would tell of it; it goes once they see such a delta and vote on it themselves.
async fn take_over(tx: &mut Tx, caller: &Caller, outsider: Uuid, user: Uuid, now: OffsetDateTime) -> Result<()> {
    let deltas = store::outsider::deltas(tx, caller, outsider).await?;
    let left = impact::left_behind(tx, &[user], &deltas).await?;
    store::duplicate::lock_groups(tx, &[deltas.as_slice(), left.as_slice()].concat()).await?;
    let mut rows = Vec::new();
    for delta in deltas {
        rows.push(store::delta::read(tx, delta).await?);
    }
    // What was recorded on duplicates goes first, so that what was recorded on what stands for them stands there again …
    rows.sort_by_key(|row| row.duplicate_of.is_none());
    let mut taken = Vec::new();
    for row in rows {
        let theirs = impact::hold(tx, row.id, Voter::Outsider(outsider)).await?;
        let (said, counted) = (theirs.said.clone(), theirs.counted.clone());
        theirs.take(tx, now).await?;
        store::duplicate::recorded(tx, &row, outsider, now).await?;
        for delta in [Some(row.id), row.counts_for()].into_iter().flatten() {
            store::fixed::take_over(tx, delta, outsider, user).await?;
        }
        taken.push((row, said, counted));
    }
    // … and comes first as theirs, before what is carried there could be taken for it.
    for (row, said, counted) in taken.into_iter().rev() {
        let own = impact::hold(tx, row.id, Voter::Person(user)).await?;
        if let (None, Some(said)) = (&own.said, said) {
            own.take_over(tx, &said, &counted, now).await?;
            store::duplicate::voted(tx, &row, user, now).await?;
            let event = Event::new("impact.voted", now, Some(user)).with(json!({ "severity": said.severity }));
            tx.emit(Event { delta: Some(row.id), ..event }).await?;
        }
    }
    Ok(())
}
