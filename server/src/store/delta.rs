//! Deltas: filing, reading, editing, revisions, visibility.

mod edit;
pub mod label;
mod view;

use schema::{
    delta::{Format, Kind, Ref, Resolution, Visibility},
    id::DeltaKey,
};
use sea_query::{Asterisk, Cond, Condition, Expr, ExprTrait, LockType, Query, SelectStatement, SimpleExpr};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

pub use self::{
    edit::{Edit, add_guest, bump, edit, embargoes_ended, put_embargo, put_format, put_labels, remove_guest},
    view::{Named, named, whole},
};
use super::{
    db::Tx,
    table::{Delta, DeltaGuest, Place},
};
use crate::{
    caller::Caller,
    clock,
    error::{Error, Result},
};

/// A delta as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub number: i64,
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    pub title: String,
    pub desired: String,
    pub actual: String,
    pub body: String,
    pub reporter_id: Uuid,
    #[sqlx(try_from = "String")]
    pub visibility: Visibility,
    pub open: bool,
    pub resolution: Option<String>,
    pub resolution_reason: String,
    pub resolution_release: Option<String>,
    pub duplicate_of: Option<Uuid>,
    pub resolved_by: Option<Uuid>,
    pub resolved_at: Option<OffsetDateTime>,
    pub regressed_at: Option<OffsetDateTime>,
    pub seen_at: Option<OffsetDateTime>,
    pub embargo_until: Option<OffsetDateTime>,
    pub embargo_opens: bool,
    pub impact: i64,
    pub impact_segment_id: Option<Uuid>,
    pub affected: i64,
    pub blocked: i64,
    pub on_behalf: i64,
    pub comments: i64,
    pub duplicates: i64,
    pub carried_from: Option<Uuid>,
    pub revision: i64,
    pub version: i64,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub locked_at: Option<OffsetDateTime>,
    pub lock_reason: String,
    #[sqlx(try_from = "String")]
    pub body_format: Format,
    pub anchored: i64,
}

impl Row {
    /// Its key.
    pub fn key(&self) -> DeltaKey {
        DeltaKey(self.number)
    }

    /// The delta that what is said here counts for, too, where it is a duplicate that everybody may see.
    pub fn counts_for(&self) -> Option<Uuid> {
        self.duplicate_of.filter(|_| self.visibility == Visibility::Public)
    }

    /// How it ended, while it has.
    pub fn resolution(&self) -> Option<Resolution> {
        self.resolution.as_deref().and_then(|word| word.parse().ok())
    }
}

/// Which rows of `delta` a caller may see: the public ones, those they reported or were invited to, and those with a place
/// in a project of whose security group they are. Every statement that shows deltas to somebody has this condition.
pub fn visible(caller: &Caller) -> Condition {
    let public = Expr::col((Delta::Table, Delta::Visibility)).eq(Visibility::Public.as_str());
    let Some(user) = caller.user_id() else { return Cond::all().add(public) };
    let invited = Query::select()
        .expr(Expr::val(1))
        .from(DeltaGuest::Table)
        .and_where(Expr::col((DeltaGuest::Table, DeltaGuest::DeltaId)).equals((Delta::Table, Delta::Id)))
        .and_where(Expr::col((DeltaGuest::Table, DeltaGuest::UserId)).eq(user))
        .take();
    let mut any = Cond::any().add(public).add(Expr::col((Delta::Table, Delta::ReporterId)).eq(user)).add(is_there(invited));
    if !caller.guards.is_empty() {
        let guarded = Query::select()
            .expr(Expr::val(1))
            .from(Place::Table)
            .and_where(Expr::col((Place::Table, Place::DeltaId)).equals((Delta::Table, Delta::Id)))
            .and_where(Expr::col((Place::Table, Place::ProjectId)).is_in(caller.guards.iter().copied()))
            .take();
        any = any.add(is_there(guarded));
    }
    any
}

/// Whether a correlated subquery finds a row: EXISTS in other words, for lists. PostgreSQL may answer EXISTS by reading all rows that
/// any outer row could ask for; this it looks up for each row it comes to, as lists that end after a page want it.
pub fn is_there(mut select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(select.limit(1).take().into())).is_not_null()
}

/// The delta of a key, if it exists and the caller may see it.
///
/// # Errors
/// 404 otherwise.
pub async fn find(tx: &mut Tx, caller: &Caller, key: DeltaKey) -> Result<Row> {
    let mut select = Query::select();
    select.column(Asterisk).from(Delta::Table).and_where(Expr::col((Delta::Table, Delta::Number)).eq(key.0)).cond_where(visible(caller));
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("delta"))
}

