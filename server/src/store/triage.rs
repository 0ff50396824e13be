//! Stances and watch rules.

use schema::stance::Stance as Word;
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

pub use super::standing::standings;
use super::{
    db::Tx,
    table::{Link, Stance, Task},
};
use crate::error::Result;

/// A stance as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct StanceRow {
    #[sqlx(try_from = "String")]
    pub stance: Word,
    pub reason: String,
    pub until: Option<OffsetDateTime>,
    pub wake: Option<sqlx::types::Json<schema::triage::Wake>>,
    pub version: i64,
    pub set_at: OffsetDateTime,
}

/// An organisation's stance on a delta.
///
/// # Errors
/// When the database does not answer.
pub async fn stance(tx: &mut Tx, org: Uuid, delta: Uuid) -> Result<Option<StanceRow>> {
    tx.optional(
        Query::select()
            .columns([Stance::Stance, Stance::Reason, Stance::Until, Stance::Wake, Stance::Version, Stance::SetAt])
            .from(Stance::Table)
            .and_where(Expr::col(Stance::OrgId).eq(org))
            .and_where(Expr::col(Stance::DeltaId).eq(delta)),
    )
    .await
}

/// A stance to be kept.
#[derive(Clone, Debug)]
pub struct NewStance<'a> {
    /// What it is.
    pub stance: Word,
    /// Why; empty where nobody said.
    pub reason: &'a str,
    /// Snoozed until then.
    pub until: Option<OffsetDateTime>,
    /// Or until one of these bounds is reached.
    pub wake: Option<schema::triage::Wake>,
}

/// Sets an organisation's stance on a delta, over the one it had.
///
/// # Errors
/// When the database does not answer.
pub async fn put_stance(tx: &mut Tx, org: Uuid, delta: Uuid, new: &NewStance<'_>, by: Option<Uuid>, at: OffsetDateTime) -> Result<()> {
    let wake = new.wake.as_ref().map(serde_json::to_value).transpose()?;
    tx.run(
        Query::insert()
            .into_table(Stance::Table)
            .columns([
                Stance::OrgId,
                Stance::DeltaId,
                Stance::Stance,
                Stance::Reason,
                Stance::Until,
                Stance::Wake,
                Stance::SetBy,
                Stance::SetAt,
            ])
            .values_panic([
                org.into(),
                delta.into(),
                new.stance.as_str().into(),
                new.reason.into(),
                new.until.into(),
                wake.into(),
                by.into(),
                at.into(),
            ])
            .on_conflict(
                OnConflict::columns([Stance::OrgId, Stance::DeltaId])
                    .update_columns([Stance::Stance, Stance::Reason, Stance::Until, Stance::Wake, Stance::SetBy, Stance::SetAt])
                    .value(Stance::Version, Expr::col((Stance::Table, Stance::Version)).add(1))
                    .to_owned(),
            ),
    )
    .await?;
    Ok(())
}

/// Takes an organisation's stance on a delta away; gives whether it had one.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_stance(tx: &mut Tx, org: Uuid, delta: Uuid) -> Result<bool> {
    let gone = tx
        .run(
            Query::delete()
                .from_table(Stance::Table)
                .and_where(Expr::col(Stance::OrgId).eq(org))
                .and_where(Expr::col(Stance::DeltaId).eq(delta)),
        )
        .await?;
    Ok(gone > 0)
}

/// How many tasks of an organisation are linked to a delta.
///
/// # Errors
/// When the database does not answer.
pub async fn linked(tx: &mut Tx, org: Uuid, delta: Uuid) -> Result<i64> {
    let (count,): (i64,) = tx
        .one(
            Query::select()
                .expr(Expr::col((Link::Table, Link::TaskId)).count())
                .from(Link::Table)
                .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((Link::Table, Link::TaskId)))
                .and_where(Expr::col((Link::Table, Link::DeltaId)).eq(delta))
                .and_where(Expr::col((Task::Table, Task::OrgId)).eq(org)),
        )
        .await?;
    Ok(count)
}
