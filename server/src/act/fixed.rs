//! "Fixed for you?": the answers of those a closed delta affected.

use schema::{
    fixed::{Answers, PutFixed},
    id::DeltaKey,
    impact::NOTE_MAX,
};
use serde_json::json;

use super::delta::maintains;
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{self, event::Event},
};

/// Answers whether a closed delta is fixed: for the caller, or for somebody they speak for; in place of what was answered before. People
/// decide what follows: nothing reopens by it.
///
/// # Errors
/// 401 for guests; 404 for what they may not see, and for somebody they do not speak for; 409 where they were not asked; 422 for too long a note.
pub async fn put(app: &App, caller: &Caller, key: DeltaKey, put: &PutFixed) -> Result<Answers> {
    let user = caller.actor()?.id;
    let note = put.note.trim();
    Check::default().text(note, "note", 0, NOTE_MAX).done()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let delta = row.id;
    let mut org = None;
    if let Some(id) = put.outsider {
        let row = store::outsider::by_id(&mut tx, id).await?.filter(|row| store::outsider::may(caller, row.org_id, row.project_id));
        org = row.ok_or_else(|| Error::not_found("outsider"))?.org_id;
    }
    store::impact::lock(&mut tx, &[delta]).await?;
    if !store::fixed::answer(&mut tx, delta, put.outsider.unwrap_or(user), put.answer, note, user, now).await? {
        return Err(Error::conflict(
            "Nobody asks this: the gap is open, or it did not affect you when it was closed. Nothing was changed.",
        ));
    }
    let said = json!({ "answer": put.answer, "outsider": put.outsider });
    tx.emit(Event { delta: Some(delta), org, ..Event::new("impact.fixed", now, Some(user)).with(said) }).await?;
    let maintains = maintains(&mut tx, caller, &row).await?;
    tx.commit().await?;
    let mut tx = app.db.read().await?;
    store::fixed::view(&mut tx, caller, delta, maintains).await
}
