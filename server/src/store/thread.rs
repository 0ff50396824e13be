//! Threads: comments on passages of a delta's text, with their replies.

use std::collections::HashMap;

use schema::{
    thread::{Field, REPLIES_SHOWN, Said, Settled, Thread as View},
    user::Person,
};
use sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Comment, Delta, Thread, ThreadReply, User},
};
use crate::{
    anchor::Anchor,
    error::{Error, Result},
};

/// A thread as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub comment_id: Uuid,
    #[sqlx(try_from = "String")]
    pub field: Field,
    pub quote: String,
    pub revision: i64,
    pub words: String,
    pub before: String,
    pub after: String,
    pub lost: Option<i64>,
    pub settled_at: Option<OffsetDateTime>,
    pub author_id: Uuid,
    settler: Option<String>,
    settler_name: Option<String>,
}

impl Row {
    /// Its passage as it was last found.
    pub fn anchor(&self) -> Anchor {
        Anchor { quote: self.words.clone(), before: self.before.clone(), after: self.after.clone() }
    }

    fn view(self, comments: Vec<Said>, earlier: i64) -> View {
        View {
            id: self.comment_id,
            field: self.field,
            quote: self.quote,
            revision: self.revision,
            now: self.lost.is_none().then_some(self.words),
            outdated_since: self.lost,
            settled: self.settled_at.map(|at| Settled {
                by: self.settler.zip(self.settler_name).map(|(name, display_name)| Person { name, display_name }),
                at,
            }),
            comments,
            earlier,
        }
    }
}

fn select() -> SelectStatement {
    let settler = || Expr::col(("settler", User::Id));
    let mut select = Query::select();
    select
        .columns(
            [
                Thread::CommentId,
                Thread::Field,
                Thread::Quote,
                Thread::Revision,
                Thread::Words,
                Thread::Before,
                Thread::After,
                Thread::Lost,
                Thread::SettledAt,
            ]
            .map(|column| (Thread::Table, column)),
        )
        .column((Comment::Table, Comment::AuthorId))
        .expr_as(Expr::col(("settler", User::Name)), "settler")
        .expr_as(Expr::col(("settler", User::DisplayName)), "settler_name")
        .from(Thread::Table)
        .inner_join(Comment::Table, Expr::col((Comment::Table, Comment::Id)).equals((Thread::Table, Thread::CommentId)))
        .join_as(JoinType::LeftJoin, User::Table, "settler", settler().equals((Thread::Table, Thread::SettledBy)))
        .order_by((Thread::Table, Thread::CommentId), Order::Asc);
    select
}

/// The threads of a delta, oldest first, without their comments.
///
/// # Errors
/// When the database does not answer.
pub async fn rows(tx: &mut Tx, delta: Uuid) -> Result<Vec<Row>> {
    tx.all(select().and_where(Expr::col((Thread::Table, Thread::DeltaId)).eq(delta))).await
}

/// One thread of a delta.
///
/// # Errors
/// 404 when there is none of this id.
pub async fn find(tx: &mut Tx, delta: Uuid, id: Uuid) -> Result<Row> {
    let mut select = select();
    select.and_where(Expr::col((Thread::Table, Thread::DeltaId)).eq(delta)).and_where(Expr::col((Thread::Table, Thread::CommentId)).eq(id));
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("thread"))
}

#[derive(FromRow)]
struct Line {
    id: Uuid,
    thread_id: Uuid,
    name: String,
    display_name: String,
    body: String,
    created_at: OffsetDateTime,
    edited_at: Option<OffsetDateTime>,
    deleted: Option<String>,
}

/// The threads of a delta with their comments, oldest first, each with its passage as it was last found.
///
/// # Errors
/// When the database does not answer.
pub async fn all(tx: &mut Tx, delta: Uuid) -> Result<Vec<(Anchor, View)>> {
    let rows = rows(tx, delta).await?;
    with_comments(tx, rows).await
}

/// One thread of a delta with its comments.
///
/// # Errors
/// 404 when there is none of this id.
pub async fn one(tx: &mut Tx, delta: Uuid, id: Uuid) -> Result<View> {
    let row = find(tx, delta, id).await?;
    let found = with_comments(tx, vec![row]).await?.pop();
    found.map(|(_, view)| view).ok_or_else(|| Error::not_found("thread"))
}

