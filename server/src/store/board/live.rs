//! The events of a board, as its stream tells them.

use schema::{
    board::{Event, EventKind},
    id::TaskKey,
};
use sea_query::{Expr, ExprTrait, Order, Query};
use serde::Deserialize;
use sqlx::{FromRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    super::{
        db::Tx,
        table::{Board, Event as Column},
    },
    card,
};
use crate::{caller::Caller, error::Result};

/// A stream further behind than this loads the board again.
pub const BEHIND_MAX: i64 = 500;

#[derive(FromRow)]
struct Row {
    kind: String,
    task_id: Option<Uuid>,
    board_version: i64,
    data: Json<Data>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    key: Option<String>,
    column: Option<String>,
    after: Option<TaskKey>,
    task_version: i64,
    arrived: bool,
}

/// A board's version now.
///
/// # Errors
/// When the database does not answer, or the board is gone.
pub async fn version(tx: &mut Tx, board: Uuid) -> Result<i64> {
    let (version,): (i64,) =
        tx.one(Query::select().column(Board::Version).from(Board::Table).and_where(Expr::col(Board::Id).eq(board))).await?;
    Ok(version)
}

/// The events after a version, in order; `None` when they are too many or not all there, and the board must be loaded again.
///
/// # Errors
/// When the database does not answer.
pub async fn after(
    tx: &mut Tx,
    caller: &Caller,
    (board, prefix): (Uuid, &str),
    last: i64,
    now: OffsetDateTime,
) -> Result<Option<Vec<Event>>> {
    let rows: Vec<Row> = tx
        .all(
            Query::select()
                .columns([Column::Kind, Column::TaskId, Column::BoardVersion, Column::Data])
                .from(Column::Table)
                .and_where(Expr::col(Column::BoardId).eq(board))
                .and_where(Expr::col(Column::BoardVersion).gt(last))
                .order_by(Column::BoardVersion, Order::Asc)
                .limit(BEHIND_MAX.unsigned_abs() + 1),
        )
        .await?;
    // The number is the client's own word: any.
    let whole = rows.iter().zip(last.saturating_add(1)..).all(|(row, version)| row.board_version == version);
    if !whole || rows.len() > usize::try_from(BEHIND_MAX).unwrap_or(usize::MAX) {
        return Ok(None);
    }
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        events.push(Event { version: row.board_version, kind: told(tx, caller, (board, prefix), row, now).await? });
    }
    Ok(Some(events))
}

/// What a row says to this caller. Cards are read as they are now: a card shows only what its reader may see.
async fn told(tx: &mut Tx, caller: &Caller, (board, prefix): (Uuid, &str), row: Row, now: OffsetDateTime) -> Result<EventKind> {
    let Data { key, column, after, task_version, arrived } = row.data.0;
    let (Some(key), Some(task)) = (key.and_then(|key| key.parse().ok()), row.task_id) else { return Ok(EventKind::BoardChanged) };
    if row.kind == "task.left" {
        return Ok(EventKind::CardRemoved { key });
    }
    let placed = column.filter(|_| matches!(row.kind.as_str(), "task.created" | "task.moved"));
    match placed {
        Some(column) if row.kind == "task.moved" && !arrived => Ok(EventKind::CardMoved { key, column, after, task_version }),
        placed => {
            let which = card::of_task(task).add(card::of_board(board, now));
            let card = card::cards(tx, caller, prefix, &which, now).await?.into_iter().next();
            Ok(match (card, placed) {
                (None, _) => EventKind::CardRemoved { key },
                (Some(standing), Some(column)) => EventKind::CardAdded { column, after, card: Box::new(standing.card) },
                (Some(standing), None) => EventKind::CardChanged { card: Box::new(standing.card) },
            })
        }
    }
}
