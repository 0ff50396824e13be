//! Triage: what an organisation makes of a delta, and what it watches.

use schema::{
    id::DeltaKey,
    query,
    stance::Stance,
    triage::{REASON_MAX, SetStance, SetWatch, StanceReply, WATCH_ASKS, WATCHES_MAX, Watch},
    user::Role,
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::org::at_least;
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{self, db::Tx, event::Event, org::Row, triage::NewStance},
};

/// Says what the organisation makes of a delta. Members and owners.
///
/// # Errors
/// 401, 403, 404; 422 for a reason, time or bound that is missing or cannot be; 409 for `taken` without a task.
pub async fn set_stance(app: &App, caller: &Caller, slug: &str, delta: DeltaKey, new: &SetStance) -> Result<StanceReply> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let reply = set_stance_in(&mut tx, caller, slug, delta, new, now).await?;
    tx.commit().await?;
    Ok(reply)
}

/// The same inside a transaction at hand.
///
/// # Errors
/// As [`set_stance`].
pub async fn set_stance_in(
    tx: &mut Tx,
    caller: &Caller,
    slug: &str,
    delta: DeltaKey,
    new: &SetStance,
    now: OffsetDateTime,
) -> Result<StanceReply> {
    let user = caller.actor()?.id;
    let org = store::org::find(tx, caller, slug).await?;
    at_least(caller, &org, Role::Member)?;
    check(new, now)?;
    // Whether it is taken hangs on links, which others of the organisation may be changing.
    store::org::lock(tx, org.id).await?;
    let row = store::delta::find(tx, caller, delta).await?;
    if let Some((project, segment)) = new.wake.as_ref().and_then(|wake| wake.segment.as_deref()).and_then(|segment| segment.split_once('/'))
        && !store::lens::segments(tx, vec![project.to_owned()]).await?.contains_key(&(project.to_owned(), segment.to_owned()))
    {
        return Err(Error::invalid("wake.segment", format!("There is no segment {segment} in {project}.")));
    }
    if new.stance == Stance::Taken && store::triage::linked(tx, org.id, row.id).await? == 0 {
        return Err(Error::conflict(format!(
            "{} takes {delta} on by linking a task of its own to it. Link one, and the stance is taken by itself.",
            org.name
        )));
    }
    let had = store::triage::stance(tx, org.id, row.id).await?;
    let again =
        had.as_ref().is_some_and(|had| had.stance == new.stance && had.reason == new.reason.trim() && new.stance != Stance::Snoozed);
    let had = had.map(|had| had.stance);
    let (until, wake) = if new.stance == Stance::Snoozed { (new.until, new.wake.clone()) } else { (None, None) };
    let stance = NewStance { stance: new.stance, reason: new.reason.trim(), until, wake: wake.clone() };
    store::triage::put_stance(tx, org.id, row.id, &stance, Some(user), now).await?;
    // What was said before is not told twice.
    if !again {
        emit(tx, Event { org: Some(org.id), delta: Some(row.id), ..Event::new("stance.set", now, Some(user)) }, Some(new), had).await?;
    }
    Ok(StanceReply { org: org.slug, delta, stance: new.stance, reason: new.reason.trim().to_owned(), until, wake, set_at: now })
}