/// These threads with their comments: all that began one, and of the replies to all of them together the newest [`REPLIES_SHOWN`].
async fn with_comments(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<(Anchor, View)>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = || rows.iter().map(|row| row.comment_id);
    let mut first = Query::select();
    first
        .column(Thread::CommentId)
        .expr_as(Expr::col(Thread::CommentId), "thread_id")
        .from(Thread::Table)
        .and_where(Expr::col(Thread::CommentId).is_in(ids()));
    let mut newest = Query::select();
    newest
        .columns([ThreadReply::CommentId, ThreadReply::ThreadId])
        .from(ThreadReply::Table)
        .and_where(Expr::col(ThreadReply::ThreadId).is_in(ids()))
        .order_by(ThreadReply::CommentId, Order::Desc)
        .limit(REPLIES_SHOWN.unsigned_abs());
    let mut comments: HashMap<Uuid, Vec<Said>> = HashMap::new();
    let mut replies = 0;
    for (of, is_reply) in [(first, false), (newest, true)] {
        for line in tx.all::<Line>(&lines(of)).await? {
            replies += i64::from(is_reply);
            comments.entry(line.thread_id).or_default().push(Said {
                id: line.id,
                author: Person { name: line.name, display_name: line.display_name },
                body: line.body,
                created_at: line.created_at,
                edited_at: line.edited_at,
                deleted: line.deleted.and_then(|word| word.parse().ok()),
            });
        }
    }
    let mut counts: HashMap<Uuid, i64> = HashMap::new();
    if replies >= REPLIES_SHOWN {
        let mut select = Query::select();
        select
            .column(ThreadReply::ThreadId)
            .expr(Expr::cust("COUNT(*)"))
            .from(ThreadReply::Table)
            .and_where(Expr::col(ThreadReply::ThreadId).is_in(ids()))
            .group_by_col(ThreadReply::ThreadId);
        counts.extend(tx.all::<(Uuid, i64)>(&select).await?);
    }
    let whole = |row: Row| {
        let said = comments.remove(&row.comment_id).unwrap_or_default();
        let shown = i64::try_from(said.len()).unwrap_or(i64::MAX) - 1;
        let earlier = counts.get(&row.comment_id).map_or(0, |count| Ord::max(count - shown, 0));
        (row.anchor(), row.view(said, earlier))
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// Comments with who wrote them, oldest first: those that `of` names as `comment_id`, with their `thread_id`.
fn lines(of: SelectStatement) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(
            [Comment::Id, Comment::Body, Comment::CreatedAt, Comment::EditedAt, Comment::Deleted].map(|column| (Comment::Table, column)),
        )
        .column(("said", ThreadReply::ThreadId))
        .columns([User::Name, User::DisplayName].map(|column| (User::Table, column)))
        .from_subquery(of, "said")
        .inner_join(Comment::Table, Expr::col((Comment::Table, Comment::Id)).equals(("said", ThreadReply::CommentId)))
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Comment::Table, Comment::AuthorId)))
        .order_by((Comment::Table, Comment::Id), Order::Asc);
    select
}

/// A thread to keep.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct New<'a> {
    pub comment: Uuid,
    pub delta: Uuid,
    pub field: Field,
    pub chosen: &'a Anchor,
    pub revision: i64,
    pub found: &'a Anchor,
    pub lost: Option<i64>,
}

/// Adds a thread, whose comment is there, and counts it.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, new: New<'_>) -> Result<()> {
    tx.later(
        Query::insert()
            .into_table(Thread::Table)
            .columns([
                Thread::CommentId,
                Thread::DeltaId,
                Thread::Field,
                Thread::Quote,
                Thread::Prefix,
                Thread::Suffix,
                Thread::Revision,
                Thread::Words,
                Thread::Before,
                Thread::After,
                Thread::Lost,
            ])
            .values_panic([
                new.comment.into(),
                new.delta.into(),
                new.field.as_str().into(),
                new.chosen.quote.as_str().into(),
                new.chosen.before.as_str().into(),
                new.chosen.after.as_str().into(),
                new.revision.into(),
                new.found.quote.as_str().into(),
                new.found.before.as_str().into(),
                new.found.after.as_str().into(),
                new.lost.into(),
            ]),
    )
    .await?;
    let mut count = Query::update();
    count.table(Delta::Table).value(Delta::Anchored, Expr::col(Delta::Anchored).add(1)).and_where(Expr::col(Delta::Id).eq(new.delta));
    tx.later(&count).await
}

/// Adds a reply, whose comment is there.
///
/// # Errors
/// When the database does not answer.
pub async fn reply(tx: &mut Tx, thread: Uuid, comment: Uuid) -> Result<()> {
    let mut insert = Query::insert();
    insert
        .into_table(ThreadReply::Table)
        .columns([ThreadReply::CommentId, ThreadReply::ThreadId])
        .values_panic([comment.into(), thread.into()]);
    tx.later(&insert).await
}

/// Says where a thread's passage was found in a new revision; or, with `None`, since which revision it is not.
///
/// # Errors
/// When the database does not answer.
pub async fn moved(tx: &mut Tx, thread: Uuid, found: Option<&Anchor>, revision: i64) -> Result<()> {
    let mut update = Query::update();
    update.table(Thread::Table).and_where(Expr::col(Thread::CommentId).eq(thread));
    match found {
        Some(found) => update
            .value(Thread::Words, found.quote.as_str())
            .value(Thread::Before, found.before.as_str())
            .value(Thread::After, found.after.as_str())
            .value(Thread::Lost, Option::<i64>::None),
        None => update.value(Thread::Lost, revision),
    };
    tx.later(&update).await
}

/// Settles a thread, or opens it again.
///
/// # Errors
/// When the database does not answer.
pub async fn settle(tx: &mut Tx, thread: Uuid, settled: Option<(Uuid, OffsetDateTime)>) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Thread::Table)
        .value(Thread::SettledBy, settled.map(|(by, _)| by))
        .value(Thread::SettledAt, settled.map(|(_, at)| at))
        .and_where(Expr::col(Thread::CommentId).eq(thread));
    tx.later(&update).await
}
