//! People and customers without an account, and the votes that were recorded for them.

use schema::{
    outsider::{AllRecorded, Claim, Outsider as Reply, RECORDED_MAX, Recorded},
    user::Person,
};
use sea_query::{Cond, Condition, Expr, ExprTrait, JoinType, LockType, OnConflict, Order, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::{Dialect, Tx},
    delta, org,
    table::{Delta, DuplicateOutsiderVote, Org, Outsider, OutsiderVote, Project, User},
};
use crate::{caller::Caller, clock, error::Result};

/// Whose outsiders they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// An organisation's customers.
    Org(Uuid),
    /// A project's users.
    Project(Uuid),
}

/// An outsider as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub org_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub name: String,
    pub offered_to: Option<Uuid>,
    pub claimed_by: Option<Uuid>,
}

/// Whose names a caller may know, of rows of `outsider` with their `org` (joined left): a project's users, and customers of organisations they
/// see into.
pub fn named(caller: &Caller) -> Condition {
    Cond::any().add(Expr::col((Outsider::Table, Outsider::ProjectId)).is_not_null()).add(org::inside(caller))
}

fn own(of: Of) -> Expr {
    match of {
        Of::Org(id) => Expr::col((Outsider::Table, Outsider::OrgId)).eq(id),
        Of::Project(id) => Expr::col((Outsider::Table, Outsider::ProjectId)).eq(id),
    }
}

fn select() -> SelectStatement {
    let columns = [Outsider::Id, Outsider::OrgId, Outsider::ProjectId, Outsider::Name, Outsider::OfferedTo, Outsider::ClaimedBy];
    Query::select().columns(columns.map(|column| (Outsider::Table, column))).from(Outsider::Table).take()
}

/// What is said of an outsider beside their name; empty where nothing is.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Whom they work for.
    pub company: &'a str,
    /// How to reach them.
    pub contact: &'a str,
}

/// The outsider of a name, made where there is none; what is said of them is kept.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, of: Of, name: &str, about: About<'_>, by: Uuid, now: OffsetDateTime) -> Result<Row> {
    let key = name.to_lowercase();
    let (org, project) = match of {
        Of::Org(id) => (Some(id), None),
        Of::Project(id) => (None, Some(id)),
    };
    let columns = [
        Outsider::Id,
        Outsider::OrgId,
        Outsider::ProjectId,
        Outsider::Key,
        Outsider::Name,
        Outsider::Company,
        Outsider::Contact,
        Outsider::CreatedBy,
        Outsider::CreatedAt,
    ];
    let mut insert = Query::insert();
    insert
        .into_table(Outsider::Table)
        .columns(columns)
        .values_panic([
            clock::new_id().into(),
            org.into(),
            project.into(),
            key.as_str().into(),
            name.into(),
            about.company.into(),
            about.contact.into(),
            by.into(),
            now.into(),
        ])
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    let made = tx.run(&insert).await? > 0;
    let row: Row = tx.one(select().and_where(own(of)).and_where(Expr::col((Outsider::Table, Outsider::Key)).eq(key))).await?;
    let said: Vec<_> =
        [(Outsider::Company, about.company), (Outsider::Contact, about.contact)].into_iter().filter(|(_, text)| !text.is_empty()).collect();
    if !made && !said.is_empty() {
        let mut update = Query::update();
        update.table(Outsider::Table).values(said.into_iter().map(|(column, text)| (column, text.into())));
        tx.run(update.and_where(Expr::col(Outsider::Id).eq(row.id))).await?;
    }
    Ok(row)
}

/// An outsider by id, whoever asks.
///
/// # Errors
/// When the database does not answer.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Row>> {
    tx.optional(select().and_where(Expr::col((Outsider::Table, Outsider::Id)).eq(id))).await
}

/// The same, held until the transaction ends: who speaks for them, and they themselves, come one after the other.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<Row>> {
    let mut select = select();
    select.and_where(Expr::col((Outsider::Table, Outsider::Id)).eq(id));
    if tx.dialect() == Dialect::Postgres {
        select.lock_with_tables(LockType::NoKeyUpdate, [Outsider::Table]);
    }
    tx.optional(&select).await
}

#[derive(FromRow)]
struct Said {
    outsider: Uuid,
    name: String,
    company: String,
    org_id: Option<Uuid>,
    project_id: Option<Uuid>,
    of: String,
    by: String,
    by_name: String,
    severity: i64,
    note: String,
    at: OffsetDateTime,
}

