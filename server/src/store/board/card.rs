//! Cards: tasks as a board shows them, in one statement however many there are.

use std::collections::HashMap;

use schema::{
    board::{Card, CardDelta, Category, DONE_DAYS},
    delta::Kind,
    id::{DeltaKey, TaskKey},
    task::{Commitment, Priority, Relation},
    user::Person,
};
use sea_query::{Cond, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::super::{
    db::Tx,
    delta::visible,
    gather::{self, Gather, Gathered},
    table::{Delta, FailureGroup, FailureGroupDelta, Link, Org, Task, TaskAssignee, TaskBlock, TaskLabel, User},
};
use crate::{caller::Caller, error::Result};

/// A card and where it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The task.
    pub id: Uuid,
    /// Its column.
    pub column: Uuid,
    /// What the board shows.
    pub card: Card,
}

#[derive(Deserialize)]
struct Row {
    id: Uuid,
    column_id: Uuid,
    number: i64,
    title: String,
    priority: Priority,
    rank: String,
    commitment: Commitment,
    target: Option<String>,
    version: i64,
}

#[derive(Deserialize)]
struct Assignee {
    task: Uuid,
    name: String,
    display_name: String,
}

#[derive(Deserialize)]
struct Label {
    task: Uuid,
    label: String,
}

#[derive(Deserialize)]
struct Linked {
    task: Uuid,
    number: i64,
    kind: Kind,
    title: String,
    impact: i64,
    #[serde(deserialize_with = "gather::flag")]
    open: bool,
    relation: Relation,
    failing: i64,
}

#[derive(Deserialize)]
struct Block {
    task: Uuid,
    prefix: String,
    number: i64,
}

/// The time since when finished cards are shown.
pub fn since(now: OffsetDateTime) -> OffsetDateTime {
    now - Duration::days(DONE_DAYS)
}

/// What of a board's tasks it shows: all but those finished before `since`.
pub fn on_board(since: OffsetDateTime) -> Condition {
    Cond::any().add(Expr::col((Task::Table, Task::DoneAt)).is_null()).add(Expr::col((Task::Table, Task::DoneAt)).gte(since))
}

/// The cards of the tasks that `which` takes, in the organisation's order. Deltas that the caller may not see are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn cards(tx: &mut Tx, caller: &Caller, prefix: &str, which: &Condition, now: OffsetDateTime) -> Result<Vec<Standing>> {
    let mut gather = Gather::new(tx.dialect());
    ask(&mut gather, caller, which, now);
    let mut gathered = gather.read(tx).await?;
    let mut extras = extras(&mut gathered)?;
    let card = |row: Row| {
        let Extras { assignees, labels, deltas, blocked_by, failing } = extras.remove(&row.id).unwrap_or_default();
        let card = Card {
            key: TaskKey { prefix: prefix.to_owned(), number: row.number },
            title: row.title,
            priority: row.priority,
            version: row.version,
            assignees,
            labels,
            deltas,
            commitment: row.commitment,
            target: row.target,
            blocked_by,
            ci_failing: (failing > 0).then_some(failing),
            rank: row.rank,
        };
        Standing { id: row.id, column: row.column_id, card }
    };
    Ok(gathered.take::<Row>("tasks")?.into_iter().map(card).collect())
}

/// What hangs on a task.
#[derive(Debug, Default)]
struct Extras {
    /// By display name.
    assignees: Vec<Person>,
    /// By name.
    labels: Vec<String>,
    /// Highest impact first.
    deltas: Vec<CardDelta>,
    /// Unfinished ones.
    blocked_by: Vec<TaskKey>,
    /// Groups of failures.
    failing: i64,
}

