//! What was said and decided of a delta in a project: its events, newest first.

use schema::{list::Page, timeline::Entry, user::Person};
use sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        db::Tx,
        gather::{Gather, Gathered},
        table::{Event, Project, User},
    },
};

/// How many a delta's page shows.
const SHOWN: u64 = 20;
/// The events that are such a history. These words are those of the index `event_consensus`, which a statement is given only where they
/// stand in it as they stand there.
const KINDS: &str = "\"event\".\"kind\" IN ('position.stated', 'position.withdrawn', 'objection.answered', 'consensus.set')";

#[derive(Deserialize)]
struct Line {
    id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    kind: String,
    data: String,
    actor: Option<String>,
    actor_name: Option<String>,
    project: String,
}

const COLUMNS: [&str; 7] = ["id", "at", "kind", "data", "actor", "actor_name", "project"];

/// Asks for the newest of it.
pub fn ask(gather: &mut Gather, delta: Uuid) {
    let select = lines(gather, delta).limit(SHOWN).take();
    gather.part("history", &COLUMNS, select);
}

/// What [`ask`] asked.
///
/// # Errors
/// When it did not.
pub fn told(gathered: &mut Gathered) -> Result<Vec<Entry>> {
    gathered.take::<Line>("history")?.into_iter().map(entry).collect()
}

/// One page of it in one project.
///
/// # Errors
/// When the database does not answer.
pub async fn page(tx: &mut Tx, delta: Uuid, project: Uuid, before: Option<Uuid>, limit: i64) -> Result<Page<Entry>> {
    let mut gather = Gather::new(tx.dialect());
    let mut select = lines(&gather, delta);
    select.and_where(Expr::col((Event::Table, Event::ProjectId)).eq(project)).limit(limit.unsigned_abs() + 1);
    select.and_where_option(before.map(|before| Expr::col((Event::Table, Event::Id)).lt(before)));
    gather.part("history", &COLUMNS, select);
    let mut items = told(&mut gather.read(tx).await?)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|entry| entry.id.simple().to_string());
    Ok(Page { items, next })
}

fn lines(gather: &Gather, delta: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(gather.id((Event::Table, Event::Id)), "id")
        .columns([Event::At, Event::Kind].map(|column| (Event::Table, column)))
        .expr_as(Expr::col((Event::Table, Event::Data)).cast_as("text"), "data")
        .expr_as(Expr::col((User::Table, User::Name)), "actor")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "actor_name")
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .from(Event::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Event::Table, Event::ProjectId)))
        .join(JoinType::LeftJoin, User::Table, Expr::col((User::Table, User::Id)).equals((Event::Table, Event::ActorId)))
        .and_where(Expr::col((Event::Table, Event::DeltaId)).eq(delta))
        .and_where(Expr::cust(KINDS))
        .order_by((Event::Table, Event::Id), Order::Desc);
    select
}

fn entry(line: Line) -> Result<Entry> {
    Ok(Entry {
        id: line.id,
        at: line.at,
        kind: line.kind,
        actor: line.actor.zip(line.actor_name).map(|(name, display_name)| Person { name, display_name }),
        project: Some(line.project),
        org: None,
        data: serde_json::from_str(&line.data)?,
        origin: None,
        body: None,
        edited_at: None,
        version: None,
        minimised: None,
        deleted: None,
    })
}
