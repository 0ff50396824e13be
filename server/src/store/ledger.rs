//! The ledger of promises: its lines, what they come to for each task of an organisation, and those that expire.

use std::collections::HashMap;

use schema::{
    day::Day,
    delta::Kind,
    id::{DeltaKey, TaskKey},
    impact::day_number,
    ledger::{Asked, Ledger, LedgerDelta, Line, PromiseOutcome, Promised, Show, Totals, account, quiet},
    list::Window,
    task::Commitment,
    user::Person,
};
use sea_query::{Cond, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use serde::Deserialize;
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    cursor, day as days,
    db::{Dialect, Tx},
    delta::visible,
    gather::{Gather, Gathered},
    org,
    table::{Commitment as Written, Delta, Link, Org, Place, Release, Task, User},
};
use crate::{caller::Caller, error::Result};

#[derive(Deserialize)]
struct LineRow {
    task: Uuid,
    state: Commitment,
    target: Option<String>,
    due: Option<String>,
    day: String,
}

/// Asks for the lines of these tasks: each task's together, the oldest first. `lines` speaks of `task` and `commitment`.
pub fn ask(gather: &mut Gather, caller: &Caller, lines: Condition) {
    let dialect = gather.dialect();
    let line = |column| Expr::col((Written::Table, column));
    let select = Query::select()
        .expr_as(gather.id((Written::Table, Written::TaskId)), "task")
        .column((Written::Table, Written::State))
        .expr_as(line(Written::TargetRelease).if_null(line(Written::TargetDate)), "target")
        .expr_as(due(dialect, Some(caller), [Written::TargetDate, Written::TargetRelease, Written::TaskId].map(line)), "due")
        .expr_as(days::text(dialect, (Written::Table, Written::SetAt)), "day")
        .from(Written::Table)
        .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((Written::Table, Written::TaskId)))
        .cond_where(lines)
        .order_by((Written::Table, Written::TaskId), Order::Asc)
        .order_by((Written::Table, Written::SetAt), Order::Asc)
        .order_by((Written::Table, Written::Id), Order::Asc)
        .take();
    gather.part("ledger", &["task", "state", "target", "due", "day"], select);
}

/// What [`ask`] asked.
///
/// # Errors
/// When it did not.
pub fn told(found: &mut Gathered) -> Result<Vec<(Uuid, Line)>> {
    let line = |row: LineRow| {
        let on = row.day.parse::<Day>().ok()?;
        Some((row.task, Line { state: row.state, target: row.target, due: row.due.and_then(|day| day.parse().ok()), on }))
    };
    Ok(found.take::<LineRow>("ledger")?.into_iter().filter_map(line).collect())
}

/// The day that is meant: a date, or when a release is out, of the projects that a task's deltas are in. Of deltas that the caller may
/// see; of all where the server itself asks.
fn due(dialect: Dialect, caller: Option<&Caller>, [date, release, task]: [Expr; 3]) -> Expr {
    let mut projects = Query::select();
    projects
        .column((Place::Table, Place::ProjectId))
        .from(Link::Table)
        .inner_join(Place::Table, Expr::col((Place::Table, Place::DeltaId)).equals((Link::Table, Link::DeltaId)))
        .and_where(Expr::col((Link::Table, Link::TaskId)).eq(task));
    if let Some(caller) = caller {
        projects
            .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Link::Table, Link::DeltaId)))
            .cond_where(visible(caller));
    }
    let out = Query::select()
        .expr(Func::min(days::text(dialect, (Release::Table, Release::ReleasedAt))))
        .from(Release::Table)
        .and_where(Expr::col((Release::Table, Release::Name)).eq(release))
        .and_where(Expr::col((Release::Table, Release::ProjectId)).in_subquery(projects))
        .take();
    Func::coalesce([date, Expr::SubQuery(None, Box::new(out.into()))]).into()
}

#[derive(Deserialize)]
struct TaskRow {
    id: Uuid,
    number: i64,
    title: String,
    updated: i64,
    name: Option<String>,
    display_name: Option<String>,
}

