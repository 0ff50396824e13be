//! What hangs on a task: its links to deltas, references, the tasks it waits for, and the ledger of its promises.

use schema::{
    day::Day,
    id::TaskKey,
    task::page::Happening,
    task::{Commitment as State, CommitmentChange, NewReference, Promise, Reference as View, ReferenceKind, Relation, TaskRef},
    user::Person,
};
use sea_query::{Cond, Expr, ExprTrait, OnConflict, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{
    db::Tx,
    delta::visible,
    table::{Commitment, Delta, Event, Link, OrgMember, Reference, Task, TaskAssignee, TaskBlock, User},
};
use crate::{caller::Caller, clock, error::Result};

/// Links a task to a delta, or changes what it does about it.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, task: Uuid, delta: Uuid, relation: Relation, by: Uuid, now: OffsetDateTime) -> Result<()> {
    tx.run(
        Query::insert()
            .into_table(Link::Table)
            .columns([Link::TaskId, Link::DeltaId, Link::Relation, Link::LinkedBy, Link::LinkedAt])
            .values_panic([task.into(), delta.into(), relation.as_str().into(), by.into(), now.into()])
            .on_conflict(OnConflict::columns([Link::TaskId, Link::DeltaId]).update_column(Link::Relation).to_owned()),
    )
    .await?;
    Ok(())
}

/// Takes a link away; says whether there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn remove(tx: &mut Tx, task: Uuid, delta: Uuid) -> Result<bool> {
    let removed = tx
        .run(
            Query::delete()
                .from_table(Link::Table)
                .and_where(Expr::col(Link::TaskId).eq(task))
                .and_where(Expr::col(Link::DeltaId).eq(delta)),
        )
        .await?;
    Ok(removed > 0)
}

/// Ids of the deltas a task is linked to, those included that a caller may not see: events must reach each timeline.
///
/// # Errors
/// When the database does not answer.
pub async fn deltas(tx: &mut Tx, task: Uuid) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> =
        tx.all(Query::select().column(Link::DeltaId).from(Link::Table).and_where(Expr::col(Link::TaskId).eq(task))).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

#[derive(FromRow)]
struct ReferenceRow {
    id: Uuid,
    #[sqlx(try_from = "String")]
    kind: ReferenceKind,
    url: String,
    title: String,
}

/// A task's references, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn references(tx: &mut Tx, task: Uuid) -> Result<Vec<View>> {
    let rows: Vec<ReferenceRow> = tx
        .all(
            Query::select()
                .columns([Reference::Id, Reference::Kind, Reference::Url, Reference::Title])
                .from(Reference::Table)
                .and_where(Expr::col(Reference::TaskId).eq(task))
                .order_by(Reference::Id, Order::Asc),
        )
        .await?;
    Ok(rows.into_iter().map(|ReferenceRow { id, kind, url, title }| View { id, kind, url, title }).collect())
}

/// Adds a reference to a task.
///
/// # Errors
/// When the database does not answer.
pub async fn add_reference(tx: &mut Tx, task: Uuid, new: &NewReference, by: Uuid, now: OffsetDateTime) -> Result<Uuid> {
    let id = clock::new_id();
    tx.run(
        Query::insert()
            .into_table(Reference::Table)
            .columns([
                Reference::Id,
                Reference::TaskId,
                Reference::Kind,
                Reference::Url,
                Reference::Title,
                Reference::AddedBy,
                Reference::AddedAt,
            ])
            .values_panic([
                id.into(),
                task.into(),
                new.kind.as_str().into(),
                new.url.as_str().into(),
                new.title.trim().into(),
                by.into(),
                now.into(),
            ]),
    )
    .await?;
    Ok(id)
}

/// Takes a reference away from a task; says whether there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn remove_reference(tx: &mut Tx, task: Uuid, id: Uuid) -> Result<bool> {
    let removed = tx
        .run(
            Query::delete()
                .from_table(Reference::Table)
                .and_where(Expr::col(Reference::TaskId).eq(task))
                .and_where(Expr::col(Reference::Id).eq(id)),
        )
        .await?;
    Ok(removed > 0)
}

#[derive(FromRow)]
struct BlockRow {
    number: i64,
    title: String,
    done_at: Option<OffsetDateTime>,
}

/// The tasks that a task waits for, finished ones included.
///
/// # Errors
/// When the database does not answer.
pub async fn blocks(tx: &mut Tx, task: Uuid, prefix: &str) -> Result<Vec<TaskRef>> {
    let rows: Vec<BlockRow> = tx
        .all(
            Query::select()
                .columns([(Task::Table, Task::Number), (Task::Table, Task::Title), (Task::Table, Task::DoneAt)])
                .from(TaskBlock::Table)
                .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((TaskBlock::Table, TaskBlock::BlockedBy)))
                .and_where(Expr::col((TaskBlock::Table, TaskBlock::TaskId)).eq(task))
                .order_by((Task::Table, Task::Number), Order::Asc),
        )
        .await?;
    let key = |number| TaskKey { prefix: prefix.to_owned(), number };
    Ok(rows.into_iter().map(|row| TaskRef { key: key(row.number), title: row.title, done: row.done_at.is_some() }).collect())
}

/// Whether `task` is waited for, over any number of steps, by one of `others`: then it cannot wait for them.
///
/// # Errors
/// When the database does not answer.
pub async fn waits_for(tx: &mut Tx, task: Uuid, others: &[Uuid]) -> Result<bool> {
    let mut seen: Vec<Uuid> = others.to_vec();
    let mut edge = seen.clone();
    while !edge.is_empty() {
        if edge.contains(&task) {
            return Ok(true);
        }
        let next: Vec<(Uuid,)> = tx
            .all(Query::select().column(TaskBlock::BlockedBy).from(TaskBlock::Table).and_where(Expr::col(TaskBlock::TaskId).is_in(edge)))
            .await?;
        edge = next.into_iter().map(|(id,)| id).filter(|id| !seen.contains(id)).collect();
        edge.sort_unstable();
        edge.dedup();
        seen.extend(&edge);
    }
    Ok(false)
}

