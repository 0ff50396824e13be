//! A delta's places with what people think, for its page and the API.

use schema::{
    place::{Consensus, Detail, Position as Said, Stand},
    project::Component as Area,
    user::Person,
};
use sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        gather::{Gather, Gathered},
        table::{Component, Place, PlaceComponent, Position, Project, User},
    },
};

#[derive(Deserialize)]
struct Line {
    id: Uuid,
    project_id: Uuid,
    project: String,
    project_name: String,
    consensus: Consensus,
    rationale: String,
    decider: Option<String>,
    decider_name: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    decided_at: Option<OffsetDateTime>,
    version: i64,
    component: Option<String>,
    component_name: Option<String>,
}

#[derive(Deserialize)]
struct Stated {
    place_id: Uuid,
    name: String,
    display_name: String,
    position: Stand,
    reason: String,
    revision: i64,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
}

/// Asks for a delta's places.
pub fn ask(gather: &mut Gather, delta: Uuid) {
    let mut select = Query::select();
    select
        .expr_as(gather.id((Place::Table, Place::Id)), "id")
        .expr_as(gather.id((Place::Table, Place::ProjectId)), "project_id")
        .columns([Place::Consensus, Place::Rationale, Place::DecidedAt, Place::Version].map(|column| (Place::Table, column)))
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Project::Table, Project::Name)), "project_name")
        .expr_as(Expr::col((User::Table, User::Name)), "decider")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "decider_name")
        .expr_as(Expr::col((Component::Table, Component::Slug)), "component")
        .expr_as(Expr::col((Component::Table, Component::Name)), "component_name")
        .from(Place::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Place::Table, Place::ProjectId)))
        .join(JoinType::LeftJoin, User::Table, Expr::col((User::Table, User::Id)).equals((Place::Table, Place::DecidedBy)))
        .left_join(PlaceComponent::Table, Expr::col((PlaceComponent::Table, PlaceComponent::PlaceId)).equals((Place::Table, Place::Id)))
        .left_join(
            Component::Table,
            Expr::col((Component::Table, Component::Id)).equals((PlaceComponent::Table, PlaceComponent::ComponentId)),
        )
        .and_where(Expr::col((Place::Table, Place::DeltaId)).eq(delta))
        .order_by((Project::Table, Project::Slug), Order::Asc)
        .order_by((Component::Table, Component::Slug), Order::Asc);
    let columns = [
        "id",
        "project_id",
        "project",
        "project_name",
        "consensus",
        "rationale",
        "decider",
        "decider_name",
        "decided_at",
        "version",
        "component",
        "component_name",
    ];
    gather.part("places", &columns, select);
    gather.part("positions", &["place_id", "name", "display_name", "position", "reason", "revision", "at"], positions(gather, delta));
}

/// A delta's places with the ids of their projects, by project, with positions (newest first) and consensus; `revision` is
/// that of its text.
///
/// # Errors
/// When [`ask`] was not.
pub fn told(gathered: &mut Gathered, revision: i64) -> Result<Vec<(Uuid, Detail)>> {
    let mut places: Vec<(Uuid, (Uuid, Detail))> = Vec::new();
    for line in gathered.take::<Line>("places")? {
        if places.last().is_none_or(|(id, _)| *id != line.id) {
            let detail = Detail {
                project: line.project,
                project_name: line.project_name,
                consensus: line.consensus,
                rationale: line.rationale,
                decided_by: line.decider.zip(line.decider_name).map(|(name, display_name)| Person { name, display_name }),
                decided_at: line.decided_at,
                components: Vec::new(),
                positions: Vec::new(),
                version: line.version,
            };
            places.push((line.id, (line.project_id, detail)));
        }
        if let (Some((_, (_, place))), Some((slug, name))) = (places.last_mut(), line.component.zip(line.component_name)) {
            place.components.push(Area { slug, name });
        }
    }
    for stated in gathered.take::<Stated>("positions")? {
        if let Some((_, (_, place))) = places.iter_mut().find(|(id, _)| *id == stated.place_id) {
            place.positions.push(Said {
                person: Person { name: stated.name, display_name: stated.display_name },
                position: stated.position,
                reason: stated.reason,
                stale: stated.revision < revision,
                at: stated.at,
            });
        }
    }
    Ok(places.into_iter().map(|(_, place)| place).collect())
}

fn positions(gather: &Gather, delta: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(gather.id((Position::Table, Position::PlaceId)), "place_id")
        .columns([Position::Position, Position::Reason, Position::Revision, Position::At].map(|column| (Position::Table, column)))
        .columns([(User::Table, User::Name), (User::Table, User::DisplayName)])
        .from(Position::Table)
        .inner_join(Place::Table, Expr::col((Place::Table, Place::Id)).equals((Position::Table, Position::PlaceId)))
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Position::Table, Position::UserId)))
        .and_where(Expr::col((Place::Table, Place::DeltaId)).eq(delta))
        .order_by((Position::Table, Position::At), Order::Desc);
    select
}