/// The votes of a delta that were recorded for others, as far as the caller may know for whom.
///
/// # Errors
/// When the database does not answer.
pub async fn recorded(tx: &mut Tx, caller: &Caller, delta: Uuid) -> Result<AllRecorded> {
    let vote = |column: OutsiderVote| (OutsiderVote::Table, column);
    let mut select = Query::select();
    select
        .expr_as(Expr::col((Outsider::Table, Outsider::Id)), "outsider")
        .columns([Outsider::Name, Outsider::Company, Outsider::OrgId, Outsider::ProjectId].map(|column| (Outsider::Table, column)))
        .expr_as(name_of(), "of")
        .expr_as(Expr::col((User::Table, User::Name)), "by")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "by_name")
        .columns([OutsiderVote::Severity, OutsiderVote::Note, OutsiderVote::At].map(vote))
        .from(OutsiderVote::Table)
        .inner_join(Outsider::Table, Expr::col((Outsider::Table, Outsider::Id)).equals(vote(OutsiderVote::OutsiderId)))
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals(vote(OutsiderVote::RecordedBy)))
        .and_where(Expr::col(vote(OutsiderVote::DeltaId)).eq(delta))
        .cond_where(named(caller))
        .order_by(vote(OutsiderVote::At), Order::Desc)
        .limit(RECORDED_MAX);
    with_names(&mut select);
    let rows: Vec<Said> = tx.all(&select).await?;
    let mut hidden = Query::select();
    hidden
        .expr(Expr::cust("COUNT(*)"))
        .from(OutsiderVote::Table)
        .inner_join(Outsider::Table, Expr::col((Outsider::Table, Outsider::Id)).equals(vote(OutsiderVote::OutsiderId)))
        .left_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Outsider::Table, Outsider::OrgId)))
        .and_where(Expr::col(vote(OutsiderVote::DeltaId)).eq(delta))
        .and_where(Expr::col(vote(OutsiderVote::Severity)).gt(0))
        .cond_where(named(caller).not());
    let (others,): (i64,) = tx.one(&hidden).await?;
    let items = rows.into_iter().map(|row| Recorded {
        mine: may(caller, row.org_id, row.project_id),
        outsider: row.outsider,
        name: row.name,
        company: row.company,
        of: row.of,
        by: Person { name: row.by, display_name: row.by_name },
        severity: row.severity,
        note: row.note,
        at: row.at,
    });
    Ok(AllRecorded { items: items.collect(), others })
}

/// Whether a caller speaks for the customers of this organisation, or the users of this project.
pub fn may(caller: &Caller, org: Option<Uuid>, project: Option<Uuid>) -> bool {
    org.is_some_and(|org| caller.role_in(org).is_some_and(|role| role >= schema::user::Role::Member))
        || project.is_some_and(|project| caller.maintains(project))
}

/// The name of the organisation or project.
fn name_of() -> Expr {
    sea_query::Func::coalesce([Expr::col((Org::Table, Org::Name)), Expr::col((Project::Table, Project::Name))]).into()
}

fn with_names(select: &mut SelectStatement) {
    select.join(JoinType::LeftJoin, Org::Table, Expr::col((Org::Table, Org::Id)).equals((Outsider::Table, Outsider::OrgId))).join(
        JoinType::LeftJoin,
        Project::Table,
        Expr::col((Project::Table, Project::Id)).equals((Outsider::Table, Outsider::ProjectId)),
    );
}

/// Of rows of `outsider_vote`, those that were recorded there, and do not only stand there for what was recorded on a duplicate.
fn its_own() -> Expr {
    let carried = |column: DuplicateOutsiderVote| (DuplicateOutsiderVote::Table, column);
    let copies = Query::select()
        .expr(Expr::val(1))
        .from(DuplicateOutsiderVote::Table)
        .and_where(Expr::col(carried(DuplicateOutsiderVote::DeltaId)).equals((OutsiderVote::Table, OutsiderVote::DeltaId)))
        .and_where(Expr::col(carried(DuplicateOutsiderVote::OutsiderId)).equals((OutsiderVote::Table, OutsiderVote::OutsiderId)))
        .and_where(Expr::col(carried(DuplicateOutsiderVote::At)).is_null())
        .take();
    Expr::exists(copies).not()
}

/// How many votes are recorded for the outsider of a statement's row.
fn votes() -> SelectStatement {
    Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(OutsiderVote::Table)
        .and_where(Expr::col((OutsiderVote::Table, OutsiderVote::OutsiderId)).equals((Outsider::Table, Outsider::Id)))
        .and_where(its_own())
        .take()
}

#[derive(FromRow)]
struct Listed {
    id: Uuid,
    name: String,
    company: String,
    contact: String,
    votes: i64,
    offered: Option<String>,
    offered_name: Option<String>,
    claimed: Option<String>,
    claimed_name: Option<String>,
}

