//! Boards, their columns, and the placement of cards.

pub mod card;
pub mod live;
pub mod rank;

use schema::board::{Category, Column, NewColumn, Swimlanes};
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Board, BoardColumn, Org, Task},
};
use crate::{
    clock,
    error::{Error, Result},
};

/// A board as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub org_id: Uuid,
    pub slug: String,
    pub name: String,
    pub filter: String,
    #[sqlx(try_from = "String")]
    pub swimlanes: Swimlanes,
    pub version: i64,
    pub settings_version: i64,
}

/// A column as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct ColumnRow {
    pub id: Uuid,
    pub board_id: Uuid,
    pub slug: String,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub category: Category,
    pub wip_limit: Option<i64>,
    pub wip_hard: bool,
    pub policy: String,
}

impl ColumnRow {
    /// As shown, without cards.
    pub fn view(&self) -> Column {
        let Self { slug, name, category, wip_limit, wip_hard, policy, .. } = self.clone();
        Column { slug, name, category, wip_limit, wip_hard, policy, cards: Vec::new() }
    }
}

fn rows() -> sea_query::SelectStatement {
    let mut select = Query::select();
    select
        .columns([
            Board::Id,
            Board::OrgId,
            Board::Slug,
            Board::Name,
            Board::Filter,
            Board::Swimlanes,
            Board::Version,
            Board::SettingsVersion,
        ])
        .from(Board::Table);
    select
}

/// The organisation's board of a slug.
///
/// # Errors
/// 404 when there is none.
pub async fn find(tx: &mut Tx, org: Uuid, slug: &str) -> Result<Row> {
    let select = rows().and_where(Expr::col(Board::OrgId).eq(org)).and_where(Expr::col(Board::Slug).eq(slug)).to_owned();
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("board"))
}

/// The organisation's boards, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of_org(tx: &mut Tx, org: Uuid) -> Result<Vec<Row>> {
    tx.all(rows().and_where(Expr::col(Board::OrgId).eq(org)).order_by(Board::Id, Order::Asc)).await
}

/// The columns of these boards, from left to right.
///
/// # Errors
/// When the database does not answer.
pub async fn columns(tx: &mut Tx, boards: impl IntoIterator<Item = Uuid>) -> Result<Vec<ColumnRow>> {
    tx.all(
        Query::select()
            .columns([
                BoardColumn::Id,
                BoardColumn::BoardId,
                BoardColumn::Slug,
                BoardColumn::Name,
                BoardColumn::Category,
                BoardColumn::WipLimit,
                BoardColumn::WipHard,
                BoardColumn::Policy,
            ])
            .from(BoardColumn::Table)
            .and_where(Expr::col(BoardColumn::BoardId).is_in(boards))
            .order_by(BoardColumn::BoardId, Order::Asc)
            .order_by(BoardColumn::Position, Order::Asc),
    )
    .await
}

/// Adds a board without columns.
///
/// # Errors
/// When the slug is taken ([`Error::is_taken`]).
pub async fn insert(tx: &mut Tx, org: Uuid, slug: &str, name: &str, now: OffsetDateTime) -> Result<Uuid> {
    let id = clock::new_id();
    tx.run(
        Query::insert()
            .into_table(Board::Table)
            .columns([Board::Id, Board::OrgId, Board::Slug, Board::Name, Board::CreatedAt])
            .values_panic([id.into(), org.into(), slug.into(), name.into(), now.into()]),
    )
    .await?;
    Ok(id)
}

/// Adds a column at a position, from 0 at the left.
///
/// # Errors
/// When the slug is taken.
pub async fn insert_column(tx: &mut Tx, board: Uuid, slug: &str, position: i64, column: &NewColumn) -> Result<Uuid> {
    let id = clock::new_id();
    tx.run(
        Query::insert()
            .into_table(BoardColumn::Table)
            .columns([
                BoardColumn::Id,
                BoardColumn::BoardId,
                BoardColumn::Slug,
                BoardColumn::Name,
                BoardColumn::Category,
                BoardColumn::WipLimit,
                BoardColumn::WipHard,
                BoardColumn::Policy,
                BoardColumn::Position,
            ])
            .values_panic([
                id.into(),
                board.into(),
                slug.into(),
                column.name.trim().into(),
                column.category.as_str().into(),
                column.wip_limit.into(),
                column.wip_hard.into(),
                column.policy.as_str().into(),
                position.into(),
            ]),
    )
    .await?;
    Ok(id)
}

