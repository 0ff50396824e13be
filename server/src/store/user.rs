//! People.

use std::collections::HashMap;

use schema::{delta::Visibility, setting::State, user::Person};
use sea_query::{Cond, Expr, ExprTrait, Order, Query, SelectStatement, UnionType};
use serde::Deserialize;
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    gather::{Gather, Gathered},
    table::{Delta, Org, OrgMember, Project, ProjectMaintainer, ProjectSecurity, User},
};
use crate::{
    caller::{self, Membership, Who},
    clock,
    error::Result,
};

/// The person, their organisations, the projects they maintain and guard, in one statement; `None` for unknown and suspended
/// people.
///
/// # Errors
/// When the database does not answer.
pub async fn who(tx: &mut Tx, user: Uuid) -> Result<Option<Who>> {
    let mut gather = Gather::new(tx.dialect());
    ask_who(&mut gather, &Expr::val(user));
    told_who(&mut gather.read(tx).await?)
}

/// Asks what [`who`] gives; `user` is an id.
pub fn ask_who(gather: &mut Gather, user: &Expr) {
    let mut person = Query::select();
    person
        .expr_as(gather.id(User::Id), "id")
        .columns([User::Name, User::DisplayName, User::IsAdmin])
        .from(User::Table)
        .and_where(Expr::col(User::Id).eq(user.clone()))
        .and_where(Expr::col(User::State).eq("active"));
    gather.part("user", &["id", "name", "display_name", "is_admin"], person);
    let mut orgs = Query::select();
    orgs.expr_as(gather.id((Org::Table, Org::Id)), "org")
        .columns([(Org::Table, Org::Slug), (Org::Table, Org::Name)])
        .column((OrgMember::Table, OrgMember::Role))
        .from(OrgMember::Table)
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((OrgMember::Table, OrgMember::OrgId)))
        .and_where(Expr::col((OrgMember::Table, OrgMember::UserId)).eq(user.clone()));
    gather.part("orgs", &["org", "slug", "name", "role"], orgs);
    let mut projects = Query::select();
    projects
        .expr_as(gather.id(ProjectMaintainer::ProjectId), "project")
        .from(ProjectMaintainer::Table)
        .and_where(Expr::col(ProjectMaintainer::UserId).eq(user.clone()));
    gather.part("maintains", &["project"], projects);
    gather.part("guards", &["project"], guarded(gather, user));
}

/// The projects of whose security group a person is: those they are named in, and those they maintain where nobody is named.
fn guarded(gather: &Gather, user: &Expr) -> SelectStatement {
    let mut named = Query::select();
    named
        .expr_as(gather.id(ProjectSecurity::ProjectId), "project")
        .from(ProjectSecurity::Table)
        .and_where(Expr::col(ProjectSecurity::UserId).eq(user.clone()));
    let somebody = Query::select()
        .expr(Expr::val(1))
        .from(ProjectSecurity::Table)
        .and_where(
            Expr::col((ProjectSecurity::Table, ProjectSecurity::ProjectId))
                .equals((ProjectMaintainer::Table, ProjectMaintainer::ProjectId)),
        )
        .take();
    let mut maintained = Query::select();
    maintained
        .expr_as(gather.id((ProjectMaintainer::Table, ProjectMaintainer::ProjectId)), "project")
        .from(ProjectMaintainer::Table)
        .and_where(Expr::col((ProjectMaintainer::Table, ProjectMaintainer::UserId)).eq(user.clone()))
        .and_where(Expr::exists(somebody).not());
    named.union(UnionType::All, maintained).take()
}

/// What [`ask_who`] asked.
///
/// # Errors
/// When it did not.
pub fn told_who(gathered: &mut Gathered) -> Result<Option<Who>> {
    #[derive(Deserialize)]
    struct Line {
        project: Uuid,
    }
    let Some(user) = gathered.take::<caller::User>("user")?.pop() else { return Ok(None) };
    let mut projects = |part| Ok::<_, crate::error::Error>(gathered.take::<Line>(part)?.into_iter().map(|line| line.project).collect());
    let (maintains, guards) = (projects("maintains")?, projects("guards")?);
    let mut orgs: Vec<Membership> = gathered.take("orgs")?;
    // Databases differ in how they sort letters.
    orgs.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(Who { user: Some(user), orgs, maintains, guards, ..Who::default() }))
}