/// A task's promise, and the number that tells it from others.
struct Held {
    task: Uuid,
    number: i64,
    entry: Promised,
}

impl Held {
    fn at(&self) -> (bool, i64, i64) {
        let (ended, day) = self.entry.order();
        (ended, day, self.number)
    }
}

/// A page of an organisation's promises, with how many there are of each kind. Who does not see into the organisation sees those about
/// deltas they may see; not the task.
///
/// # Errors
/// 422 for a cursor that is none of this list's.
pub async fn read(tx: &mut Tx, caller: &Caller, org: &org::Row, asked: &Asked, now: OffsetDateTime) -> Result<Ledger> {
    let inside = org.inside(caller);
    let mut of = Cond::all().add(Expr::col((Task::Table, Task::OrgId)).eq(org.id));
    if !inside {
        let seen = Query::select()
            .column((Link::Table, Link::TaskId))
            .from(Link::Table)
            .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Link::Table, Link::DeltaId)))
            .cond_where(visible(caller))
            .take();
        of = of.add(Expr::col((Task::Table, Task::Id)).in_subquery(seen));
    }
    let mut gather = Gather::new(tx.dialect());
    let promised = tasks(&gather, of.clone());
    gather.part("promised", &["id", "number", "title", "updated", "name", "display_name"], promised);
    ask(&mut gather, caller, of);
    let mut found = gather.read(tx).await?;
    let mut lines: HashMap<Uuid, Vec<Line>> = HashMap::new();
    for (task, line) in told(&mut found)? {
        lines.entry(task).or_default().push(line);
    }
    let mut held: Vec<Held> = found
        .take::<TaskRow>("promised")?
        .into_iter()
        .filter_map(|row| {
            let lines = lines.remove(&row.id)?;
            Some(Held { task: row.id, number: row.number, entry: entry(row, &lines, org, inside, now)? })
        })
        .collect();
    let totals = Totals::of(&held.iter().map(|one| one.entry.clone()).collect::<Vec<_>>());
    let show = asked.show.unwrap_or(Show::Open);
    held.retain(|one| one.entry.is(show));
    held.sort_by_key(Held::at);
    if let Some(cursor) = &asked.cursor {
        let last: (bool, i64, i64) = cursor::read(cursor)?;
        held.retain(|one| one.at() > last);
    }
    let window = Window { cursor: None, limit: asked.limit };
    let limit = usize::try_from(window.limit()).unwrap_or_default();
    let more = held.len() > limit;
    held.truncate(limit);
    let next = held.last().filter(|_| more).map(|last| cursor::write(&last.at()));
    let mut about = deltas(tx, caller, held.iter().map(|one| one.task)).await?;
    let items = held.into_iter().map(|one| Promised { deltas: about.remove(&one.task).unwrap_or_default(), ..one.entry }).collect();
    Ok(Ledger { totals, items, next })
}

fn entry(row: TaskRow, lines: &[Line], org: &org::Row, inside: bool, now: OffsetDateTime) -> Option<Promised> {
    let told = account(lines)?;
    let open = told.outcome == PromiseOutcome::Open;
    let today = day_number(now);
    // Until it is up for takeover, silence is between the organisation and itself.
    let quiet = quiet(open.then_some(today - row.updated), org.quiet_after).filter(|(_, takeover)| inside || *takeover);
    let by = row.name.zip(row.display_name).map(|(name, display_name)| Person { name, display_name });
    Some(Promised {
        state: told.state,
        outcome: told.outcome,
        target: told.target,
        due: told.due,
        made: told.made,
        on: told.on,
        moves: told.moves,
        shift: told.shift,
        days_left: told.due.filter(|_| open).map(|day| day_number(day.0.midnight().assume_utc()) - today),
        quiet: quiet.map(|(days, _)| days),
        takeover: quiet.is_some_and(|(_, takeover)| takeover),
        deltas: Vec::new(),
        task: inside.then(|| TaskKey { prefix: org.key_prefix.clone(), number: row.number }),
        title: inside.then_some(row.title),
        by: by.filter(|_| inside),
    })
}

