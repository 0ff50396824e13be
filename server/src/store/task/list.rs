//! Which tasks a query takes, and pages of them.

use schema::{
    board::{Card, Category},
    day::Day,
    id::{DeltaKey, TaskKey},
    list::Page,
    query::{Expr as Asked, Query as Question, Span, Term, Test},
    task::TaskSummary,
};
use sea_query::{Cond, Condition, Expr, ExprTrait, Func, LikeExpr, Order, Query, SelectStatement};
use sqlx::FromRow;
use time::{Duration, OffsetDateTime, Time};
use uuid::Uuid;

use super::super::{
    board::card,
    cursor,
    db::Tx,
    delta::visible,
    table::{Board, BoardColumn, Delta, Link, Org, Place, Project, Task, TaskAssignee, TaskBlock, TaskLabel, User},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
};

/// What is listed to people when nothing is asked.
pub const DEFAULT: &str = "is:open";

/// What a query asks, as a condition on rows of `task`. It never tells of a delta that the caller may not see.
pub fn condition(caller: &Caller, asked: &Asked, now: OffsetDateTime) -> Condition {
    match asked {
        Asked::And(members) => members.iter().fold(Cond::all(), |all, one| all.add(condition(caller, one, now))),
        Asked::Or(members) => members.iter().fold(Cond::any(), |any, one| any.add(condition(caller, one, now))),
        Asked::Not(inner) => condition(caller, inner, now).not(),
        Asked::Words(term) => {
            Cond::any().add(like(Expr::col((Task::Table, Task::Title)), term)).add(like(Expr::col((Task::Table, Task::Body)), term))
        }
        Asked::Field { field, test } => any(match test {
            Test::Word(words) => words.iter().map(|word| word_test(caller, field, word)).collect(),
            Test::Is(terms) | Test::Has(terms) => terms.iter().map(|term| key_test(caller, field, term)).collect(),
            Test::Date(spans) => spans.iter().map(|span| date_test(field, span, now)).collect(),
            Test::Number(_) | Test::Rate(_) => Vec::new(),
        }),
    }
}

fn any(tests: Vec<Expr>) -> Condition {
    tests.into_iter().fold(Cond::any().add(Expr::val(1).eq(0)), Condition::add)
}

fn word_test(caller: &Caller, field: &str, word: &str) -> Expr {
    let done_at = || Expr::col((Task::Table, Task::DoneAt));
    match (field, word) {
        ("priority", word) => Expr::col((Task::Table, Task::Priority)).eq(word),
        ("commitment", word) => Expr::col((Task::Table, Task::Commitment)).eq(word),
        (_, "open") => done_at().is_null(),
        (_, "done") => done_at().is_not_null(),
        (_, "mine") => mine(caller),
        _ => {
            // In its own name, since the task at hand is a row of the same table.
            let waiting = Query::select()
                .expr(Expr::val(1))
                .from(TaskBlock::Table)
                .join_as(
                    sea_query::JoinType::InnerJoin,
                    Task::Table,
                    "blocker",
                    Expr::col(("blocker", Task::Id)).equals((TaskBlock::Table, TaskBlock::BlockedBy)),
                )
                .and_where(Expr::col((TaskBlock::Table, TaskBlock::TaskId)).equals((Task::Table, Task::Id)))
                .and_where(Expr::col(("blocker", Task::DoneAt)).is_null())
                .take();
            Expr::exists(waiting)
        }
    }
}

fn assignees() -> SelectStatement {
    let mut select = Query::select();
    select
        .expr(Expr::val(1))
        .from(TaskAssignee::Table)
        .and_where(Expr::col((TaskAssignee::Table, TaskAssignee::TaskId)).equals((Task::Table, Task::Id)));
    select
}

fn mine(caller: &Caller) -> Expr {
    match caller.user_id() {
        Some(user) => Expr::exists(assignees().and_where(Expr::col((TaskAssignee::Table, TaskAssignee::UserId)).eq(user)).to_owned()),
        None => Expr::val(1).eq(0),
    }
}

