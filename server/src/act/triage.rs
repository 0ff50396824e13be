//! Triage: what an organisation makes of a delta.

use schema::stance::Stance;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    error::Result,
    store::{self, db::Tx, event::Event, triage::NewStance},
};

/// A task of the organisation was linked to the delta: its stance is `taken` from now on.
///
/// # Errors
/// When the database does not answer.
pub async fn take(tx: &mut Tx, now: OffsetDateTime, actor: Option<Uuid>, org: Uuid, delta: Uuid) -> Result<()> {
    let had = store::triage::stance(tx, org, delta).await?;
    if had.as_ref().is_some_and(|had| had.stance == Stance::Taken) {
        return Ok(());
    }
    let new = NewStance { stance: Stance::Taken, reason: "", until: None, wake: None };
    store::triage::put_stance(tx, org, delta, &new, actor, now).await?;
    emit(tx, now, actor, org, delta, Some(Stance::Taken), "", had.map(|had| had.stance)).await
}

/// A task of the organisation was unlinked from the delta: where it was the last one, `taken` holds no longer, and the
/// delta waits in the inbox again.
///
/// # Errors
/// When the database does not answer.
pub async fn release(tx: &mut Tx, now: OffsetDateTime, actor: Option<Uuid>, org: Uuid, delta: Uuid) -> Result<()> {
    let Some(had) = store::triage::stance(tx, org, delta).await? else { return Ok(()) };
    if had.stance != Stance::Taken || store::triage::linked(tx, org, delta).await? > 0 {
        return Ok(());
    }
    store::triage::delete_stance(tx, org, delta).await?;
    emit(tx, now, actor, org, delta, None, "", Some(had.stance)).await
}

#[expect(clippy::too_many_arguments, reason = "the fields of one event")]
async fn emit(
    tx: &mut Tx,
    now: OffsetDateTime,
    actor: Option<Uuid>,
    org: Uuid,
    delta: Uuid,
    stance: Option<Stance>,
    reason: &str,
    was: Option<Stance>,
) -> Result<()> {
    let data = json!({"stance": stance, "reason": reason, "was": was});
    tx.emit(Event { org: Some(org), delta: Some(delta), ..Event::new("stance.set", now, actor).with(data) }).await?;
    Ok(())
}
