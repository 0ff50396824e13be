//! Tasks, their commitments, links and references.

pub mod link;
pub mod list;
pub mod stay;

use schema::{
    board::Category,
    day::Day,
    id::TaskKey,
    impact::day_number,
    ledger,
    org::Openness,
    task::{Commitment, Priority, Task as View},
    user::{Person, Role},
};
use sea_query::{Asterisk, Expr, ExprTrait, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    board::card,
    db::Tx,
    table::{Board, BoardColumn, Org, Task, TaskAssignee, TaskBlock, TaskLabel, User},
};
use crate::{
    caller::Caller,
    clock,
    error::{Error, Result},
};

/// A task as it is stored, with the words for where it stands.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub org_id: Uuid,
    pub number: i64,
    pub title: String,
    pub body: String,
    #[sqlx(try_from = "String")]
    pub priority: Priority,
    pub rank: String,
    pub board_id: Uuid,
    pub column_id: Uuid,
    pub estimate: Option<i64>,
    pub due: Option<String>,
    #[sqlx(try_from = "String")]
    pub commitment: Commitment,
    pub target_release: Option<String>,
    pub target_date: Option<String>,
    pub moves: i64,
    pub version: i64,
    pub created_by: Option<Uuid>,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub done_at: Option<OffsetDateTime>,
    pub started_at: Option<OffsetDateTime>,
    pub org_slug: String,
    pub org_name: String,
    pub key_prefix: String,
    #[sqlx(try_from = "String")]
    pub openness: Openness,
    pub quiet_after: i64,
    pub board_slug: String,
    pub board_name: String,
    pub column_slug: String,
    pub column_name: String,
    #[sqlx(try_from = "String")]
    pub category: Category,
    pub author_name: Option<String>,
    pub author_display: Option<String>,
}

impl Row {
    /// Its key.
    pub fn key(&self) -> TaskKey {
        TaskKey { prefix: self.key_prefix.clone(), number: self.number }
    }

    /// For how many days nothing was heard of a promise that stands, once that is long, and whether it is so long that
    /// somebody else may take it over.
    pub fn quiet(&self, now: OffsetDateTime) -> Option<(i64, bool)> {
        let days = Some(self.commitment).filter(|state| ledger::stands(*state)).map(|_| day_number(now) - day_number(self.updated_at));
        ledger::quiet(days, self.quiet_after)
    }
}

/// Whether a caller may see an organisation's own work: its members may, and everybody where it is open.
pub fn may_see(caller: &Caller, org: Uuid, openness: Openness) -> bool {
    openness == Openness::Open || caller.role_in(org).is_some_and(|role| role >= Role::Viewer)
}

fn rows() -> SelectStatement {
    let mut select = Query::select();
    select
        .column((Task::Table, Asterisk))
        .expr_as(Expr::col((Org::Table, Org::Slug)), "org_slug")
        .expr_as(Expr::col((Org::Table, Org::Name)), "org_name")
        .columns([Org::KeyPrefix, Org::Openness, Org::QuietAfter].map(|column| (Org::Table, column)))
        .expr_as(Expr::col((Board::Table, Board::Slug)), "board_slug")
        .expr_as(Expr::col((Board::Table, Board::Name)), "board_name")
        .expr_as(Expr::col((BoardColumn::Table, BoardColumn::Slug)), "column_slug")
        .expr_as(Expr::col((BoardColumn::Table, BoardColumn::Name)), "column_name")
        .column((BoardColumn::Table, BoardColumn::Category))
        .expr_as(Expr::col((User::Table, User::Name)), "author_name")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "author_display")
        .from(Task::Table)
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
        .inner_join(Board::Table, Expr::col((Board::Table, Board::Id)).equals((Task::Table, Task::BoardId)))
        .inner_join(BoardColumn::Table, Expr::col((BoardColumn::Table, BoardColumn::Id)).equals((Task::Table, Task::ColumnId)))
        .left_join(User::Table, Expr::col((User::Table, User::Id)).equals((Task::Table, Task::CreatedBy)));
    select
}

