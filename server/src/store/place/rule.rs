//! What a project's rule asks of its places: answers to objections, and who waits for the rule.

use schema::place::{Consensus, Decision, Rule, Stand};
use sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sqlx::FromRow;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        db::Tx,
        table::{Delta, Place, Position, Project, ProjectMaintainer},
    },
};

/// A place whose project's rule may decide.
#[derive(Clone, Copy, Debug)]
pub struct Ruled {
    /// The place.
    pub place: Uuid,
    /// Its project.
    pub project: Uuid,
    /// The project's rule.
    pub decision: Decision,
}

#[derive(FromRow)]
struct Line {
    id: Uuid,
    project_id: Uuid,
    #[sqlx(try_from = "String")]
    decision: Rule,
    decision_days: i64,
    decision_approvals: i64,
}

/// A delta's places whose projects have another rule than their maintainers' word.
///
/// # Errors
/// When the database does not answer.
pub async fn ruled(tx: &mut Tx, delta: Uuid) -> Result<Vec<Ruled>> {
    let mut select = Query::select();
    select
        .columns([(Place::Table, Place::Id), (Place::Table, Place::ProjectId)])
        .columns([Project::Decision, Project::DecisionDays, Project::DecisionApprovals].map(|column| (Project::Table, column)))
        .from(Place::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Place::Table, Place::ProjectId)))
        .and_where(Expr::col((Place::Table, Place::DeltaId)).eq(delta))
        .and_where(Expr::col((Project::Table, Project::Decision)).ne(Rule::Maintainers.as_str()));
    let lines: Vec<Line> = tx.all(&select).await?;
    let ruled = |line: Line| Ruled {
        place: line.id,
        project: line.project_id,
        decision: Decision::new(line.decision, line.decision_days, line.decision_approvals),
    };
    Ok(lines.into_iter().map(ruled).collect())
}

/// What a place has by its project's rule.
#[derive(Clone, Debug, FromRow)]
pub struct Weight {
    /// Rises with each change of the consensus.
    pub version: i64,
    /// What the project thinks.
    #[sqlx(try_from = "String")]
    pub consensus: Consensus,
    /// Since when it waits for the rule.
    pub waits_since: Option<OffsetDateTime>,
    /// Maintainers who agree with the current text.
    pub approvals: i64,
    /// Objections to it that nobody answered.
    pub objections: i64,
}

/// Counts what a place has, of this revision of the text. Lock the delta first.
///
/// # Errors
/// When the database does not answer.
pub async fn weigh(tx: &mut Tx, place: Uuid, revision: i64) -> Result<Weight> {
    let said = |position: Stand| {
        let mut select = Query::select();
        select
            .expr(Expr::cust("COUNT(*)"))
            .from(Position::Table)
            .and_where(Expr::col((Position::Table, Position::PlaceId)).equals((Place::Table, Place::Id)))
            .and_where(Expr::col((Position::Table, Position::Revision)).eq(revision))
            .and_where(Expr::col((Position::Table, Position::Position)).eq(position.as_str()));
        select
    };
    let mut approvals = said(Stand::Agree);
    approvals.inner_join(
        ProjectMaintainer::Table,
        Expr::col((ProjectMaintainer::Table, ProjectMaintainer::ProjectId))
            .equals((Place::Table, Place::ProjectId))
            .and(Expr::col((ProjectMaintainer::Table, ProjectMaintainer::UserId)).equals((Position::Table, Position::UserId))),
    );
    let mut objections = said(Stand::Object);
    objections.and_where(Expr::col((Position::Table, Position::AnsweredAt)).is_null());
    let count = |select: SelectStatement| Expr::SubQuery(None, Box::new(select.into()));
    let mut select = Query::select();
    select
        .columns([Place::Version, Place::Consensus, Place::WaitsSince])
        .expr_as(count(approvals), "approvals")
        .expr_as(count(objections), "objections")
        .from(Place::Table)
        .and_where(Expr::col((Place::Table, Place::Id)).eq(place));
    tx.one(&select).await
}

/// Says since when a place waits for its project's rule; not at all where there is no time.
///
/// # Errors
/// When the database does not answer.
pub async fn wait(tx: &mut Tx, place: Uuid, since: Option<OffsetDateTime>) -> Result<()> {
    tx.later(Query::update().table(Place::Table).value(Place::WaitsSince, since).and_where(Expr::col(Place::Id).eq(place))).await
}

