//! Files: what they are called, what they belong to, who sees them. Their bytes are in `crate::files`.

use schema::{
    attachment::{Attachment as View, url},
    user::Person,
};
use sea_query::{Cond, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use serde::Deserialize;
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    delta,
    gather::{Gather, Gathered},
    org,
    table::{Attachment, Delta, Org, Task, User},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
    ingest::media,
};

/// A file as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub delta_id: Option<Uuid>,
    pub task_id: Option<Uuid>,
    pub comment_id: Option<Uuid>,
    pub name: String,
    pub media: String,
    pub size: i64,
    pub sha256: Vec<u8>,
    pub uploaded_by: Uuid,
    pub created_at: OffsetDateTime,
    /// Whether everybody may see it.
    pub open: i64,
    /// The organisation of its task.
    pub org_id: Option<Uuid>,
    /// Handle of who uploaded it.
    pub uploader: String,
    /// Their name.
    pub uploader_name: String,
}

impl Row {
    /// As people see it.
    pub fn view(self) -> View {
        View {
            url: url(self.id, &self.name),
            image: media::SHOWN.contains(&self.media.as_str()),
            id: self.id,
            name: self.name,
            media: self.media,
            size: self.size,
            sha256: hex(&self.sha256),
            uploaded_by: Person { name: self.uploader, display_name: self.uploader_name },
            created_at: self.created_at,
            comment: self.comment_id,
        }
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Files with what they belong to.
fn rows() -> SelectStatement {
    let open = Expr::case(Expr::col((Delta::Table, Delta::Visibility)).eq("public"), 1i64).finally(0i64);
    Query::select()
        .columns(
            [
                Attachment::Id,
                Attachment::DeltaId,
                Attachment::TaskId,
                Attachment::CommentId,
                Attachment::Name,
                Attachment::Media,
                Attachment::Size,
                Attachment::Sha256,
                Attachment::UploadedBy,
                Attachment::CreatedAt,
            ]
            .map(|column| (Attachment::Table, column)),
        )
        .expr_as(open, "open")
        .column((Task::Table, Task::OrgId))
        .expr_as(Expr::col((User::Table, User::Name)), "uploader")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "uploader_name")
        .from(Attachment::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Attachment::Table, Attachment::UploadedBy)))
        .left_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Attachment::Table, Attachment::DeltaId)))
        .left_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((Attachment::Table, Attachment::TaskId)))
        .left_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
        .take()
}

/// A file, if it exists and the caller may see what it belongs to. What belongs to nothing yet, only who uploaded it sees.
///
/// # Errors
/// 404 otherwise.
pub async fn find(tx: &mut Tx, caller: &Caller, id: Uuid) -> Result<Row> {
    let of = |column| Expr::col((Attachment::Table, column));
    let mut seen = Cond::any()
        .add(Cond::all().add(of(Attachment::DeltaId).is_not_null()).add(delta::visible(caller)))
        .add(Cond::all().add(of(Attachment::TaskId).is_not_null()).add(org::inside(caller)));
    if let Some(user) = caller.user_id() {
        let loose = Cond::all().add(of(Attachment::DeltaId).is_null()).add(of(Attachment::TaskId).is_null());
        seen = seen.add(loose.add(of(Attachment::UploadedBy).eq(user)));
    }
    let mut select = rows();
    select.and_where(of(Attachment::Id).eq(id)).cond_where(seen);
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("file"))
}

/// What a file can belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// Nothing yet.
    Loose,
    /// A delta.
    Delta(Uuid),
    /// A comment of a delta: both.
    Comment(Uuid, Uuid),
    /// A task.
    Task(Uuid),
}

impl Thing {
    fn ids(self) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Loose => (None, None, None),
            Self::Delta(delta) => (Some(delta), None, None),
            Self::Comment(delta, comment) => (Some(delta), Some(comment), None),
            Self::Task(task) => (None, None, Some(task)),
        }
    }
}