/// A new person. `email` and `password_hash` stay empty for reporters brought in by an import.
#[derive(Debug)]
pub struct New<'a> {
    /// Handle, lower case.
    pub name: &'a str,
    /// As shown.
    pub display_name: &'a str,
    /// Lower case.
    pub email: Option<&'a str>,
    /// As argon2 writes it.
    pub password_hash: Option<&'a str>,
    /// Runs the instance.
    pub is_admin: bool,
}

/// Adds a person.
///
/// # Errors
/// When the name or the address is taken ([`crate::error::Error::is_taken`]).
pub async fn insert(tx: &mut Tx, user: &New<'_>, at: OffsetDateTime) -> Result<Uuid> {
    let id = clock::new_id();
    tx.run(
        Query::insert()
            .into_table(User::Table)
            .columns([User::Id, User::Name, User::DisplayName, User::Email, User::PasswordHash, User::IsAdmin, User::CreatedAt])
            .values_panic([
                id.into(),
                user.name.into(),
                user.display_name.into(),
                user.email.into(),
                user.password_hash.into(),
                user.is_admin.into(),
                at.into(),
            ]),
    )
    .await?;
    Ok(id)
}

/// A person as they sign in and as they set themselves up.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub name: String,
    pub display_name: String,
    pub email: Option<String>,
    pub password_hash: Option<String>,
    pub is_admin: bool,
    #[sqlx(try_from = "String")]
    pub state: State,
    pub version: i64,
    pub created_at: OffsetDateTime,
}

fn rows() -> SelectStatement {
    Query::select()
        .columns([
            User::Id,
            User::Name,
            User::DisplayName,
            User::Email,
            User::PasswordHash,
            User::IsAdmin,
            User::State,
            User::Version,
            User::CreatedAt,
        ])
        .from(User::Table)
        .take()
}

/// The person of an id.
///
/// # Errors
/// When the database does not answer.
pub async fn get(tx: &mut Tx, user: Uuid) -> Result<Option<Row>> {
    tx.optional(rows().and_where(Expr::col(User::Id).eq(user))).await
}

/// The person of a handle.
///
/// # Errors
/// When the database does not answer.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Row>> {
    tx.optional(rows().and_where(Expr::col(User::Name).eq(name))).await
}

/// The person of a handle or an e-mail address, both lower case. No handle holds an `@`, so that one never means two people.
///
/// # Errors
/// When the database does not answer.
pub async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<Row>> {
    let column = if login.contains('@') { User::Email } else { User::Name };
    tx.optional(rows().and_where(Expr::col(column).eq(login))).await
}

/// The ids of handles; unknown ones are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn by_names(tx: &mut Tx, names: &[&str]) -> Result<HashMap<String, Uuid>> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let select = Query::select()
        .columns([User::Name, User::Id])
        .from(User::Table)
        .and_where(Expr::col(User::Name).is_in(names.iter().copied()))
        .take();
    Ok(tx.all::<(String, Uuid)>(&select).await?.into_iter().collect())
}

/// When a person's account was made.
///
/// # Errors
/// When the database does not answer, or there is no such person.
pub async fn since(tx: &mut Tx, id: Uuid) -> Result<OffsetDateTime> {
    let (at,) = tx.one(Query::select().column(User::CreatedAt).from(User::Table).and_where(Expr::col(User::Id).eq(id))).await?;
    Ok(at)
}

/// People as they are shown, by id.
///
/// # Errors
/// When the database does not answer.
pub async fn people(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Person>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let select = Query::select()
        .columns([User::Id, User::Name, User::DisplayName])
        .from(User::Table)
        .and_where(Expr::col(User::Id).is_in(ids.iter().copied()))
        .take();
    let found: Vec<(Uuid, String, String)> = tx.all(&select).await?;
    Ok(found.into_iter().map(|(id, name, display_name)| (id, Person { name, display_name })).collect())
}

