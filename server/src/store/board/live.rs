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
async fn version(tx: &mut Tx, board: Uuid) -> Result<i64> {
    let (version,): (i64,) =
        tx.one(Query::select().column(Board::Version).from(Board::Table).and_where(Expr::col(Board::Id).eq(board))).await?;
    Ok(version)
}

/// An event of a board, as it was read for everybody.
#[derive(Clone, Debug)]
pub enum Told {
    /// It says the same to all who may see the board.
    Same(Event),
    /// It shows a card, of which each sees what they may.
    Card(Shown),
}

/// An event that shows a card.
#[derive(Clone, Debug)]
pub struct Shown {
    version: i64,
    key: TaskKey,
    task: Uuid,
    /// Where it came to stand: the column's slug and the card above; none where it stayed.
    placed: Option<(String, Option<TaskKey>)>,
}

/// What happened on a board after a version.
#[derive(Clone, Debug)]
pub enum News {
    /// These events, in order; none of them where nothing did.
    Events(Vec<Told>),
    /// More than can be told, or the version is of another time, such as before a backup was put back: load the board again, which has this one.
    Lost(i64),
}

/// What happened on a board after a version.
///
/// # Errors
/// When the database does not answer, or the board is gone.
pub async fn after(tx: &mut Tx, board: Uuid, last: i64) -> Result<News> {
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
    let told_of = whole && rows.len() <= usize::try_from(BEHIND_MAX).unwrap_or(usize::MAX);
    if told_of && !rows.is_empty() {
        return Ok(News::Events(rows.into_iter().map(told).collect()));
    }
    let version = version(tx, board).await?;
    Ok(if told_of && version >= last { News::Events(Vec::new()) } else { News::Lost(version) })
}

/// What a row says.
fn told(row: Row) -> Told {
    let version = row.board_version;
    let same = |kind| Told::Same(Event { version, kind });
    let Data { key, column, after, task_version, arrived } = row.data.0;
    let (Some(key), Some(task)) = (key.and_then(|key| key.parse().ok()), row.task_id) else { return same(EventKind::BoardChanged) };
    if row.kind == "task.left" {
        return same(EventKind::CardRemoved { key });
    }
    match column.filter(|_| matches!(row.kind.as_str(), "task.created" | "task.moved")) {
        Some(column) if row.kind == "task.moved" && !arrived => same(EventKind::CardMoved { key, column, after, task_version }),
        placed => Told::Card(Shown { version, key, task, placed: placed.map(|column| (column, after)) }),
    }
}

impl Shown {
    /// What it says to this caller. The card is read as it is now: it shows only what its reader may see.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn event(&self, tx: &mut Tx, caller: &Caller, (board, prefix): (Uuid, &str), now: OffsetDateTime) -> Result<Event> {
        let which = card::of_task(self.task).add(card::of_board(board, now));
        let card = card::cards(tx, caller, prefix, &which, now).await?.into_iter().next().map(|standing| Box::new(standing.card));
        let kind = match (card, self.placed.clone()) {
            (None, _) => EventKind::CardRemoved { key: self.key.clone() },
            (Some(card), Some((column, after))) => EventKind::CardAdded { column, after, card },
            (Some(card), None) => EventKind::CardChanged { card },
        };
        Ok(Event { version: self.version, kind })
    }
}
