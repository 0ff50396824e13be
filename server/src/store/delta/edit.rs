//! Changing a delta: its text, who may see it, its labels.

use schema::delta::{Embargo, Format, Kind, Visibility};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Change, Row, change};
use crate::{
    error::Result,
    store::{
        self,
        db::Tx,
        search::Words,
        table::{Delta, DeltaGuest, DeltaLabel},
    },
};

/// What is to stand in a delta's row.
#[derive(Clone, Copy, Debug)]
pub struct Edit<'a> {
    /// What sort of gap.
    pub kind: Kind,
    /// Who may see it.
    pub visibility: Visibility,
    /// Its text.
    pub words: Words<'a>,
    /// The number of that text's revision.
    pub revision: i64,
}

/// Writes a delta's text, kind and visibility, of the version seen; the new version.
///
/// # Errors
/// 412 when that is not the current version.
pub async fn edit(tx: &mut Tx, row: &Row, version: i64, now: OffsetDateTime, edit: &Edit<'_>) -> Result<i64> {
    let mut set = Change::default();
    if edit.visibility == Visibility::Public && row.embargo_until.is_some() {
        set = set.set(Delta::EmbargoUntil, None::<OffsetDateTime>).set(Delta::EmbargoOpens, false);
    }
    let set = set
        .set(Delta::Kind, edit.kind.as_str())
        .set(Delta::Visibility, edit.visibility.as_str())
        .set(Delta::Title, edit.words.title)
        .set(Delta::Desired, edit.words.desired)
        .set(Delta::Actual, edit.words.actual)
        .set(Delta::Body, edit.words.body)
        .set(Delta::Revision, edit.revision);
    change(tx, row.id, version, now, set).await
}

/// Sets until when a private delta stays so, of the version seen; `None` ends that.
///
/// # Errors
/// 412 when that is not the current version.
pub async fn put_embargo(tx: &mut Tx, row: &Row, now: OffsetDateTime, embargo: Option<Embargo>) -> Result<i64> {
    let set = Change::default()
        .set(Delta::EmbargoUntil, embargo.map(|embargo| embargo.until))
        .set(Delta::EmbargoOpens, embargo.is_some_and(|embargo| embargo.opens));
    change(tx, row.id, row.version, now, set).await
}

/// Private deltas whose embargo has ended and that are to be public then; the first to end first, 100 at most.
///
/// # Errors
/// When the database does not answer.
pub async fn embargoes_ended(tx: &mut Tx, now: OffsetDateTime) -> Result<Vec<Uuid>> {
    let select = Query::select()
        .column(Delta::Id)
        .from(Delta::Table)
        .and_where(Expr::col(Delta::EmbargoUntil).lte(now))
        .and_where(Expr::col(Delta::EmbargoOpens).eq(true))
        .and_where(Expr::col(Delta::Visibility).eq(Visibility::Private.as_str()))
        .order_by(Delta::EmbargoUntil, Order::Asc)
        .limit(100)
        .take();
    Ok(tx.all::<(Uuid,)>(&select).await?.into_iter().map(|(id,)| id).collect())
}

/// Says what a delta's body is written in from this revision on.
///
/// # Errors
/// When the database does not answer.
pub async fn put_format(tx: &mut Tx, delta: Uuid, revision: i64, format: Format) -> Result<()> {
    let mut update = Query::update();
    update.table(Delta::Table).value(Delta::BodyFormat, format.as_str()).and_where(Expr::col(Delta::Id).eq(delta));
    tx.later(&update).await?;
    store::revision::annotate(tx, delta, revision, format, "").await
}

/// Says that what belongs to a delta changed (places, labels, guests): a new version, of the one seen.
///
/// # Errors
/// 412 when that is not the current version.
pub async fn bump(tx: &mut Tx, row: &Row, now: OffsetDateTime) -> Result<i64> {
    change(tx, row.id, row.version, now, Change::default()).await
}

/// Puts these labels in place of those it had.
///
/// # Errors
/// When the database does not answer.
pub async fn put_labels(tx: &mut Tx, delta: Uuid, labels: &[String]) -> Result<()> {
    tx.run(Query::delete().from_table(DeltaLabel::Table).and_where(Expr::col(DeltaLabel::DeltaId).eq(delta))).await?;
    if labels.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert();
    insert.into_table(DeltaLabel::Table).columns([DeltaLabel::DeltaId, DeltaLabel::Label]);
    for label in labels {
        insert.values_panic([delta.into(), label.as_str().into()]);
    }
    tx.run(insert.on_conflict(OnConflict::new().do_nothing().to_owned())).await?;
    Ok(())
}

/// Lets a person see a private delta, also when they may already; false when `most` others do.
///
/// # Errors
/// When the database does not answer.
pub async fn add_guest(tx: &mut Tx, delta: Uuid, user: Uuid, most: usize) -> Result<bool> {
    let mut guests = Query::select();
    guests.column(DeltaGuest::UserId).from(DeltaGuest::Table).and_where(Expr::col(DeltaGuest::DeltaId).eq(delta));
    let guests: Vec<(Uuid,)> = tx.all(&guests).await?;
    if guests.contains(&(user,)) {
        return Ok(true);
    }
    if guests.len() >= most {
        return Ok(false);
    }
    let mut insert = Query::insert();
    insert.into_table(DeltaGuest::Table).columns([DeltaGuest::DeltaId, DeltaGuest::UserId]).values_panic([delta.into(), user.into()]);
    tx.run(&insert).await?;
    Ok(true)
}

/// Ends it; false when they were no guest.
///
/// # Errors
/// When the database does not answer.
pub async fn remove_guest(tx: &mut Tx, delta: Uuid, user: Uuid) -> Result<bool> {
    let mut delete = Query::delete();
    delete
        .from_table(DeltaGuest::Table)
        .and_where(Expr::col(DeltaGuest::DeltaId).eq(delta))
        .and_where(Expr::col(DeltaGuest::UserId).eq(user));
    Ok(tx.run(&delete).await? == 1)
}
