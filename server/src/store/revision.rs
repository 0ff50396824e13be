//! Revisions: every state of a delta's text.

use schema::user::Person;
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Revision, User},
};
use crate::{error::Result, store::search::Words};

#[derive(FromRow)]
struct Line {
    number: i64,
    title: String,
    desired: String,
    actual: String,
    body: String,
    name: String,
    display_name: String,
    at: OffsetDateTime,
}

/// Keeps a state of a delta's text.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, delta: Uuid, number: i64, words: Words<'_>, author: Uuid, now: OffsetDateTime) -> Result<()> {
    tx.later(
        Query::insert()
            .into_table(Revision::Table)
            .columns([
                Revision::DeltaId,
                Revision::Number,
                Revision::Title,
                Revision::Desired,
                Revision::Actual,
                Revision::Body,
                Revision::AuthorId,
                Revision::At,
            ])
            .values_panic([
                delta.into(),
                number.into(),
                words.title.into(),
                words.desired.into(),
                words.actual.into(),
                words.body.into(),
                author.into(),
                now.into(),
            ]),
    )
    .await
}

/// A delta's revisions, newest first: those before `before` (all when absent), at most `limit`.
///
/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, delta: Uuid, before: Option<i64>, limit: i64) -> Result<Vec<schema::delta::Revision>> {
    let mut select = Query::select();
    select
        .columns([
            (Revision::Table, Revision::Number),
            (Revision::Table, Revision::Title),
            (Revision::Table, Revision::Desired),
            (Revision::Table, Revision::Actual),
            (Revision::Table, Revision::Body),
            (Revision::Table, Revision::At),
        ])
        .columns([(User::Table, User::Name), (User::Table, User::DisplayName)])
        .from(Revision::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Revision::Table, Revision::AuthorId)))
        .and_where(Expr::col((Revision::Table, Revision::DeltaId)).eq(delta))
        .order_by((Revision::Table, Revision::Number), Order::Desc)
        .limit(limit.unsigned_abs());
    if let Some(before) = before {
        select.and_where(Expr::col((Revision::Table, Revision::Number)).lt(before));
    }
    let lines: Vec<Line> = tx.all(&select).await?;
    Ok(lines
        .into_iter()
        .map(|line| schema::delta::Revision {
            number: line.number,
            title: line.title,
            desired: line.desired,
            actual: line.actual,
            body: line.body,
            author: Person { name: line.name, display_name: line.display_name },
            at: line.at,
        })
        .collect())
}