/// The outsiders of an organisation or project, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx, of: Of) -> Result<Vec<Reply>> {
    let mut select = Query::select();
    select
        .columns([Outsider::Id, Outsider::Name, Outsider::Company, Outsider::Contact].map(|column| (Outsider::Table, column)))
        .expr_as(Expr::SubQuery(None, Box::new(votes().into())), "votes")
        .expr_as(Expr::col(("offered", User::Name)), "offered")
        .expr_as(Expr::col(("offered", User::DisplayName)), "offered_name")
        .expr_as(Expr::col(("claimed", User::Name)), "claimed")
        .expr_as(Expr::col(("claimed", User::DisplayName)), "claimed_name")
        .from(Outsider::Table)
        .join_as(
            JoinType::LeftJoin,
            User::Table,
            "offered",
            Expr::col(("offered", User::Id)).equals((Outsider::Table, Outsider::OfferedTo)),
        )
        .join_as(
            JoinType::LeftJoin,
            User::Table,
            "claimed",
            Expr::col(("claimed", User::Id)).equals((Outsider::Table, Outsider::ClaimedBy)),
        )
        .and_where(own(of))
        .order_by((Outsider::Table, Outsider::Key), Order::Asc)
        .limit(1000);
    let person = |name: Option<String>, display_name: Option<String>| {
        name.zip(display_name).map(|(name, display_name)| Person { name, display_name })
    };
    let rows: Vec<Listed> = tx.all(&select).await?;
    Ok(rows
        .into_iter()
        .map(|row| Reply {
            id: row.id,
            name: row.name,
            company: row.company,
            contact: row.contact,
            votes: row.votes,
            offered_to: person(row.offered, row.offered_name),
            claimed_by: person(row.claimed, row.claimed_name),
        })
        .collect())
}

/// Says which account an outsider may be; none takes that back.
///
/// # Errors
/// When the database does not answer.
pub async fn offer(tx: &mut Tx, id: Uuid, user: Option<Uuid>) -> Result<()> {
    let mut update = Query::update();
    update.table(Outsider::Table).value(Outsider::OfferedTo, user).and_where(Expr::col(Outsider::Id).eq(id));
    tx.run(&update).await?;
    Ok(())
}

/// An account said that it is this outsider.
///
/// # Errors
/// When the database does not answer.
pub async fn claim(tx: &mut Tx, id: Uuid, user: Uuid) -> Result<()> {
    let mut update = Query::update();
    update.table(Outsider::Table).value(Outsider::OfferedTo, None::<Uuid>).value(Outsider::ClaimedBy, user);
    tx.run(update.and_where(Expr::col(Outsider::Id).eq(id))).await?;
    Ok(())
}

/// Who a person is said to be: outsiders that were offered to them, with how many votes on deltas they see.
///
/// # Errors
/// When the database does not answer.
pub async fn claims(tx: &mut Tx, caller: &Caller, user: Uuid) -> Result<Vec<Claim>> {
    let mut seen = votes();
    seen.inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((OutsiderVote::Table, OutsiderVote::DeltaId)));
    seen.cond_where(delta::visible(caller));
    let mut select = Query::select();
    select
        .columns([Outsider::Id, Outsider::Name].map(|column| (Outsider::Table, column)))
        .expr_as(name_of(), "of")
        .expr_as(Expr::SubQuery(None, Box::new(seen.into())), "votes")
        .from(Outsider::Table)
        .and_where(Expr::col((Outsider::Table, Outsider::OfferedTo)).eq(user))
        .order_by((Outsider::Table, Outsider::Key), Order::Asc);
    with_names(&mut select);
    let rows: Vec<(Uuid, String, String, i64)> = tx.all(&select).await?;
    Ok(rows.into_iter().map(|(id, name, of, votes)| Claim { id, name, of, votes }).collect())
}

/// The deltas that the caller sees and on which a vote is recorded for an outsider, in the order of their ids.
///
/// # Errors
/// When the database does not answer.
pub async fn deltas(tx: &mut Tx, caller: &Caller, id: Uuid) -> Result<Vec<Uuid>> {
    let mut select = Query::select();
    select
        .column((OutsiderVote::Table, OutsiderVote::DeltaId))
        .from(OutsiderVote::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((OutsiderVote::Table, OutsiderVote::DeltaId)))
        .and_where(Expr::col((OutsiderVote::Table, OutsiderVote::OutsiderId)).eq(id))
        .and_where(its_own())
        .cond_where(delta::visible(caller))
        .order_by((OutsiderVote::Table, OutsiderVote::DeltaId), Order::Asc);
    Ok(tx.all::<(Uuid,)>(&select).await?.into_iter().map(|(id,)| id).collect())
}
