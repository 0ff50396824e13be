//! How a gap ends, and opens again.

use schema::delta::Resolution;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    error::Result,
    store::{self, db::Tx, event::Event},
};

/// Opens a gap that was closed and was seen again: clears the resolution, notes when, and says why in the event
/// `delta.regressed`. False when it was open, or ended otherwise than by being closed.
///
/// # Errors
/// When the database does not answer.
pub async fn regress(tx: &mut Tx, now: OffsetDateTime, delta: Uuid, why: serde_json::Value) -> Result<bool> {
    let row = store::delta::lock(tx, delta).await?;
    if row.resolution() != Some(Resolution::Closed) {
        return Ok(false);
    }
    store::resolution::open(tx, &row, now, true).await?;
    tx.emit(Event { delta: Some(delta), ..Event::new("delta.regressed", now, None).with(why) }).await?;
    Ok(true)
}
