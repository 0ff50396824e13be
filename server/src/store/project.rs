//! Projects, with their components, releases and maintainers.

use schema::nav::NavProject;

use super::db::Tx;
use crate::{caller::Caller, error::Result};

/// The projects the caller is part of; for a guest the first few.
///
/// # Errors
/// When the database does not answer.
pub async fn nav(_tx: &mut Tx, _caller: &Caller) -> Result<Vec<NavProject>> {
    Ok(Vec::new())
}