/// Says that a delta waits for this project's rule from now on.
///
/// # Errors
/// When the database does not answer.
pub async fn wait_at(tx: &mut Tx, delta: Uuid, project: Uuid, now: OffsetDateTime) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Place::Table)
        .value(Place::WaitsSince, now)
        .and_where(Expr::col(Place::DeltaId).eq(delta))
        .and_where(Expr::col(Place::ProjectId).eq(project));
    tx.later(&update).await
}

/// After a project's rule or maintainers changed: its places wait from now on where somebody has stated a position, and no longer
/// elsewhere if `rule` says that the rule is another one.
///
/// # Errors
/// When the database does not answer.
pub async fn wait_for(tx: &mut Tx, project: Uuid, rule: bool, now: OffsetDateTime) -> Result<()> {
    let here = || Expr::col((Place::Table, Place::ProjectId)).eq(project);
    if rule {
        let mut update = Query::update();
        update.table(Place::Table).value(Place::WaitsSince, Expr::val(None::<OffsetDateTime>));
        update.and_where(here()).and_where(Expr::col(Place::WaitsSince).is_not_null());
        tx.run(&update).await?;
    }
    let stated = Query::select()
        .column((Position::Table, Position::PlaceId))
        .from(Position::Table)
        .inner_join(Place::Table, Expr::col((Place::Table, Place::Id)).equals((Position::Table, Position::PlaceId)))
        .and_where(here())
        .take();
    let mut update = Query::update();
    update
        .table(Place::Table)
        .value(Place::WaitsSince, now)
        .and_where(Expr::col(Place::Id).in_subquery(stated))
        .and_where(Expr::col(Place::Open).eq(true))
        .and_where(Expr::col(Place::Consensus).is_in([Consensus::Proposed.as_str(), Consensus::Discussing.as_str()]));
    tx.run(&update).await.map(drop)
}

/// Writes a maintainer's answer beside a person's objection to this revision; false where there is none, or it is answered already.
///
/// # Errors
/// When the database does not answer.
pub async fn answer(tx: &mut Tx, place: Uuid, user: Uuid, revision: i64, by: Uuid, reason: &str, now: OffsetDateTime) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(Position::Table)
        .value(Position::Answer, reason)
        .value(Position::AnsweredBy, by)
        .value(Position::AnsweredAt, now)
        .and_where(Expr::col(Position::PlaceId).eq(place))
        .and_where(Expr::col(Position::UserId).eq(user))
        .and_where(Expr::col(Position::Position).eq(Stand::Object.as_str()))
        .and_where(Expr::col(Position::Revision).eq(revision))
        .and_where(Expr::col(Position::AnsweredAt).is_null());
    Ok(tx.run(&update).await? == 1)
}

/// A place the rule is to look at.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Due {
    /// The delta.
    pub delta_id: Uuid,
    /// The place.
    pub id: Uuid,
}

#[derive(FromRow)]
struct By {
    id: Uuid,
    #[sqlx(try_from = "String")]
    decision: Rule,
    decision_days: i64,
}

/// Places of open deltas that waited long enough for their project's rule; some of them.
///
/// # Errors
/// When the database does not answer.
pub async fn due(tx: &mut Tx, now: OffsetDateTime) -> Result<Vec<Due>> {
    let mut rules = Query::select();
    rules
        .columns([Project::Id, Project::Decision, Project::DecisionDays])
        .from(Project::Table)
        .and_where(Expr::col(Project::Decision).ne(Rule::Maintainers.as_str()));
    let mut due = Vec::new();
    for by in tx.all::<By>(&rules).await? {
        let until = if by.decision == Rule::Lazy { now - Duration::days(by.decision_days) } else { now };
        let mut select = Query::select();
        select
            .columns([(Place::Table, Place::DeltaId), (Place::Table, Place::Id)])
            .from(Place::Table)
            .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Place::Table, Place::DeltaId)))
            .and_where(Expr::col((Place::Table, Place::ProjectId)).eq(by.id))
            .and_where(Expr::col((Place::Table, Place::WaitsSince)).lte(until))
            .and_where(Expr::col((Delta::Table, Delta::Open)).eq(true))
            .limit(200);
        due.extend(tx.all::<Due>(&select).await?);
    }
    Ok(due)
}