/// Whether somebody runs the instance.
///
/// # Errors
/// When the database does not answer.
pub async fn has_admin(tx: &mut Tx) -> Result<bool> {
    let select = Query::select().column(User::Id).from(User::Table).and_where(Expr::col(User::IsAdmin).eq(true)).limit(1).take();
    Ok(tx.optional::<(Uuid,)>(&select).await?.is_some())
}

/// Slugs of projects, in order: those a person maintains.
///
/// # Errors
/// When the database does not answer.
pub async fn slugs(tx: &mut Tx, projects: &[Uuid]) -> Result<Vec<String>> {
    if projects.is_empty() {
        return Ok(Vec::new());
    }
    let select = Query::select()
        .column(Project::Slug)
        .from(Project::Table)
        .and_where(Expr::col(Project::Id).is_in(projects.iter().copied()))
        .order_by(Project::Slug, Order::Asc)
        .take();
    Ok(tx.all::<(String,)>(&select).await?.into_iter().map(|(slug,)| slug).collect())
}

/// Changes how a person is shown and reached; false where `version` is not the current one.
///
/// # Errors
/// When the address is taken ([`crate::error::Error::is_taken`]).
pub async fn change(tx: &mut Tx, user: Uuid, version: i64, display_name: &str, email: Option<&str>) -> Result<bool> {
    let update = Query::update()
        .table(User::Table)
        .value(User::DisplayName, display_name)
        .value(User::Email, email)
        .value(User::Version, Expr::col(User::Version).add(1))
        .and_where(Expr::col(User::Id).eq(user))
        .and_where(Expr::col(User::Version).eq(version))
        .take();
    Ok(tx.run(&update).await? == 1)
}

/// Sets a new password where the old one is still this; false where it was changed meanwhile.
///
/// # Errors
/// When the database does not answer.
pub async fn set_password(tx: &mut Tx, user: Uuid, old: Option<&str>, new: &str) -> Result<bool> {
    let mut update = Query::update();
    update.table(User::Table).value(User::PasswordHash, new).and_where(Expr::col(User::Id).eq(user));
    match old {
        Some(old) => update.and_where(Expr::col(User::PasswordHash).eq(old)),
        None => update.and_where(Expr::col(User::PasswordHash).is_null()),
    };
    Ok(tx.run(&update).await? == 1)
}

/// Keeps a person out, or lets them in again; false where that is so already.
///
/// # Errors
/// When the database does not answer.
pub async fn set_state(tx: &mut Tx, user: Uuid, state: State) -> Result<bool> {
    let update = Query::update()
        .table(User::Table)
        .value(User::State, state.as_str())
        .and_where(Expr::col(User::Id).eq(user))
        .and_where(Expr::col(User::State).ne(state.as_str()))
        .take();
    Ok(tx.run(&update).await? == 1)
}

/// People by name, from the one after `after` on, whose name or address begins with `find`.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx, find: &str, after: &str, limit: u64) -> Result<Vec<Row>> {
    let mut select = rows();
    select.and_where(Expr::col(User::Name).gt(after)).order_by(User::Name, Order::Asc).limit(limit);
    if !find.is_empty() {
        // A range instead of LIKE: nothing in it needs escaping, and the unique indexes serve it.
        let end = format!("{find}\u{10FFFF}");
        let begins = |column: User| Cond::all().add(Expr::col(column).gte(find)).add(Expr::col(column).lt(end.as_str()));
        select.cond_where(Cond::any().add(begins(User::Name)).add(begins(User::Email)));
    }
    tx.all(&select).await
}

/// How many public deltas a person filed.
///
/// # Errors
/// When the database does not answer.
pub async fn filed(tx: &mut Tx, user: Uuid) -> Result<i64> {
    let select = Query::select()
        .expr(Expr::col(Delta::Number).count())
        .from(Delta::Table)
        .and_where(Expr::col(Delta::ReporterId).eq(user))
        .and_where(Expr::col(Delta::Visibility).eq(Visibility::Public.as_str()))
        .take();
    tx.one::<(i64,)>(&select).await.map(|(count,)| count)
}
