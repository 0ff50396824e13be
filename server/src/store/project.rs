//! Projects, with their components, releases and maintainers.

mod list;
mod security;

use schema::{
    place::{Decision, Rule},
    user::Person,
};
use sea_query::{Asterisk, Expr, ExprTrait, LockType, OnConflict, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

pub use self::{
    list::page,
    security::{add_security, guards, remove_security, security},
};
use super::{
    db::Tx,
    table::{Component, Project, ProjectMaintainer, Release, User},
};
use crate::{
    clock,
    error::{Error, Result},
};

/// A project as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub description: String,
    pub version: i64,
    pub created_at: OffsetDateTime,
    #[sqlx(try_from = "String")]
    pub decision: Rule,
    pub decision_days: i64,
    pub decision_approvals: i64,
}

impl Row {
    /// What makes it hold that something is agreed.
    pub fn decision(&self) -> Decision {
        Decision::new(self.decision, self.decision_days, self.decision_approvals)
    }
}

/// The project of a slug.
///
/// # Errors
/// 404 when there is none.
pub async fn find(tx: &mut Tx, slug: &str) -> Result<Row> {
    let mut select = Query::select();
    select.column(Asterisk).from(Project::Table).and_where(Expr::col(Project::Slug).eq(slug));
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("project"))
}

/// The project of a slug, locked until the transaction ends: who changes its maintainers or memberships, or what explains
/// its failures, waits.
///
/// # Errors
/// 404 when there is none.
pub async fn lock(tx: &mut Tx, slug: &str) -> Result<Row> {
    let mut select = Query::select();
    select.column(Asterisk).from(Project::Table).and_where(Expr::col(Project::Slug).eq(slug)).lock(LockType::NoKeyUpdate);
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("project"))
}

/// The projects of these ids, by slug.
///
/// # Errors
/// When the database does not answer.
pub async fn by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Query::select();
    select
        .column(Asterisk)
        .from(Project::Table)
        .and_where(Expr::col(Project::Id).is_in(ids.iter().copied()))
        .order_by(Project::Slug, Order::Asc);
    tx.all(&select).await
}

/// Every project's slug and name, by slug: for a choice in a form; 500 at most.
///
/// # Errors
/// When the database does not answer.
pub async fn names(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    let mut select = Query::select();
    select.columns([Project::Slug, Project::Name]).from(Project::Table).order_by(Project::Slug, Order::Asc).limit(500);
    tx.all(&select).await
}

/// Adds a project. Its segment *everyone* and its first maintainer are the caller's to add.
///
/// # Errors
/// When the slug is taken ([`Error::is_taken`]).
pub async fn insert(tx: &mut Tx, slug: &str, name: &str, description: &str, now: OffsetDateTime) -> Result<Row> {
    tx.one(
        Query::insert()
            .into_table(Project::Table)
            .columns([Project::Id, Project::Slug, Project::Name, Project::Description, Project::CreatedAt])
            .values_panic([clock::new_id().into(), slug.into(), name.into(), description.into(), now.into()])
            .returning_all(),
    )
    .await
}

/// Changes name and description of the version seen; false when it is not the current one.
///
/// # Errors
/// When the database does not answer.
pub async fn update(tx: &mut Tx, id: Uuid, version: i64, name: &str, description: &str) -> Result<bool> {
    let changed = tx
        .run(
            Query::update()
                .table(Project::Table)
                .value(Project::Name, name)
                .value(Project::Description, description)
                .value(Project::Version, Expr::col(Project::Version).add(1))
                .and_where(Expr::col(Project::Id).eq(id))
                .and_where(Expr::col(Project::Version).eq(version)),
        )
        .await?;
    Ok(changed == 1)
}

/// Sets what makes it hold that something is agreed.
///
/// # Errors
/// When the database does not answer.
pub async fn decide_by(tx: &mut Tx, id: Uuid, decision: &Decision) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Project::Table)
        .value(Project::Decision, decision.rule.as_str())
        .value(Project::DecisionDays, decision.days())
        .value(Project::DecisionApprovals, decision.approvals())
        .value(Project::Version, Expr::col(Project::Version).add(1))
        .and_where(Expr::col(Project::Id).eq(id));
    tx.run(&update).await.map(drop)
}

/// Who decides in a project, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn maintainers(tx: &mut Tx, project: Uuid) -> Result<Vec<Person>> {
    let mut select = Query::select();
    select
        .columns([(User::Table, User::Name), (User::Table, User::DisplayName)])
        .from(ProjectMaintainer::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((ProjectMaintainer::Table, ProjectMaintainer::UserId)))
        .and_where(Expr::col((ProjectMaintainer::Table, ProjectMaintainer::ProjectId)).eq(project))
        .order_by((User::Table, User::Name), Order::Asc);
    let rows: Vec<(String, String)> = tx.all(&select).await?;
    Ok(rows.into_iter().map(|(name, display_name)| Person { name, display_name }).collect())
}

