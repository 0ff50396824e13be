//! Changing places: components, positions, consensus.

use schema::place::{Consensus, How, Stand};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    store::{
        db::Tx,
        table::{Place, PlaceComponent, Position},
    },
};

/// A place as it is stored.
#[derive(Clone, Copy, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub project_id: Uuid,
    pub version: i64,
}

/// A delta's places.
///
/// # Errors
/// When the database does not answer.
pub async fn all(tx: &mut Tx, delta: Uuid) -> Result<Vec<Row>> {
    let mut select = Query::select();
    select.columns([Place::Id, Place::ProjectId, Place::Version]).from(Place::Table).and_where(Expr::col(Place::DeltaId).eq(delta));
    tx.all(&select).await
}

/// A delta's place in a project.
///
/// # Errors
/// 404 when there is none.
pub async fn find(tx: &mut Tx, delta: Uuid, project: Uuid) -> Result<Row> {
    let found = all(tx, delta).await?.into_iter().find(|place| place.project_id == project);
    found.ok_or_else(|| Error::not_found("place"))
}

/// Puts these components in place of those it had.
///
/// # Errors
/// When the database does not answer.
pub async fn put_components(tx: &mut Tx, place: Uuid, components: &[Uuid]) -> Result<()> {
    tx.run(Query::delete().from_table(PlaceComponent::Table).and_where(Expr::col(PlaceComponent::PlaceId).eq(place))).await?;
    let pairs: Vec<_> = components.iter().map(|component| (place, *component)).collect();
    super::insert_components(tx, &pairs).await
}

/// Takes a place away, with its positions.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx, place: Uuid) -> Result<()> {
    tx.run(Query::delete().from_table(Place::Table).and_where(Expr::col(Place::Id).eq(place))).await?;
    Ok(())
}

/// States a person's position, in place of the one they had.
///
/// # Errors
/// When the database does not answer.
pub async fn put_position(
    tx: &mut Tx,
    place: Uuid,
    user: Uuid,
    position: Stand,
    reason: &str,
    revision: i64,
    now: OffsetDateTime,
) -> Result<()> {
    tx.run(
        Query::insert()
            .into_table(Position::Table)
            .columns([Position::PlaceId, Position::UserId, Position::Position, Position::Reason, Position::Revision, Position::At])
            .values_panic([place.into(), user.into(), position.as_str().into(), reason.into(), revision.into(), now.into()])
            .on_conflict(
                OnConflict::columns([Position::PlaceId, Position::UserId])
                    .update_columns([Position::Position, Position::Reason, Position::Revision, Position::At])
                    // What is said anew is not answered.
                    .values([(Position::Answer, "".into()), (Position::AnsweredBy, none()), (Position::AnsweredAt, none_at())])
                    .to_owned(),
            ),
    )
    .await?;
    Ok(())
}

fn none() -> Expr {
    Expr::val(None::<Uuid>)
}

fn none_at() -> Expr {
    Expr::val(None::<OffsetDateTime>)
}

/// Takes a person's position back; false when they had none.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_position(tx: &mut Tx, place: Uuid, user: Uuid) -> Result<bool> {
    let mut delete = Query::delete();
    delete.from_table(Position::Table).and_where(Expr::col(Position::PlaceId).eq(place)).and_where(Expr::col(Position::UserId).eq(user));
    Ok(tx.run(&delete).await? == 1)
}

/// What a project is to hold of a delta.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// What it thinks.
    pub state: Consensus,
    /// Why.
    pub rationale: &'a str,
    /// Who says so; none where its rule does.
    pub by: Option<Uuid>,
    /// How it came to that.
    pub how: How,
    /// The revision of the text it is said of.
    pub revision: i64,
}

/// Sets the consensus of a place, of the version seen.
///
/// # Errors
/// 412 when that is not the current version.
pub async fn put_consensus(tx: &mut Tx, place: Row, held: Held<'_>, now: OffsetDateTime) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Place::Table)
        .value(Place::Consensus, held.state.as_str())
        .value(Place::Rationale, held.rationale)
        .value(Place::DecidedBy, held.by)
        .value(Place::DecidedAt, now)
        .value(Place::DecidedHow, held.how.as_str())
        .value(Place::DecidedRevision, held.revision)
        .value(Place::Version, Expr::col(Place::Version).add(1))
        .and_where(Expr::col(Place::Id).eq(place.id))
        .and_where(Expr::col(Place::Version).eq(place.version));
    if tx.run(&update).await? == 0 { Err(Error::stale("consensus")) } else { Ok(()) }
}
