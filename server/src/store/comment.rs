//! Comments on deltas, the texts they had, and whom they name.

use schema::{
    timeline::{Comment as Said, CommentRevision as Revision, DeletedBy, Minimised},
    user::Person,
};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Comment, CommentRevision, Delta, Mention, User},
};
use crate::error::{Error, Result};

/// Characters of a delta's comments that the search keeps.
const SEARCHED: usize = 49_152;
/// Comments that are read at once for it.
const AT_ONCE: u64 = 50;

/// A comment as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub author_id: Uuid,
    pub author: String,
    pub author_name: String,
    pub body: String,
    pub created_at: OffsetDateTime,
    pub edited_at: Option<OffsetDateTime>,
    pub version: i64,
    pub minimised: Option<String>,
}

impl Row {
    /// As people see it.
    pub fn said(self) -> Said {
        Said {
            id: self.id,
            author: Person { name: self.author, display_name: self.author_name },
            body: self.body,
            version: self.version,
            created_at: self.created_at,
            edited_at: self.edited_at,
            minimised: self.minimised.as_deref().and_then(|word| word.parse().ok()),
        }
    }
}

/// A comment of a delta, whose text was not taken away.
///
/// # Errors
/// 404 when there is none of this id.
pub async fn find(tx: &mut Tx, delta: Uuid, id: Uuid) -> Result<Row> {
    let mut select = Query::select();
    select
        .columns(
            [Comment::Id, Comment::AuthorId, Comment::Body, Comment::CreatedAt, Comment::EditedAt, Comment::Version, Comment::Minimised]
                .map(|column| (Comment::Table, column)),
        )
        .expr_as(Expr::col((User::Table, User::Name)), "author")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "author_name")
        .from(Comment::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Comment::Table, Comment::AuthorId)))
        .and_where(Expr::col((Comment::Table, Comment::DeltaId)).eq(delta))
        .and_where(Expr::col((Comment::Table, Comment::Id)).eq(id))
        .and_where(Expr::col((Comment::Table, Comment::Deleted)).is_null());
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("comment"))
}

/// Adds a comment, of the id of the event that tells of it, and counts it.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, delta: Uuid, id: Uuid, author: Uuid, body: &str, now: OffsetDateTime) -> Result<()> {
    tx.later(
        Query::insert()
            .into_table(Comment::Table)
            .columns([Comment::Id, Comment::DeltaId, Comment::AuthorId, Comment::Body, Comment::CreatedAt])
            .values_panic([id.into(), delta.into(), author.into(), body.into(), now.into()]),
    )
    .await?;
    let mut count = Query::update();
    count.table(Delta::Table).value(Delta::Comments, Expr::col(Delta::Comments).add(1)).and_where(Expr::col(Delta::Id).eq(delta));
    tx.later(&count).await
}

/// Gives a comment a new text, of the version seen, and keeps the one it had.
///
/// # Errors
/// 412 when that is not the current version.
pub async fn update(tx: &mut Tx, old: &Row, body: &str, now: OffsetDateTime) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Comment::Table)
        .value(Comment::Body, body)
        .value(Comment::EditedAt, now)
        .value(Comment::Version, Expr::col(Comment::Version).add(1))
        .and_where(Expr::col(Comment::Id).eq(old.id))
        .and_where(Expr::col(Comment::Version).eq(old.version))
        .and_where(Expr::col(Comment::Deleted).is_null());
    if tx.run(&update).await? == 0 {
        return Err(Error::stale("comment"));
    }
    let written = old.edited_at.unwrap_or(old.created_at);
    tx.later(
        Query::insert()
            .into_table(CommentRevision::Table)
            .columns([CommentRevision::CommentId, CommentRevision::Number, CommentRevision::Body, CommentRevision::At])
            .values_panic([old.id.into(), old.version.into(), old.body.as_str().into(), written.into()]),
    )
    .await
}

/// The texts that a comment had before the one it has, newest first: those before the number `before`, at most `limit`.
///
/// # Errors
/// When the database does not answer.
pub async fn revisions(tx: &mut Tx, id: Uuid, before: i64, limit: u64) -> Result<Vec<Revision>> {
    let mut select = Query::select();
    select
        .columns([CommentRevision::Number, CommentRevision::Body, CommentRevision::At])
        .from(CommentRevision::Table)
        .and_where(Expr::col(CommentRevision::CommentId).eq(id))
        .and_where(Expr::col(CommentRevision::Number).lt(before))
        .order_by(CommentRevision::Number, Order::Desc)
        .limit(limit);
    let rows: Vec<(i64, String, OffsetDateTime)> = tx.all(&select).await?;
    Ok(rows.into_iter().map(|(number, body, at)| Revision { number, body, at }).collect())
}

