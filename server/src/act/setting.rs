//! The instance's settings and its invitations.

use schema::{
    route,
    setting::{Invite, MadeInvite, NewInvite, Settings},
    user::Registration,
};
use time::Duration;
use uuid::Uuid;

use crate::{
    app::App,
    caller::{Caller, User},
    clock,
    error::{Error, Result},
    extract::Check,
    store::{db::Tx, event::Event, setting},
};

/// How long an invitation works.
const INVITED: Duration = Duration::days(7);

/// The caller, who runs the instance.
///
/// # Errors
/// 401 for nobody, 403 for others and for tokens that only read.
pub fn administrator(caller: &Caller) -> Result<&User> {
    let user = caller.actor()?;
    if user.is_admin { Ok(user) } else { Err(Error::forbidden("Only who runs this instance may do this.")) }
}

/// Who may make an account: as an administrator set it, else as the operator did.
///
/// # Errors
/// When the database does not answer.
pub async fn registration(app: &App, tx: &mut Tx) -> Result<Registration> {
    let set = setting::get(tx, setting::REGISTRATION).await?;
    let word = set.as_deref().unwrap_or(&app.config.registration);
    Ok(word.parse().unwrap_or(Registration::Closed))
}

/// The instance's settings.
///
/// # Errors
/// 401, 403 for others than administrators.
pub async fn get(app: &App, caller: &Caller, tx: &mut Tx) -> Result<Settings> {
    administrator(caller)?;
    Ok(Settings { registration: registration(app, tx).await? })
}

/// Changes the instance's settings.
///
/// # Errors
/// 401, 403 for others than administrators.
pub async fn put(app: &App, caller: &Caller, settings: &Settings) -> Result<()> {
    let (by, now) = (administrator(caller)?.id, app.clock.now());
    let mut tx = app.db.write().await?;
    setting::put(&mut tx, setting::REGISTRATION, settings.registration.as_str()).await?;
    tx.emit(Event::new("setting.changed", now, Some(by)).with(serde_json::json!({ "registration": settings.registration }))).await?;
    tx.commit().await
}

/// Invites somebody: a link that makes one account within 7 days.
///
/// # Errors
/// 401, 403 for others than administrators, 409 where nobody can make an account, 422 for a long note.
pub async fn invite(app: &App, caller: &Caller, new: &NewInvite) -> Result<MadeInvite> {
    let (by, now) = (administrator(caller)?.id, app.clock.now());
    let note = new.note.trim();
    Check::default().text(note, "note", 0, 200).done()?;
    let secret = clock::secret("");
    let mut tx = app.db.write().await?;
    if registration(app, &mut tx).await? == Registration::Closed {
        return Err(Error::conflict("Nobody can make an account now: let the invited do so first."));
    }
    let invite = setting::invite(&mut tx, &clock::digest(&secret), note, by, now, now + INVITED).await?;
    tx.commit().await?;
    let path = route::with_query(route::REGISTER, &[("invite", &secret)]);
    Ok(MadeInvite { invite, url: format!("{}{path}", app.config.base_url) })
}

/// Invitations that still work, newest first.
///
/// # Errors
/// 401, 403 for others than administrators.
pub async fn invites(app: &App, caller: &Caller, tx: &mut Tx) -> Result<Vec<Invite>> {
    administrator(caller)?;
    setting::invites(tx, app.clock.now()).await
}

/// Withdraws an invitation that was not used.
///
/// # Errors
/// 401, 403 for others than administrators, 404 where there is no such one.
pub async fn withdraw(app: &App, caller: &Caller, invite: Uuid) -> Result<()> {
    administrator(caller)?;
    let mut tx = app.db.write().await?;
    if !setting::withdraw(&mut tx, invite).await? {
        return Err(Error::not_found("invitation"));
    }
    tx.commit().await
}