/// Rewrites a column, but for its slug.
///
/// # Errors
/// When the database does not answer.
pub async fn update_column(tx: &mut Tx, id: Uuid, position: i64, column: &NewColumn) -> Result<()> {
    tx.run(
        Query::update()
            .table(BoardColumn::Table)
            .value(BoardColumn::Name, column.name.trim())
            .value(BoardColumn::Category, column.category.as_str())
            .value(BoardColumn::WipLimit, column.wip_limit)
            .value(BoardColumn::WipHard, column.wip_hard)
            .value(BoardColumn::Policy, column.policy.as_str())
            .value(BoardColumn::Position, position)
            .and_where(Expr::col(BoardColumn::Id).eq(id)),
    )
    .await?;
    Ok(())
}

/// How many cards a column shows: its tasks, but for those finished before `since`.
///
/// # Errors
/// When the database does not answer.
pub async fn standing(tx: &mut Tx, column: Uuid, since: OffsetDateTime) -> Result<i64> {
    let shown = Expr::col(Task::DoneAt).is_null().or(Expr::col(Task::DoneAt).gte(since));
    let mut select = Query::select();
    select.expr(Expr::val(1i64).count()).from(Task::Table).and_where(Expr::col(Task::ColumnId).eq(column)).and_where(shown);
    let (count,): (i64,) = tx.one(&select).await?;
    Ok(count)
}

/// Puts every task of a column into another one, each a version on; gives their ids. When they were finished stays to be said ([`recategorise`]).
///
/// # Errors
/// When the database does not answer.
pub async fn empty_column(tx: &mut Tx, from: Uuid, to: Uuid, now: OffsetDateTime) -> Result<Vec<Uuid>> {
    let mut update = Query::update();
    update
        .table(Task::Table)
        .value(Task::ColumnId, to)
        .value(Task::UpdatedAt, now)
        .value(Task::Version, Expr::col(Task::Version).add(1))
        .and_where(Expr::col(Task::ColumnId).eq(from))
        .returning_col(Task::Id);
    let moved: Vec<(Uuid,)> = tx.all(&update).await?;
    Ok(moved.into_iter().map(|(id,)| id).collect())
}

/// Removes a column if no task stands in it; says whether it did.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_column(tx: &mut Tx, id: Uuid) -> Result<bool> {
    let standing = Query::select().expr(Expr::val(1)).from(Task::Table).and_where(Expr::col(Task::ColumnId).eq(id)).take();
    let deleted = tx
        .run(
            Query::delete()
                .from_table(BoardColumn::Table)
                .and_where(Expr::col(BoardColumn::Id).eq(id))
                .and_where(Expr::exists(standing).not()),
        )
        .await?;
    Ok(deleted > 0)
}

/// Says when the tasks of a column were finished, after its category changed: now where they were not, never where it is no
/// column of finished work any more.
///
/// # Errors
/// When the database does not answer.
pub async fn recategorise(tx: &mut Tx, column: Uuid, done: bool, now: OffsetDateTime) -> Result<()> {
    let mut update = Query::update();
    update.table(Task::Table).and_where(Expr::col(Task::ColumnId).eq(column));
    match done {
        true => update.value(Task::DoneAt, now).and_where(Expr::col(Task::DoneAt).is_null()),
        false => update.value(Task::DoneAt, None::<OffsetDateTime>),
    };
    tx.run(&update).await?;
    Ok(())
}

/// Rewrites name, filter and swimlanes, one version of the settings on; says whether `version` was the current one.
///
/// # Errors
/// When the database does not answer.
pub async fn update(tx: &mut Tx, row: &Row, version: i64) -> Result<bool> {
    let changed = tx
        .run(
            Query::update()
                .table(Board::Table)
                .value(Board::Name, row.name.as_str())
                .value(Board::Filter, row.filter.as_str())
                .value(Board::Swimlanes, row.swimlanes.as_str())
                .value(Board::SettingsVersion, Expr::col(Board::SettingsVersion).add(1))
                .and_where(Expr::col(Board::Id).eq(row.id))
                .and_where(Expr::col(Board::SettingsVersion).eq(version)),
        )
        .await?;
    Ok(changed > 0)
}

