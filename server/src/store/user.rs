//! People.

use sea_query::{Expr, ExprTrait, Query, UnionType};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Org, OrgMember, ProjectMaintainer, User},
};
use crate::{
    caller::{self, Membership, Who},
    clock,
    error::Result,
};

#[derive(FromRow)]
struct Fact {
    what: String,
    id: Uuid,
    slug: String,
    name: String,
    flag: String,
}

/// The person, their organisations and the projects they maintain, in one statement; `None` for unknown and suspended
/// people.
///
/// # Errors
/// When the database does not answer.
pub async fn who(tx: &mut Tx, user: Uuid) -> Result<Option<Who>> {
    let mut person = Query::select();
    person
        .expr_as(Expr::val("user"), "what")
        .column(User::Id)
        .expr_as(Expr::col(User::Name), "slug")
        .expr_as(Expr::col(User::DisplayName), "name")
        .expr_as(Expr::case(Expr::col(User::IsAdmin).eq(true), "admin").finally(""), "flag")
        .from(User::Table)
        .and_where(Expr::col(User::Id).eq(user))
        .and_where(Expr::col(User::State).eq("active"));
    let mut orgs = Query::select();
    orgs.expr_as(Expr::val("org"), "what")
        .column((Org::Table, Org::Id))
        .column((Org::Table, Org::Slug))
        .column((Org::Table, Org::Name))
        .expr_as(Expr::col((OrgMember::Table, OrgMember::Role)), "flag")
        .from(OrgMember::Table)
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((OrgMember::Table, OrgMember::OrgId)))
        .and_where(Expr::col((OrgMember::Table, OrgMember::UserId)).eq(user));
    let mut projects = Query::select();
    projects
        .expr_as(Expr::val("project"), "what")
        .expr_as(Expr::col(ProjectMaintainer::ProjectId), "id")
        .expr_as(Expr::val(""), "slug")
        .expr_as(Expr::val(""), "name")
        .expr_as(Expr::val(""), "flag")
        .from(ProjectMaintainer::Table)
        .and_where(Expr::col(ProjectMaintainer::UserId).eq(user));
    let facts: Vec<Fact> = tx.all(person.union(UnionType::All, orgs).union(UnionType::All, projects)).await?;
    let mut who = Who::default();
    for fact in facts {
        match fact.what.as_str() {
            "user" => {
                who.user = Some(caller::User { id: fact.id, name: fact.slug, display_name: fact.name, is_admin: fact.flag == "admin" });
            }
            "org" => {
                if let Ok(role) = fact.flag.parse() {
                    who.orgs.push(Membership { org: fact.id, slug: fact.slug, name: fact.name, role });
                }
            }
            _ => who.maintains.push(fact.id),
        }
    }
    who.orgs.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(who.user.is_some().then_some(who))
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
