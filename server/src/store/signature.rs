//! Signatures that recognise a delta's failures.

use schema::ci;
use sea_query::{Expr, ExprTrait, LockType, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{FailureGroupDelta, Project, Signature, SignatureVersion},
};
use crate::{
    clock,
    error::{Error, Result},
};

/// A signature in force.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub delta_id: Uuid,
    pub project_id: Uuid,
    pub query: String,
    pub version: i64,
}

const COLUMNS: [Signature; 5] = [Signature::Id, Signature::DeltaId, Signature::ProjectId, Signature::Query, Signature::Version];

/// The signatures in force in a project.
///
/// # Errors
/// When the database does not answer.
pub async fn of_project(tx: &mut Tx, project: Uuid) -> Result<Vec<Row>> {
    let mut select = Query::select();
    select
        .columns(COLUMNS)
        .from(Signature::Table)
        .and_where(Expr::col(Signature::ProjectId).eq(project))
        .and_where(Expr::col(Signature::DeletedAt).is_null())
        .order_by(Signature::Id, Order::Asc);
    tx.all(&select).await
}

/// Keeps runs of a project from being reported until this transaction ends, so that none falls between reading the stored failures
/// and putting a signature in force.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx, project: Uuid) -> Result<()> {
    let mut select = Query::select();
    select.column(Project::Id).from(Project::Table).and_where(Expr::col(Project::Id).eq(project)).lock(LockType::Update);
    tx.optional::<(Uuid,)>(&select).await.map(drop)
}

/// The signatures of a delta, as they are read.
///
/// # Errors
/// When the database does not answer.
pub async fn of_delta(tx: &mut Tx, delta: Uuid) -> Result<Vec<ci::Signature>> {
    #[derive(FromRow)]
    struct Found {
        id: Uuid,
        slug: String,
        query: String,
        version: i64,
        groups: i64,
        created_at: OffsetDateTime,
    }
    let mut groups = Query::select();
    groups
        .expr(Expr::col(FailureGroupDelta::GroupId).count())
        .from(FailureGroupDelta::Table)
        .and_where(Expr::col(FailureGroupDelta::DeltaId).eq(delta))
        .and_where(Expr::col((FailureGroupDelta::Table, FailureGroupDelta::SignatureId)).equals((Signature::Table, Signature::Id)));
    let mut select = Query::select();
    select
        .columns([Signature::Id, Signature::Query, Signature::Version, Signature::CreatedAt].map(|column| (Signature::Table, column)))
        .column((Project::Table, Project::Slug))
        .expr_as(Expr::SubQuery(None, Box::new(groups.into())), "groups")
        .from(Signature::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Signature::Table, Signature::ProjectId)))
        .and_where(Expr::col((Signature::Table, Signature::DeltaId)).eq(delta))
        .and_where(Expr::col((Signature::Table, Signature::DeletedAt)).is_null())
        .order_by((Signature::Table, Signature::Id), Order::Asc);
    let found: Vec<Found> = tx.all(&select).await?;
    Ok(found
        .into_iter()
        .map(|found| ci::Signature {
            id: found.id,
            project: found.slug,
            query: found.query,
            version: found.version,
            groups: found.groups,
            created_at: found.created_at,
        })
        .collect())
}

/// A delta's signature.
///
/// # Errors
/// 404 when the delta has no such signature in force.
pub async fn find(tx: &mut Tx, delta: Uuid, signature: Uuid) -> Result<Row> {
    let mut select = Query::select();
    select
        .columns(COLUMNS)
        .from(Signature::Table)
        .and_where(Expr::col(Signature::Id).eq(signature))
        .and_where(Expr::col(Signature::DeltaId).eq(delta))
        .and_where(Expr::col(Signature::DeletedAt).is_null());
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("signature"))
}

/// Puts a signature in force.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, delta: Uuid, project: Uuid, query: &str, by: Uuid, now: OffsetDateTime) -> Result<Uuid> {
    let id = clock::new_id();
    let mut insert = Query::insert();
    insert
        .into_table(Signature::Table)
        .columns([Signature::Id, Signature::DeltaId, Signature::ProjectId, Signature::Query, Signature::CreatedBy, Signature::CreatedAt])
        .values_panic([id.into(), delta.into(), project.into(), query.into(), by.into(), now.into()]);
    tx.run(&insert).await?;
    version(tx, id, 1, query, by, now).await?;
    Ok(id)
}

/// Changes a signature's text from the version seen; false when that is not the current one.
///
/// # Errors
/// When the database does not answer.
pub async fn update(tx: &mut Tx, signature: Uuid, seen: i64, query: &str, by: Uuid, now: OffsetDateTime) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(Signature::Table)
        .value(Signature::Query, query)
        .value(Signature::Version, Expr::col(Signature::Version).add(1))
        .and_where(Expr::col(Signature::Id).eq(signature))
        .and_where(Expr::col(Signature::Version).eq(seen))
        .and_where(Expr::col(Signature::DeletedAt).is_null());
    if tx.run(&update).await? == 0 {
        return Ok(false);
    }
    version(tx, signature, seen + 1, query, by, now).await?;
    Ok(true)
}

async fn version(tx: &mut Tx, signature: Uuid, number: i64, query: &str, by: Uuid, now: OffsetDateTime) -> Result<()> {
    let mut insert = Query::insert();
    insert
        .into_table(SignatureVersion::Table)
        .columns([
            SignatureVersion::SignatureId,
            SignatureVersion::Version,
            SignatureVersion::Query,
            SignatureVersion::AuthorId,
            SignatureVersion::At,
        ])
        .values_panic([signature.into(), number.into(), query.into(), by.into(), now.into()]);
    tx.run(&insert).await.map(drop)
}

/// Takes a signature out of force; its versions stay. False when the version seen is not the current one.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx, signature: Uuid, seen: i64, now: OffsetDateTime) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(Signature::Table)
        .value(Signature::DeletedAt, now)
        .and_where(Expr::col(Signature::Id).eq(signature))
        .and_where(Expr::col(Signature::Version).eq(seen))
        .and_where(Expr::col(Signature::DeletedAt).is_null());
    Ok(tx.run(&update).await? > 0)
}

/// Takes all of a delta's signatures in a project out of force.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_all(tx: &mut Tx, delta: Uuid, project: Uuid, now: OffsetDateTime) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Signature::Table)
        .value(Signature::DeletedAt, now)
        .and_where(Expr::col(Signature::DeltaId).eq(delta))
        .and_where(Expr::col(Signature::ProjectId).eq(project))
        .and_where(Expr::col(Signature::DeletedAt).is_null());
    tx.run(&update).await.map(drop)
}