fn check(new: &SetStance, now: OffsetDateTime) -> Result<()> {
    let mut check = Check::default();
    check.text(&new.reason, "reason", 0, REASON_MAX);
    check.that(new.stance != Stance::Declined || !new.reason.trim().is_empty(), "reason", "is needed to decline: others read it");
    let (until, wake) = (new.until, new.wake.clone().unwrap_or_default());
    if new.stance == Stance::Snoozed {
        let some = until.is_some() || wake.impact.is_some() || wake.failures.is_some() || wake.users.is_some() || wake.regressed;
        check.that(some, "until", "is needed to look again later; or say in wake what is waited for");
        check.that(until.is_none_or(|until| until > now), "until", "is in the past");
        check.that(wake.impact.is_none_or(|bound| (1..=100).contains(&bound)), "wake.impact", "must be 1 to 100");
        check.that(wake.failures.is_none_or(|bound| bound >= 1), "wake.failures", "must be 1 or more");
        check.that(wake.users.is_none_or(|bound| bound >= 1), "wake.users", "must be 1 or more");
        let whole = wake.segment.as_ref().is_none_or(|segment| wake.users.is_some() && segment.split('/').count() == 2);
        check.that(whole, "wake.segment", "is a project and a segment, such as neutron/ovs, and goes with users");
    } else {
        check.that(until.is_none(), "until", "goes with the stance snoozed only");
        check.that(new.wake.is_none(), "wake", "goes with the stance snoozed only");
    }
    check.done()
}

/// Takes the organisation's stance on a delta back: where a rule matches, it waits in the inbox again. Members and owners.
///
/// # Errors
/// 401, 403, 404; 409 while a task is linked, which says that it is taken.
pub async fn clear_stance(app: &App, caller: &Caller, slug: &str, delta: DeltaKey) -> Result<()> {
    let user = caller.actor()?.id;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let org = store::org::find(&mut tx, caller, slug).await?;
    at_least(caller, &org, Role::Member)?;
    store::org::lock(&mut tx, org.id).await?;
    let row = store::delta::find(&mut tx, caller, delta).await?;
    let Some(had) = store::triage::stance(&mut tx, org.id, row.id).await? else { return Err(Error::not_found("stance")) };
    if had.stance == Stance::Taken && store::triage::linked(&mut tx, org.id, row.id).await? > 0 {
        return Err(Error::conflict(format!("A task of {} is linked to {delta}. Unlink it, and the stance goes with it.", org.name)));
    }
    store::triage::delete_stance(&mut tx, org.id, row.id).await?;
    let event = Event { org: Some(org.id), delta: Some(row.id), ..Event::new("stance.set", now, Some(user)) };
    emit(&mut tx, event, None, Some(had.stance)).await?;
    tx.commit().await
}

/// A task of the organisation was linked to the delta: its stance is `taken` from now on. Hold the organisation's row.
///
/// # Errors
/// When the database does not answer.
pub async fn take(tx: &mut Tx, now: OffsetDateTime, actor: Option<Uuid>, org: Uuid, delta: Uuid) -> Result<()> {
    let had = store::triage::stance(tx, org, delta).await?.map(|had| had.stance);
    if had == Some(Stance::Taken) {
        return Ok(());
    }
    let new = NewStance { stance: Stance::Taken, reason: "", until: None, wake: None };
    store::triage::put_stance(tx, org, delta, &new, actor, now).await?;
    let said = SetStance { stance: Stance::Taken, reason: String::new(), until: None, wake: None };
    let event = Event { org: Some(org), delta: Some(delta), ..Event::new("stance.set", now, actor) };
    emit(tx, event, Some(&said), had).await
}

/// A task of the organisation was unlinked from the delta: where it was the last one, `taken` holds no longer, and the
/// delta waits in the inbox again. Hold the organisation's row.
///
/// # Errors
/// When the database does not answer.
pub async fn release(tx: &mut Tx, now: OffsetDateTime, actor: Option<Uuid>, org: Uuid, delta: Uuid) -> Result<()> {
    let Some(had) = store::triage::stance(tx, org, delta).await? else { return Ok(()) };
    if had.stance != Stance::Taken || store::triage::linked(tx, org, delta).await? > 0 {
        return Ok(());
    }
    store::triage::delete_stance(tx, org, delta).await?;
    let event = Event { org: Some(org), delta: Some(delta), ..Event::new("stance.set", now, actor) };
    emit(tx, event, None, Some(Stance::Taken)).await
}

