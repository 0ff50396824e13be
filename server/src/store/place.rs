//! Places of deltas in projects: positions and consensus.

pub mod detail;
mod edit;
pub mod history;
mod rule;

use std::collections::HashMap;

use schema::place::{Consensus, Place as Short};
use sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Order, Query, SelectStatement};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

pub use self::{
    edit::{Held, Row, all, delete, delete_position, find, put_components, put_consensus, put_position},
    rule::{Due, Ruled, Weight, answer, due, ruled, wait, wait_at, wait_for, weigh},
};
use super::{
    db::Tx,
    gather::{Gather, Gathered},
    table::{Component, Place, PlaceComponent, Project},
};
use crate::{clock, error::Result};

#[derive(Deserialize)]
struct Line {
    delta_id: Uuid,
    project: String,
    consensus: Consensus,
    component: Option<String>,
}

/// Asks where the deltas are that `ids` selects.
pub fn ask(gather: &mut Gather, ids: SelectStatement) {
    let mut select = Query::select();
    select
        .expr_as(gather.id((Place::Table, Place::DeltaId)), "delta_id")
        .column((Place::Table, Place::Consensus))
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Component::Table, Component::Slug)), "component")
        .from(Place::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Place::Table, Place::ProjectId)))
        .left_join(PlaceComponent::Table, Expr::col((PlaceComponent::Table, PlaceComponent::PlaceId)).equals((Place::Table, Place::Id)))
        .left_join(
            Component::Table,
            Expr::col((Component::Table, Component::Id)).equals((PlaceComponent::Table, PlaceComponent::ComponentId)),
        )
        .and_where(Expr::col((Place::Table, Place::DeltaId)).in_subquery(ids))
        .order_by((Project::Table, Project::Slug), Order::Asc)
        .order_by((Component::Table, Component::Slug), Order::Asc);
    gather.part("places", &["delta_id", "project", "consensus", "component"], select);
}

/// Where they are, by project.
///
/// # Errors
/// When [`ask`] was not.
pub fn told(gathered: &mut Gathered) -> Result<HashMap<Uuid, Vec<Short>>> {
    let mut places: HashMap<Uuid, Vec<Short>> = HashMap::new();
    for line in gathered.take::<Line>("places")? {
        let of = places.entry(line.delta_id).or_default();
        if of.last().is_none_or(|place| place.project != line.project) {
            of.push(Short { project: line.project, consensus: line.consensus, components: Vec::new() });
        }
        if let (Some(place), Some(component)) = (of.last_mut(), line.component) {
            place.components.push(component);
        }
    }
    Ok(places)
}

/// What a place repeats of its delta.
#[derive(Clone, Copy, Debug)]
pub struct Of {
    /// The delta.
    pub delta: Uuid,
    /// Its number.
    pub number: i64,
    /// Whether its gap is open.
    pub open: bool,
    /// Its impact.
    pub impact: i64,
}

/// Gives a delta just filed its places: different projects, with components.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_first(tx: &mut Tx, of: Of, places: &[(Uuid, Vec<Uuid>)], now: OffsetDateTime) -> Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    let (insert, components) = rows(of, places, now);
    tx.later(&insert).await?;
    insert_components(tx, &components).await
}

/// Adds places: projects with components. A place that is there stays as it is, components included; gives whether any was
/// added.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, of: Of, places: &[(Uuid, Vec<Uuid>)], now: OffsetDateTime) -> Result<bool> {
    if places.is_empty() {
        return Ok(false);
    }
    let (mut insert, mut components) = rows(of, places, now);
    insert.on_conflict(OnConflict::columns([Place::DeltaId, Place::ProjectId]).do_nothing().to_owned());
    let added: Vec<(Uuid,)> = tx.all(insert.returning_col(Place::Id)).await?;
    components.retain(|(place, _)| added.contains(&(*place,)));
    insert_components(tx, &components).await?;
    Ok(!added.is_empty())
}

/// The rows of places, and which component stands at which of them.
fn rows(of: Of, places: &[(Uuid, Vec<Uuid>)], now: OffsetDateTime) -> (InsertStatement, Vec<(Uuid, Uuid)>) {
    let mut insert = Query::insert();
    insert.into_table(Place::Table).columns([
        Place::Id,
        Place::DeltaId,
        Place::ProjectId,
        Place::Number,
        Place::Open,
        Place::Impact,
        Place::UpdatedAt,
    ]);
    let mut components = Vec::new();
    for (project, of_place) in places {
        let id = clock::new_id();
        insert.values_panic([
            id.into(),
            of.delta.into(),
            (*project).into(),
            of.number.into(),
            of.open.into(),
            of.impact.into(),
            now.into(),
        ]);
        components.extend(of_place.iter().map(|component| (id, *component)));
    }
    (insert, components)
}

/// Adds components to places: place and component.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_components(tx: &mut Tx, components: &[(Uuid, Uuid)]) -> Result<()> {
    if components.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert();
    insert
        .into_table(PlaceComponent::Table)
        .columns([PlaceComponent::PlaceId, PlaceComponent::ComponentId])
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    for (place, component) in components {
        insert.values_panic([(*place).into(), (*component).into()]);
    }
    tx.later(&insert).await
}
