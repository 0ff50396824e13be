//! Organisations and their members.

use std::collections::{BTreeSet, HashMap};

use schema::{
    list::{Page, Window},
    org::{Member, Openness, Org as Reply},
    user::{Person, Role},
};
use sea_query::{Cond, Condition, Expr, ExprTrait, LockType, Order, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    cursor,
    db::{Dialect, Tx},
    table::{Org, OrgMember, User},
};
use crate::{
    caller::Caller,
    clock,
    error::{Error, Result},
};

/// An organisation as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub key_prefix: String,
    #[sqlx(try_from = "String")]
    pub openness: Openness,
    pub tasks: i64,
    pub version: i64,
    pub created_at: OffsetDateTime,
    pub quiet_after: i64,
    pub expires_after: Option<i64>,
}

impl Row {
    /// Whether the caller sees its own work (boards, tasks, priorities, members): they belong to it, or it is open.
    pub fn inside(&self, caller: &Caller) -> bool {
        self.openness == Openness::Open || caller.role_in(self.id).is_some()
    }

    /// As the caller may see it.
    pub fn reply(&self, caller: &Caller) -> Reply {
        Reply {
            slug: self.slug.clone(),
            name: self.name.clone(),
            key_prefix: self.key_prefix.clone(),
            openness: self.openness,
            quiet_after: self.quiet_after,
            expires_after: self.expires_after,
            role: caller.role_in(self.id),
            version: self.version,
        }
    }
}

/// Which rows of `org` a caller may see: all but the closed ones of others. Every statement that shows an organisation's
/// name, stances or commitments to somebody has this condition.
pub fn visible(caller: &Caller) -> Condition {
    let known = Expr::col((Org::Table, Org::Openness)).ne(Openness::Closed.as_str());
    let own = Expr::col((Org::Table, Org::Id)).is_in(caller.orgs.iter().map(|member| member.org));
    if caller.orgs.is_empty() { Cond::all().add(known) } else { Cond::any().add(known).add(own) }
}

/// Which rows of `org` a caller may see into: boards, tasks, priorities and ranks.
pub fn inside(caller: &Caller) -> Condition {
    let open = Expr::col((Org::Table, Org::Openness)).eq(Openness::Open.as_str());
    let own = Expr::col((Org::Table, Org::Id)).is_in(caller.orgs.iter().map(|member| member.org));
    if caller.orgs.is_empty() { Cond::all().add(open) } else { Cond::any().add(open).add(own) }
}

/// Which of these letters the keys of an organisation's tasks begin with, of those that the caller may know of.
///
/// # Errors
/// When the database does not answer.
pub async fn prefixes(tx: &mut Tx, caller: &Caller, letters: &[&str]) -> Result<Vec<String>> {
    if letters.is_empty() {
        return Ok(Vec::new());
    }
    let select = Query::select()
        .column(Org::KeyPrefix)
        .from(Org::Table)
        .and_where(Expr::col(Org::KeyPrefix).is_in(letters.iter().copied()))
        .cond_where(visible(caller))
        .take();
    Ok(tx.all::<(String,)>(&select).await?.into_iter().map(|(letters,)| letters).collect())
}

fn select() -> SelectStatement {
    Query::select()
        .columns(
            [
                Org::Id,
                Org::Slug,
                Org::Name,
                Org::KeyPrefix,
                Org::Openness,
                Org::Tasks,
                Org::Version,
                Org::CreatedAt,
                Org::QuietAfter,
                Org::ExpiresAfter,
            ]
            .map(|column| (Org::Table, column)),
        )
        .from(Org::Table)
        .take()
}

/// The organisation of a slug, if it exists and the caller may see it.
///
/// # Errors
/// 404 otherwise.
pub async fn find(tx: &mut Tx, caller: &Caller, slug: &str) -> Result<Row> {
    let found = tx.optional(select().and_where(Expr::col((Org::Table, Org::Slug)).eq(slug)).cond_where(visible(caller))).await?;
    found.ok_or_else(|| Error::not_found("organisation"))
}

/// The organisation of an id, whoever asks.
///
/// # Errors
/// 404 where there is none.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Row> {
    tx.optional(select().and_where(Expr::col((Org::Table, Org::Id)).eq(id))).await?.ok_or_else(|| Error::not_found("organisation"))
}

/// The names of organisations by their slugs: of those a reply has told the caller already.
///
/// # Errors
/// When the database does not answer.
pub async fn names(tx: &mut Tx, slugs: impl Iterator<Item = &String>) -> Result<HashMap<String, String>> {
    let slugs: BTreeSet<&str> = slugs.map(String::as_str).collect();
    if slugs.is_empty() {
        return Ok(HashMap::new());
    }
    let mut named = Query::select();
    named.columns([Org::Slug, Org::Name]).from(Org::Table).and_where(Expr::col(Org::Slug).is_in(slugs));
    Ok(tx.all::<(String, String)>(&named).await?.into_iter().collect())
}

/// A page of the organisations the caller may see, by name.
///
/// # Errors
/// 422 for a cursor that is none.
pub async fn page(tx: &mut Tx, caller: &Caller, window: &Window) -> Result<Page<Reply>> {
    let limit = usize::try_from(window.limit()).unwrap_or_default();
    let mut select = select();
    select.cond_where(visible(caller));
    if let Some(cursor) = &window.cursor {
        let (name, slug): (String, String) = cursor::read(cursor)?;
        let same = Expr::col((Org::Table, Org::Name)).eq(name.as_str()).and(Expr::col((Org::Table, Org::Slug)).gt(slug));
        select.cond_where(Cond::any().add(Expr::col((Org::Table, Org::Name)).gt(name)).add(same));
    }
    select.order_by((Org::Table, Org::Name), Order::Asc).order_by((Org::Table, Org::Slug), Order::Asc).limit(limit as u64 + 1);
    let mut rows: Vec<Row> = tx.all(&select).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| cursor::write(&(&row.name, &row.slug)));
    Ok(Page { items: rows.iter().map(|row| row.reply(caller)).collect(), next })
}