/// The event says only what outsiders may read too, where the organisation lets them see its stances: the reason of a
/// refusal, and no other.
async fn emit(tx: &mut Tx, event: Event, new: Option<&SetStance>, was: Option<Stance>) -> Result<()> {
    let reason = new.filter(|new| new.stance == Stance::Declined).map(|new| new.reason.trim());
    tx.emit(event.with(json!({"stance": new.map(|new| new.stance), "reason": reason, "was": was}))).await?;
    Ok(())
}

/// Adds a watch rule, or gives one another query. Members and owners.
///
/// # Errors
/// 401, 403, 404; 422 with the column where the query cannot be read; 409 beyond [`WATCHES_MAX`] rules, and where it matches [`WATCH_ASKS`] open
/// deltas or more and nobody confirmed that.
pub async fn put_watch(app: &App, caller: &Caller, slug: &str, watch: &str, set: &SetWatch) -> Result<Watch> {
    let user = caller.actor()?.id;
    let text = set.query.trim();
    Check::default().slug(watch, "watch").text(text, "query", 1, query::MAX_CHARS).done()?;
    let asked = query::parse(text, &query::DELTAS).map_err(|error| Error::invalid("query", error.to_string()))?;
    let now = app.clock.now();
    // Counted as a reader, whose statements are cut off: no query keeps those who write waiting.
    let mut tx = app.db.read().await?;
    store::list::condition(tx.dialect(), caller, &asked, now).map_err(|error| Error::invalid("query", error.to_string()))?;
    let org = find(&mut tx, caller, slug, Role::Member).await?;
    let known = store::watch::list(&mut tx, org.id).await?.iter().any(|rule| rule.slug == watch && rule.query == text);
    if !set.confirm && !known && store::inbox::matches(&mut tx, caller, text, WATCH_ASKS, now).await? >= WATCH_ASKS {
        return Err(Error::conflict(format!(
            "This rule matches {WATCH_ASKS} open deltas or more, and all of them would wait in the inbox. Narrow it, or confirm that you want them."
        )));
    }
    drop(tx);
    let mut tx = app.db.write().await?;
    let org = find(&mut tx, caller, slug, Role::Member).await?;
    store::org::lock(&mut tx, org.id).await?;
    let rules = store::watch::list(&mut tx, org.id).await?;
    let was = rules.iter().find(|rule| rule.slug == watch).map(|rule| rule.query.clone());
    if was.is_none() && rules.len() >= WATCHES_MAX {
        return Err(Error::conflict(format!("An organisation has at most {WATCHES_MAX} watch rules. Put two into one with OR.")));
    }
    store::watch::put(&mut tx, org.id, watch, text, user, now).await?;
    let data = json!({"watch": watch, "query": text, "was": was});
    tx.emit(Event { org: Some(org.id), ..Event::new("org.watch", now, Some(user)).with(data) }).await?;
    tx.commit().await?;
    Ok(Watch { slug: watch.to_owned(), query: text.to_owned() })
}

/// Takes a watch rule away. Members and owners.
///
/// # Errors
/// 401, 403, 404.
pub async fn delete_watch(app: &App, caller: &Caller, slug: &str, watch: &str) -> Result<()> {
    let user = caller.actor()?.id;
    let mut tx = app.db.write().await?;
    let org = find(&mut tx, caller, slug, Role::Member).await?;
    if !store::watch::delete(&mut tx, org.id, watch).await? {
        return Err(Error::not_found("watch rule"));
    }
    let data = json!({"watch": watch, "query": null});
    tx.emit(Event { org: Some(org.id), ..Event::new("org.watch", app.clock.now(), Some(user)).with(data) }).await?;
    tx.commit().await
}

async fn find(tx: &mut Tx, caller: &Caller, slug: &str, role: Role) -> Result<Row> {
    let org = store::org::find(tx, caller, slug).await?;
    at_least(caller, &org, role)?;
    Ok(org)
}
