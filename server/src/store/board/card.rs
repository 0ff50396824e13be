//! Cards: tasks as a board shows them, in two statements however many there are.

use std::collections::HashMap;

use schema::{
    board::{Card, CardDelta, Category, DONE_DAYS},
    delta::Kind,
    id::{DeltaKey, TaskKey},
    task::{Commitment, Priority, Relation},
    user::Person,
};
use sea_query::{Cond, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement, UnionType};
use sqlx::FromRow;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::super::{
    db::Tx,
    delta::visible,
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

#[derive(FromRow)]
struct Row {
    id: Uuid,
    column_id: Uuid,
    number: i64,
    title: String,
    #[sqlx(try_from = "String")]
    priority: Priority,
    rank: String,
    #[sqlx(try_from = "String")]
    commitment: Commitment,
    target_release: Option<String>,
    target_date: Option<String>,
    version: i64,
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
    let rows: Vec<Row> = tx
        .all(
            Query::select()
                .columns([
                    (Task::Table, Task::Id),
                    (Task::Table, Task::ColumnId),
                    (Task::Table, Task::Number),
                    (Task::Table, Task::Title),
                    (Task::Table, Task::Priority),
                    (Task::Table, Task::Rank),
                    (Task::Table, Task::Commitment),
                    (Task::Table, Task::TargetRelease),
                    (Task::Table, Task::TargetDate),
                    (Task::Table, Task::Version),
                ])
                .from(Task::Table)
                .cond_where(which.clone())
                .order_by((Task::Table, Task::Rank), Order::Asc),
        )
        .await?;
    let mut extras = extras(tx, caller, which, now).await?;
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
            target: row.target_release.or(row.target_date),
            blocked_by,
            ci_failing: (failing > 0).then_some(failing),
            rank: row.rank,
        };
        Standing { id: row.id, column: row.column_id, card }
    };
    Ok(rows.into_iter().map(card).collect())
}

/// What hangs on a task.
#[derive(Debug, Default)]
pub struct Extras {
    /// By display name.
    pub assignees: Vec<Person>,
    /// By name.
    pub labels: Vec<String>,
    /// Highest impact first.
    pub deltas: Vec<CardDelta>,
    /// Unfinished ones.
    pub blocked_by: Vec<TaskKey>,
    /// Groups of failures.
    pub failing: i64,
}

#[derive(FromRow)]
struct Fact {
    what: String,
    task_id: Uuid,
    a: String,
    b: String,
    c: String,
    n: i64,
    m: i64,
    k: i64,
}

/// Everything that hangs on the tasks that `which` takes, in one statement.
async fn extras(tx: &mut Tx, caller: &Caller, which: &Condition, now: OffsetDateTime) -> Result<HashMap<Uuid, Extras>> {
    let tasks = || Query::select().column((Task::Table, Task::Id)).from(Task::Table).cond_where(which.clone()).to_owned();
    let mut people = fact(
        "who",
        Expr::col((TaskAssignee::Table, TaskAssignee::TaskId)),
        [Expr::col((User::Table, User::Name)), Expr::col((User::Table, User::DisplayName)), Expr::val("")],
        [zero(), zero(), zero()],
    );
    people
        .from(TaskAssignee::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((TaskAssignee::Table, TaskAssignee::UserId)))
        .and_where(Expr::col((TaskAssignee::Table, TaskAssignee::TaskId)).in_subquery(tasks()));
    let mut labels =
        fact("label", Expr::col(TaskLabel::TaskId), [Expr::col(TaskLabel::Label), Expr::val(""), Expr::val("")], [zero(), zero(), zero()]);
    labels.from(TaskLabel::Table).and_where(Expr::col(TaskLabel::TaskId).in_subquery(tasks()));
    let open = Expr::case(Expr::col((Delta::Table, Delta::Open)).eq(true), 1_i64).finally(0_i64);
    let mut deltas = fact(
        "delta",
        Expr::col((Link::Table, Link::TaskId)),
        [Expr::col((Delta::Table, Delta::Title)), Expr::col((Delta::Table, Delta::Kind)), Expr::col((Link::Table, Link::Relation))],
        // The lowest bit says whether it is open.
        [
            Expr::col((Delta::Table, Delta::Number)),
            Expr::col((Delta::Table, Delta::Impact)).mul(2_i64).add(Expr::expr(open)),
            Expr::SubQuery(None, Box::new(failing(now).into())),
        ],
    );
    deltas
        .from(Link::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Link::Table, Link::DeltaId)))
        .and_where(Expr::col((Link::Table, Link::TaskId)).in_subquery(tasks()))
        .cond_where(visible(caller));
    let mut blocks = fact(
        "block",
        Expr::col((TaskBlock::Table, TaskBlock::TaskId)),
        [Expr::col((Org::Table, Org::KeyPrefix)), Expr::val(""), Expr::val("")],
        [Expr::col((Task::Table, Task::Number)), zero(), zero()],
    );
    blocks
        .from(TaskBlock::Table)
        .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((TaskBlock::Table, TaskBlock::BlockedBy)))
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
        .and_where(Expr::col((Task::Table, Task::DoneAt)).is_null())
        .and_where(Expr::col((TaskBlock::Table, TaskBlock::TaskId)).in_subquery(tasks()));
    let all = people.union(UnionType::All, labels).union(UnionType::All, deltas).union(UnionType::All, blocks).to_owned();
    let facts: Vec<Fact> = tx.all(&all).await?;
    let mut extras: HashMap<Uuid, Extras> = HashMap::new();
    for fact in facts {
        let one = extras.entry(fact.task_id).or_default();
        match fact.what.as_str() {
            "who" => one.assignees.push(Person { name: fact.a, display_name: fact.b }),
            "label" => one.labels.push(fact.a),
            "block" => one.blocked_by.push(TaskKey { prefix: fact.a, number: fact.n }),
            _ => {
                one.failing += fact.k;
                one.deltas.push(CardDelta {
                    key: DeltaKey(fact.n),
                    kind: fact.b.parse().unwrap_or(Kind::Bug),
                    title: fact.a,
                    impact: fact.m / 2,
                    open: fact.m % 2 == 1,
                    relation: fact.c.parse().unwrap_or(Relation::Resolves),
                });
            }
        }
    }
    for one in extras.values_mut() {
        one.assignees.sort_by(|a, b| a.display_name.cmp(&b.display_name));
        one.labels.sort();
        one.blocked_by.sort();
        one.deltas.sort_by_key(|delta| (-delta.impact, delta.key));
    }
    Ok(extras)
}

fn zero() -> Expr {
    Expr::val(0_i64)
}

fn fact(what: &'static str, task: Expr, texts: [Expr; 3], numbers: [Expr; 3]) -> SelectStatement {
    let ([a, b, c], [n, m, k]) = (texts, numbers);
    let mut select = Query::select();
    select
        .expr_as(Expr::val(what), "what")
        .expr_as(task, "task_id")
        .expr_as(a, "a")
        .expr_as(b, "b")
        .expr_as(c, "c")
        .expr_as(n, "n")
        .expr_as(m, "m")
        .expr_as(k, "k");
    select
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
        .to_owned()
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