/// Adds a line to the ledger.
///
/// # Errors
/// When the database does not answer.
pub async fn promise(tx: &mut Tx, task: Uuid, change: &CommitmentChange, by: Option<Uuid>, now: OffsetDateTime) -> Result<()> {
    tx.run(
        Query::insert()
            .into_table(Commitment::Table)
            .columns([
                Commitment::Id,
                Commitment::TaskId,
                Commitment::State,
                Commitment::TargetRelease,
                Commitment::TargetDate,
                Commitment::Note,
                Commitment::SetBy,
                Commitment::SetAt,
            ])
            .values_panic([
                clock::new_id().into(),
                task.into(),
                change.state.as_str().into(),
                change.target_release.clone().into(),
                change.target_date.map(|day| day.to_string()).into(),
                change.note.as_str().into(),
                by.into(),
                now.into(),
            ]),
    )
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct PromiseRow {
    #[sqlx(try_from = "String")]
    state: State,
    target_release: Option<String>,
    target_date: Option<String>,
    note: String,
    set_at: OffsetDateTime,
    name: Option<String>,
    display_name: Option<String>,
}

/// Every promise about a task, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn ledger(tx: &mut Tx, task: Uuid) -> Result<Vec<Promise>> {
    let rows: Vec<PromiseRow> = tx
        .all(
            Query::select()
                .columns([
                    (Commitment::Table, Commitment::State),
                    (Commitment::Table, Commitment::TargetRelease),
                    (Commitment::Table, Commitment::TargetDate),
                    (Commitment::Table, Commitment::Note),
                    (Commitment::Table, Commitment::SetAt),
                ])
                .columns([(User::Table, User::Name), (User::Table, User::DisplayName)])
                .from(Commitment::Table)
                .left_join(User::Table, Expr::col((User::Table, User::Id)).equals((Commitment::Table, Commitment::SetBy)))
                .and_where(Expr::col((Commitment::Table, Commitment::TaskId)).eq(task))
                .order_by((Commitment::Table, Commitment::SetAt), Order::Asc)
                .order_by((Commitment::Table, Commitment::Id), Order::Asc),
        )
        .await?;
    let read = |row: PromiseRow| Promise {
        state: row.state,
        target_release: row.target_release,
        target_date: row.target_date.and_then(|day| day.parse::<Day>().ok()),
        note: row.note,
        by: row.name.zip(row.display_name).map(|(name, display_name)| Person { name, display_name }),
        at: row.set_at,
    };
    Ok(rows.into_iter().map(read).collect())
}

#[derive(FromRow)]
struct HappeningRow {
    at: OffsetDateTime,
    kind: String,
    data: sqlx::types::Json<serde_json::Value>,
    name: Option<String>,
    display_name: Option<String>,
}

/// The last hundred things that happened to a task, newest first. Links to deltas that the caller may not see are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn timeline(tx: &mut Tx, caller: &Caller, task: Uuid) -> Result<Vec<Happening>> {
    let rows: Vec<HappeningRow> = tx
        .all(
            Query::select()
                .columns([(Event::Table, Event::At), (Event::Table, Event::Kind), (Event::Table, Event::Data)])
                .columns([(User::Table, User::Name), (User::Table, User::DisplayName)])
                .from(Event::Table)
                .left_join(User::Table, Expr::col((User::Table, User::Id)).equals((Event::Table, Event::ActorId)))
                .left_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Event::Table, Event::DeltaId)))
                .and_where(Expr::col((Event::Table, Event::TaskId)).eq(task))
                .cond_where(
                    Cond::any()
                        .add(Expr::col((Event::Table, Event::Kind)).is_not_in(["task.linked", "task.unlinked"]))
                        .add(visible(caller)),
                )
                .order_by((Event::Table, Event::Id), Order::Desc)
                .limit(100),
        )
        .await?;
    let read = |row: HappeningRow| Happening {
        at: row.at,
        kind: row.kind,
        by: row.name.zip(row.display_name).map(|(name, display_name)| Person { name, display_name }),
        data: row.data.0,
    };
    let mut all: Vec<Happening> = rows.into_iter().map(read).collect();
    // A promise is told once for each delta.
    all.dedup_by(|a, b| a.at == b.at && a.kind == b.kind && a.kind == "task.committed");
    Ok(all)
}

/// Handles of who works on it, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn assignees(tx: &mut Tx, task: Uuid) -> Result<Vec<String>> {
    let select = Query::select()
        .column((User::Table, User::Name))
        .from(TaskAssignee::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((TaskAssignee::Table, TaskAssignee::UserId)))
        .and_where(Expr::col((TaskAssignee::Table, TaskAssignee::TaskId)).eq(task))
        .order_by((User::Table, User::Name), Order::Asc)
        .take();
    Ok(tx.all::<(String,)>(&select).await?.into_iter().map(|(name,)| name).collect())
}

/// The members of an organisation: id, handle and name as shown, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn members(tx: &mut Tx, org: Uuid) -> Result<Vec<(Uuid, String, String)>> {
    tx.all(
        Query::select()
            .columns([(User::Table, User::Id)])
            .columns([(User::Table, User::Name), (User::Table, User::DisplayName)])
            .from(OrgMember::Table)
            .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((OrgMember::Table, OrgMember::UserId)))
            .and_where(Expr::col((OrgMember::Table, OrgMember::OrgId)).eq(org))
            .order_by((User::Table, User::DisplayName), Order::Asc),
    )
    .await
}