/// Tasks about which something was said, with who said it last.
fn tasks(gather: &Gather, of: Condition) -> SelectStatement {
    let said = |by: &mut SelectStatement| {
        by.from(Written::Table).and_where(Expr::col((Written::Table, Written::TaskId)).equals((Task::Table, Task::Id))).take()
    };
    let any = said(Query::select().expr(Expr::val(1)));
    let last = said(
        Query::select()
            .column((Written::Table, Written::SetBy))
            .order_by((Written::Table, Written::SetAt), Order::Desc)
            .order_by((Written::Table, Written::Id), Order::Desc)
            .limit(1),
    );
    Query::select()
        .expr_as(gather.id((Task::Table, Task::Id)), "id")
        .columns([Task::Number, Task::Title].map(|column| (Task::Table, column)))
        .expr_as(days::number(gather.dialect(), (Task::Table, Task::UpdatedAt)), "updated")
        .columns([User::Name, User::DisplayName].map(|column| (User::Table, column)))
        .from(Task::Table)
        .left_join(User::Table, Expr::col((User::Table, User::Id)).eq(Expr::SubQuery(None, Box::new(last.into()))))
        .cond_where(of)
        .and_where(Expr::exists(any))
        .take()
}

#[derive(FromRow)]
struct DeltaRow {
    task_id: Uuid,
    number: i64,
    #[sqlx(try_from = "String")]
    kind: Kind,
    title: String,
    open: bool,
}

/// What these tasks are for, as far as the caller may see.
async fn deltas(tx: &mut Tx, caller: &Caller, tasks: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, Vec<LedgerDelta>>> {
    let tasks: Vec<Uuid> = tasks.collect();
    let mut found: HashMap<Uuid, Vec<LedgerDelta>> = HashMap::new();
    if tasks.is_empty() {
        return Ok(found);
    }
    let select = Query::select()
        .column((Link::Table, Link::TaskId))
        .columns([Delta::Number, Delta::Kind, Delta::Title, Delta::Open].map(|column| (Delta::Table, column)))
        .from(Link::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Link::Table, Link::DeltaId)))
        .and_where(Expr::col((Link::Table, Link::TaskId)).is_in(tasks))
        .cond_where(visible(caller))
        .order_by((Delta::Table, Delta::Number), Order::Asc)
        .take();
    for DeltaRow { task_id, number, kind, title, open } in tx.all::<DeltaRow>(&select).await? {
        found.entry(task_id).or_default().push(LedgerDelta { key: DeltaKey(number), kind, title, open });
    }
    Ok(found)
}

/// Tasks with their organisations whose promises expire now: nothing was heard of them for as long as the organisation says, and their
/// day has passed or is not known.
///
/// # Errors
/// When the database does not answer.
pub async fn expired(tx: &mut Tx, now: OffsetDateTime) -> Result<Vec<(Uuid, Uuid)>> {
    let dialect = tx.dialect();
    let task = |column| Expr::col((Task::Table, column));
    let day = || due(dialect, None, [Task::TargetDate, Task::TargetRelease, Task::Id].map(task));
    let silent = days::number(dialect, (Task::Table, Task::UpdatedAt)).add(Expr::col((Org::Table, Org::ExpiresAfter)));
    let select = Query::select()
        .columns([Task::Id, Task::OrgId].map(|column| (Task::Table, column)))
        .from(Task::Table)
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
        .and_where(Expr::col((Org::Table, Org::ExpiresAfter)).is_not_null())
        .and_where(task(Task::Commitment).is_in([Commitment::Intended, Commitment::Committed].map(Commitment::as_str)))
        .and_where(silent.lte(day_number(now)))
        .cond_where(Cond::any().add(day().is_null()).add(day().lt(Day(now.date()).to_string())))
        .take();
    tx.all(&select).await
}
