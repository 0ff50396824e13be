//! A delta's places with what people think, for its page and the API.

use schema::{
    place::{Consensus, Detail, Position as Said, Stand},
    project::Component as Area,
    user::Person,
};
use sea_query::{Expr, ExprTrait, JoinType, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        db::Tx,
        table::{Component, Place, PlaceComponent, Position, Project, User},
    },
};

#[derive(FromRow)]
struct Line {
    id: Uuid,
    project_id: Uuid,
    project: String,
    project_name: String,
    #[sqlx(try_from = "String")]
    consensus: Consensus,
    rationale: String,
    decider: Option<String>,
    decider_name: Option<String>,
    decided_at: Option<OffsetDateTime>,
    version: i64,
    component: Option<String>,
    component_name: Option<String>,
}

#[derive(FromRow)]
struct Stated {
    place_id: Uuid,
    name: String,
    display_name: String,
    #[sqlx(try_from = "String")]
    position: Stand,
    reason: String,
    revision: i64,
    at: OffsetDateTime,
}

/// A delta's places with the ids of their projects, by project, with positions (newest first) and consensus; `revision` is that of its text. Two statements.
///
/// # Errors
/// When the database does not answer.
pub async fn details(tx: &mut Tx, delta: Uuid, revision: i64) -> Result<Vec<(Uuid, Detail)>> {
    let mut select = Query::select();
    select
        .columns(
            [Place::Id, Place::ProjectId, Place::Consensus, Place::Rationale, Place::DecidedAt, Place::Version]
                .map(|column| (Place::Table, column)),
        )
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
    let mut places: Vec<(Uuid, (Uuid, Detail))> = Vec::new();
    for line in tx.all::<Line>(&select).await? {
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
    for stated in positions(tx, delta).await? {
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

async fn positions(tx: &mut Tx, delta: Uuid) -> Result<Vec<Stated>> {
    let mut select = Query::select();
    select
        .columns(
            [Position::PlaceId, Position::Position, Position::Reason, Position::Revision, Position::At]
                .map(|column| (Position::Table, column)),
        )
        .columns([(User::Table, User::Name), (User::Table, User::DisplayName)])
        .from(Position::Table)
        .inner_join(Place::Table, Expr::col((Place::Table, Place::Id)).equals((Position::Table, Position::PlaceId)))
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Position::Table, Position::UserId)))
        .and_where(Expr::col((Place::Table, Place::DeltaId)).eq(delta))
        .order_by((Position::Table, Position::At), Order::Desc);
    tx.all(&select).await
}
