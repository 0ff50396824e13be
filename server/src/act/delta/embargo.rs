//! Until when a private delta stays private.

use schema::{
    delta::{Embargo, Visibility},
    id::DeltaKey,
};
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use super::edit::editor;
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::Check,
    store::{self, delta::Edit, event::Event, search::Words},
};

/// How far ahead an embargo may end.
const LONGEST: Duration = Duration::days(3 * 366);

/// Sets, moves or (with `None`) ends the embargo of a private delta: before it ends, nobody makes the delta public.
///
/// # Errors
/// 401 and 403 for all but its reporter, maintainers and security group; 404 where they may not see it; 409 for a public delta; 422 for a time
/// that is over, or more than three years away.
pub async fn put_embargo(app: &App, caller: &Caller, key: DeltaKey, embargo: Option<Embargo>) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let user = editor(&mut tx, caller, &row).await?;
    if row.visibility == Visibility::Public {
        return Err(Error::conflict("Everybody sees this delta already. Nothing was changed."));
    }
    if let Some(Embargo { until, .. }) = embargo {
        Check::default().that(until > now && until - now < LONGEST, "until", "must be ahead, within three years").done()?;
    }
    let before = row.embargo_until.map(|until| Embargo { until, opens: row.embargo_opens });
    if before == embargo {
        return Ok(());
    }
    store::delta::put_embargo(&mut tx, &row, now, embargo).await?;
    let event = |kind| Event { delta: Some(row.id), ..Event::new(kind, now, Some(user.id)) };
    let event = match embargo {
        Some(embargo) => event("embargo.set").with(json!(embargo)),
        None => event("embargo.ended"),
    };
    tx.emit(event).await?;
    tx.commit().await
}

/// Makes public what was to be public when its embargo ended. What several servers try, one does.
///
/// # Errors
/// When the database does not answer.
pub async fn end_embargoes(app: &App) -> Result<()> {
    let due = store::delta::embargoes_ended(&mut app.db.read().await?, app.clock.now()).await?;
    for delta in due {
        match make_public(app, delta).await {
            // Somebody else was faster: it is looked at again in the next round.
            Err(error) if error.kind() == Kind::Stale => {}
            result => result?,
        }
    }
    Ok(())
}

async fn make_public(app: &App, delta: Uuid) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    store::duplicate::lock_groups(&mut tx, &[delta]).await?;
    let row = store::delta::lock(&mut tx, delta).await?;
    let due = row.embargo_opens && row.embargo_until.is_some_and(|until| until <= now);
    if row.visibility == Visibility::Public || !due {
        return Ok(());
    }
    let words = Words { title: &row.title, desired: &row.desired, actual: &row.actual, body: &row.body };
    let edit = Edit { kind: row.kind, visibility: Visibility::Public, words, revision: row.revision };
    store::delta::edit(&mut tx, &row, row.version, now, &edit).await?;
    store::search::put(&mut tx, row.number, Visibility::Public, words).await?;
    store::failure::reconsider(&mut tx, row.id).await?;
    // What is said of it counts for what stands for it from now on.
    if let Some(survivor) = row.duplicate_of {
        store::duplicate::settle(&mut tx, survivor, now).await?;
    }
    let said = json!({ "to": Visibility::Public, "embargo": row.embargo_until.map(|until| until.unix_timestamp()) });
    tx.emit(Event { delta: Some(row.id), ..Event::new("delta.visibility", now, None).with(said) }).await?;
    tx.commit().await
}
