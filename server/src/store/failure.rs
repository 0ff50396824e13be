//! Failures and the groups of those alike, with the deltas that explain them.

mod delta;
mod list;
mod numbers;

use std::collections::{BTreeMap, HashMap};

use schema::{ci::Verdict, delta::Visibility};
use sea_query::{Expr, ExprTrait, LockType, OnConflict, Order, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

pub use delta::{machine, of_delta};
pub use list::{GroupRow, OfRun, Shown, Stored, counts, find, groups, links_shown, lock, newest, of_run, sample, shown};
pub use numbers::{Costly, Numbers, costly, numbers, unexplained};

use super::{
    db::Tx,
    delta::Row as DeltaRow,
    table::{Delta, Failure, FailureDelta, FailureGroup, FailureGroupDelta},
};
use crate::error::Result;

/// Rows of one statement: both databases take as many values.
pub const CHUNK: usize = 500;

/// Failures of one run that share a fingerprint.
#[derive(Clone, Debug)]
pub struct Alike<'a> {
    /// The test's id.
    pub test: &'a str,
    /// What the last of them said.
    pub message: &'a str,
    /// How many.
    pub failures: i64,
}

/// Counts failures into their groups, making new ones; gives the groups' ids by fingerprint. On PostgreSQL the groups stay locked,
/// always in the order of their fingerprints.
///
/// # Errors
/// When the database does not answer.
pub async fn count(tx: &mut Tx, project: Uuid, alike: &BTreeMap<&str, Alike<'_>>, now: OffsetDateTime) -> Result<HashMap<String, Uuid>> {
    let mut ids = HashMap::with_capacity(alike.len());
    let rows: Vec<_> = alike.iter().collect();
    for rows in rows.chunks(CHUNK) {
        let mut insert = Query::insert();
        insert.into_table(FailureGroup::Table).columns([
            FailureGroup::Id,
            FailureGroup::ProjectId,
            FailureGroup::Fingerprint,
            FailureGroup::Test,
            FailureGroup::Message,
            FailureGroup::Failures,
            FailureGroup::FirstSeen,
            FailureGroup::LastSeen,
        ]);
        for (fingerprint, group) in rows {
            insert.values_panic([
                crate::clock::new_id().into(),
                project.into(),
                (**fingerprint).into(),
                group.test.into(),
                group.message.into(),
                group.failures.into(),
                now.into(),
                now.into(),
            ]);
        }
        let fresh = |column| Expr::col(("excluded", column));
        insert.on_conflict(
            OnConflict::columns([FailureGroup::ProjectId, FailureGroup::Fingerprint])
                .value(FailureGroup::Message, fresh(FailureGroup::Message))
                .value(FailureGroup::Failures, Expr::col((FailureGroup::Table, FailureGroup::Failures)).add(fresh(FailureGroup::Failures)))
                .value(FailureGroup::LastSeen, fresh(FailureGroup::LastSeen))
                .to_owned(),
        );
        insert.returning(Query::returning().columns([FailureGroup::Fingerprint, FailureGroup::Id]));
        ids.extend(tx.all::<(String, Uuid)>(&insert).await?);
    }
    Ok(ids)
}

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
        for groups in links.chunks(CHUNK) {
            let mut update = Query::update();
            update
                .table(FailureGroup::Table)
                .value(FailureGroup::Explained, true)
                .and_where(Expr::col(FailureGroup::Id).is_in(groups.iter().map(|link| link.group)))
                .and_where(Expr::exists(publicly_behind()));
            tx.run(&update).await?;
        }
    }
    Ok(added)
}

/// What everybody may see that stands behind a row of `failure_group`. Only that explains it: "explained by nothing you see" would tell
/// of a private delta, and which test it is about.
fn publicly_behind() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(FailureGroupDelta::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((FailureGroupDelta::Table, FailureGroupDelta::DeltaId)))
        .and_where(Expr::col((FailureGroupDelta::Table, FailureGroupDelta::GroupId)).equals((FailureGroup::Table, FailureGroup::Id)))
        .and_where(Expr::col((Delta::Table, Delta::Visibility)).eq(Visibility::Public.as_str()))
        .take()
}

