//! People: accounts, profiles, registration, the first start.

use std::net::IpAddr;

use schema::{
    setting::{Account, State},
    user::{Membership, MyChange, Profile, RESERVED, Register, Registration},
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::{Caller, Via},
    clock,
    error::{Error, Kind, Result},
    extract::Check,
    limit, password, store,
    store::{db::Tx, event::Event, setting, user},
};

/// Accounts made from one address in a minute.
const REGISTRATIONS: i32 = 60;

/// Name and address as they are kept: without the space around them, in lower case.
fn tidy(mut account: Register) -> Register {
    account.name = account.name.trim().to_lowercase();
    account.email = account.email.trim().to_lowercase();
    account.display_name = account.display_name.trim().to_owned();
    account
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(who, host)| !who.is_empty() && host.len() > 1 && !host.contains('@'))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn check(account: &Register) -> Result<()> {
    let mut check = Check::default();
    check.slug(&account.name, "name");
    check.that(!RESERVED.contains(&account.name.as_str()), "name", "means something else in queries: choose another");
    check.text(&account.display_name, "display_name", 1, 200);
    check.text(&account.email, "email", 1, 254).that(is_email(&account.email), "email", "is not an e-mail address");
    let fault = password::fault(&account.password, &account.name, &account.email);
    check.that(fault.is_none(), "password", fault.clone().unwrap_or_default());
    check.done()
}

/// Writes an account down.
async fn insert(tx: &mut Tx, account: &Register, hash: &str, is_admin: bool, now: OffsetDateTime) -> Result<Uuid> {
    let (name, email) = (account.name.as_str(), account.email.as_str());
    let new = user::New { name, display_name: &account.display_name, email: Some(email), password_hash: Some(hash), is_admin };
    let id = user::insert(tx, &new, now).await.map_err(Error::taken("An account of this name or e-mail address is there already."))?;
    tx.emit(Event::new("user.registered", now, Some(id))).await?;
    Ok(id)
}

/// Makes an account, as an operator does at the command line.
///
/// # Errors
/// When a field cannot be accepted or the name or address is taken.
pub async fn create(tx: &mut Tx, account: Register, hash: &str, is_admin: bool, now: OffsetDateTime) -> Result<Uuid> {
    let account = tidy(account);
    check(&account)?;
    if is_admin {
        setting::remove(tx, setting::START).await?;
    }
    insert(tx, &account, hash, is_admin, now).await
}

/// Who may make an account, and whether this secret is an invitation that still works.
///
/// # Errors
/// 403 where nobody may, or who was not invited.
pub async fn may_register(app: &App, invite: &str) -> Result<(Registration, bool)> {
    let mut tx = app.db.read().await?;
    let mode = act::setting::registration(app, &mut tx).await?;
    let invited = !invite.is_empty() && setting::is_invited(&mut tx, &clock::digest(invite), app.clock.now()).await?;
    match mode {
        Registration::Invite if invite.is_empty() => {
            Err(Error::forbidden("Accounts are by invitation: ask who runs this instance for a link."))
        }
        Registration::Invite if !invited => Err(Error::forbidden("This invitation was used, was withdrawn, or is older than 7 days.")),
        Registration::Closed => Err(Error::forbidden("Only an administrator makes accounts here.")),
        Registration::Open | Registration::Invite => Ok((mode, invited)),
    }
}

/// Makes an account where the instance lets this person: anybody, or who has an invitation. Gives its id.
///
/// # Errors
/// 403 where they may not, 422 for fields, 409 where name or address is taken, 429 when tried too often.
pub async fn register(app: &App, from: IpAddr, account: Register) -> Result<Uuid> {
    let now = app.clock.now();
    app.limits.take(&format!("register {}", limit::address(from)), REGISTRATIONS, now)?;
    let secret = account.invite.clone().unwrap_or_default();
    let (mode, invited) = may_register(app, &secret).await?;
    let account = tidy(account);
    check(&account)?;
    let hash = app.passwords.hash(&account.password).await?;
    let mut tx = app.db.write().await?;
    let id = insert(&mut tx, &account, &hash, false, now).await?;
    if invited && !setting::use_invite(&mut tx, &clock::digest(&secret), id, now).await? && mode != Registration::Open {
        return Err(Error::forbidden("Somebody used this invitation a moment ago."));
    }
    tx.commit().await?;
    Ok(id)
}

