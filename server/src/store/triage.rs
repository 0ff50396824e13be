//! Watch rules, the triage inbox and stances.

use std::collections::HashMap;

use schema::stance::Standing;
use uuid::Uuid;

use super::db::Tx;
use crate::{caller::Caller, error::Result};

/// "Who has committed", per delta: one line an organisation that has a stance or a linked task, as far as its openness lets
/// this caller see.
///
/// # Errors
/// When the database does not answer.
pub async fn standings(_tx: &mut Tx, _caller: &Caller, _deltas: &[Uuid]) -> Result<HashMap<Uuid, Vec<Standing>>> {
    Ok(HashMap::new())
}