/// The files of a delta (its comments' too) or of a task, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, thing: Thing) -> Result<Vec<View>> {
    let mut select = rows();
    match thing.ids() {
        (Some(delta), ..) => select.and_where(Expr::col((Attachment::Table, Attachment::DeltaId)).eq(delta)),
        (.., Some(task)) => select.and_where(Expr::col((Attachment::Table, Attachment::TaskId)).eq(task)),
        _ => return Ok(Vec::new()),
    };
    select.order_by((Attachment::Table, Attachment::Id), Order::Asc).limit(1000);
    let rows: Vec<Row> = tx.all(&select).await?;
    Ok(rows.into_iter().map(Row::view).collect())
}

/// How many files a thing has, and their bytes together. Of what belongs to nothing, those of this person.
///
/// # Errors
/// When the database does not answer.
pub async fn total(tx: &mut Tx, thing: Thing, by: Uuid) -> Result<(i64, i64)> {
    let mut select = Query::select();
    let sum = Func::coalesce([Func::sum(Expr::col(Attachment::Size)).into(), Expr::val(0i64)]);
    select.expr_as(Func::count(Expr::col(Attachment::Id)), "count").expr_as(Func::cast_as(sum, "bigint"), "bytes").from(Attachment::Table);
    match thing.ids() {
        (Some(delta), ..) => select.and_where(Expr::col(Attachment::DeltaId).eq(delta)),
        (.., Some(task)) => select.and_where(Expr::col(Attachment::TaskId).eq(task)),
        _ => select
            .and_where(Expr::col(Attachment::DeltaId).is_null())
            .and_where(Expr::col(Attachment::TaskId).is_null())
            .and_where(Expr::col(Attachment::UploadedBy).eq(by)),
    };
    tx.one(&select).await
}

/// A file to note.
#[derive(Debug)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct New<'a> {
    pub id: Uuid,
    pub thing: Thing,
    pub name: &'a str,
    pub media: &'a str,
    pub size: i64,
    pub sha256: &'a [u8],
    pub by: Uuid,
}

/// Notes a file, whose bytes are kept already.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, new: &New<'_>, now: OffsetDateTime) -> Result<()> {
    let (delta, comment, task) = new.thing.ids();
    tx.later(
        Query::insert()
            .into_table(Attachment::Table)
            .columns([
                Attachment::Id,
                Attachment::DeltaId,
                Attachment::CommentId,
                Attachment::TaskId,
                Attachment::Name,
                Attachment::Media,
                Attachment::Size,
                Attachment::Sha256,
                Attachment::UploadedBy,
                Attachment::CreatedAt,
            ])
            .values_panic([
                new.id.into(),
                delta.into(),
                comment.into(),
                task.into(),
                new.name.into(),
                new.media.into(),
                new.size.into(),
                new.sha256.to_vec().into(),
                new.by.into(),
                now.into(),
            ]),
    )
    .await
}

/// Says of those of these files that belong to nothing and that this person uploaded, what they belong to. Gives how many there were.
///
/// # Errors
/// When the database does not answer.
pub async fn bind(tx: &mut Tx, ids: &[Uuid], by: Uuid, thing: Thing) -> Result<u64> {
    let (delta, comment, task) = thing.ids();
    let mut update = Query::update();
    update
        .table(Attachment::Table)
        .value(Attachment::DeltaId, Expr::val(delta))
        .value(Attachment::CommentId, Expr::val(comment))
        .value(Attachment::TaskId, Expr::val(task))
        .and_where(Expr::col(Attachment::Id).is_in(ids.iter().copied()))
        .and_where(Expr::col(Attachment::UploadedBy).eq(by))
        .and_where(Expr::col(Attachment::DeltaId).is_null())
        .and_where(Expr::col(Attachment::TaskId).is_null());
    tx.run(&update).await
}

/// Forgets a file. False where it was forgotten already.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx, id: Uuid) -> Result<bool> {
    Ok(tx.run(Query::delete().from_table(Attachment::Table).and_where(Expr::col(Attachment::Id).eq(id))).await? > 0)
}

/// Forgets the files of a comment; gives their ids.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_of_comment(tx: &mut Tx, comment: Uuid) -> Result<Vec<Uuid>> {
    let mut delete = Query::delete();
    delete.from_table(Attachment::Table).and_where(Expr::col(Attachment::CommentId).eq(comment)).returning_col(Attachment::Id);
    let ids: Vec<(Uuid,)> = tx.all(&delete).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

