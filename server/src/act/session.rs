//! Sessions: signing in and out, listing and ending them.

use std::net::IpAddr;

use schema::{session::Session, setting::State, user::PASSWORD_MAX};
use uuid::Uuid;

use crate::{
    act::user::hex,
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    limit, store,
};

/// Who this is: the person of a name or e-mail address and its password. For unknown people, suspended ones and wrong
/// passwords the same answer after the same work.
///
/// # Errors
/// 422 for them, 429 when tried too often: 10 a minute for a name, 30 for an address.
pub async fn sign_in(app: &App, from: IpAddr, login: &str, password: &str) -> Result<Uuid> {
    let (login, now) = (login.trim().to_lowercase(), app.clock.now());
    let (address, account) = (limit::address(from), format!("account:{login}"));
    app.limits.take(&address, limit::PER_ADDRESS, now)?;
    app.limits.take(&account, limit::PER_ACCOUNT, now)?;
    let wrong = || Error::new(Kind::Invalid, "That handle or e-mail and password do not belong together.");
    // No name holds a NUL, and PostgreSQL takes none.
    if password.len() > PASSWORD_MAX || login.contains('\0') {
        return Err(wrong());
    }
    let found = store::user::by_login(&mut app.db.read().await?, &login).await?;
    let kept = found.as_ref().and_then(|row| row.password_hash.clone());
    let right = app.passwords.verify(password, kept).await?;
    let person = found.filter(|row| right && row.state == State::Active).ok_or_else(wrong)?;
    app.limits.give_back(&address, limit::PER_ADDRESS);
    app.limits.give_back(&account, limit::PER_ACCOUNT);
    Ok(person.id)
}

/// Where the caller is signed in; `this` is the session that asks.
///
/// # Errors
/// 401, 403 with a token.
pub async fn list(app: &App, caller: &Caller, this: &[u8]) -> Result<Vec<Session>> {
    let id = caller.in_person()?.id;
    let rows = store::session::of_user(&mut app.db.read().await?, id, app.clock.now()).await?;
    let session = |row: store::session::Row| Session {
        key: hex(&row.id_hash),
        this: row.id_hash == this,
        agent: row.agent,
        created_at: row.created_at,
        seen_at: row.seen_at,
    };
    Ok(rows.into_iter().map(session).collect())
}

/// Ends one of the caller's sessions.
///
/// # Errors
/// 401, 403 with a token, 404 where they have no such one.
pub async fn end(app: &App, caller: &Caller, key: &str) -> Result<()> {
    let id = caller.in_person()?.id;
    let mut tx = app.db.write().await?;
    let found = store::session::of_user(&mut tx, id, app.clock.now()).await?.into_iter().find(|row| hex(&row.id_hash) == key);
    let Some(row) = found else { return Err(Error::not_found("session")) };
    store::session::end(&mut tx, id, &row.id_hash).await?;
    tx.commit().await
}

/// Ends all of the caller's sessions but `this`; gives how many.
///
/// # Errors
/// 401, 403 with a token.
pub async fn end_others(app: &App, caller: &Caller, this: &[u8]) -> Result<u64> {
    let id = caller.in_person()?.id;
    let mut tx = app.db.write().await?;
    let ended = store::session::end_all(&mut tx, id, Some(this)).await?;
    tx.commit().await?;
    Ok(ended)
}
