//! Saved views.

use schema::view::{Owner, Shelf, View as Reply};
use sea_query::{Cond, Expr, ExprTrait, OnConflict, Order, Query};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    gather::{Gather, flag},
    table::{Org, Project, View},
};
use crate::{caller::Caller, clock, error::Result};

/// What lists there are views of.
const OVER: &str = "deltas";

/// Whose views are meant: the column that says so, and the id in it.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    /// A person's.
    User(Uuid),
    /// A project's.
    Project(Uuid),
    /// An organisation's.
    Org(Uuid),
}

impl Of {
    fn parts(self) -> (View, Uuid) {
        match self {
            Self::User(id) => (View::UserId, id),
            Self::Project(id) => (View::ProjectId, id),
            Self::Org(id) => (View::OrgId, id),
        }
    }

    fn holds(self) -> Expr {
        let (column, id) = self.parts();
        Expr::col((View::Table, column)).eq(id).and(Expr::col((View::Table, View::Over)).eq(OVER))
    }
}

#[derive(Deserialize)]
struct Line {
    project: Option<String>,
    project_name: Option<String>,
    org: Option<String>,
    slug: String,
    name: String,
    query: String,
    #[serde(deserialize_with = "flag")]
    is_default: bool,
    version: i64,
}

impl Line {
    fn view(self) -> Reply {
        Reply { slug: self.slug, name: self.name, query: self.query, default: self.is_default, version: self.version }
    }
}

const COLUMNS: [&str; 8] = ["project", "project_name", "org", "slug", "name", "query", "is_default", "version"];

/// The views that `which` takes, by name.
fn ask(gather: &mut Gather, which: Cond) {
    let mut select = Query::select();
    select
        .columns([View::Slug, View::Name, View::Query, View::IsDefault, View::Version].map(|column| (View::Table, column)))
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Project::Table, Project::Name)), "project_name")
        .expr_as(Expr::col((Org::Table, Org::Slug)), "org")
        .from(View::Table)
        .left_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((View::Table, View::ProjectId)))
        .left_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((View::Table, View::OrgId)))
        .cond_where(which)
        .order_by((View::Table, View::Name), Order::Asc)
        .order_by((View::Table, View::Slug), Order::Asc);
    gather.part("views", &COLUMNS, select);
}

/// An owner's views, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, owner: Of) -> Result<Vec<Reply>> {
    let mut gather = Gather::new(tx.dialect());
    ask(&mut gather, Cond::all().add(owner.holds()));
    Ok(gather.read(tx).await?.take::<Line>("views")?.into_iter().map(Line::view).collect())
}

/// The views a caller can choose from: their own, those of the projects they maintain and of the organisations they belong to, and those of
/// `project`. Their own come first, also where there is none. One statement; none for a guest who looks at no project.
///
/// # Errors
/// When the database does not answer.
pub async fn around(tx: &mut Tx, caller: &Caller, project: Option<&str>) -> Result<Vec<Shelf>> {
    #[derive(Deserialize)]
    struct Named {
        slug: String,
        name: String,
    }
    if caller.user.is_none() && project.is_none() {
        return Ok(Vec::new());
    }
    let mut gather = Gather::new(tx.dialect());
    let mut any = Cond::any();
    if let Some(user) = caller.user_id() {
        any = any.add(Of::User(user).holds());
    }
    let over = || Expr::col((View::Table, View::Over)).eq(OVER);
    if !caller.orgs.is_empty() {
        any = any.add(over().and(Expr::col((View::Table, View::OrgId)).is_in(caller.orgs.iter().map(|member| member.org))));
    }
    if let Some(slug) = project {
        any = any.add(over().and(Expr::col((View::Table, View::ProjectId)).eq(super::list::project_id(slug))));
    }
    if !caller.maintains.is_empty() {
        any = any.add(over().and(Expr::col((View::Table, View::ProjectId)).is_in(caller.maintains.iter().copied())));
        let maintained = Query::select()
            .columns([Project::Slug, Project::Name])
            .from(Project::Table)
            .and_where(Expr::col(Project::Id).is_in(caller.maintains.iter().copied()))
            .order_by(Project::Slug, Order::Asc)
            .take();
        gather.part("maintained", &["slug", "name"], maintained);
    }
    ask(&mut gather, any);
    let mut gathered = gather.read(tx).await?;
    let shelf = |owner, name: &str, changes| Shelf { owner, name: name.to_owned(), changes, views: Vec::new() };
    let mut shelves = Vec::new();
    if caller.user.is_some() {
        shelves.push(shelf(Owner::Me, "Mine", true));
    }
    let maintained = gathered.take::<Named>("maintained")?;
    shelves.extend(maintained.into_iter().map(|project| shelf(Owner::Project(project.slug), &project.name, true)));
    let orgs = caller.orgs.iter();
    shelves.extend(orgs.map(|org| shelf(Owner::Org(org.slug.clone()), &org.name, org.role >= schema::user::Role::Member)));
    for line in gathered.take::<Line>("views")? {
        let owner = match (&line.project, &line.org) {
            (Some(project), _) => Owner::Project(project.clone()),
            (_, Some(org)) => Owner::Org(org.clone()),
            _ => Owner::Me,
        };
        let at = shelves.iter().position(|shelf| shelf.owner == owner).unwrap_or_else(|| {
            shelves.push(shelf(owner, line.project_name.as_deref().unwrap_or_default(), false));
            shelves.len() - 1
        });
        shelves[at].views.push(line.view());
    }
    Ok(shelves)
}

/// What a view is to be.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// Its name in the URL.
    pub slug: &'a str,
    /// Its name for people.
    pub name: &'a str,
    /// What it asks.
    pub query: &'a str,
    /// Whether its owner's list opens with it.
    pub default: bool,
}

/// Adds a view, or changes the one of this slug; gives its version. A new default takes the place of the old one.
///
/// # Errors
/// When the database does not answer; when somebody else makes another the default at the same time.
pub async fn put(tx: &mut Tx, owner: Of, new: New<'_>, at: OffsetDateTime) -> Result<i64> {
    let (column, id) = owner.parts();
    if new.default {
        let mut update = Query::update();
        update.table(View::Table).value(View::IsDefault, false).value(View::Version, Expr::col(View::Version).add(1));
        update
            .and_where(owner.holds())
            .and_where(Expr::col((View::Table, View::IsDefault)).eq(true))
            .and_where(Expr::col((View::Table, View::Slug)).ne(new.slug));
        tx.run(&update).await?;
    }
    let mut insert = Query::insert();
    insert
        .into_table(View::Table)
        .columns([View::Id, column, View::Over, View::Slug, View::Name, View::Query, View::IsDefault, View::CreatedAt])
        .values_panic([
            clock::new_id().into(),
            id.into(),
            OVER.into(),
            new.slug.into(),
            new.name.into(),
            new.query.into(),
            new.default.into(),
            at.into(),
        ])
        .on_conflict(
            OnConflict::columns([column, View::Over, View::Slug])
                .target_and_where(Expr::col(column).is_not_null())
                .update_columns([View::Name, View::Query, View::IsDefault])
                .value(View::Version, Expr::col((View::Table, View::Version)).add(1))
                .to_owned(),
        )
        .returning_col(View::Version);
    let (version,): (i64,) = tx.one(&insert).await?;
    Ok(version)
}

/// Takes a view away; gives whether there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx, owner: Of, slug: &str) -> Result<bool> {
    let mut delete = Query::delete();
    delete.from_table(View::Table).and_where(owner.holds()).and_where(Expr::col((View::Table, View::Slug)).eq(slug));
    Ok(tx.run(&delete).await? > 0)
}
