//! Timelines: the events of a delta, comments among them, in one statement. A comment has the id of its event.

use schema::{id::DeltaKey, list::Page, timeline::Entry, user::Person};
use sea_query::{Cond, Expr, ExprTrait, JoinType, LikeExpr, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    delta, duplicate, org,
    table::{Comment, Delta, Event, Org, Project, User},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
};

/// What outsiders see of the events of an organisation that shows its commitments.
const OUTSIDE: [&str; 2] = ["stance.set", "task.committed"];
/// What they see of what those say.
const OUTSIDE_DATA: [&str; 6] = ["stance", "was", "state", "from", "target", "moved"];

/// What the comment itself shows.
const SHOWN_ELSEWHERE: [&str; 4] = ["comment.edited", "comment.deleted", "comment.minimised", "comment.restored"];

#[derive(FromRow)]
struct Line {
    id: Uuid,
    at: OffsetDateTime,
    kind: String,
    data: sqlx::types::Json<serde_json::Value>,
    actor: Option<String>,
    actor_name: Option<String>,
    project: Option<String>,
    org: Option<String>,
    inside: i64,
    body: Option<String>,
    edited_at: Option<OffsetDateTime>,
    version: Option<i64>,
    minimised: Option<String>,
    deleted: Option<String>,
    origin: i64,
}

/// Which way a timeline is read, and from which entry on.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// Oldest first, after this entry; from the beginning where there is none.
    After(Option<Uuid>),
    /// Newest first, before this entry; from the end where there is none.
    Before(Option<Uuid>),
}

/// One page of a delta's timeline, as far as the caller may see: events of an organisation's own work only for those who see
/// that work. Comments on duplicates that count for it stand among its own. Single votes are not told: the impact says what they come to.
///
/// # Errors
/// When the database does not answer.
pub async fn page(tx: &mut Tx, caller: &Caller, delta: &delta::Row, way: Way, limit: i64) -> Result<Page<Entry>> {
    let inside = Expr::case(org::inside(caller), 1i64).finally(0i64);
    let outside = Expr::col((Event::Table, Event::Kind)).is_in(OUTSIDE);
    let mut select = Query::select();
    select
        .columns([Event::Id, Event::At, Event::Kind, Event::Data].map(|column| (Event::Table, column)))
        .expr_as(Expr::col((User::Table, User::Name)), "actor")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "actor_name")
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Org::Table, Org::Name)), "org")
        .expr_as(inside, "inside")
        .columns(
            [Comment::Body, Comment::EditedAt, Comment::Version, Comment::Minimised, Comment::Deleted]
                .map(|column| (Comment::Table, column)),
        )
        .from(Event::Table)
        .join(JoinType::LeftJoin, User::Table, Expr::col((User::Table, User::Id)).equals((Event::Table, Event::ActorId)))
        .join(JoinType::LeftJoin, Project::Table, Expr::col((Project::Table, Project::Id)).equals((Event::Table, Event::ProjectId)))
        .join(JoinType::LeftJoin, Org::Table, Expr::col((Org::Table, Org::Id)).equals((Event::Table, Event::OrgId)))
        .join(JoinType::LeftJoin, Comment::Table, Expr::col((Comment::Table, Comment::Id)).equals((Event::Table, Event::Id)))
        .and_where(Expr::col((Event::Table, Event::Kind)).not_like(LikeExpr::new("impact.%")))
        .and_where(Expr::col((Event::Table, Event::Kind)).is_not_in(SHOWN_ELSEWHERE))
        .cond_where(
            Cond::any()
                .add(Expr::col((Event::Table, Event::OrgId)).is_null())
                .add(org::inside(caller))
                .add(Cond::all().add(org::visible(caller)).add(outside)),
        )
        .limit(limit.unsigned_abs() + 1);
    let of = || Expr::col((Event::Table, Event::DeltaId));
    if delta.duplicates > 0 {
        let spoken = Expr::col((Event::Table, Event::Kind)).eq("comment.added");
        select
            .expr_as(Expr::col((Delta::Table, Delta::Number)), "origin")
            .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Event::Table, Event::DeltaId)))
            .and_where(of().in_subquery(duplicate::all(delta.id)))
            .and_where(of().eq(delta.id).or(spoken));
    } else {
        select.expr_as(Expr::val(delta.number), "origin").and_where(of().eq(delta.id));
    }
    let id = || Expr::col((Event::Table, Event::Id));
    match way {
        Way::After(from) => {
            select.order_by((Event::Table, Event::Id), Order::Asc);
            select.and_where_option(from.map(|from| id().gt(from)));
        }
        Way::Before(from) => {
            select.order_by((Event::Table, Event::Id), Order::Desc);
            select.and_where_option(from.map(|from| id().lt(from)));
        }
    }
    let mut lines: Vec<Line> = tx.all(&select).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = lines.len() > limit;
    lines.truncate(limit);
    let next = lines.last().filter(|_| more).map(|line| line.id.simple().to_string());
    let mut items: Vec<Entry> = lines.into_iter().map(|line| entry(line, delta.number)).collect();
    hide(tx, caller, &mut items).await?;
    Ok(Page { items, next })
}