fn key_test(caller: &Caller, field: &str, term: &Term) -> Expr {
    match (field, term.as_word()) {
        ("assignee", Some("me")) => mine(caller),
        ("assignee", Some("none")) => Expr::exists(assignees()).not(),
        ("assignee", Some("any")) => Expr::exists(assignees()),
        ("assignee", word) => {
            // Pages write @mara.
            let handle = word.and_then(|word| word.strip_prefix('@')).map(Term::plain);
            let term = handle.as_ref().unwrap_or(term);
            let person = assignees()
                .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((TaskAssignee::Table, TaskAssignee::UserId)))
                .and_where(is(Expr::col((User::Table, User::Name)), term))
                .to_owned();
            Expr::exists(person)
        }
        ("board", _) => {
            let board = Query::select().column(Board::Id).from(Board::Table).and_where(is(Expr::col(Board::Slug), term)).take();
            Expr::col((Task::Table, Task::BoardId)).in_subquery(board)
        }
        ("column", _) => {
            let column = Query::select()
                .column(BoardColumn::Id)
                .from(BoardColumn::Table)
                .cond_where(Cond::any().add(is(Expr::col(BoardColumn::Name), term)).add(is(Expr::col(BoardColumn::Slug), term)))
                .take();
            Expr::col((Task::Table, Task::ColumnId)).in_subquery(column)
        }
        ("label", _) => {
            let label = is(Expr::col(TaskLabel::Label), term);
            let label = Query::select().column(TaskLabel::TaskId).from(TaskLabel::Table).and_where(label).take();
            Expr::col((Task::Table, Task::Id)).in_subquery(label)
        }
        ("delta", Some(word)) => {
            let Ok(DeltaKey(number)) = word.parse() else { return Expr::val(1).eq(0) };
            let linked = Query::select()
                .column((Link::Table, Link::TaskId))
                .from(Link::Table)
                .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Link::Table, Link::DeltaId)))
                .and_where(Expr::col((Delta::Table, Delta::Number)).eq(number))
                .cond_where(visible(caller))
                .take();
            Expr::col((Task::Table, Task::Id)).in_subquery(linked)
        }
        ("project", _) => {
            let linked = Query::select()
                .column((Link::Table, Link::TaskId))
                .from(Link::Table)
                .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Link::Table, Link::DeltaId)))
                .inner_join(Place::Table, Expr::col((Place::Table, Place::DeltaId)).equals((Delta::Table, Delta::Id)))
                .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Place::Table, Place::ProjectId)))
                .and_where(is(Expr::col((Project::Table, Project::Slug)), term))
                .cond_where(visible(caller))
                .take();
            Expr::col((Task::Table, Task::Id)).in_subquery(linked)
        }
        _ => Expr::val(1).eq(0),
    }
}

/// The whole text is the term; capitals do not count.
fn is(text: Expr, term: &Term) -> Expr {
    Func::lower(text).like(LikeExpr::new(pattern(term)).escape('\\'))
}

/// The term is anywhere in the text; capitals do not count.
fn like(text: Expr, term: &Term) -> Expr {
    Func::lower(text).like(LikeExpr::new(format!("%{}%", pattern(term))).escape('\\'))
}

fn pattern(term: &Term) -> String {
    let literal = |part: &String| part.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    term.parts().iter().map(literal).collect::<Vec<_>>().join("%")
}

fn date_test(field: &str, span: &Span<schema::query::Moment>, now: OffsetDateTime) -> Expr {
    let (from, until) = span.bounds(now);
    let (column, due) = match field {
        "due" => (Expr::col((Task::Table, Task::Due)), true),
        _ => (Expr::col((Task::Table, Task::UpdatedAt)), false),
    };
    // A due day counts as its midnight: the first day that begins at or after a time.
    let bound = |at: OffsetDateTime| match due {
        true if at.time() == Time::MIDNIGHT => Expr::val(Day(at.date()).to_string()),
        true => Expr::val(Day((at + Duration::DAY).date()).to_string()),
        false => Expr::val(at),
    };
    let mut test = column.clone().is_not_null();
    if let Some(from) = from {
        test = test.and(column.clone().gte(bound(from)));
    }
    if let Some(until) = until {
        test = test.and(column.lt(bound(until)));
    }
    test
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    number: i64,
    rank: String,
    due: Option<String>,
    updated_at: OffsetDateTime,
    org_slug: String,
    key_prefix: String,
    board_slug: String,
    column_slug: String,
    column_name: String,
    #[sqlx(try_from = "String")]
    category: Category,
}

/// Which tasks are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Of which organisations; the caller may see their work.
    pub orgs: &'a [Uuid],
    /// What is asked of them.
    pub question: &'a Question,
    /// Where to go on: `next` of the page before.
    pub cursor: Option<&'a str>,
    /// How many at most.
    pub limit: i64,
    /// Only those that are due or promised from the one day on and before the other.
    pub between: Option<(Day, Day)>,
}

