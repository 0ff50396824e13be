//! What stands behind groups of failures, and whether that explains them.

use std::collections::BTreeMap;

use schema::delta::Visibility;
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use time::OffsetDateTime;
use uuid::Uuid;

use super::CHUNK;
use crate::{
    error::Result,
    store::{
        db::Tx,
        table::{Delta, Failure, FailureDelta, FailureGroup, FailureGroupDelta},
    },
};

/// Which deltas stand behind these groups: group and delta.
///
/// # Errors
/// When the database does not answer.
pub async fn links(tx: &mut Tx, groups: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    let mut links = Vec::new();
    for groups in groups.chunks(CHUNK) {
        let mut select = Query::select();
        select
            .columns([FailureGroupDelta::GroupId, FailureGroupDelta::DeltaId])
            .from(FailureGroupDelta::Table)
            .and_where(Expr::col(FailureGroupDelta::GroupId).is_in(groups.iter().copied()));
        links.extend(tx.all::<(Uuid, Uuid)>(&select).await?);
    }
    Ok(links)
}

/// Puts a delta behind a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The group.
    pub group: Uuid,
    /// The delta.
    pub delta: Uuid,
    /// What recognised it; none where a person says so.
    pub signature: Option<Uuid>,
}

/// Puts deltas behind groups; those that stand there already stay as they are. Gives how many are new.
///
/// # Errors
/// When the database does not answer.
pub async fn link(tx: &mut Tx, links: &[Link], by: Option<Uuid>, now: OffsetDateTime) -> Result<u64> {
    let mut added = 0;
    for links in links.chunks(CHUNK) {
        let mut insert = Query::insert();
        insert.into_table(FailureGroupDelta::Table).columns([
            FailureGroupDelta::GroupId,
            FailureGroupDelta::DeltaId,
            FailureGroupDelta::SignatureId,
            FailureGroupDelta::LinkedBy,
            FailureGroupDelta::LinkedAt,
        ]);
        for link in links {
            insert.values_panic([link.group.into(), link.delta.into(), link.signature.into(), by.into(), now.into()]);
        }
        insert.on_conflict(OnConflict::columns([FailureGroupDelta::GroupId, FailureGroupDelta::DeltaId]).do_nothing().to_owned());
        added += tx.run(&insert).await?;
        let groups = Expr::col(FailureGroup::Id).is_in(links.iter().map(|link| link.group));
        mark(tx, groups.and(publicly_explained()), true).await?;
    }
    Ok(added)
}

/// Whether something that everybody may see stands behind a row of `failure_group`. Only that explains it: "explained by nothing you see"
/// would tell of a private delta, and which test it is about.
fn publicly_explained() -> Expr {
    let behind = Query::select()
        .expr(Expr::val(1))
        .from(FailureGroupDelta::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((FailureGroupDelta::Table, FailureGroupDelta::DeltaId)))
        .and_where(Expr::col((FailureGroupDelta::Table, FailureGroupDelta::GroupId)).equals((FailureGroup::Table, FailureGroup::Id)))
        .and_where(Expr::col((Delta::Table, Delta::Visibility)).eq(Visibility::Public.as_str()))
        .take();
    Expr::exists(behind)
}

/// Notes of the groups that `which` takes whether anything explains them.
async fn mark(tx: &mut Tx, which: Expr, explained: bool) -> Result<()> {
    let mut update = Query::update();
    update
        .table(FailureGroup::Table)
        .value(FailureGroup::Explained, explained)
        .and_where(which)
        .and_where(Expr::col(FailureGroup::Explained).ne(explained));
    tx.later(&update).await
}

/// Says anew of the groups a delta stands behind whether anything explains them, after it became private or public.
///
/// # Errors
/// When the database does not answer.
pub async fn reconsider(tx: &mut Tx, delta: Uuid) -> Result<()> {
    let groups = || {
        let of_delta = Query::select()
            .column(FailureGroupDelta::GroupId)
            .from(FailureGroupDelta::Table)
            .and_where(Expr::col(FailureGroupDelta::DeltaId).eq(delta))
            .take();
        Expr::col(FailureGroup::Id).in_subquery(of_delta)
    };
    mark(tx, groups().and(publicly_explained()), true).await?;
    mark(tx, groups().and(publicly_explained().not()), false).await
}

/// Says of groups whether anything explains them.
///
/// # Errors
/// When the database does not answer.
pub async fn explain(tx: &mut Tx, groups: &[Uuid], explained: bool) -> Result<()> {
    for groups in groups.chunks(CHUNK) {
        mark(tx, Expr::col(FailureGroup::Id).is_in(groups.iter().copied()), explained).await?;
    }
    Ok(())
}

/// Takes deltas away from groups, and the groups' failures from the deltas: what a signature had linked, or what a person asks for.
/// Groups that nothing stands behind any more are unexplained again.
///
/// # Errors
/// When the database does not answer.
pub async fn unlink(tx: &mut Tx, which: Unlink) -> Result<()> {
    let mut delete = Query::delete();
    delete.from_table(FailureGroupDelta::Table);
    match which {
        Unlink::Signature(signature) => delete.and_where(Expr::col(FailureGroupDelta::SignatureId).eq(signature)),
        Unlink::Group(group, delta) => {
            delete.and_where(Expr::col(FailureGroupDelta::GroupId).eq(group)).and_where(Expr::col(FailureGroupDelta::DeltaId).eq(delta))
        }
        Unlink::Project(project, delta) => {
            let groups = Query::select()
                .column(FailureGroup::Id)
                .from(FailureGroup::Table)
                .and_where(Expr::col(FailureGroup::ProjectId).eq(project))
                .take();
            delete
                .and_where(Expr::col(FailureGroupDelta::DeltaId).eq(delta))
                .and_where(Expr::col(FailureGroupDelta::GroupId).in_subquery(groups))
        }
    };
    delete.returning(Query::returning().columns([FailureGroupDelta::GroupId, FailureGroupDelta::DeltaId]));
    let gone: Vec<(Uuid, Uuid)> = tx.all(&delete).await?;
    let mut by_delta: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (group, delta) in &gone {
        by_delta.entry(*delta).or_default().push(*group);
    }
    for (delta, groups) in by_delta {
        for groups in groups.chunks(CHUNK) {
            let failures = Query::select()
                .column(Failure::Id)
                .from(Failure::Table)
                .and_where(Expr::col(Failure::GroupId).is_in(groups.iter().copied()))
                .take();
            let mut delete = Query::delete();
            delete
                .from_table(FailureDelta::Table)
                .and_where(Expr::col(FailureDelta::DeltaId).eq(delta))
                .and_where(Expr::col(FailureDelta::FailureId).in_subquery(failures));
            tx.run(&delete).await?;
        }
        super::day::recount(tx, delta).await?;
    }
    for gone in gone.chunks(CHUNK) {
        let groups = Expr::col(FailureGroup::Id).is_in(gone.iter().map(|(group, _)| *group));
        mark(tx, groups.and(publicly_explained().not()), false).await?;
    }
    Ok(())
}

/// Which links are taken away.
#[derive(Clone, Copy, Debug)]
pub enum Unlink {
    /// All that this signature made.
    Signature(Uuid),
    /// That of a group to a delta.
    Group(Uuid, Uuid),
    /// Those of a project's groups to a delta.
    Project(Uuid, Uuid),
}
