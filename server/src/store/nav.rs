//! What the navigation shows: the caller's organisations with their boards and inboxes, and projects.

use std::collections::HashMap;

use schema::nav::{NavBoard, NavOrg, NavProject};
use sea_query::{Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    db::Tx,
    gather::{Gather, Gathered},
    inbox, setting,
    table::{Board, Project, Segment, SegmentMember, Setting, Task, Watch},
    watch,
};
use crate::{caller::Caller, error::Result};

/// Projects it shows at most.
const PROJECTS: u64 = 10;

/// What the navigation shows.
pub struct Around {
    /// The caller's organisations.
    pub orgs: Vec<NavOrg>,
    /// The projects the caller is part of; for a guest the first few.
    pub projects: Vec<NavProject>,
    /// For a guest: who may make an account, where an administrator has said so.
    pub registration: Option<String>,
}

/// What the navigation shows this caller: one statement, and one more where their organisations watch anything.
///
/// # Errors
/// When the database does not answer.
pub async fn around(tx: &mut Tx, caller: &Caller) -> Result<Around> {
    let ids: Vec<Uuid> = caller.orgs.iter().map(|member| member.org).collect();
    let mut gather = Gather::new(tx.dialect());
    gather.part("projects", &["slug", "name"], projects(caller));
    if caller.user.is_none() {
        let set =
            Query::select().column(Setting::Value).from(Setting::Table).and_where(Expr::col(Setting::Key).eq(setting::REGISTRATION)).take();
        gather.part("registration", &["value"], set);
    }
    if !ids.is_empty() {
        ask_boards(&mut gather, &ids);
        let rules = Query::select()
            .expr_as(gather.id(Watch::OrgId), "org_id")
            .columns([Watch::Slug, Watch::Query])
            .from(Watch::Table)
            .and_where(Expr::col(Watch::OrgId).is_in(ids.iter().copied()))
            .take();
        gather.part("rules", &["org_id", "slug", "query"], rules);
    }
    let mut gathered = gather.read(tx).await?;
    #[derive(Deserialize)]
    struct Set {
        value: String,
    }
    let registration = gathered.take::<Set>("registration")?.pop().map(|set| set.value);
    let mut boards = told_boards(&mut gathered)?;
    let rules: Vec<watch::Row> = gathered.take("rules")?;
    let inboxes = match caller.at {
        Some(now) => inbox::counts(tx, caller, &ids, &rules, now).await?,
        None => HashMap::new(),
    };
    let orgs = caller.orgs.iter().map(|org| NavOrg {
        works: org.role >= schema::user::Role::Member,
        slug: org.slug.clone(),
        name: org.name.clone(),
        inbox: inboxes.get(&org.org).copied().unwrap_or_default(),
        boards: boards.remove(&org.org).unwrap_or_default(),
    });
    Ok(Around { orgs: orgs.collect(), projects: gathered.take("projects")?, registration })
}

fn projects(caller: &Caller) -> SelectStatement {
    let mut select = Query::select();
    select.columns([Project::Slug, Project::Name]).from(Project::Table).order_by(Project::Slug, Order::Asc).limit(PROJECTS);
    if let Some(user) = caller.user_id() {
        let mut uses = Query::select();
        uses.column((Segment::Table, Segment::ProjectId))
            .from(SegmentMember::Table)
            .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((SegmentMember::Table, SegmentMember::SegmentId)))
            .and_where(Expr::col((SegmentMember::Table, SegmentMember::UserId)).eq(user))
            .and_where(Expr::col((SegmentMember::Table, SegmentMember::LeftAt)).is_null());
        let mut part = Cond::any().add(Expr::col(Project::Id).in_subquery(uses));
        if !caller.maintains.is_empty() {
            part = part.add(Expr::col(Project::Id).is_in(caller.maintains.iter().copied()));
        }
        select.cond_where(part);
    }
    select
}

/// The boards of organisations in the order they were made, with how many of their tasks are not done.
///
/// # Errors
/// When the database does not answer.
pub async fn boards(tx: &mut Tx, orgs: &[Uuid]) -> Result<HashMap<Uuid, Vec<NavBoard>>> {
    let mut gather = Gather::new(tx.dialect());
    ask_boards(&mut gather, orgs);
    told_boards(&mut gather.read(tx).await?)
}

fn ask_boards(gather: &mut Gather, orgs: &[Uuid]) {
    let open = Query::select()
        .expr(Expr::val(1).count())
        .from(Task::Table)
        .and_where(Expr::col((Task::Table, Task::BoardId)).equals((Board::Table, Board::Id)))
        .and_where(Expr::col((Task::Table, Task::DoneAt)).is_null())
        .take();
    let mut select = Query::select();
    select
        .expr_as(gather.id((Board::Table, Board::OrgId)), "org_id")
        .columns([Board::Slug, Board::Name].map(|column| (Board::Table, column)))
        .expr_as(open, "tasks")
        .from(Board::Table)
        .and_where(Expr::col((Board::Table, Board::OrgId)).is_in(orgs.iter().copied()))
        .order_by((Board::Table, Board::Id), Order::Asc);
    gather.part("boards", &["org_id", "slug", "name", "tasks"], select);
}

fn told_boards(gathered: &mut Gathered) -> Result<HashMap<Uuid, Vec<NavBoard>>> {
    #[derive(Deserialize)]
    struct Line {
        org_id: Uuid,
        slug: String,
        name: String,
        tasks: i64,
    }
    let mut found: HashMap<Uuid, Vec<NavBoard>> = HashMap::new();
    for Line { org_id, slug, name, tasks } in gathered.take("boards")? {
        found.entry(org_id).or_default().push(NavBoard { slug, name, tasks });
    }
    Ok(found)
}
