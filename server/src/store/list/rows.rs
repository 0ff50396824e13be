//! From found rows to lines of a list: their places and who has committed, one statement each for all of them.

use std::collections::HashMap;

use schema::{
    delta::{Kind, Summary, Visibility},
    id::DeltaKey,
    place::{Consensus, Place as Line},
};
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::condition::{orgs_seen, promised};
use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::Tx,
        table::{Component, Link, Org, Place, PlaceComponent, Project, Task},
    },
};

/// A found row. `rank` is of the order by relevance, else 0.
#[derive(FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Found {
    pub id: Uuid,
    pub number: i64,
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    pub title: String,
    #[sqlx(try_from = "String")]
    pub visibility: Visibility,
    pub resolution: Option<String>,
    pub regressed_at: Option<OffsetDateTime>,
    pub impact: i64,
    pub affected: i64,
    pub comments: i64,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub segment: Option<String>,
    pub rank: i64,
}

#[derive(FromRow)]
struct Placed {
    delta_id: Uuid,
    project: String,
    #[sqlx(try_from = "String")]
    consensus: Consensus,
    component: Option<String>,
}

#[derive(FromRow)]
struct Promised {
    delta_id: Uuid,
    slug: String,
}

/// The lines of these rows, in their order.
///
/// # Errors
/// When the database does not answer.
pub async fn summaries(tx: &mut Tx, caller: &Caller, found: Vec<Found>) -> Result<Vec<Summary>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    let mut places = places(tx, &ids).await?;
    let mut committed = committed(tx, caller, &ids).await?;
    let line = |row: Found| Summary {
        key: DeltaKey(row.number),
        kind: row.kind,
        title: row.title,
        visibility: row.visibility,
        regressed: row.regressed_at.is_some(),
        resolution: row.resolution.as_deref().and_then(|word| word.parse().ok()),
        impact: row.impact,
        segment: row.segment.filter(|_| row.impact > 0),
        affected: row.affected,
        places: places.remove(&row.id).unwrap_or_default(),
        committed: committed.remove(&row.id).unwrap_or_default(),
        comments: row.comments,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(found.into_iter().map(line).collect())
}

async fn places(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Line>>> {
    let mut select = Query::select();
    select
        .columns([(Place::Table, Place::DeltaId), (Place::Table, Place::Consensus)])
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Component::Table, Component::Slug)), "component")
        .from(Place::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Place::Table, Place::ProjectId)))
        .left_join(PlaceComponent::Table, Expr::col((PlaceComponent::Table, PlaceComponent::PlaceId)).equals((Place::Table, Place::Id)))
        .left_join(
            Component::Table,
            Expr::col((Component::Table, Component::Id)).equals((PlaceComponent::Table, PlaceComponent::ComponentId)),
        )
        .and_where(Expr::col((Place::Table, Place::DeltaId)).is_in(ids.iter().copied()))
        .order_by((Place::Table, Place::Id), Order::Asc)
        .order_by((Component::Table, Component::Slug), Order::Asc);
    let mut places: HashMap<Uuid, Vec<Line>> = HashMap::new();
    for row in tx.all::<Placed>(&select).await? {
        let of = places.entry(row.delta_id).or_default();
        match of.last_mut() {
            Some(place) if place.project == row.project => place.components.extend(row.component),
            _ => of.push(Line { project: row.project, consensus: row.consensus, components: row.component.into_iter().collect() }),
        }
    }
    Ok(places)
}

async fn committed(tx: &mut Tx, caller: &Caller, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<String>>> {
    let mut select = Query::select();
    select
        .distinct()
        .column((Link::Table, Link::DeltaId))
        .column((Org::Table, Org::Slug))
        .from(Link::Table)
        .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((Link::Table, Link::TaskId)))
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
        .and_where(Expr::col((Link::Table, Link::DeltaId)).is_in(ids.iter().copied()))
        .and_where(promised())
        .cond_where(orgs_seen(caller))
        .order_by((Org::Table, Org::Slug), Order::Asc);
    let mut committed: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in tx.all::<Promised>(&select).await? {
        committed.entry(row.delta_id).or_default().push(row.slug);
    }
    Ok(committed)
}
