//! Who sees a project's private deltas.

use schema::user::Person;
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query, UnionType};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        db::Tx,
        table::{ProjectMaintainer, ProjectSecurity, User},
    },
};

/// The security group that was named, by name; where nobody was, the maintainers are it.
///
/// # Errors
/// When the database does not answer.
pub async fn security(tx: &mut Tx, project: Uuid) -> Result<Vec<Person>> {
    let mut select = Query::select();
    select
        .columns([(User::Table, User::Name), (User::Table, User::DisplayName)])
        .from(ProjectSecurity::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((ProjectSecurity::Table, ProjectSecurity::UserId)))
        .and_where(Expr::col((ProjectSecurity::Table, ProjectSecurity::ProjectId)).eq(project))
        .order_by((User::Table, User::Name), Order::Asc);
    let rows: Vec<(String, String)> = tx.all(&select).await?;
    Ok(rows.into_iter().map(|(name, display_name)| Person { name, display_name }).collect())
}

/// Adds somebody to the security group; false when they are of it already.
///
/// # Errors
/// When the database does not answer.
pub async fn add_security(tx: &mut Tx, project: Uuid, user: Uuid, now: OffsetDateTime) -> Result<bool> {
    let mut insert = Query::insert();
    insert
        .into_table(ProjectSecurity::Table)
        .columns([ProjectSecurity::ProjectId, ProjectSecurity::UserId, ProjectSecurity::AddedAt])
        .values_panic([project.into(), user.into(), now.into()])
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    Ok(tx.run(&insert).await? == 1)
}

/// Takes somebody out of the security group; false when they were not of it.
///
/// # Errors
/// When the database does not answer.
pub async fn remove_security(tx: &mut Tx, project: Uuid, user: Uuid) -> Result<bool> {
    let mut delete = Query::delete();
    delete
        .from_table(ProjectSecurity::Table)
        .and_where(Expr::col(ProjectSecurity::ProjectId).eq(project))
        .and_where(Expr::col(ProjectSecurity::UserId).eq(user));
    Ok(tx.run(&delete).await? == 1)
}

/// Who sees private deltas of these projects without being invited, by name: those who were named and, where nobody was, the maintainers.
///
/// # Errors
/// When the database does not answer.
pub async fn guards(tx: &mut Tx, projects: &[Uuid]) -> Result<Vec<Person>> {
    let person = |table: sea_query::TableRef, user: Expr| {
        let mut select = Query::select();
        select
            .columns([(User::Table, User::Name), (User::Table, User::DisplayName)])
            .from(table)
            .inner_join(User::Table, Expr::col((User::Table, User::Id)).eq(user));
        select
    };
    let mut named = person(ProjectSecurity::Table.into(), Expr::col((ProjectSecurity::Table, ProjectSecurity::UserId)));
    named.and_where(Expr::col((ProjectSecurity::Table, ProjectSecurity::ProjectId)).is_in(projects.iter().copied()));
    let somebody = Query::select()
        .column(ProjectSecurity::ProjectId)
        .from(ProjectSecurity::Table)
        .and_where(Expr::col(ProjectSecurity::ProjectId).is_in(projects.iter().copied()))
        .take();
    let mut maintainers = person(ProjectMaintainer::Table.into(), Expr::col((ProjectMaintainer::Table, ProjectMaintainer::UserId)));
    maintainers
        .and_where(Expr::col((ProjectMaintainer::Table, ProjectMaintainer::ProjectId)).is_in(projects.iter().copied()))
        .and_where(Expr::col((ProjectMaintainer::Table, ProjectMaintainer::ProjectId)).in_subquery(somebody).not());
    let mut people: Vec<(String, String)> = tx.all(&named.union(UnionType::Distinct, maintainers).take()).await?;
    people.sort();
    Ok(people.into_iter().map(|(name, display_name)| Person { name, display_name }).collect())
}
