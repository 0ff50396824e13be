//! Changes of many deltas: what became of each row, and what its undoing needs.

use schema::{
    bulk::{Bulk as Whole, Row as Said, RowState},
    id::DeltaKey,
};
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Bulk, BulkRow, Component, DeltaLabel, Place, PlaceComponent},
};
use crate::{
    clock,
    error::{Error, Result},
};

/// One row as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub turn: i64,
    pub number: i64,
    #[sqlx(try_from = "String")]
    pub outcome: RowState,
    pub status: i64,
    pub detail: String,
    pub before: String,
    pub after: String,
}

impl Row {
    /// One whose turn has not come.
    pub fn waiting(turn: i64, delta: DeltaKey) -> Self {
        Self {
            turn,
            number: delta.0,
            outcome: RowState::Waiting,
            status: 0,
            detail: String::new(),
            before: String::new(),
            after: String::new(),
        }
    }
}

/// Keeps a change and its rows, all of them waiting.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, user: Uuid, change: &str, deltas: &[DeltaKey], now: OffsetDateTime) -> Result<Uuid> {
    let id = clock::new_id();
    let mut insert = Query::insert();
    insert.into_table(Bulk::Table).columns([Bulk::Id, Bulk::UserId, Bulk::Change, Bulk::At]).values_panic([
        id.into(),
        user.into(),
        change.into(),
        now.into(),
    ]);
    tx.run(&insert).await?;
    let mut insert = Query::insert();
    insert.into_table(BulkRow::Table).columns([BulkRow::BulkId, BulkRow::Turn, BulkRow::Number]);
    for (turn, delta) in deltas.iter().enumerate() {
        insert.values_panic([id.into(), i64::try_from(turn).unwrap_or(i64::MAX).into(), delta.0.into()]);
    }
    tx.run(&insert).await?;
    Ok(id)
}

/// Notes what became of a row whose outcome was this; false where it was another.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, bulk: Uuid, row: &Row, was: RowState) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(BulkRow::Table)
        .value(BulkRow::Outcome, row.outcome.as_str())
        .value(BulkRow::Status, row.status)
        .value(BulkRow::Detail, row.detail.as_str())
        .value(BulkRow::Before, row.before.as_str())
        .value(BulkRow::After, row.after.as_str())
        .and_where(Expr::col(BulkRow::BulkId).eq(bulk))
        .and_where(Expr::col(BulkRow::Turn).eq(row.turn))
        .and_where(Expr::col(BulkRow::Outcome).eq(was.as_str()));
    Ok(tx.run(&update).await? == 1)
}

/// Refuses the rows of a change whose turn has not come.
///
/// # Errors
/// When the database does not answer.
pub async fn call_off(tx: &mut Tx, bulk: Uuid) -> Result<()> {
    let mut update = Query::update();
    update
        .table(BulkRow::Table)
        .value(BulkRow::Outcome, RowState::Refused.as_str())
        .value(BulkRow::Status, 409_i64)
        .value(BulkRow::Detail, "The change was undone before its turn came.")
        .and_where(Expr::col(BulkRow::BulkId).eq(bulk))
        .and_where(Expr::col(BulkRow::Outcome).eq(RowState::Waiting.as_str()));
    tx.run(&update).await.map(drop)
}

/// The rows of a change, in their order.
///
/// # Errors
/// When the database does not answer.
pub async fn rows(tx: &mut Tx, bulk: Uuid) -> Result<Vec<Row>> {
    let mut select = Query::select();
    select
        .columns([BulkRow::Turn, BulkRow::Number, BulkRow::Outcome, BulkRow::Status, BulkRow::Detail, BulkRow::Before, BulkRow::After])
        .from(BulkRow::Table)
        .and_where(Expr::col(BulkRow::BulkId).eq(bulk))
        .order_by(BulkRow::Turn, Order::Asc);
    tx.all(&select).await
}

