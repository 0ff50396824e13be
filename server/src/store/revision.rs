//! Revisions: every state of a delta's text.

use schema::{
    delta::{Format, Revision as Told},
    user::Person,
};
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    delta::Row,
    table::{Revision, User},
};
use crate::{
    error::{Error, Result},
    store::search::Words,
};

#[derive(FromRow)]
struct Line {
    number: i64,
    title: String,
    desired: String,
    actual: String,
    body: String,
    #[sqlx(try_from = "String")]
    body_format: Format,
    note: String,
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

/// Says what a revision's body is written in, and why it was made.
///
/// # Errors
/// When the database does not answer.
pub async fn annotate(tx: &mut Tx, delta: Uuid, number: i64, format: Format, note: &str) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Revision::Table)
        .value(Revision::BodyFormat, format.as_str())
        .value(Revision::Note, note)
        .and_where(Expr::col(Revision::DeltaId).eq(delta))
        .and_where(Expr::col(Revision::Number).eq(number));
    tx.later(&update).await
}

/// One revision of a delta.
///
/// # Errors
/// 404 when there is none of this number.
pub async fn find(tx: &mut Tx, delta: Uuid, number: i64) -> Result<Told> {
    let found = of(tx, delta, number.checked_add(1), 1).await?.pop();
    found.filter(|revision| revision.number == number).ok_or_else(|| Error::not_found("revision"))
}

/// Two revisions of a delta, the older one first: the newest and the one before the other where none is named.
///
/// # Errors
/// 404 when there is none of a number.
pub async fn pair(tx: &mut Tx, delta: &Row, from: Option<i64>, to: Option<i64>) -> Result<(Told, Told)> {
    let to = to.unwrap_or(delta.revision);
    let from = from.unwrap_or(std::cmp::max(to.saturating_sub(1), 1));
    let (from, to) = (std::cmp::min(from, to), std::cmp::max(from, to));
    Ok((find(tx, delta.id, from).await?, find(tx, delta.id, to).await?))
}

/// A delta's revisions, newest first: those before `before` (all when absent), at most `limit`.
///
/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, delta: Uuid, before: Option<i64>, limit: i64) -> Result<Vec<Told>> {
    let mut select = Query::select();
    select
        .columns([
            (Revision::Table, Revision::Number),
            (Revision::Table, Revision::Title),
            (Revision::Table, Revision::Desired),
            (Revision::Table, Revision::Actual),
            (Revision::Table, Revision::Body),
            (Revision::Table, Revision::BodyFormat),
            (Revision::Table, Revision::Note),
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
        .map(|line| Told {
            number: line.number,
            title: line.title,
            desired: line.desired,
            actual: line.actual,
            body: line.body,
            body_format: line.body_format,
            note: line.note,
            author: Person { name: line.name, display_name: line.display_name },
            at: line.at,
        })
        .collect())
}