/// Says anew of the groups a delta stands behind whether anything explains them, after it became private or public.
///
/// # Errors
/// When the database does not answer.
pub async fn reconsider(tx: &mut Tx, delta: Uuid) -> Result<()> {
    for explained in [true, false] {
        let groups = Query::select()
            .column(FailureGroupDelta::GroupId)
            .from(FailureGroupDelta::Table)
            .and_where(Expr::col(FailureGroupDelta::DeltaId).eq(delta))
            .take();
        let behind = Expr::exists(publicly_behind());
        let mut update = Query::update();
        update
            .table(FailureGroup::Table)
            .value(FailureGroup::Explained, explained)
            .and_where(Expr::col(FailureGroup::Id).in_subquery(groups))
            .and_where(if explained { behind } else { behind.not() });
        tx.run(&update).await?;
    }
    Ok(())
}

/// Says of groups whether anything explains them.
///
/// # Errors
/// When the database does not answer.
pub async fn explain(tx: &mut Tx, groups: &[Uuid], explained: bool) -> Result<()> {
    for groups in groups.chunks(CHUNK) {
        let mut update = Query::update();
        update
            .table(FailureGroup::Table)
            .value(FailureGroup::Explained, explained)
            .and_where(Expr::col(FailureGroup::Id).is_in(groups.iter().copied()))
            .and_where(Expr::col(FailureGroup::Explained).ne(explained));
        tx.run(&update).await?;
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
    }
    for groups in gone.chunks(CHUNK) {
        let mut update = Query::update();
        update
            .table(FailureGroup::Table)
            .value(FailureGroup::Explained, false)
            .and_where(Expr::col(FailureGroup::Id).is_in(groups.iter().map(|(group, _)| *group)))
            .and_where(Expr::exists(publicly_behind()).not());
        tx.run(&update).await?;
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

/// A failure to keep.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// Its id.
    pub id: Uuid,
    /// Its group.
    pub group: Uuid,
    /// The test's id.
    pub test: &'a str,
    /// What it said.
    pub message: &'a str,
    /// Stack trace, output.
    pub details: &'a str,
    /// What CI is told.
    pub verdict: Verdict,
}

/// Keeps the failures of a run.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, run: Uuid, failures: &[New<'_>]) -> Result<()> {
    for failures in failures.chunks(CHUNK) {
        let mut insert = Query::insert();
        insert.into_table(Failure::Table).columns([
            Failure::Id,
            Failure::RunId,
            Failure::GroupId,
            Failure::Test,
            Failure::Message,
            Failure::Details,
            Failure::Verdict,
        ]);
        for new in failures {
            insert.values_panic([
                new.id.into(),
                run.into(),
                new.group.into(),
                new.test.into(),
                new.message.into(),
                new.details.into(),
                new.verdict.as_str().into(),
            ]);
        }
        tx.run(&insert).await?;
    }
    Ok(())
}

/// Attributes failures to deltas: failure and delta.
///
/// # Errors
/// When the database does not answer.
pub async fn attribute(tx: &mut Tx, pairs: &[(Uuid, Uuid)]) -> Result<()> {
    for pairs in pairs.chunks(CHUNK) {
        let mut insert = Query::insert();
        insert.into_table(FailureDelta::Table).columns([FailureDelta::FailureId, FailureDelta::DeltaId]);
        for (failure, delta) in pairs {
            insert.values_panic([(*failure).into(), (*delta).into()]);
        }
        insert.on_conflict(OnConflict::columns([FailureDelta::FailureId, FailureDelta::DeltaId]).do_nothing().to_owned());
        tx.run(&insert).await?;
    }
    Ok(())
}