/// A page of tasks, with what cards show. In rank order unless the query sorts; its first sort counts.
///
/// # Errors
/// 422 for a cursor that is none of this list's.
pub async fn page(tx: &mut Tx, caller: &Caller, wanted: Wanted<'_>, now: OffsetDateTime) -> Result<Page<TaskSummary>> {
    let Wanted { orgs, question, cursor, limit, between } = wanted;
    let sort = question.sort.first().map_or(("rank", false), |sort| (sort.key, sort.reversed));
    let ascending = matches!(sort.0, "rank" | "due") != sort.1;
    let order = if ascending { Order::Asc } else { Order::Desc };
    let value = match sort.0 {
        "due" => Expr::expr(Func::coalesce([Expr::col((Task::Table, Task::Due)), Expr::val("9999-12-31")])),
        "updated" => Expr::col((Task::Table, Task::UpdatedAt)),
        "number" => Expr::col((Task::Table, Task::Number)),
        _ => Expr::col((Task::Table, Task::Rank)),
    };
    let mut select = Query::select();
    select
        .columns([(Task::Table, Task::Id), (Task::Table, Task::Number), (Task::Table, Task::Rank), (Task::Table, Task::Due)])
        .column((Task::Table, Task::UpdatedAt))
        .expr_as(Expr::col((Org::Table, Org::Slug)), "org_slug")
        .column((Org::Table, Org::KeyPrefix))
        .expr_as(Expr::col((Board::Table, Board::Slug)), "board_slug")
        .expr_as(Expr::col((BoardColumn::Table, BoardColumn::Slug)), "column_slug")
        .expr_as(Expr::col((BoardColumn::Table, BoardColumn::Name)), "column_name")
        .column((BoardColumn::Table, BoardColumn::Category))
        .from(Task::Table)
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
        .inner_join(Board::Table, Expr::col((Board::Table, Board::Id)).equals((Task::Table, Task::BoardId)))
        .inner_join(BoardColumn::Table, Expr::col((BoardColumn::Table, BoardColumn::Id)).equals((Task::Table, Task::ColumnId)))
        .and_where(Expr::col((Task::Table, Task::OrgId)).is_in(orgs.iter().copied()))
        .order_by_expr(value.clone(), order.clone())
        // Numbers and ranks of two organisations can be the same.
        .order_by((Task::Table, Task::Id), order)
        .limit(limit.unsigned_abs() + 1);
    if let Some(asked) = &question.filter {
        select.cond_where(condition(caller, asked, now));
    }
    if let Some((from, until)) = between {
        let within = |column: Task| {
            let column = Expr::col((Task::Table, column));
            column.clone().gte(from.to_string()).and(column.lt(until.to_string()))
        };
        select.cond_where(Cond::any().add(within(Task::Due)).add(within(Task::TargetDate)));
    }
    if let Some(cursor) = cursor {
        let (at, id) = read_cursor(cursor, sort.0)?;
        let tie = Expr::col((Task::Table, Task::Id));
        let (beyond, tied) = match ascending {
            true => (value.clone().gt(at.clone()), tie.gt(id)),
            false => (value.clone().lt(at.clone()), tie.lt(id)),
        };
        select.cond_where(Cond::any().add(beyond).add(value.eq(at).and(tied)));
    }
    let mut rows: Vec<Row> = tx.all(&select).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|row| cursor_of(row, sort.0));
    if rows.is_empty() {
        return Ok(Page { items: Vec::new(), next });
    }
    let which = Cond::all().add(Expr::col((Task::Table, Task::Id)).is_in(rows.iter().map(|row| row.id)));
    let mut cards: std::collections::HashMap<Uuid, _> =
        card::cards(tx, caller, "", &which, now).await?.into_iter().map(|standing| (standing.id, standing.card)).collect();
    let summary = |row: Row| {
        cards.remove(&row.id).map(|card| TaskSummary {
            card: Card { key: TaskKey { prefix: row.key_prefix, ..card.key }, ..card },
            org: row.org_slug,
            board: row.board_slug,
            column: row.column_slug,
            column_name: row.column_name,
            category: row.category,
            due: row.due.and_then(|day| day.parse().ok()),
            updated_at: row.updated_at,
        })
    };
    Ok(Page { items: rows.into_iter().filter_map(summary).collect(), next })
}

fn cursor_of(row: &Row, sort: &str) -> String {
    let value = match sort {
        "due" => row.due.clone().unwrap_or_else(|| "9999-12-31".to_owned()),
        "updated" => cursor::micros(row.updated_at).to_string(),
        "number" => row.number.to_string(),
        _ => row.rank.clone(),
    };
    format!("{sort}.{value}.{}", row.id.simple())
}

fn read_cursor(cursor: &str, sort: &str) -> Result<(Expr, Uuid)> {
    let bad = || Error::invalid("cursor", "is none of this list's: take `next` of the page before");
    let mut parts = cursor.split('.');
    let (Some(name), Some(value), Some(id), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(bad());
    };
    let id: Uuid = id.parse().map_err(|_| bad())?;
    let value = match sort {
        _ if name != sort || value.contains('\0') => return Err(bad()),
        "number" => Expr::val(value.parse::<i64>().map_err(|_| bad())?),
        "updated" => {
            let micros: i64 = value.parse().map_err(|_| bad())?;
            Expr::val(cursor::time(micros).ok_or_else(bad)?)
        }
        _ => Expr::val(value),
    };
    Ok((value, id))
}