/// Takes a comment's text away, with all it had before and whom it named; its place on the timeline stays. False where
/// somebody else was faster.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx, delta: Uuid, id: Uuid, by: DeletedBy) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(Comment::Table)
        .value(Comment::Body, "")
        .value(Comment::Deleted, by.as_str())
        .value(Comment::Minimised, Expr::val(None::<String>))
        .and_where(Expr::col(Comment::Id).eq(id))
        .and_where(Expr::col(Comment::Deleted).is_null());
    if tx.run(&update).await? == 0 {
        return Ok(false);
    }
    tx.later(Query::delete().from_table(CommentRevision::Table).and_where(Expr::col(CommentRevision::CommentId).eq(id))).await?;
    tx.later(Query::delete().from_table(Mention::Table).and_where(Expr::col(Mention::CommentId).eq(id))).await?;
    let mut count = Query::update();
    count.table(Delta::Table).value(Delta::Comments, Expr::col(Delta::Comments).sub(1)).and_where(Expr::col(Delta::Id).eq(delta));
    tx.later(&count).await?;
    Ok(true)
}

/// Folds a comment, or shows it again.
///
/// # Errors
/// When the database does not answer.
pub async fn minimise(tx: &mut Tx, id: Uuid, reason: Option<Minimised>) -> Result<()> {
    let reason = Expr::val(reason.map(|reason| reason.as_str().to_owned()));
    tx.later(Query::update().table(Comment::Table).value(Comment::Minimised, reason).and_where(Expr::col(Comment::Id).eq(id))).await
}

/// Says that a comment names these people, and nobody else. Who was named before stays as of then.
///
/// # Errors
/// When the database does not answer.
pub async fn mention(tx: &mut Tx, id: Uuid, people: &[Uuid], now: OffsetDateTime) -> Result<()> {
    let mut gone = Query::delete();
    gone.from_table(Mention::Table).and_where(Expr::col(Mention::CommentId).eq(id));
    if !people.is_empty() {
        gone.and_where(Expr::col(Mention::UserId).is_not_in(people.iter().copied()));
    }
    tx.later(&gone).await?;
    if people.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert();
    insert.into_table(Mention::Table).columns([Mention::CommentId, Mention::UserId, Mention::At]);
    for person in people {
        insert.values_panic([id.into(), (*person).into(), now.into()]);
    }
    insert.on_conflict(OnConflict::columns([Mention::CommentId, Mention::UserId]).do_nothing().to_owned());
    tx.later(&insert).await
}

/// The handles of those whom a comment names, in their order.
///
/// # Errors
/// When the database does not answer.
pub async fn mentioned(tx: &mut Tx, id: Uuid) -> Result<Vec<String>> {
    let mut select = Query::select();
    select
        .column((User::Table, User::Name))
        .from(Mention::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Mention::Table, Mention::UserId)))
        .and_where(Expr::col((Mention::Table, Mention::CommentId)).eq(id))
        .order_by((User::Table, User::Name), Order::Asc);
    let names: Vec<(String,)> = tx.all(&select).await?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}

/// Locks a delta's discussion since `at`, for a reason; opens it again without.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx, delta: Uuid, at: Option<OffsetDateTime>, reason: &str) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Delta::Table)
        .value(Delta::LockedAt, Expr::val(at))
        .value(Delta::LockReason, reason)
        .and_where(Expr::col(Delta::Id).eq(delta));
    tx.later(&update).await
}

/// The text of a delta's comments, in their order: for the search, and as far as that keeps it.
///
/// # Errors
/// When the database does not answer.
pub async fn text(tx: &mut Tx, delta: Uuid) -> Result<String> {
    let (mut text, mut length) = (String::new(), 0);
    let mut last: Option<Uuid> = None;
    while length < SEARCHED {
        let mut select = Query::select();
        select
            .columns([Comment::Id, Comment::Body])
            .from(Comment::Table)
            .and_where(Expr::col(Comment::DeltaId).eq(delta))
            .and_where_option(last.map(|last| Expr::col(Comment::Id).gt(last)))
            .order_by(Comment::Id, Order::Asc)
            .limit(AT_ONCE);
        let some: Vec<(Uuid, String)> = tx.all(&select).await?;
        for (_, body) in &some {
            text.push_str(body);
            text.push('\n');
            length += body.chars().count() + 1;
        }
        last = some.last().map(|(id, _)| *id);
        if some.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX) {
            break;
        }
    }
    Ok(text)
}
