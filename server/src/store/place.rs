//! Places of deltas in projects: positions and consensus.

use std::collections::HashMap;

use schema::place::{Consensus, Place as Short};
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Component, Place, PlaceComponent, Project},
};
use crate::error::Result;

#[derive(FromRow)]
struct Line {
    delta_id: Uuid,
    project: String,
    #[sqlx(try_from = "String")]
    consensus: Consensus,
    component: Option<String>,
}

/// Where these deltas are, by project; in one statement.
///
/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, deltas: &[Uuid]) -> Result<HashMap<Uuid, Vec<Short>>> {
    let mut places: HashMap<Uuid, Vec<Short>> = HashMap::new();
    if deltas.is_empty() {
        return Ok(places);
    }
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
        .and_where(Expr::col((Place::Table, Place::DeltaId)).is_in(deltas.iter().copied()))
        .order_by((Project::Table, Project::Slug), Order::Asc)
        .order_by((Component::Table, Component::Slug), Order::Asc);
    let lines: Vec<Line> = tx.all(&select).await?;
    for line in lines {
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