/// A delta as others point at it, if it exists and the caller may see it.
///
/// # Errors
/// When the database does not answer.
pub async fn reference(tx: &mut Tx, caller: &Caller, key: DeltaKey) -> Result<Option<Ref>> {
    match find(tx, caller, key).await {
        Ok(row) => Ok(Some(Ref { key: row.key(), kind: row.kind, title: row.title, impact: row.impact, open: row.open })),
        Err(error) if error.kind() == crate::error::Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A delta to keep.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct New<'a> {
    pub kind: Kind,
    pub title: &'a str,
    pub desired: &'a str,
    pub actual: &'a str,
    pub body: &'a str,
    pub reporter: Uuid,
    pub visibility: Visibility,
}

/// Adds a delta with the next number.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, now: OffsetDateTime, new: &New<'_>) -> Result<Row> {
    tx.one(
        Query::insert()
            .into_table(Delta::Table)
            .columns([
                Delta::Id,
                Delta::Kind,
                Delta::Title,
                Delta::Desired,
                Delta::Actual,
                Delta::Body,
                Delta::ReporterId,
                Delta::Visibility,
                Delta::CreatedAt,
                Delta::UpdatedAt,
            ])
            .values_panic([
                clock::new_id().into(),
                new.kind.as_str().into(),
                new.title.into(),
                new.desired.into(),
                new.actual.into(),
                new.body.into(),
                new.reporter.into(),
                new.visibility.as_str().into(),
                now.into(),
                now.into(),
            ])
            .returning_all(),
    )
    .await
}

/// What changes of a delta's row beside its version.
#[derive(Default)]
pub(super) struct Change {
    values: Vec<(Delta, SimpleExpr)>,
    open: Option<bool>,
}

impl Change {
    /// Sets a column.
    #[must_use]
    pub(super) fn set(mut self, column: Delta, value: impl Into<SimpleExpr>) -> Self {
        self.values.push((column, value.into()));
        self
    }

    /// Opens or ends the gap; its places follow.
    #[must_use]
    pub(super) fn open(mut self, open: bool) -> Self {
        self.open = Some(open);
        self.set(Delta::Open, open)
    }
}

/// Changes a delta of the version seen, and what its places repeat of it; the new version. The row stays locked until the
/// transaction ends.
///
/// # Errors
/// 412 when that is not the current version.
pub(super) async fn change(tx: &mut Tx, id: Uuid, version: i64, now: OffsetDateTime, change: Change) -> Result<i64> {
    let mut update = Query::update();
    update
        .table(Delta::Table)
        .values(change.values)
        .value(Delta::Version, Expr::col(Delta::Version).add(1))
        .value(Delta::UpdatedAt, now)
        .and_where(Expr::col(Delta::Id).eq(id))
        .and_where(Expr::col(Delta::Version).eq(version));
    if tx.run(&update).await? == 0 {
        return Err(Error::stale("delta"));
    }
    places(tx, id, now, change.open).await?;
    Ok(version + 1)
}

/// Says that something about a delta changed now, without a new version: a comment, a position, a vote.
///
/// # Errors
/// When the database does not answer.
pub async fn touch(tx: &mut Tx, id: Uuid, now: OffsetDateTime) -> Result<()> {
    tx.run(Query::update().table(Delta::Table).value(Delta::UpdatedAt, now).and_where(Expr::col(Delta::Id).eq(id))).await?;
    places(tx, id, now, None).await
}

/// Keeps what places repeat of their delta in step.
async fn places(tx: &mut Tx, delta: Uuid, now: OffsetDateTime, open: Option<bool>) -> Result<()> {
    let mut update = Query::update();
    update.table(Place::Table).value(Place::UpdatedAt, now).and_where(Expr::col(Place::DeltaId).eq(delta));
    if let Some(open) = open {
        update.value(Place::Open, open);
    }
    tx.run(&update).await?;
    Ok(())
}

/// The delta of an id, locked until the transaction ends; whoever may see it. For what the server does by itself.
///
/// # Errors
/// 404 when there is none.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<Row> {
    let mut select = Query::select();
    select.column(Asterisk).from(Delta::Table).and_where(Expr::col(Delta::Id).eq(id)).lock(LockType::NoKeyUpdate);
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("delta"))
}

/// The delta of an id, whoever may see it. For what the server does by itself.
///
/// # Errors
/// 404 when there is none.
pub async fn read(tx: &mut Tx, id: Uuid) -> Result<Row> {
    let mut select = Query::select();
    select.column(Asterisk).from(Delta::Table).and_where(Expr::col(Delta::Id).eq(id));
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("delta"))
}