/// A person's own change with what became of each delta.
///
/// # Errors
/// 404 where there is none, or it is somebody else's.
pub async fn find(tx: &mut Tx, user: Uuid, bulk: Uuid) -> Result<Whole> {
    let mut select = Query::select();
    select
        .columns([Bulk::Change, Bulk::At, Bulk::UndoneAt])
        .from(Bulk::Table)
        .and_where(Expr::col(Bulk::Id).eq(bulk))
        .and_where(Expr::col(Bulk::UserId).eq(user));
    let found: Option<(String, OffsetDateTime, Option<OffsetDateTime>)> = tx.optional(&select).await?;
    let (change, at, undone_at) = found.ok_or_else(|| Error::not_found("change"))?;
    let said = |row: Row| Said {
        delta: DeltaKey(row.number),
        outcome: row.outcome,
        status: u16::try_from(row.status).ok().filter(|status| *status > 0),
        detail: row.detail,
    };
    let rows = rows(tx, bulk).await?.into_iter().map(said).collect();
    Ok(Whole { id: bulk, change: serde_json::from_str(&change)?, at, undone_at, rows })
}

/// Notes that a change is undone.
///
/// # Errors
/// When the database does not answer.
pub async fn undone(tx: &mut Tx, bulk: Uuid, now: OffsetDateTime) -> Result<()> {
    let mut update = Query::update();
    update.table(Bulk::Table).value(Bulk::UndoneAt, now).and_where(Expr::col(Bulk::Id).eq(bulk));
    tx.run(update.and_where(Expr::col(Bulk::UndoneAt).is_null())).await.map(drop)
}

/// Takes changes away that nobody undoes any more.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(tx: &mut Tx, before: OffsetDateTime) -> Result<()> {
    tx.run(Query::delete().from_table(Bulk::Table).and_where(Expr::col(Bulk::At).lt(before))).await.map(drop)
}

/// A delta's labels, in alphabetical order.
///
/// # Errors
/// When the database does not answer.
pub async fn labels(tx: &mut Tx, delta: Uuid) -> Result<Vec<String>> {
    let mut select = Query::select();
    select.column(DeltaLabel::Label).from(DeltaLabel::Table).and_where(Expr::col(DeltaLabel::DeltaId).eq(delta));
    sorted(tx.all(&select).await?)
}

/// The slugs of a place's components, in alphabetical order.
///
/// # Errors
/// When the database does not answer.
pub async fn components(tx: &mut Tx, place: Uuid) -> Result<Vec<String>> {
    let mut select = Query::select();
    select
        .column((Component::Table, Component::Slug))
        .from(PlaceComponent::Table)
        .inner_join(
            Component::Table,
            Expr::col((Component::Table, Component::Id)).equals((PlaceComponent::Table, PlaceComponent::ComponentId)),
        )
        .and_where(Expr::col((PlaceComponent::Table, PlaceComponent::PlaceId)).eq(place));
    sorted(tx.all(&select).await?)
}

fn sorted(rows: Vec<(String,)>) -> Result<Vec<String>> {
    let mut names: Vec<String> = rows.into_iter().map(|(name,)| name).collect();
    names.sort();
    Ok(names)
}

/// A place's consensus, to be put back as it was.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Consensus {
    pub consensus: String,
    pub rationale: String,
    pub decided_by: Option<Uuid>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub decided_at: Option<OffsetDateTime>,
    pub decided_how: String,
    pub decided_revision: Option<i64>,
}

/// What a place's consensus is.
///
/// # Errors
/// When the database does not answer.
pub async fn consensus(tx: &mut Tx, place: Uuid) -> Result<Consensus> {
    let mut select = Query::select();
    select
        .columns([Place::Consensus, Place::Rationale, Place::DecidedBy, Place::DecidedAt, Place::DecidedHow, Place::DecidedRevision])
        .from(Place::Table)
        .and_where(Expr::col(Place::Id).eq(place));
    tx.one(&select).await
}

/// Puts a place's consensus back as it was, of the version seen; false when that is not the current one.
///
/// # Errors
/// When the database does not answer.
pub async fn put_back(tx: &mut Tx, place: Uuid, version: i64, was: &Consensus) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(Place::Table)
        .value(Place::Consensus, was.consensus.as_str())
        .value(Place::Rationale, was.rationale.as_str())
        .value(Place::DecidedBy, was.decided_by)
        .value(Place::DecidedAt, was.decided_at)
        .value(Place::DecidedHow, was.decided_how.as_str())
        .value(Place::DecidedRevision, was.decided_revision)
        .value(Place::Version, Expr::col(Place::Version).add(1))
        .and_where(Expr::col(Place::Id).eq(place))
        .and_where(Expr::col(Place::Version).eq(version));
    Ok(tx.run(&update).await? == 1)
}
