//! What insight is made of: stays counted by day, finished tasks by how long they took, the ledger. All in one statement; the definitions are
//! [`schema::insight`]'s.

use std::collections::HashMap;

use schema::{
    board::Category,
    day::Day,
    id::TaskKey,
    impact::day_number,
    insight::{
        AGEING_MAX, Ageing, ColumnTime, Counted, Crossing, Insight, Removed, Took, columns, flow, forecast, months, throughput, times,
    },
    ledger::{Line, Step, step},
    query::Query as Question,
    task::Relation,
};
use sea_query::{Alias, Cond, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use serde::Deserialize;
use time::{OffsetDateTime, Time};
use uuid::Uuid;

use super::{
    day as days,
    db::{Dialect, Tx},
    delta::visible,
    gather::{Gather, Gathered},
    ledger, org,
    table::{Board, BoardColumn, Commitment as Ledger, Delta, Link, Task, TaskStay},
    task::list::condition,
};
use crate::{caller::Caller, error::Result};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Whose work; the caller may see it.
    pub org: &'a org::Row,
    /// Of which tasks.
    pub question: &'a Question,
    /// The first day.
    pub from: Day,
    /// The last day, no later than today.
    pub to: Day,
    /// How many tasks the forecast is for; those open that the question takes where it is not said.
    pub tasks: Option<i64>,
}

#[derive(Deserialize)]
struct Standing {
    board: Uuid,
    slug: String,
    category: Category,
    tasks: i64,
}

#[derive(Deserialize)]
struct Crossed {
    board: Uuid,
    slug: String,
    category: Category,
    day: i64,
    tasks: i64,
    seconds: i64,
}

#[derive(Deserialize)]
struct ColumnRow {
    board: Uuid,
    board_slug: String,
    slug: String,
    name: String,
    wip_limit: Option<i64>,
}

#[derive(Deserialize)]
struct AgeingRow {
    number: i64,
    title: String,
    board: String,
    column_name: String,
    category: Category,
    started: Option<i64>,
    came: i64,
}

/// Everything that can be said of a period.
///
/// # Errors
/// When the database does not answer.
pub async fn read(tx: &mut Tx, caller: &Caller, wanted: Wanted<'_>, now: OffsetDateTime) -> Result<Insight> {
    let number = |day: Day| day_number(day.0.midnight().assume_utc());
    let (first, last, today) = (number(wanted.from), number(wanted.to), day_number(now));
    let mut found = ask(tx.dialect(), caller, &wanted, now).read(tx).await?;

    let boards: Vec<ColumnRow> = found.take("columns")?;
    let slugs: HashMap<Uuid, &str> = boards.iter().map(|column| (column.board, column.board_slug.as_str())).collect();
    let at = |board: Uuid, slug: String| (slugs.get(&board).copied().unwrap_or_default().to_owned(), slug);
    let standing: Vec<Counted> = found
        .take::<Standing>("standing")?
        .into_iter()
        .map(|Standing { board, slug, category, tasks }| Counted { at: at(board, slug), category, tasks })
        .collect();
    let mut crossed = |name: &str| -> Result<Vec<Crossing>> {
        let told = |Crossed { board, slug, category, day, tasks, seconds }| Crossing { at: at(board, slug), category, day, tasks, seconds };
        Ok(found.take::<Crossed>(name)?.into_iter().map(told).collect())
    };
    let (came, went) = (crossed("came")?, crossed("went")?);
    let took: Vec<Took> = found.take("finished")?;
    let mut told: Vec<ColumnTime> = boards
        .iter()
        .map(|column| ColumnTime {
            board: column.board_slug.clone(),
            column: column.slug.clone(),
            name: column.name.clone(),
            stays: 0,
            hours: 0,
            standing: 0,
            limit: column.wip_limit,
            over: 0,
        })
        .collect();
    columns(&mut told, &standing, &came, &went, (first, last));
    let times = times(&took);
    let removed = found.take::<Removed>("removed")?.into_iter().next().unwrap_or_default();
    let open = found.take::<Open>("open")?.first().map_or(0, |open| open.tasks);
    Ok(Insight {
        flow: flow(&standing, &came, &went, (first, last)),
        throughput: throughput(&took, (first, last)),
        ageing: ageing(&mut found, wanted.org, today)?,
        columns: told,
        commitments: months(&steps(&mut found)?, wanted.from, wanted.to),
        impact: Removed { tasks: times.finished, ..removed },
        forecast: forecast(wanted.tasks.unwrap_or(open), &took, (first, last), today),
        times,
    })
}

#[derive(Deserialize)]
struct Open {
    tasks: i64,
}

