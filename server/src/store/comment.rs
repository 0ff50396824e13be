//! Comments on deltas.

use schema::{timeline::Comment as Said, user::Person};
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Comment, Delta, User},
};
use crate::error::{Error, Result};

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
}

impl Row {
    /// As people see it.
    pub fn said(self) -> Said {
        Said {
            id: self.id,
            author: Person { name: self.author, display_name: self.author_name },
            body: self.body,
            created_at: self.created_at,
            edited_at: self.edited_at,
        }
    }
}

/// A comment of a delta.
///
/// # Errors
/// 404 when there is none of this id.
pub async fn find(tx: &mut Tx, delta: Uuid, id: Uuid) -> Result<Row> {
    let mut select = Query::select();
    select
        .columns(
            [Comment::Id, Comment::AuthorId, Comment::Body, Comment::CreatedAt, Comment::EditedAt].map(|column| (Comment::Table, column)),
        )
        .expr_as(Expr::col((User::Table, User::Name)), "author")
        .expr_as(Expr::col((User::Table, User::DisplayName)), "author_name")
        .from(Comment::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Comment::Table, Comment::AuthorId)))
        .and_where(Expr::col((Comment::Table, Comment::DeltaId)).eq(delta))
        .and_where(Expr::col((Comment::Table, Comment::Id)).eq(id));
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

/// Changes a comment's text.
///
/// # Errors
/// When the database does not answer.
pub async fn update(tx: &mut Tx, id: Uuid, body: &str, now: OffsetDateTime) -> Result<()> {
    tx.run(
        Query::update()
            .table(Comment::Table)
            .value(Comment::Body, body)
            .value(Comment::EditedAt, now)
            .and_where(Expr::col(Comment::Id).eq(id)),
    )
    .await?;
    Ok(())
}

/// The text of all comments of a delta, in their order: for the search.
///
/// # Errors
/// When the database does not answer.
pub async fn text(tx: &mut Tx, delta: Uuid) -> Result<String> {
    let mut select = Query::select();
    select.column(Comment::Body).from(Comment::Table).and_where(Expr::col(Comment::DeltaId).eq(delta)).order_by(Comment::Id, Order::Asc);
    let bodies: Vec<(String,)> = tx.all(&select).await?;
    Ok(bodies.into_iter().map(|(body,)| body).collect::<Vec<_>>().join("\n"))
}
