//! Organisations: making and changing them, and who belongs to them.

use schema::{
    id::is_prefix,
    ledger::{DAYS_MAX, DAYS_MIN},
    org::{ChangeOrg, NAME_MAX, NewOrg},
    user::Role,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::Check,
    store::{self, db::Tx, event::Event, org::Row},
};

/// The caller must have this role in the organisation, or a stronger one.
///
/// # Errors
/// 401 for guests, 403 for everybody else.
pub fn at_least(caller: &Caller, org: &Row, role: Role) -> Result<()> {
    caller.actor()?;
    if caller.role_in(org.id).is_some_and(|has| has >= role) {
        return Ok(());
    }
    let who = match role {
        Role::Owner => "Only its owners",
        Role::Member => "Only its members and owners",
        Role::Viewer => "Only who belongs to it",
    };
    Err(Error::forbidden(format!("{who} may do this in {}.", org.name)))
}

/// The organisation of a slug, for what only those who belong to it may read: inbox, watch rules, lens.
///
/// # Errors
/// 401 for guests; 404 for others, and where they may not see the organisation.
pub async fn belonging(tx: &mut Tx, caller: &Caller, slug: &str) -> Result<Row> {
    let org = store::org::find(tx, caller, slug).await?;
    caller.person()?;
    if caller.role_in(org.id).is_none() { Err(Error::not_found("page of an organisation")) } else { Ok(org) }
}

/// Makes an organisation; the caller is its first owner.
///
/// # Errors
/// 401, 422, or 409 where the slug or the prefix is taken.
pub async fn create(app: &App, caller: &Caller, new: &NewOrg) -> Result<Row> {
    let user = caller.actor()?.id;
    Check::default()
        .slug(&new.slug, "slug")
        .that(new.slug != "new", "slug", "is a word of this server's own addresses")
        .text(&new.name, "name", 1, NAME_MAX)
        .that(is_prefix(&new.key_prefix), "key_prefix", "must be 2 to 8 upper case letters or digits, a letter first")
        .done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let taken = || format!("Another organisation has the slug {} or the key prefix {}.", new.slug, new.key_prefix);
    let id = store::org::insert(&mut tx, &new.slug, new.name.trim(), &new.key_prefix, now).await.map_err(Error::taken(taken()))?;
    store::org::put_member(&mut tx, id, user, Role::Owner, now).await?;
    tx.emit(Event { org: Some(id), ..Event::new("org.created", now, Some(user)) }).await?;
    let row = store::org::by_id(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Gives the organisation its first board, `main`, with the usual columns. Members and owners.
///
/// # Errors
/// 401, 403, 404, or 409 where it has one.
pub async fn first_board(app: &App, caller: &Caller, slug: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let org = store::org::find(&mut tx, caller, slug).await?;
    at_least(caller, &org, Role::Member)?;
    let name = format!("{} board", org.name.chars().take(190).collect::<String>());
    super::board::create_default(&mut tx, org.id, &name, app.clock.now()).await?;
    tx.commit().await
}

/// Changes name, openness or the days of promises, of the version seen. Owners only.
///
/// # Errors
/// 401, 403, 404, 412, 422.
pub async fn change(app: &App, caller: &Caller, slug: &str, version: i64, change: &ChangeOrg) -> Result<Row> {
    let user = caller.actor()?.id;
    let mut check = Check::default();
    if let Some(name) = &change.name {
        check.text(name, "name", 1, NAME_MAX);
    }
    for (days, field) in [(change.quiet_after, "quiet_after"), (change.expires_after.flatten(), "expires_after")] {
        let fits = days.is_none_or(|days| (DAYS_MIN..=DAYS_MAX).contains(&days));
        check.that(fits, field, format!("must be {DAYS_MIN} to {DAYS_MAX} days"));
    }
    check.done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let org = store::org::find(&mut tx, caller, slug).await?;
    at_least(caller, &org, Role::Owner)?;
    let next = Row {
        name: change.name.as_deref().unwrap_or(&org.name).trim().to_owned(),
        openness: change.openness.unwrap_or(org.openness),
        quiet_after: change.quiet_after.unwrap_or(org.quiet_after),
        expires_after: change.expires_after.unwrap_or(org.expires_after),
        ..org.clone()
    };
    store::org::update(&mut tx, &next, version).await?;
    let told =
        |row: &Row| json!({"name": row.name, "openness": row.openness, "quiet_after": row.quiet_after, "expires_after": row.expires_after});
    let mut data = told(&next);
    data["was"] = told(&org);
    tx.emit(Event { org: Some(org.id), ..Event::new("org.changed", now, Some(user)).with(data) }).await?;
    let row = store::org::by_id(&mut tx, org.id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Makes a person a member, or gives a member another role. Owners only; the last owner stays one.
///
/// # Errors
/// 401, 403, 404, 409 for the last owner, or 422 when there is no such person.
pub async fn set_member(app: &App, caller: &Caller, slug: &str, name: &str, role: Role) -> Result<Row> {
    let actor = caller.actor()?.id;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let org = store::org::find(&mut tx, caller, slug).await?;
    at_least(caller, &org, Role::Owner)?;
    let unknown = |error: Error| match error.kind() {
        Kind::NotFound => Error::invalid("user", format!("there is no person “{name}”")),
        _ => error,
    };
    let user = person(&mut tx, name).await.map_err(unknown)?;
    store::org::lock(&mut tx, org.id).await?;
    let had = store::org::role(&mut tx, org.id, user).await?;
    if had == Some(role) {
        return Ok(org);
    }
    if had == Some(Role::Owner) {
        not_the_last(&mut tx, &org).await?;
    }
    store::org::put_member(&mut tx, org.id, user, role, now).await?;
    let data = json!({"user": name, "role": role, "was": had});
    tx.emit(Event { org: Some(org.id), ..Event::new("org.member", now, Some(actor)).with(data) }).await?;
    tx.commit().await?;
    Ok(org)
}

/// Takes a member out: owners anybody, everybody themselves; never the last owner.
///
/// # Errors
/// 401, 403, 404, or 409 for the last owner.
pub async fn remove_member(app: &App, caller: &Caller, slug: &str, name: &str) -> Result<Row> {
    let actor = caller.actor()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let org = store::org::find(&mut tx, caller, slug).await?;
    let leaves = actor.name == name && caller.role_in(org.id).is_some();
    at_least(caller, &org, if leaves { Role::Viewer } else { Role::Owner })?;
    let user = person(&mut tx, name).await?;
    store::org::lock(&mut tx, org.id).await?;
    let Some(had) = store::org::role(&mut tx, org.id, user).await? else { return Err(Error::not_found("member")) };
    if had == Role::Owner {
        not_the_last(&mut tx, &org).await?;
    }
    store::org::delete_member(&mut tx, org.id, user).await?;
    let data = json!({"user": name, "role": null, "was": had});
    tx.emit(Event { org: Some(org.id), ..Event::new("org.member", now, Some(actor.id)).with(data) }).await?;
    tx.commit().await?;
    Ok(org)
}

async fn person(tx: &mut Tx, name: &str) -> Result<Uuid> {
    let found = store::user::by_name(tx, name).await?.filter(|user| user.state == schema::setting::State::Active);
    found.map(|user| user.id).ok_or_else(|| Error::not_found("person"))
}

async fn not_the_last(tx: &mut Tx, org: &Row) -> Result<()> {
    if store::org::owners(tx, org.id).await? > 1 {
        return Ok(());
    }
    Err(Error::conflict(format!("This is the last owner of {}. Make somebody else an owner first.", org.name)))
}