/// Forgets up to `most` files that belonged to nothing since before `before`; gives their ids.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_loose(tx: &mut Tx, before: OffsetDateTime, most: u64) -> Result<Vec<Uuid>> {
    let loose = |select: &mut SelectStatement| {
        select
            .and_where(Expr::col(Attachment::DeltaId).is_null())
            .and_where(Expr::col(Attachment::TaskId).is_null())
            .and_where(Expr::col(Attachment::CreatedAt).lt(before));
    };
    let mut old = Query::select();
    old.column(Attachment::Id).from(Attachment::Table).limit(most);
    loose(&mut old);
    let mut delete = Query::delete();
    delete
        .from_table(Attachment::Table)
        .and_where(Expr::col(Attachment::Id).in_subquery(old))
        // Asked again: meanwhile a text may have named it.
        .and_where(Expr::col(Attachment::DeltaId).is_null())
        .and_where(Expr::col(Attachment::TaskId).is_null())
        .returning_col(Attachment::Id);
    let ids: Vec<(Uuid,)> = tx.all(&delete).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

/// Which of these files there are, with their sizes.
///
/// # Errors
/// When the database does not answer.
pub async fn known(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    let mut select = Query::select();
    select
        .columns([Attachment::Id, Attachment::Size])
        .from(Attachment::Table)
        .and_where(Expr::col(Attachment::Id).is_in(ids.iter().copied()));
    tx.all(&select).await
}

/// The next files by id, with their sizes: those after `after`.
///
/// # Errors
/// When the database does not answer.
pub async fn page(tx: &mut Tx, after: Uuid, limit: u64) -> Result<Vec<(Uuid, i64)>> {
    let mut select = Query::select();
    select
        .columns([Attachment::Id, Attachment::Size])
        .from(Attachment::Table)
        .and_where(Expr::col(Attachment::Id).gt(after))
        .order_by(Attachment::Id, Order::Asc)
        .limit(limit);
    tx.all(&select).await
}

/// What a part of a gathered statement tells of a file.
#[derive(Deserialize)]
struct Line {
    id: Uuid,
    comment: Option<Uuid>,
    name: String,
    media: String,
    size: i64,
    sha256: String,
    uploader: String,
    uploader_name: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

/// Asks for the files of a delta and its comments.
pub fn ask(gather: &mut Gather, delta: Uuid) {
    let mut select = Query::select();
    select
        .expr_as(gather.id((Attachment::Table, Attachment::Id)), "id")
        .expr_as(gather.id((Attachment::Table, Attachment::CommentId)), "comment")
        .columns([Attachment::Name, Attachment::Media, Attachment::Size, Attachment::CreatedAt].map(|column| (Attachment::Table, column)))
        .expr_as(gather.hex((Attachment::Table, Attachment::Sha256)), "sha256")
        .expr_as(Expr::col((User::Table, User::Name)), "uploader")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "uploader_name")
        .from(Attachment::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Attachment::Table, Attachment::UploadedBy)))
        .and_where(Expr::col((Attachment::Table, Attachment::DeltaId)).eq(delta));
    let columns = ["id", "comment", "name", "media", "size", "created_at", "sha256", "uploader", "uploader_name"];
    gather.part("attachments", &columns, select);
}

/// What [`ask`] asked, oldest first.
///
/// # Errors
/// When it did not.
pub fn told(gathered: &mut Gathered) -> Result<Vec<View>> {
    let mut lines: Vec<Line> = gathered.take("attachments")?;
    lines.sort_by_key(|line| line.id);
    let view = |line: Line| View {
        url: url(line.id, &line.name),
        image: media::SHOWN.contains(&line.media.as_str()),
        id: line.id,
        name: line.name,
        media: line.media,
        size: line.size,
        sha256: line.sha256,
        uploaded_by: Person { name: line.uploader, display_name: line.uploader_name },
        created_at: line.created_at,
        comment: line.comment,
    };
    Ok(lines.into_iter().map(view).collect())
}
