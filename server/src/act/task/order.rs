//! Putting a task at a place of its organisation's order.

use schema::{
    id::TaskKey,
    priority::{POSITION_MAX, Positioned, PutAt, fit},
};
use serde_json::json;

use super::{held, redealt, save, tell};
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{
        self,
        board::{card, rank},
    },
};

/// Puts an open task at a position of its organisation's order. Its band follows where it would not fit between its new neighbours; column
/// and promise stay as they are.
///
/// # Errors
/// 403 for viewers, 404, 409 for a finished task, 422.
pub async fn put_at(app: &App, caller: &Caller, key: &TaskKey, to: PutAt) -> Result<Positioned> {
    let fits = (1..=POSITION_MAX).contains(&to.position);
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let (mut row, user) = held(&mut tx, caller, key).await?;
    Check::default().that(fits, "position", format!("must be 1 to {POSITION_MAX}")).done()?;
    if row.done_at.is_some() {
        return Err(Error::conflict(format!("{key} is finished: it has no place in the order of open tasks.")));
    }
    let (above, below, position) = store::priority::neighbours(&mut tx, row.org_id, row.id, to.position).await?;
    let spot = match (&above, &below) {
        (Some(above), _) => Some(rank::Spot::After(&above.rank)),
        (None, below) => below.as_ref().map(|below| rank::Spot::Before(&below.rank)),
    };
    let mut dealt = false;
    if let Some(spot) = spot {
        (row.rank, dealt) = rank::key(&mut tx, row.org_id, Some(row.id), spot).await?;
    }
    let before = row.priority;
    row.priority = fit(above.map(|above| above.priority), below.map(|below| below.priority), before);
    let version = row.version;
    save(&mut tx, &row, version, now).await?;
    row.version = version + 1;
    let after = rank::above(&mut tx, &row.key_prefix, row.column_id, &row.rank, card::since(now)).await?;
    let data = json!({
        "column": row.column_slug, "category": row.category, "after": after, "task_version": row.version,
        "from": row.column_slug, "arrived": false, "position": position,
    });
    tell(&mut tx, &row, "task.moved", user, now, data).await?;
    if row.priority != before {
        tell(&mut tx, &row, "task.changed", user, now, json!({ "changed": ["priority"], "priority": row.priority })).await?;
    }
    redealt(&mut tx, &row, dealt, user, now).await?;
    tx.commit().await?;
    Ok(Positioned { key: key.clone(), position, priority: row.priority, version: row.version })
}