#[derive(FromRow)]
struct Page {
    org_id: Uuid,
    org_slug: String,
    org_name: String,
    key_prefix: String,
    #[sqlx(try_from = "String")]
    openness: schema::org::Openness,
    board_id: Uuid,
    board_slug: String,
    board_name: String,
    filter: String,
    #[sqlx(try_from = "String")]
    swimlanes: Swimlanes,
    version: i64,
    settings_version: i64,
    id: Uuid,
    slug: String,
    name: String,
    #[sqlx(try_from = "String")]
    category: Category,
    wip_limit: Option<i64>,
    wip_hard: bool,
    policy: String,
}

/// An organisation's board with its columns, and what outsiders see of the organisation: all in one statement.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The organisation's slug.
    pub org_slug: String,
    /// Its name.
    pub org_name: String,
    /// What its tasks' keys begin with.
    pub key_prefix: String,
    /// What outsiders see of it.
    pub openness: schema::org::Openness,
    /// The board.
    pub board: Row,
    /// From left to right.
    pub columns: Vec<ColumnRow>,
}

/// A board by the slugs of its URL. Whether the caller may see it, the caller of this asks.
///
/// # Errors
/// 404 when there is none.
pub async fn whole(tx: &mut Tx, org: &str, board: &str) -> Result<Whole> {
    let rows: Vec<Page> = tx
        .all(
            Query::select()
                .expr_as(Expr::col((Org::Table, Org::Id)), "org_id")
                .expr_as(Expr::col((Org::Table, Org::Slug)), "org_slug")
                .expr_as(Expr::col((Org::Table, Org::Name)), "org_name")
                .columns([(Org::Table, Org::KeyPrefix), (Org::Table, Org::Openness)])
                .expr_as(Expr::col((Board::Table, Board::Id)), "board_id")
                .expr_as(Expr::col((Board::Table, Board::Slug)), "board_slug")
                .expr_as(Expr::col((Board::Table, Board::Name)), "board_name")
                .column((Board::Table, Board::Filter))
                .column((Board::Table, Board::Swimlanes))
                .columns([(Board::Table, Board::Version), (Board::Table, Board::SettingsVersion)])
                .columns([
                    (BoardColumn::Table, BoardColumn::Id),
                    (BoardColumn::Table, BoardColumn::Slug),
                    (BoardColumn::Table, BoardColumn::Name),
                    (BoardColumn::Table, BoardColumn::Category),
                    (BoardColumn::Table, BoardColumn::WipLimit),
                    (BoardColumn::Table, BoardColumn::WipHard),
                    (BoardColumn::Table, BoardColumn::Policy),
                ])
                .from(Board::Table)
                .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Board::Table, Board::OrgId)))
                .inner_join(BoardColumn::Table, Expr::col((BoardColumn::Table, BoardColumn::BoardId)).equals((Board::Table, Board::Id)))
                .and_where(Expr::col((Org::Table, Org::Slug)).eq(org))
                .and_where(Expr::col((Board::Table, Board::Slug)).eq(board))
                .order_by((BoardColumn::Table, BoardColumn::Position), Order::Asc),
        )
        .await?;
    let mut columns = Vec::with_capacity(rows.len());
    let mut whole = None;
    for row in rows {
        let Page { id, slug, name, category, wip_limit, wip_hard, policy, .. } = row;
        columns.push(ColumnRow { id, board_id: row.board_id, slug, name, category, wip_limit, wip_hard, policy });
        whole.get_or_insert((
            Row {
                id: row.board_id,
                org_id: row.org_id,
                slug: row.board_slug,
                name: row.board_name,
                filter: row.filter,
                swimlanes: row.swimlanes,
                version: row.version,
                settings_version: row.settings_version,
            },
            (row.org_slug, row.org_name, row.key_prefix, row.openness),
        ));
    }
    let (board, (org_slug, org_name, key_prefix, openness)) = whole.ok_or_else(|| Error::not_found("board"))?;
    Ok(Whole { org_slug, org_name, key_prefix, openness, board, columns })
}
