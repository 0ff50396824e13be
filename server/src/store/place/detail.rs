//! A delta's places with what people think, for its page and the API.

use schema::{
    place::{Answer, Consensus, Decision, Detail, How, Needed, Position as Said, Rule, Stand},
    project::Component as Area,
    user::Person,
};
use sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::history;
use crate::{
    error::Result,
    store::{
        gather::{self, Gather, Gathered},
        table::{Component, Place, PlaceComponent, Position, Project, ProjectMaintainer, User},
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
    decided_how: How,
    decided_revision: Option<i64>,
    #[serde(with = "time::serde::rfc3339::option")]
    waits_since: Option<OffsetDateTime>,
    decision: Rule,
    decision_days: i64,
    decision_approvals: i64,
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
    #[serde(deserialize_with = "gather::flag")]
    maintainer: bool,
    answer: String,
    #[serde(with = "time::serde::rfc3339::option")]
    answered_at: Option<OffsetDateTime>,
    answerer: Option<String>,
    answerer_name: Option<String>,
}

/// The columns of a place that are shown.
const SHOWN: [Place; 7] =
    [Place::Consensus, Place::Rationale, Place::DecidedAt, Place::Version, Place::DecidedHow, Place::DecidedRevision, Place::WaitsSince];

/// Asks for a delta's places.
pub fn ask(gather: &mut Gather, delta: Uuid) {
    let mut select = Query::select();
    select
        .expr_as(gather.id((Place::Table, Place::Id)), "id")
        .expr_as(gather.id((Place::Table, Place::ProjectId)), "project_id")
        .columns(SHOWN.map(|column| (Place::Table, column)))
        .columns([Project::Decision, Project::DecisionDays, Project::DecisionApprovals].map(|column| (Project::Table, column)))
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
        "decided_how",
        "decided_revision",
        "waits_since",
        "decision",
        "decision_days",
        "decision_approvals",
        "component",
        "component_name",
    ];
    gather.part("places", &columns, select);
    let columns = [
        "place_id",
        "name",
        "display_name",
        "position",
        "reason",
        "revision",
        "at",
        "maintainer",
        "answer",
        "answered_at",
        "answerer",
        "answerer_name",
    ];
    gather.part("positions", &columns, positions(gather, delta));
    history::ask(gather, delta);
}

/// A delta's places with the ids of their projects, by project, with positions (newest first) and consensus; `revision` is
/// that of its text, `open` whether its gap is.
///
/// # Errors
/// When [`ask`] was not.
pub fn told(gathered: &mut Gathered, revision: i64, open: bool) -> Result<Vec<(Uuid, Detail)>> {
    let mut places: Vec<(Uuid, (Uuid, Detail))> = Vec::new();
    let mut waiting = Vec::new();
    for line in gathered.take::<Line>("places")? {
        if places.last().is_none_or(|(id, _)| *id != line.id) {
            let detail = Detail {
                project: line.project,
                project_name: line.project_name,
                consensus: line.consensus,
                rationale: line.rationale,
                decided_by: line.decider.zip(line.decider_name).map(|(name, display_name)| Person { name, display_name }),
                decided_at: line.decided_at,
                how: line.decided_how,
                revision: line.decided_revision,
                decision: Decision::new(line.decision, line.decision_days, line.decision_approvals),
                needed: Needed::default(),
                components: Vec::new(),
                positions: Vec::new(),
                history: Vec::new(),
                version: line.version,
            };
            waiting.push(line.waits_since);
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
                revision: stated.revision,
                stale: stated.revision < revision,
                maintainer: stated.maintainer,
                answer: stated.answered_at.map(|at| Answer {
                    by: stated.answerer.zip(stated.answerer_name).map(|(name, display_name)| Person { name, display_name }),
                    reason: stated.answer,
                    at,
                }),
                at: stated.at,
            });
        }
    }
    for ((_, (_, place)), since) in places.iter_mut().zip(waiting) {
        place.needed = Needed::of(&place.decision, open, place.consensus, &place.positions, since);
    }
    for past in history::told(gathered)? {
        if let Some((_, (_, place))) = places.iter_mut().find(|(_, (_, place))| Some(&place.project) == past.project.as_ref()) {
            place.history.push(past);
        }
    }
    Ok(places.into_iter().map(|(_, place)| place).collect())
}

fn positions(gather: &Gather, delta: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(gather.id((Position::Table, Position::PlaceId)), "place_id")
        .columns(
            [Position::Position, Position::Reason, Position::Revision, Position::At, Position::Answer, Position::AnsweredAt]
                .map(|column| (Position::Table, column)),
        )
        .columns([(User::Table, User::Name), (User::Table, User::DisplayName)])
        .expr_as(Expr::col((ProjectMaintainer::Table, ProjectMaintainer::UserId)).is_not_null(), "maintainer")
        .expr_as(Expr::col(("answerer", User::Name)), "answerer")
        .expr_as(Expr::col(("answerer", User::DisplayName)), "answerer_name")
        .from(Position::Table)
        .inner_join(Place::Table, Expr::col((Place::Table, Place::Id)).equals((Position::Table, Position::PlaceId)))
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Position::Table, Position::UserId)))
        .left_join(
            ProjectMaintainer::Table,
            Expr::col((ProjectMaintainer::Table, ProjectMaintainer::ProjectId))
                .equals((Place::Table, Place::ProjectId))
                .and(Expr::col((ProjectMaintainer::Table, ProjectMaintainer::UserId)).equals((Position::Table, Position::UserId))),
        )
        .join_as(
            JoinType::LeftJoin,
            User::Table,
            "answerer",
            Expr::col(("answerer", User::Id)).equals((Position::Table, Position::AnsweredBy)),
        )
        .and_where(Expr::col((Place::Table, Place::DeltaId)).eq(delta))
        .order_by((Position::Table, Position::At), Order::Desc);
    select
}