/// Opens the first start while nobody runs the instance: gives the address of the one-time page. Its secret is new each time.
///
/// # Errors
/// When the database does not answer.
pub async fn offer_start(app: &App) -> Result<Option<String>> {
    let mut tx = app.db.write().await?;
    if user::has_admin(&mut tx).await? {
        setting::remove(&mut tx, setting::START).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let secret = clock::secret("");
    setting::put(&mut tx, setting::START, &hex(&clock::digest(&secret))).await?;
    tx.commit().await?;
    let path = schema::route::with_query(schema::route::START, &[("secret", &secret)]);
    Ok(Some(format!("{}{path}", app.config.base_url)))
}

/// Whether this is the secret of the first start, and it is still to be made.
///
/// # Errors
/// 404 where it is not.
pub async fn may_start(tx: &mut Tx, secret: &str) -> Result<()> {
    use subtle::ConstantTimeEq;
    let kept = setting::get(tx, setting::START).await?.unwrap_or_default();
    let right = kept.as_bytes().ct_eq(hex(&clock::digest(secret)).as_bytes());
    if bool::from(right) && !user::has_admin(tx).await? { Ok(()) } else { Err(not_the_start()) }
}

/// Makes the first administrator: exactly one, however many try at the same time. Gives its id.
///
/// # Errors
/// 404 for a wrong or used secret, 422 for fields, 409 where name or address is taken.
pub async fn start(app: &App, secret: &str, account: Register) -> Result<Uuid> {
    let now = app.clock.now();
    may_start(&mut app.db.read().await?, secret).await?;
    let account = tidy(account);
    check(&account)?;
    let hash = app.passwords.hash(&account.password).await?;
    let mut tx = app.db.write().await?;
    if !setting::take(&mut tx, setting::START, &hex(&clock::digest(secret))).await? || user::has_admin(&mut tx).await? {
        return Err(not_the_start());
    }
    let id = insert(&mut tx, &account, &hash, true, now).await?;
    tx.commit().await?;
    Ok(id)
}

fn not_the_start() -> Error {
    Error::new(
        Kind::NotFound,
        "This is not the address that the server printed when it started, or the first account was made already. Look for the last \
         one in the server's log.",
    )
}

/// The caller, as they are told who they are; and the version of what they can change.
///
/// # Errors
/// 401 for nobody.
pub async fn me(app: &App, caller: &Caller) -> Result<(schema::user::Me, i64)> {
    use schema::user::{Me, Scope};
    let id = caller.person()?.id;
    let mut tx = app.db.read().await?;
    let row = user::get(&mut tx, id).await?.ok_or_else(Error::unauthenticated)?;
    let orgs = caller.orgs.iter().map(|m| Membership { org: m.slug.clone(), name: m.name.clone(), role: m.role }).collect();
    let maintains = user::slugs(&mut tx, &caller.maintains).await?;
    let scopes = match &caller.via {
        Via::Token(scopes) => scopes.clone(),
        _ => vec![Scope::Read, Scope::Write],
    };
    let me = Me { name: row.name, display_name: row.display_name, email: row.email, is_admin: row.is_admin, orgs, maintains, scopes };
    Ok((me, row.version))
}

/// Changes how the caller is shown, and their address: the address only signed in, as it is one to sign in with.
///
/// # Errors
/// 401, 403, 412 where `version` is not the current one, 422 for fields, 409 where the address is taken.
pub async fn change(app: &App, caller: &Caller, version: i64, change: MyChange) -> Result<()> {
    let id = caller.actor()?.id;
    if change.email.is_some() {
        caller.in_person()?;
    }
    let mut tx = app.db.write().await?;
    let row = user::get(&mut tx, id).await?.ok_or_else(Error::unauthenticated)?;
    let display_name = change.display_name.map_or(row.display_name, |name| name.trim().to_owned());
    let mut check = Check::default();
    check.text(&display_name, "display_name", 1, 200);
    let email = match change.email {
        Some(email) => {
            let email = email.trim().to_lowercase();
            check.text(&email, "email", 1, 254).that(is_email(&email), "email", "is not an e-mail address");
            Some(email)
        }
        None => row.email,
    };
    check.done()?;
    let changed = user::change(&mut tx, id, version, &display_name, email.as_deref()).await;
    if !changed.map_err(Error::taken("This e-mail address belongs to another account."))? {
        return Err(Error::stale("profile"));
    }
    tx.commit().await
}

/// Changes the caller's password, and ends their sessions but `this`.
///
/// # Errors
/// 401, 403 with a token, 422 where the old one is wrong or the new one is not accepted, 429 when tried too often.
pub async fn change_password(app: &App, caller: &Caller, this: &[u8], old: &str, new: &str) -> Result<()> {
    let id = caller.in_person()?.id;
    let row = user::get(&mut app.db.read().await?, id).await?.ok_or_else(Error::unauthenticated)?;
    let key = format!("password {id}");
    app.limits.take(&key, limit::PER_ACCOUNT, app.clock.now())?;
    if old.len() > schema::user::PASSWORD_MAX || !app.passwords.verify(old, row.password_hash.clone()).await? {
        return Err(Error::invalid("old", "is not your password"));
    }
    app.limits.give_back(&key, limit::PER_ACCOUNT);
    if let Some(fault) = password::fault(new, &row.name, row.email.as_deref().unwrap_or_default()) {
        return Err(Error::invalid("new", fault));
    }
    let hash = app.passwords.hash(new).await?;
    let mut tx = app.db.write().await?;
    if !user::set_password(&mut tx, id, row.password_hash.as_deref(), &hash).await? {
        return Err(Error::conflict("Your password was changed a moment ago from elsewhere."));
    }
    store::session::end_all(&mut tx, id, Some(this)).await?;
    tx.commit().await
}

/// A person's public page.
///
/// # Errors
/// 404 for unknown people.
pub async fn profile(tx: &mut Tx, name: &str) -> Result<Profile> {
    let row = user::by_name(tx, name).await?.ok_or_else(|| Error::not_found("person"))?;
    let deltas = user::filed(tx, row.id).await?;
    Ok(Profile { name: row.name, display_name: row.display_name, deltas, since: row.created_at })
}

/// People, as administrators see them, by name: `find` is what their names or addresses begin with.
///
/// # Errors
/// 401, 403 for others, 422 for a bad cursor.
pub async fn accounts(tx: &mut Tx, caller: &Caller, find: &str, window: &schema::list::Window) -> Result<schema::list::Page<Account>> {
    act::setting::administrator(caller)?;
    let after = window.cursor.as_deref().unwrap_or_default();
    if after.contains('\0') || find.contains('\0') {
        return Err(Error::invalid("cursor", "holds the character NUL"));
    }
    let limit = usize::try_from(window.limit()).unwrap_or(50);
    let mut rows = user::list(tx, &find.trim().to_lowercase(), after, limit as u64 + 1).await?;
    let next = (rows.len() > limit).then(|| rows.truncate(limit)).and_then(|()| rows.last().map(|row| row.name.clone()));
    let account = |row: user::Row| Account {
        name: row.name,
        display_name: row.display_name,
        email: row.email,
        is_admin: row.is_admin,
        state: row.state,
        created_at: row.created_at,
    };
    Ok(schema::list::Page { items: rows.into_iter().map(account).collect(), next })
}

/// Keeps a person out, or lets them in again. Their sessions end; their tokens are not accepted while they are kept out.
///
/// # Errors
/// 401, 403 for others than administrators, 404 for unknown people, 409 for oneself.
pub async fn set_state(app: &App, caller: &Caller, name: &str, state: State) -> Result<()> {
    let (by, now) = (act::setting::administrator(caller)?.id, app.clock.now());
    let mut tx = app.db.write().await?;
    let row = user::by_name(&mut tx, name).await?.ok_or_else(|| Error::not_found("person"))?;
    if row.id == by {
        return Err(Error::new(Kind::Conflict, "You cannot suspend yourself: another administrator can."));
    }
    if user::set_state(&mut tx, row.id, state).await? {
        store::session::end_all(&mut tx, row.id, None).await?;
        let kind = if state == State::Suspended { "user.suspended" } else { "user.restored" };
        tx.emit(Event::new(kind, now, Some(by)).with(serde_json::json!({ "user": row.name }))).await?;
    }
    tx.commit().await
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
        text
    })
}
