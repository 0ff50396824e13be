//! Failures and the groups of those alike, with the deltas that explain them.

mod day;
mod delta;
mod link;
mod list;
mod numbers;

use std::collections::{BTreeMap, HashMap};

use schema::ci::Verdict;
use sea_query::{Expr, ExprTrait, LockType, OnConflict, Order, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

pub use delta::{machine, of_delta};
pub use link::{Link, Unlink, explain, link, links, reconsider, unlink};
pub use list::{GroupRow, OfRun, Shown, Stored, counts, find, groups, links_shown, lock, newest, of_run, sample, shown};
pub use numbers::{Costly, Numbers, costly, numbers, unexplained};

use super::{
    db::Tx,
    delta::Row as DeltaRow,
    table::{Delta, Failure, FailureDelta, FailureGroup},
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

/// Attributes new failures, of a run reported now, to deltas: failure and delta.
///
/// # Errors
/// When the database does not answer.
pub async fn attribute(tx: &mut Tx, pairs: &[(Uuid, Uuid)], now: OffsetDateTime) -> Result<()> {
    for pairs in pairs.chunks(CHUNK) {
        let mut insert = Query::insert();
        insert.into_table(FailureDelta::Table).columns([FailureDelta::FailureId, FailureDelta::DeltaId]);
        for (failure, delta) in pairs {
            insert.values_panic([(*failure).into(), (*delta).into()]);
        }
        insert.on_conflict(OnConflict::columns([FailureDelta::FailureId, FailureDelta::DeltaId]).do_nothing().to_owned());
        tx.run(&insert).await?;
    }
    day::add(tx, pairs.iter().map(|(_, delta)| *delta), now).await
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
        day::recount(tx, delta).await?;
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
