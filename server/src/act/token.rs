//! API tokens of people and of projects' CI.

use schema::{
    token::{DAYS, DAYS_MAX, Made, NewCiToken, NewToken, Token},
    user::Scope,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    app::App,
    caller::Caller,
    clock,
    error::{Error, Result},
    extract::Check,
    store::{
        db::Tx,
        event::Event,
        token::{self, Owner},
    },
};

/// What every token's secret begins with, for scanners that look for leaked ones.
const PREFIX: &str = "dlb_";
/// Tokens in force of one owner.
const MOST: usize = 100;

fn end(asked: Option<OffsetDateTime>, now: OffsetDateTime) -> OffsetDateTime {
    asked.unwrap_or(now + Duration::days(DAYS))
}

/// Writes a token down, for whom it is allowed already. Fields are checked here. `expires_at` may be empty for CI only.
///
/// # Errors
/// 422 for fields, 409 where the owner has 100 already.
pub async fn insert(
    tx: &mut Tx,
    owner: Owner,
    by: Option<Uuid>,
    name: &str,
    scopes: &[Scope],
    expires_at: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> Result<Made> {
    let mut check = Check::default();
    check.text(name, "name", 1, 200);
    if let Some(at) = expires_at {
        check.that(at > now, "expires_at", "is over already");
        check.that(at <= now + Duration::days(DAYS_MAX), "expires_at", format!("is too far ahead: at most {DAYS_MAX} days are taken"));
    }
    check.done()?;
    if token::list(tx, owner).await?.iter().filter(|token| token.expires_at.is_none_or(|at| at > now)).count() >= MOST {
        return Err(Error::conflict(format!("There are {MOST} tokens already: revoke one first.")));
    }
    let (user, project) = match owner {
        Owner::User(id) => (Some(id), None),
        Owner::Project(id) => (None, Some(id)),
    };
    let secret = clock::secret(PREFIX);
    let new = token::New { user, project, name, scopes, created_by: by, expires_at };
    let id = token::insert(tx, &new, &clock::digest(&secret), now).await?;
    let token = Token { id, name: name.to_owned(), scopes: scopes.to_vec(), created_at: now, used_at: None, expires_at };
    Ok(Made { token, secret })
}

/// Makes a token of the caller's. Only signed in: a token cannot make tokens.
///
/// # Errors
/// 401, 403 with a token, 422 for fields, 409 where they have 100.
pub async fn create(app: &App, caller: &Caller, new: &NewToken) -> Result<Made> {
    let (id, now) = (caller.in_person()?.id, app.clock.now());
    let scopes = scopes(&new.scopes)?;
    let mut tx = app.db.write().await?;
    let made = insert(&mut tx, Owner::User(id), Some(id), new.name.trim(), &scopes, Some(end(new.expires_at, now)), now).await?;
    tx.commit().await?;
    Ok(made)
}

/// The scopes of a person's token, in order: at least `read`, which `write` includes.
///
/// # Errors
/// 422 for none, and for `ci`, which only a project's token has.
pub fn scopes(asked: &[Scope]) -> Result<Vec<Scope>> {
    let mut check = Check::default();
    check.that(!asked.is_empty(), "scopes", "must name at least read");
    check.that(!asked.contains(&Scope::Ci), "scopes", "ci belongs to a project's token: its maintainers make it");
    check.that(
        !asked.contains(&Scope::Feed) || asked.iter().all(|scope| *scope == Scope::Feed),
        "scopes",
        "feed stands alone: its token goes into addresses",
    );
    check.done()?;
    if asked.contains(&Scope::Feed) {
        return Ok(vec![Scope::Feed]);
    }
    Ok(if asked.contains(&Scope::Write) { vec![Scope::Read, Scope::Write] } else { vec![Scope::Read] })
}

/// The caller's tokens, newest first.
///
/// # Errors
/// 401 for nobody.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Token>> {
    let id = caller.person()?.id;
    token::list(&mut app.db.read().await?, Owner::User(id)).await
}

/// Revokes one of the caller's tokens: it is not accepted from now on. A token may revoke its owner's, itself included.
///
/// # Errors
/// 401, 403 with a token that only reads, 404 where they have no such one.
pub async fn revoke(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    let owner = Owner::User(caller.actor()?.id);
    let mut tx = app.db.write().await?;
    if !token::revoke(&mut tx, owner, id, app.clock.now()).await? {
        return Err(Error::not_found("token"));
    }
    tx.commit().await
}

/// The project of a slug, which the caller maintains: its id and name.
async fn maintained(tx: &mut Tx, caller: &Caller, slug: &str) -> Result<(Uuid, String)> {
    caller.person()?;
    let (id, name) = token::project(tx, slug).await?.ok_or_else(|| Error::not_found("project"))?;
    if !caller.maintains(id) {
        return Err(Error::forbidden("Only the project's maintainers see and make its CI tokens."));
    }
    Ok((id, name))
}

/// Makes a project's CI token. Only signed in: a token cannot make tokens.
///
/// # Errors
/// 401, 403 with a token and for others than maintainers, 404, 422 for fields, 409 where the project has 100.
pub async fn create_ci(app: &App, caller: &Caller, project: &str, new: &NewCiToken) -> Result<Made> {
    let (by, now) = (caller.in_person()?.id, app.clock.now());
    if new.never_expires && new.expires_at.is_some() {
        return Err(Error::invalid("expires_at", "does not go together with never_expires"));
    }
    let expires_at = if new.never_expires { None } else { Some(end(new.expires_at, now)) };
    let mut tx = app.db.write().await?;
    let (id, _) = maintained(&mut tx, caller, project).await?;
    let made = insert(&mut tx, Owner::Project(id), Some(by), new.name.trim(), &[Scope::Ci], expires_at, now).await?;
    // Not on the project's own timeline, which anybody reads.
    tx.emit(Event::new("token.made", now, Some(by)).with(serde_json::json!({ "project": project, "name": made.token.name }))).await?;
    tx.commit().await?;
    Ok(made)
}

/// A project's name and its CI tokens, newest first.
///
/// # Errors
/// 401, 403 for others than maintainers, 404.
pub async fn list_ci(app: &App, caller: &Caller, project: &str) -> Result<(String, Vec<Token>)> {
    let mut tx = app.db.read().await?;
    let (id, name) = maintained(&mut tx, caller, project).await?;
    Ok((name, token::list(&mut tx, Owner::Project(id)).await?))
}

/// Revokes a project's CI token.
///
/// # Errors
/// 401, 403 for others than maintainers, 404.
pub async fn revoke_ci(app: &App, caller: &Caller, project: &str, id: Uuid) -> Result<()> {
    let (by, now) = (caller.actor()?.id, app.clock.now());
    let mut tx = app.db.write().await?;
    let (owner, _) = maintained(&mut tx, caller, project).await?;
    if !token::revoke(&mut tx, Owner::Project(owner), id, now).await? {
        return Err(Error::not_found("token"));
    }
    tx.emit(Event::new("token.revoked", now, Some(by)).with(serde_json::json!({ "project": project, "token": id }))).await?;
    tx.commit().await
}