/// Asks for the tasks that `which` takes and everything that hangs on them.
fn ask(gather: &mut Gather, caller: &Caller, which: &Condition, now: OffsetDateTime) {
    let tasks = || Query::select().column((Task::Table, Task::Id)).from(Task::Table).cond_where(which.clone()).take();
    let rows = Query::select()
        .expr_as(gather.id((Task::Table, Task::Id)), "id")
        .expr_as(gather.id((Task::Table, Task::ColumnId)), "column_id")
        .columns(
            [Task::Number, Task::Title, Task::Priority, Task::Rank, Task::Commitment, Task::Version].map(|column| (Task::Table, column)),
        )
        .expr_as(Expr::col((Task::Table, Task::TargetRelease)).if_null(Expr::col((Task::Table, Task::TargetDate))), "target")
        .from(Task::Table)
        .cond_where(which.clone())
        .order_by((Task::Table, Task::Rank), Order::Asc)
        .take();
    gather.part("tasks", &["id", "column_id", "number", "title", "priority", "rank", "commitment", "target", "version"], rows);
    let people = Query::select()
        .expr_as(gather.id((TaskAssignee::Table, TaskAssignee::TaskId)), "task")
        .columns([(User::Table, User::Name), (User::Table, User::DisplayName)])
        .from(TaskAssignee::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((TaskAssignee::Table, TaskAssignee::UserId)))
        .and_where(Expr::col((TaskAssignee::Table, TaskAssignee::TaskId)).in_subquery(tasks()))
        .take();
    gather.part("assignees", &["task", "name", "display_name"], people);
    let labels = Query::select()
        .expr_as(gather.id(TaskLabel::TaskId), "task")
        .column(TaskLabel::Label)
        .from(TaskLabel::Table)
        .and_where(Expr::col(TaskLabel::TaskId).in_subquery(tasks()))
        .take();
    gather.part("labels", &["task", "label"], labels);
    let deltas = Query::select()
        .expr_as(gather.id((Link::Table, Link::TaskId)), "task")
        .column((Link::Table, Link::Relation))
        .columns([Delta::Number, Delta::Kind, Delta::Title, Delta::Impact, Delta::Open].map(|column| (Delta::Table, column)))
        .expr_as(Expr::SubQuery(None, Box::new(failing(now).into())), "failing")
        .from(Link::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Link::Table, Link::DeltaId)))
        .and_where(Expr::col((Link::Table, Link::TaskId)).in_subquery(tasks()))
        .cond_where(visible(caller))
        .take();
    gather.part("deltas", &["task", "number", "kind", "title", "impact", "open", "relation", "failing"], deltas);
    let blocks = Query::select()
        .expr_as(gather.id((TaskBlock::Table, TaskBlock::TaskId)), "task")
        .expr_as(Expr::col((Org::Table, Org::KeyPrefix)), "prefix")
        .column((Task::Table, Task::Number))
        .from(TaskBlock::Table)
        .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((TaskBlock::Table, TaskBlock::BlockedBy)))
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
        .and_where(Expr::col((Task::Table, Task::DoneAt)).is_null())
        .and_where(Expr::col((TaskBlock::Table, TaskBlock::TaskId)).in_subquery(tasks()))
        .take();
    gather.part("blocks", &["task", "prefix", "number"], blocks);
}

/// What hangs on each task.
fn extras(gathered: &mut Gathered) -> Result<HashMap<Uuid, Extras>> {
    let mut extras: HashMap<Uuid, Extras> = HashMap::new();
    for Assignee { task, name, display_name } in gathered.take("assignees")? {
        extras.entry(task).or_default().assignees.push(Person { name, display_name });
    }
    for Label { task, label } in gathered.take("labels")? {
        extras.entry(task).or_default().labels.push(label);
    }
    for Block { task, prefix, number } in gathered.take("blocks")? {
        extras.entry(task).or_default().blocked_by.push(TaskKey { prefix, number });
    }
    for Linked { task, number, kind, title, impact, open, relation, failing } in gathered.take("deltas")? {
        let one = extras.entry(task).or_default();
        one.failing += failing;
        one.deltas.push(CardDelta { key: DeltaKey(number), kind, title, impact, open, relation });
    }
    for one in extras.values_mut() {
        one.assignees.sort_by(|a, b| a.display_name.cmp(&b.display_name));
        one.labels.sort();
        one.blocked_by.sort();
        one.deltas.sort_by_key(|delta| (-delta.impact, delta.key));
    }
    Ok(extras)
}

/// How many groups of failures the delta at hand explains that were seen lately.
fn failing(now: OffsetDateTime) -> SelectStatement {
    Query::select()
        .expr(Func::count(Expr::col((FailureGroup::Table, FailureGroup::Id))))
        .from(FailureGroupDelta::Table)
        .inner_join(
            FailureGroup::Table,
            Expr::col((FailureGroup::Table, FailureGroup::Id)).equals((FailureGroupDelta::Table, FailureGroupDelta::GroupId)),
        )
        .and_where(Expr::col((FailureGroupDelta::Table, FailureGroupDelta::DeltaId)).equals((Delta::Table, Delta::Id)))
        .and_where(Expr::col((FailureGroup::Table, FailureGroup::LastSeen)).gte(now - Duration::days(7)))
        .take()
}

/// The tasks that stand on a board and are shown there.
pub fn of_board(board: Uuid, now: OffsetDateTime) -> Condition {
    Cond::all().add(Expr::col((Task::Table, Task::BoardId)).eq(board)).add(on_board(since(now)))
}

/// One task.
pub fn of_task(task: Uuid) -> Condition {
    Cond::all().add(Expr::col((Task::Table, Task::Id)).eq(task))
}

/// Whether a column of this category is one of finished work.
pub fn is_done(category: Category) -> bool {
    category == Category::Done
}