/// The task of a key, if the caller may see its organisation's work.
///
/// # Errors
/// 404 otherwise.
pub async fn find(tx: &mut Tx, caller: &Caller, key: &TaskKey) -> Result<Row> {
    let select = rows()
        .and_where(Expr::col((Org::Table, Org::KeyPrefix)).eq(key.prefix.as_str()))
        .and_where(Expr::col((Task::Table, Task::Number)).eq(key.number))
        .to_owned();
    let row: Option<Row> = tx.optional(&select).await?;
    row.filter(|row| may_see(caller, row.org_id, row.openness)).ok_or_else(|| Error::not_found("task"))
}

/// The task of an id, whoever asks.
///
/// # Errors
/// 404 where there is none.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Row> {
    tx.optional(rows().and_where(Expr::col((Task::Table, Task::Id)).eq(id))).await?.ok_or_else(|| Error::not_found("task"))
}

/// A new row of `task`.
#[derive(Debug)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct New<'a> {
    pub org: Uuid,
    pub number: i64,
    pub title: &'a str,
    pub body: &'a str,
    pub priority: Priority,
    pub rank: &'a str,
    pub board: Uuid,
    pub column: Uuid,
    pub estimate: Option<i64>,
    pub due: Option<Day>,
    pub by: Uuid,
    pub category: Category,
}

/// The next number in an organisation, whose row is held until the commit: the order of its tasks too.
///
/// # Errors
/// When the database does not answer.
pub async fn next_number(tx: &mut Tx, org: Uuid) -> Result<i64> {
    let (number,): (i64,) = tx
        .one(
            Query::update()
                .table(Org::Table)
                .value(Org::Tasks, Expr::col(Org::Tasks).add(1))
                .and_where(Expr::col(Org::Id).eq(org))
                .returning_col(Org::Tasks),
        )
        .await?;
    Ok(number)
}

/// Adds a task, which begins its first stay.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, new: &New<'_>, now: OffsetDateTime) -> Result<Uuid> {
    let id = clock::new_id();
    tx.run(
        Query::insert()
            .into_table(Task::Table)
            .columns([
                Task::Id,
                Task::OrgId,
                Task::Number,
                Task::Title,
                Task::Body,
                Task::Priority,
                Task::Rank,
                Task::BoardId,
                Task::ColumnId,
                Task::Estimate,
                Task::Due,
                Task::CreatedBy,
                Task::CreatedAt,
                Task::UpdatedAt,
                Task::DoneAt,
                Task::StartedAt,
            ])
            .values_panic([
                id.into(),
                new.org.into(),
                new.number.into(),
                new.title.into(),
                new.body.into(),
                new.priority.as_str().into(),
                new.rank.into(),
                new.board.into(),
                new.column.into(),
                new.estimate.into(),
                new.due.map(|day| day.to_string()).into(),
                new.by.into(),
                now.into(),
                now.into(),
                card::is_done(new.category).then_some(now).into(),
                new.category.begun().then_some(now).into(),
            ]),
    )
    .await?;
    stay::begin(tx, stay::of_tasks(&[id]), now).await?;
    Ok(id)
}

/// Writes a row's own columns back, one version on; says whether `version` was the current one. Its place and when it was
/// finished change without a version too: read the row while the organisation's is held.
///
/// # Errors
/// When the database does not answer.
pub async fn update(tx: &mut Tx, row: &Row, version: i64, now: OffsetDateTime) -> Result<bool> {
    let changed = tx
        .run(
            Query::update()
                .table(Task::Table)
                .value(Task::Title, row.title.as_str())
                .value(Task::Body, row.body.as_str())
                .value(Task::Priority, row.priority.as_str())
                .value(Task::Rank, row.rank.as_str())
                .value(Task::BoardId, row.board_id)
                .value(Task::ColumnId, row.column_id)
                .value(Task::Estimate, row.estimate)
                .value(Task::Due, row.due.clone())
                .value(Task::Commitment, row.commitment.as_str())
                .value(Task::TargetRelease, row.target_release.clone())
                .value(Task::TargetDate, row.target_date.clone())
                .value(Task::Moves, row.moves)
                .value(Task::DoneAt, row.done_at)
                .value(Task::StartedAt, row.started_at)
                .value(Task::UpdatedAt, now)
                .value(Task::Version, Expr::col(Task::Version).add(1))
                .and_where(Expr::col(Task::Id).eq(row.id))
                .and_where(Expr::col(Task::Version).eq(version)),
        )
        .await?;
    Ok(changed > 0)
}