/// Adds a maintainer; false when they are one already.
///
/// # Errors
/// When the database does not answer.
pub async fn add_maintainer(tx: &mut Tx, project: Uuid, user: Uuid, now: OffsetDateTime) -> Result<bool> {
    let added = tx
        .run(
            Query::insert()
                .into_table(ProjectMaintainer::Table)
                .columns([ProjectMaintainer::ProjectId, ProjectMaintainer::UserId, ProjectMaintainer::AddedAt])
                .values_panic([project.into(), user.into(), now.into()])
                .on_conflict(OnConflict::new().do_nothing().to_owned()),
        )
        .await?;
    Ok(added == 1)
}

/// Takes a maintainer away; false when they were none. Lock the project first: that one remains is the caller's to check.
///
/// # Errors
/// When the database does not answer.
pub async fn remove_maintainer(tx: &mut Tx, project: Uuid, user: Uuid) -> Result<bool> {
    let removed = tx
        .run(
            Query::delete()
                .from_table(ProjectMaintainer::Table)
                .and_where(Expr::col(ProjectMaintainer::ProjectId).eq(project))
                .and_where(Expr::col(ProjectMaintainer::UserId).eq(user)),
        )
        .await?;
    Ok(removed == 1)
}

/// An area of a project.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct ComponentRow {
    pub id: Uuid,
    pub project_id: Uuid,
    pub slug: String,
    pub name: String,
}

/// The components of these projects, by slug.
///
/// # Errors
/// When the database does not answer.
pub async fn components(tx: &mut Tx, projects: &[Uuid]) -> Result<Vec<ComponentRow>> {
    let mut select = Query::select();
    select
        .column(Asterisk)
        .from(Component::Table)
        .and_where(Expr::col(Component::ProjectId).is_in(projects.iter().copied()))
        .order_by(Component::Slug, Order::Asc);
    tx.all(&select).await
}

/// Makes a component, or renames it.
///
/// # Errors
/// When the database does not answer.
pub async fn put_component(tx: &mut Tx, project: Uuid, slug: &str, name: &str) -> Result<Uuid> {
    let (id,) = tx
        .one(
            Query::insert()
                .into_table(Component::Table)
                .columns([Component::Id, Component::ProjectId, Component::Slug, Component::Name])
                .values_panic([clock::new_id().into(), project.into(), slug.into(), name.into()])
                .on_conflict(OnConflict::columns([Component::ProjectId, Component::Slug]).update_column(Component::Name).to_owned())
                .returning_col(Component::Id),
        )
        .await?;
    Ok(id)
}

/// The releases of these projects, newest first; the ones to come before them.
///
/// # Errors
/// When the database does not answer.
pub async fn releases(tx: &mut Tx, projects: &[Uuid]) -> Result<Vec<schema::project::Release>> {
    let mut select = Query::select();
    select
        .columns([Release::Name, Release::ReleasedAt])
        .from(Release::Table)
        .and_where(Expr::col(Release::ProjectId).is_in(projects.iter().copied()));
    let mut rows: Vec<(String, Option<OffsetDateTime>)> = tx.all(&select).await?;
    rows.sort_by(|a, b| b.1.is_none().cmp(&a.1.is_none()).then(b.1.cmp(&a.1)).then(b.0.cmp(&a.0)));
    rows.dedup();
    Ok(rows.into_iter().map(|(name, released_at)| schema::project::Release { name, released_at }).collect())
}

/// Makes a release, or dates it.
///
/// # Errors
/// When the database does not answer.
pub async fn put_release(tx: &mut Tx, project: Uuid, name: &str, released_at: Option<OffsetDateTime>) -> Result<()> {
    tx.run(
        Query::insert()
            .into_table(Release::Table)
            .columns([Release::Id, Release::ProjectId, Release::Name, Release::ReleasedAt])
            .values_panic([clock::new_id().into(), project.into(), name.into(), released_at.into()])
            .on_conflict(OnConflict::columns([Release::ProjectId, Release::Name]).update_column(Release::ReleasedAt).to_owned()),
    )
    .await?;
    Ok(())
}

/// The id of a person's handle, if there is such a person and they are not suspended.
///
/// # Errors
/// When the database does not answer.
pub async fn person(tx: &mut Tx, name: &str) -> Result<Option<Uuid>> {
    let mut select = Query::select();
    select.column(User::Id).from(User::Table).and_where(Expr::col(User::Name).eq(name)).and_where(Expr::col(User::State).eq("active"));
    Ok(tx.optional::<(Uuid,)>(&select).await?.map(|(id,)| id))
}