/// Takes the keys of deltas that the caller may not see out of what events say, and events that are about nothing else. Asks only where an
/// event names one.
async fn hide(tx: &mut Tx, caller: &Caller, entries: &mut Vec<Entry>) -> Result<()> {
    let names = |entry: &Entry, field: &str| entry.data.get(field).and_then(|key| key.as_str()?.parse::<DeltaKey>().ok());
    let key = |entry: &Entry| names(entry, "duplicate_of");
    let about = |entry: &Entry| names(entry, "duplicate").or_else(|| names(entry, "other"));
    let named: Vec<i64> = entries.iter().flat_map(|entry| [key(entry), about(entry)]).flatten().map(|key| key.0).collect();
    if named.is_empty() {
        return Ok(());
    }
    let mut select = Query::select();
    select
        .column((Delta::Table, Delta::Number))
        .from(Delta::Table)
        .and_where(Expr::col((Delta::Table, Delta::Number)).is_in(named))
        .cond_where(delta::visible(caller));
    let seen: Vec<(i64,)> = tx.all(&select).await?;
    entries.retain(|entry| about(entry).is_none_or(|key| seen.contains(&(key.0,))));
    for entry in entries {
        if key(entry).is_some_and(|key| !seen.contains(&(key.0,)))
            && let Some(said) = entry.data.as_object_mut()
        {
            said.remove("duplicate_of");
        }
    }
    Ok(())
}

/// Reads a cursor that [`page`] gave.
///
/// # Errors
/// 422 `cursor` for anything else.
pub fn cursor(text: Option<&str>) -> Result<Option<Uuid>> {
    text.map(|text| Uuid::try_parse(text).map_err(|_| Error::invalid("cursor", "is not a cursor of this list"))).transpose()
}

fn entry(line: Line, here: i64) -> Entry {
    let mut data = line.data.0;
    if line.org.is_some()
        && line.inside == 0
        && let Some(said) = data.as_object_mut()
    {
        let declined = said.get("stance").is_some_and(|stance| stance == "declined");
        said.retain(|key, _| OUTSIDE_DATA.contains(&key.as_str()) || (declined && key == "reason"));
    }
    Entry {
        id: line.id,
        at: line.at,
        kind: line.kind,
        // Who of an organisation did it is the organisation's own affair.
        actor: line
            .actor
            .zip(line.actor_name)
            .filter(|_| line.org.is_none() || line.inside == 1)
            .map(|(name, display_name)| Person { name, display_name }),
        project: line.project,
        org: line.org,
        data,
        body: line.body.filter(|_| line.deleted.is_none()),
        edited_at: line.edited_at,
        version: line.version,
        minimised: line.minimised.and_then(|word| word.parse().ok()),
        deleted: line.deleted.and_then(|word| word.parse().ok()),
        origin: Some(DeltaKey(line.origin)).filter(|_| line.origin != here),
    }
}