fn ageing(found: &mut Gathered, org: &org::Row, today: i64) -> Result<Vec<Ageing>> {
    let since = |day: i64| Ord::max(today - day + 1, 1);
    let told = |row: AgeingRow| Ageing {
        key: TaskKey { prefix: org.key_prefix.clone(), number: row.number },
        title: row.title,
        board: row.board,
        column_name: row.column_name,
        category: row.category,
        age: since(row.started.unwrap_or(row.came)),
        here: since(row.came),
    };
    Ok(found.take::<AgeingRow>("ageing")?.into_iter().map(told).collect())
}

/// What each line of the ledger did, with its day.
fn steps(found: &mut Gathered) -> Result<Vec<(Day, Step)>> {
    let mut steps = Vec::new();
    let mut before: Option<(Uuid, Line)> = None;
    for (task, line) in ledger::told(found)? {
        let last = before.as_ref().filter(|(known, _)| *known == task).map(|(_, line)| line);
        steps.extend(step(last, &line).map(|step| (line.on, step)));
        before = Some((task, line));
    }
    Ok(steps)
}

/// The tasks of the organisation that are asked about.
fn tasks(caller: &Caller, wanted: &Wanted<'_>, now: OffsetDateTime) -> Condition {
    let own = Cond::all().add(Expr::col((Task::Table, Task::OrgId)).eq(wanted.org.id));
    match &wanted.question.filter {
        Some(asked) => own.add(condition(caller, asked, now)),
        None => own,
    }
}

fn ask(dialect: Dialect, caller: &Caller, wanted: &Wanted<'_>, now: OffsetDateTime) -> Gather {
    let mut gather = Gather::new(dialect);
    let midnight = |day: Day| day.0.with_time(Time::MIDNIGHT).assume_utc();
    let (from, until) = (midnight(wanted.from), midnight(wanted.to) + time::Duration::DAY);
    let tasks = || tasks(caller, wanted, now);
    let finished = || tasks().add(Expr::col((Task::Table, Task::DoneAt)).gte(from)).add(Expr::col((Task::Table, Task::DoneAt)).lt(until));

    gather.part("columns", &["board", "board_slug", "slug", "name", "wip_limit"], boards(&gather, wanted.org.id));
    let stays = |day: Option<TaskStay>| {
        let mut select = Query::select();
        select
            .expr_as(gather.id((TaskStay::Table, TaskStay::BoardId)), "board")
            .expr_as(Expr::col((TaskStay::Table, TaskStay::ColumnSlug)), "slug")
            .column((TaskStay::Table, TaskStay::Category))
            .expr_as(Expr::val(1i64).count(), "tasks")
            .from(TaskStay::Table)
            .and_where(Expr::col((TaskStay::Table, TaskStay::OrgId)).eq(wanted.org.id))
            .group_by_columns([TaskStay::BoardId, TaskStay::ColumnSlug, TaskStay::Category].map(|column| (TaskStay::Table, column)));
        // Without a question no task has to be looked at.
        if wanted.question.filter.is_some() {
            let asked = Query::select().column((Task::Table, Task::Id)).from(Task::Table).cond_where(tasks()).take();
            select.and_where(Expr::col((TaskStay::Table, TaskStay::TaskId)).in_subquery(asked));
        }
        if let Some(end) = day {
            // Written out: as a parameter, what is selected and what is grouped by would not be the same to PostgreSQL.
            let number = if matches!(end, TaskStay::Came) { "came / 86400" } else { "went / 86400" };
            select
                .expr_as(Expr::cust(number), "day")
                .and_where(Expr::col((TaskStay::Table, end)).gte(from.unix_timestamp()))
                .group_by_col(Alias::new("day"));
        } else {
            select.and_where(Expr::col((TaskStay::Table, TaskStay::Went)).is_null());
        }
        select
    };
    let standing = stays(None);
    let came = stays(Some(TaskStay::Came)).expr_as(Expr::cust("0"), "seconds").take();
    let went = stays(Some(TaskStay::Went)).expr_as(Expr::cust("CAST(SUM(went - came) AS bigint)"), "seconds").take();
    let open = Query::select()
        .expr_as(Expr::val(1i64).count(), "tasks")
        .from(Task::Table)
        .cond_where(tasks().add(Expr::col((Task::Table, Task::DoneAt)).is_null()))
        .take();
    gather.part("standing", &["board", "slug", "category", "tasks"], standing);
    gather.part("came", &["board", "slug", "category", "day", "tasks", "seconds"], came);
    gather.part("went", &["board", "slug", "category", "day", "tasks", "seconds"], went);
    gather.part("open", &["tasks"], open);
    gather.part("finished", &["created", "started", "done", "tasks"], took(dialect, finished()));
    gather.part("ageing", &["number", "title", "board", "column_name", "category", "started", "came"], under_way(dialect, tasks()));
    ledger::ask(&mut gather, caller, tasks().add(Expr::col((Ledger::Table, Ledger::SetAt)).lt(until)));
    gather.part("removed", &["tasks", "deltas", "impact"], removed(caller, finished()));
    gather
}

