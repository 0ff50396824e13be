//! Placing a task: which board, which column, where in the organisation's order.

use schema::{
    id::TaskKey,
    task::{Commitment, Placed, Placement},
};
use serde_json::json;

use super::{held, redealt, save, spot, tell};
use crate::{
    act::board,
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::Check,
    store::{
        self,
        board::{card, rank},
        db::Tx,
        event::Event,
        task::{Row, stay},
    },
};

/// Moves a task of the version seen (`None`: whatever it is now). Below or above a card it takes a place right beside that card in the organisation's order; else its place in
/// that order stays. The promise about it stays as it is.
///
/// # Errors
/// 403 for viewers, 404, 409 where the column is full or the card beside which it should stand has left it, 412 where `version` is not the
/// current one, 422.
pub async fn place(app: &App, caller: &Caller, key: &TaskKey, seen: Option<i64>, to: &Placement) -> Result<Placed> {
    let mut check = Check::default();
    check.that(to.after.is_none() || to.before.is_none(), "before", "give after or before, not both");
    check.that(to.after.as_ref() != Some(key), "after", "a card cannot stand below itself");
    check.that(to.before.as_ref() != Some(key), "before", "a card cannot stand above itself");
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let (mut row, user) = held(&mut tx, caller, key).await?;
    let version = seen.unwrap_or(row.version);
    if row.version != version {
        return Err(Error::stale("task"));
    }
    let slug = to.board.clone().unwrap_or_else(|| row.board_slug.clone());
    let (board, column) = spot(&mut tx, row.org_id, Some(&slug), Some(&to.column), &mut check).await?;
    check.done()?;
    let (board, column) = board.zip(column).ok_or_else(|| Error::not_found("column"))?;
    let goes = column.id != row.column_id;
    if goes {
        board::room(&mut tx, &column, now).await?;
    }
    let mut dealt = false;
    if let Some(beside) = to.after.as_ref().or(to.before.as_ref()) {
        let beside = beside_of(&mut tx, caller, &row, beside, column.id).await?;
        let spot = if to.after.is_some() { rank::Spot::After(&beside) } else { rank::Spot::Before(&beside) };
        (row.rank, dealt) = rank::key(&mut tx, row.org_id, Some(row.id), spot).await?;
    }
    let (from_board, from_column) = (row.board_id, row.column_slug.clone());
    row.done_at = card::is_done(column.category).then(|| row.done_at.unwrap_or(now));
    if column.category.begun() {
        row.started_at.get_or_insert(now);
    }
    (row.board_id, row.board_slug) = (board.id, board.slug);
    (row.column_id, row.column_slug, row.category) = (column.id, column.slug, column.category);
    save(&mut tx, &row, version, now).await?;
    row.version = version + 1;
    if goes {
        stay::follow(&mut tx, stay::of_tasks(&[row.id]), now).await?;
    }
    if from_board != row.board_id {
        let event = Event::new("task.left", now, Some(user)).with(json!({ "key": key, "to": row.board_slug }));
        tx.emit(Event { org: Some(row.org_id), task: Some(row.id), board: Some(from_board), ..event }).await?;
    }
    let after = rank::above(&mut tx, &row.key_prefix, row.column_id, &row.rank, card::since(now)).await?;
    let data = json!({
        "column": row.column_slug, "category": row.category, "after": after, "task_version": row.version,
        "from": from_column, "arrived": from_board != row.board_id,
    });
    let mut board_version = tell(&mut tx, &row, "task.moved", user, now, data).await?;
    if dealt {
        redealt(&mut tx, &row, dealt, user, now).await?;
        board_version += 1;
    }
    tx.commit().await?;
    let promised = matches!(row.commitment, Commitment::Intended | Commitment::Committed);
    let deliverable = promised && card::is_done(row.category);
    Ok(Placed { key: key.clone(), version: row.version, column: row.column_slug, board_version, deliverable })
}

/// The rank of the card beside which a task shall stand.
async fn beside_of(tx: &mut Tx, caller: &Caller, row: &Row, beside: &TaskKey, column: uuid::Uuid) -> Result<String> {
    let gone = || Error::conflict(format!("{beside} does not stand in that column any more. Nothing was changed: load the board again."));
    match store::task::find(tx, caller, beside).await {
        Ok(found) if found.org_id == row.org_id && found.column_id == column => Ok(found.rank),
        Err(error) if error.kind() != Kind::NotFound => Err(error),
        _ => Err(gone()),
    }
}