/// Makes these people the ones who work on it.
///
/// # Errors
/// When the database does not answer.
pub async fn set_assignees(tx: &mut Tx, task: Uuid, people: &[Uuid]) -> Result<()> {
    tx.run(Query::delete().from_table(TaskAssignee::Table).and_where(Expr::col(TaskAssignee::TaskId).eq(task))).await?;
    let mut insert = Query::insert();
    insert.into_table(TaskAssignee::Table).columns([TaskAssignee::TaskId, TaskAssignee::UserId]);
    for user in people {
        insert.values_panic([task.into(), (*user).into()]);
    }
    if !people.is_empty() {
        tx.run(&insert).await?;
    }
    Ok(())
}

/// Makes these its labels.
///
/// # Errors
/// When the database does not answer.
pub async fn set_labels(tx: &mut Tx, task: Uuid, labels: &[String]) -> Result<()> {
    tx.run(Query::delete().from_table(TaskLabel::Table).and_where(Expr::col(TaskLabel::TaskId).eq(task))).await?;
    let mut insert = Query::insert();
    insert.into_table(TaskLabel::Table).columns([TaskLabel::TaskId, TaskLabel::Label]);
    for label in labels {
        insert.values_panic([task.into(), label.as_str().into()]);
    }
    if !labels.is_empty() {
        tx.run(&insert).await?;
    }
    Ok(())
}

/// Makes these the tasks it waits for.
///
/// # Errors
/// When the database does not answer.
pub async fn set_blocks(tx: &mut Tx, task: Uuid, blocked_by: &[Uuid]) -> Result<()> {
    tx.run(Query::delete().from_table(TaskBlock::Table).and_where(Expr::col(TaskBlock::TaskId).eq(task))).await?;
    let mut insert = Query::insert();
    insert.into_table(TaskBlock::Table).columns([TaskBlock::TaskId, TaskBlock::BlockedBy]);
    for other in blocked_by {
        insert.values_panic([task.into(), (*other).into()]);
    }
    if !blocked_by.is_empty() {
        tx.run(&insert).await?;
    }
    Ok(())
}

/// Ids of an organisation's tasks by number; numbers without a task are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn ids(tx: &mut Tx, org: Uuid, numbers: &[i64]) -> Result<Vec<(Uuid, i64)>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    tx.all(
        Query::select()
            .columns([Task::Id, Task::Number])
            .from(Task::Table)
            .and_where(Expr::col(Task::OrgId).eq(org))
            .and_where(Expr::col(Task::Number).is_in(numbers.iter().copied())),
    )
    .await
}

/// Everything about a task that the caller may see.
///
/// # Errors
/// When the database does not answer.
pub async fn view(tx: &mut Tx, caller: &Caller, row: Row, now: OffsetDateTime) -> Result<View> {
    let cards = card::cards(tx, caller, &row.key_prefix, &card::of_task(row.id), now).await?;
    let card = cards.into_iter().next().map(|standing| standing.card).ok_or_else(|| Error::not_found("task"))?;
    let key = row.key();
    let by = row.author_name.zip(row.author_display).map(|(name, display_name)| Person { name, display_name });
    Ok(View {
        key,
        org: row.org_slug,
        title: row.title,
        body: row.body,
        priority: row.priority,
        board: row.board_slug,
        column: row.column_slug,
        category: row.category,
        rank: row.rank,
        assignees: card.assignees,
        labels: card.labels,
        estimate: row.estimate,
        due: row.due.and_then(|day| day.parse().ok()),
        commitment: row.commitment,
        target_release: row.target_release,
        target_date: row.target_date.and_then(|day| day.parse().ok()),
        moves: row.moves,
        blocked_by: link::blocks(tx, row.id, &row.key_prefix).await?,
        deltas: card.deltas,
        references: link::references(tx, row.id).await?,
        ledger: link::ledger(tx, row.id).await?,
        version: row.version,
        created_by: by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        started_at: row.started_at,
        done_at: row.done_at,
    })
}