/// Adds an organisation without members.
///
/// # Errors
/// When the slug or the prefix is taken ([`Error::is_taken`]).
pub async fn insert(tx: &mut Tx, slug: &str, name: &str, key_prefix: &str, at: OffsetDateTime) -> Result<Uuid> {
    let id = clock::new_id();
    tx.run(Query::insert().into_table(Org::Table).columns([Org::Id, Org::Slug, Org::Name, Org::KeyPrefix, Org::CreatedAt]).values_panic([
        id.into(),
        slug.into(),
        name.into(),
        key_prefix.into(),
        at.into(),
    ]))
    .await?;
    Ok(id)
}

/// Writes back name, openness and the days of promises, if the version is still the one seen.
///
/// # Errors
/// 412 where it is not.
pub async fn update(tx: &mut Tx, row: &Row, version: i64) -> Result<()> {
    let changed = tx
        .run(
            Query::update()
                .table(Org::Table)
                .value(Org::Name, row.name.as_str())
                .value(Org::Openness, row.openness.as_str())
                .value(Org::QuietAfter, row.quiet_after)
                .value(Org::ExpiresAfter, row.expires_after)
                .value(Org::Version, Expr::col(Org::Version).add(1))
                .and_where(Expr::col(Org::Id).eq(row.id))
                .and_where(Expr::col(Org::Version).eq(version)),
        )
        .await?;
    if changed == 0 { Err(Error::stale("organisation")) } else { Ok(()) }
}

/// Locks the organisation's row until the commit, so that two changes of its members, lens, stances, tasks or their order
/// are not decided on the same sight. On SQLite the writer is alone anyway.
///
/// Rows that only refer to the organisation are let in: an event of one of its boards is written while that board is held,
/// and who holds the organisation waits for the board. Says whether it may have waited: what was read before may have changed then.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<bool> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(false);
    }
    let (_,): (Uuid,) =
        tx.one(Query::select().column(Org::Id).from(Org::Table).and_where(Expr::col(Org::Id).eq(id)).lock(LockType::NoKeyUpdate)).await?;
    Ok(true)
}

#[derive(FromRow)]
struct MemberRow {
    name: String,
    display_name: String,
    #[sqlx(try_from = "String")]
    role: Role,
}

/// The members, owners first, then by name.
///
/// # Errors
/// When the database does not answer.
pub async fn members(tx: &mut Tx, org: Uuid) -> Result<Vec<Member>> {
    let mut select = Query::select();
    select
        .columns([User::Name, User::DisplayName].map(|column| (User::Table, column)))
        .column((OrgMember::Table, OrgMember::Role))
        .from(OrgMember::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((OrgMember::Table, OrgMember::UserId)))
        .and_where(Expr::col((OrgMember::Table, OrgMember::OrgId)).eq(org))
        .order_by((User::Table, User::Name), Order::Asc);
    let rows: Vec<MemberRow> = tx.all(&select).await?;
    let mut members: Vec<Member> =
        rows.into_iter().map(|row| Member { person: Person { name: row.name, display_name: row.display_name }, role: row.role }).collect();
    members.sort_by_key(|member| std::cmp::Reverse(member.role));
    Ok(members)
}

/// A person's role, as it is now.
///
/// # Errors
/// When the database does not answer.
pub async fn role(tx: &mut Tx, org: Uuid, user: Uuid) -> Result<Option<Role>> {
    let found: Option<(String,)> = tx
        .optional(
            Query::select()
                .column(OrgMember::Role)
                .from(OrgMember::Table)
                .and_where(Expr::col(OrgMember::OrgId).eq(org))
                .and_where(Expr::col(OrgMember::UserId).eq(user)),
        )
        .await?;
    Ok(found.and_then(|(role,)| role.parse().ok()))
}

/// How many owners there are.
///
/// # Errors
/// When the database does not answer.
pub async fn owners(tx: &mut Tx, org: Uuid) -> Result<i64> {
    let (count,): (i64,) = tx
        .one(
            Query::select()
                .expr(Expr::col(OrgMember::UserId).count())
                .from(OrgMember::Table)
                .and_where(Expr::col(OrgMember::OrgId).eq(org))
                .and_where(Expr::col(OrgMember::Role).eq(Role::Owner.as_str())),
        )
        .await?;
    Ok(count)
}

/// Makes a person a member, or gives a member another role.
///
/// # Errors
/// When the database does not answer.
pub async fn put_member(tx: &mut Tx, org: Uuid, user: Uuid, role: Role, at: OffsetDateTime) -> Result<()> {
    tx.run(
        Query::insert()
            .into_table(OrgMember::Table)
            .columns([OrgMember::OrgId, OrgMember::UserId, OrgMember::Role, OrgMember::AddedAt])
            .values_panic([org.into(), user.into(), role.as_str().into(), at.into()])
            .on_conflict(sea_query::OnConflict::columns([OrgMember::OrgId, OrgMember::UserId]).update_column(OrgMember::Role).to_owned()),
    )
    .await?;
    Ok(())
}

/// Takes a member out; gives whether there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_member(tx: &mut Tx, org: Uuid, user: Uuid) -> Result<bool> {
    let gone = tx
        .run(
            Query::delete()
                .from_table(OrgMember::Table)
                .and_where(Expr::col(OrgMember::OrgId).eq(org))
                .and_where(Expr::col(OrgMember::UserId).eq(user)),
        )
        .await?;
    Ok(gone > 0)
}
