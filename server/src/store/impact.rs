//! Votes and what they say.

use schema::impact::Impact;
use uuid::Uuid;

use super::db::Tx;
use crate::{caller::Caller, error::Result};

/// What the votes say of a delta, and the caller's own part in it.
///
/// # Errors
/// When the database does not answer.
pub async fn view(_tx: &mut Tx, _caller: &Caller, _delta: Uuid) -> Result<Impact> {
    Ok(Impact::default())
}