fn boards(gather: &Gather, org: Uuid) -> SelectStatement {
    Query::select()
        .expr_as(gather.id((Board::Table, Board::Id)), "board")
        .expr_as(Expr::col((Board::Table, Board::Slug)), "board_slug")
        .columns([BoardColumn::Slug, BoardColumn::Name, BoardColumn::WipLimit].map(|column| (BoardColumn::Table, column)))
        .from(BoardColumn::Table)
        .inner_join(Board::Table, Expr::col((Board::Table, Board::Id)).equals((BoardColumn::Table, BoardColumn::BoardId)))
        .and_where(Expr::col((Board::Table, Board::OrgId)).eq(org))
        .order_by((Board::Table, Board::Id), Order::Asc)
        .order_by((BoardColumn::Table, BoardColumn::Position), Order::Asc)
        .take()
}

fn took(dialect: Dialect, finished: Condition) -> SelectStatement {
    let started =
        Func::coalesce([days::number(dialect, (Task::Table, Task::StartedAt)), days::number(dialect, (Task::Table, Task::CreatedAt))]);
    Query::select()
        .expr_as(days::number(dialect, (Task::Table, Task::CreatedAt)), "created")
        .expr_as(started, "started")
        .expr_as(days::number(dialect, (Task::Table, Task::DoneAt)), "done")
        .expr_as(Expr::val(1i64).count(), "tasks")
        .from(Task::Table)
        .cond_where(finished)
        .group_by_columns(["created", "started", "done"].map(Alias::new))
        .take()
}

fn under_way(dialect: Dialect, tasks: Condition) -> SelectStatement {
    Query::select()
        .columns([Task::Number, Task::Title].map(|column| (Task::Table, column)))
        .expr_as(Expr::col((Board::Table, Board::Slug)), "board")
        .expr_as(Expr::col((BoardColumn::Table, BoardColumn::Name)), "column_name")
        .column((BoardColumn::Table, BoardColumn::Category))
        .expr_as(days::number(dialect, (Task::Table, Task::StartedAt)), "started")
        .expr_as(Expr::cust("task_stay.came / 86400"), "came")
        .from(Task::Table)
        .inner_join(Board::Table, Expr::col((Board::Table, Board::Id)).equals((Task::Table, Task::BoardId)))
        .inner_join(BoardColumn::Table, Expr::col((BoardColumn::Table, BoardColumn::Id)).equals((Task::Table, Task::ColumnId)))
        .inner_join(TaskStay::Table, Expr::col((TaskStay::Table, TaskStay::TaskId)).equals((Task::Table, Task::Id)))
        .cond_where(tasks)
        .and_where(Expr::col((TaskStay::Table, TaskStay::Went)).is_null())
        .and_where(Expr::col((BoardColumn::Table, BoardColumn::Category)).is_in([Category::Doing.as_str(), Category::Review.as_str()]))
        .order_by((Task::Table, Task::StartedAt), Order::Asc)
        .order_by((Task::Table, Task::Number), Order::Asc)
        .limit(AGEING_MAX)
        .take()
}

/// Deltas that finished tasks closed, each once.
fn removed(caller: &Caller, finished: Condition) -> SelectStatement {
    let closing = [Relation::Resolves, Relation::Implements].map(Relation::as_str);
    let closed = Query::select()
        .column((Link::Table, Link::DeltaId))
        .from(Link::Table)
        .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((Link::Table, Link::TaskId)))
        .cond_where(finished)
        .and_where(Expr::col((Link::Table, Link::Relation)).is_in(closing))
        .take();
    let total = Func::coalesce([Expr::col((Delta::Table, Delta::Impact)).sum(), Expr::val(0i64)]);
    Query::select()
        .expr_as(Expr::cust("0"), "tasks")
        .expr_as(Expr::val(1i64).count(), "deltas")
        .expr_as(Expr::expr(total).cast_as("bigint"), "impact")
        .from(Delta::Table)
        .and_where(Expr::col((Delta::Table, Delta::Id)).in_subquery(closed))
        .and_where(Expr::col((Delta::Table, Delta::Resolution)).eq("closed"))
        .cond_where(visible(caller))
        .take()
}