/// Attributes the stored failures of groups to the deltas now linked to them, so that counts hold for what was seen before.
///
/// # Errors
/// When the database does not answer.
pub async fn attribute_stored(tx: &mut Tx, links: &[Link]) -> Result<()> {
    let mut by_delta: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for link in links {
        by_delta.entry(link.delta).or_default().push(link.group);
    }
    for (delta, groups) in by_delta {
        for groups in groups.chunks(CHUNK) {
            let mut select = Query::select();
            select
                .column(Failure::Id)
                .expr(Expr::val(delta))
                .from(Failure::Table)
                .and_where(Expr::col(Failure::GroupId).is_in(groups.iter().copied()));
            let mut insert = Query::insert();
            insert.into_table(FailureDelta::Table).columns([FailureDelta::FailureId, FailureDelta::DeltaId]);
            // Two columns are selected for two columns: this cannot fail.
            if insert.select_from(select).is_ok() {
                insert.on_conflict(OnConflict::columns([FailureDelta::FailureId, FailureDelta::DeltaId]).do_nothing().to_owned());
                tx.run(&insert).await?;
            }
        }
    }
    Ok(())
}

/// A delta behind failures, with the one that stands for it where it is a duplicate.
#[derive(Clone, Debug, FromRow)]
struct Standin {
    id: Uuid,
    duplicate_of: Option<Uuid>,
}

/// The deltas of these ids, locked in the order of their ids, as all who lock several do. A duplicate is followed to the delta that stands for it: the
/// second value says which.
///
/// # Errors
/// When the database does not answer.
pub async fn behind(tx: &mut Tx, ids: &[Uuid]) -> Result<(Vec<DeltaRow>, HashMap<Uuid, Uuid>)> {
    let mut stands: HashMap<Uuid, Uuid> = HashMap::new();
    let mut open: Vec<Uuid> = ids.to_vec();
    // A chain of duplicates longer than this ends where it is.
    for _ in 0..4 {
        let mut found: Vec<Standin> = Vec::new();
        for ids in open.chunks(CHUNK) {
            let mut select = Query::select();
            select.columns([Delta::Id, Delta::DuplicateOf]).from(Delta::Table).and_where(Expr::col(Delta::Id).is_in(ids.iter().copied()));
            found.extend(tx.all::<Standin>(&select).await?);
        }
        open = found.iter().filter_map(|found| found.duplicate_of).filter(|id| !stands.contains_key(id)).collect();
        stands.extend(found.into_iter().map(|found| (found.id, found.duplicate_of.unwrap_or(found.id))));
        open.retain(|id| !stands.contains_key(id));
        if open.is_empty() {
            break;
        }
    }
    let last = |mut id: Uuid| {
        for _ in 0..8 {
            match stands.get(&id) {
                Some(next) if *next != id => id = *next,
                _ => break,
            }
        }
        id
    };
    let ends: HashMap<Uuid, Uuid> = ids.iter().map(|id| (*id, last(*id))).collect();
    let mut wanted: Vec<Uuid> = ends.values().copied().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut rows = Vec::with_capacity(wanted.len());
    for ids in wanted.chunks(CHUNK) {
        let mut select = Query::select();
        select
            .column(sea_query::Asterisk)
            .from(Delta::Table)
            .and_where(Expr::col(Delta::Id).is_in(ids.iter().copied()))
            .order_by(Delta::Id, Order::Asc)
            .lock(LockType::NoKeyUpdate);
        rows.extend(tx.all::<DeltaRow>(&select).await?);
    }
    Ok((rows, ends))
}

/// Notes that CI saw these deltas just now.
///
/// # Errors
/// When the database does not answer.
pub async fn seen(tx: &mut Tx, deltas: &[Uuid], now: OffsetDateTime) -> Result<()> {
    for deltas in deltas.chunks(CHUNK) {
        let mut update = Query::update();
        update.table(Delta::Table).value(Delta::SeenAt, now).and_where(Expr::col(Delta::Id).is_in(deltas.iter().copied()));
        tx.run(&update).await?;
    }
    Ok(())
}
