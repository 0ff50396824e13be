//! The first occurrences of many new deltas, in few statements.

use sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Query};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Traced, day};
use crate::{
    clock,
    error::Result,
    store::{
        db::Tx,
        table::{Delta, Fingerprint, Occurrence, OccurrenceDay, OccurrenceRelease, Trace, TraceKey},
    },
};

/// Rows of one statement: SQLite takes 32,766 values.
const ROWS: usize = 1000;

/// The one occurrence of a delta that had none.
#[derive(Clone, Copy, Debug)]
pub struct First<'a> {
    /// The delta.
    pub delta: Uuid,
    /// Who reported it.
    pub reporter: Uuid,
    /// When.
    pub at: OffsetDateTime,
    /// What was seen.
    pub trace: &'a Traced,
}

/// Keeps the first occurrences of different deltas, none of which has one yet: as [`insert`](super::insert) does one by one.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_first(tx: &mut Tx, all: &[First<'_>]) -> Result<()> {
    for some in all.chunks(ROWS) {
        kept(tx, some).await?;
        counted(tx, some).await?;
        recognised(tx, some).await?;
        let seen = Expr::col(Delta::CreatedAt);
        let deltas = some.iter().map(|one| one.delta);
        tx.run(Query::update().table(Delta::Table).value(Delta::SeenAt, seen).and_where(Expr::col(Delta::Id).is_in(deltas))).await?;
    }
    Ok(())
}

async fn kept(tx: &mut Tx, some: &[First<'_>]) -> Result<()> {
    let mut occurrences = Query::insert();
    occurrences.into_table(Occurrence::Table).columns([
        Occurrence::Id,
        Occurrence::DeltaId,
        Occurrence::Fingerprint,
        Occurrence::Line,
        Occurrence::ReporterId,
        Occurrence::At,
    ]);
    let mut traces = Query::insert();
    traces.into_table(Trace::Table).columns([Trace::Id, Trace::DeltaId, Trace::Text, Trace::Parsed]);
    for First { delta, reporter, at, trace } in some {
        let id = clock::new_id();
        let (print, line) = (trace.fingerprint.as_str(), trace.line.as_str());
        occurrences.values_panic([id.into(), (*delta).into(), print.into(), line.into(), (*reporter).into(), (*at).into()]);
        traces.values_panic([id.into(), (*delta).into(), trace.text.as_str().into(), trace.parsed.as_str().into()]);
    }
    tx.run(&occurrences).await?;
    tx.run(&traces).await.map(drop)
}

async fn counted(tx: &mut Tx, some: &[First<'_>]) -> Result<()> {
    let mut releases = Query::insert();
    releases.into_table(OccurrenceRelease::Table).columns([
        OccurrenceRelease::DeltaId,
        OccurrenceRelease::Version,
        OccurrenceRelease::Platform,
        OccurrenceRelease::Count,
        OccurrenceRelease::FirstSeen,
        OccurrenceRelease::LastSeen,
    ]);
    let mut days = Query::insert();
    days.into_table(OccurrenceDay::Table).columns([OccurrenceDay::DeltaId, OccurrenceDay::Day, OccurrenceDay::Count]);
    for First { delta, at, .. } in some {
        releases.values_panic([(*delta).into(), "".into(), "".into(), 1_i64.into(), (*at).into(), (*at).into()]);
        days.values_panic([(*delta).into(), day(*at).into(), 1_i64.into()]);
    }
    tx.run(&releases).await?;
    tx.run(&days).await.map(drop)
}

async fn recognised(tx: &mut Tx, some: &[First<'_>]) -> Result<()> {
    let mut prints = Query::insert();
    prints.into_table(Fingerprint::Table).columns([
        Fingerprint::DeltaId,
        Fingerprint::Fingerprint,
        Fingerprint::Line,
        Fingerprint::Count,
        Fingerprint::FirstSeen,
        Fingerprint::LastSeen,
    ]);
    let known: Vec<&First<'_>> = some.iter().filter(|one| !one.trace.fingerprint.is_empty()).collect();
    for First { delta, at, trace, .. } in &known {
        let (print, line) = (trace.fingerprint.as_str(), trace.line.as_str());
        prints.values_panic([(*delta).into(), print.into(), line.into(), 1_i64.into(), (*at).into(), (*at).into()]);
    }
    if known.is_empty() {
        return Ok(());
    }
    tx.run(&prints).await?;
    let keys: Vec<_> = known.iter().flat_map(|one| one.trace.keys.iter().map(move |keyed| (one, keyed))).collect();
    for some in keys.chunks(ROWS) {
        let mut insert = of_keys();
        for (one, keyed) in some {
            let print = one.trace.fingerprint.as_str();
            insert.values_panic([one.delta.into(), print.into(), keyed.key.into(), keyed.depth.into(), keyed.weight.into()]);
        }
        tx.run(&insert).await?;
    }
    Ok(())
}

fn of_keys() -> InsertStatement {
    let again = OnConflict::columns([TraceKey::DeltaId, TraceKey::Fingerprint, TraceKey::Key]).do_nothing().to_owned();
    let mut insert = Query::insert();
    insert
        .into_table(TraceKey::Table)
        .columns([TraceKey::DeltaId, TraceKey::Fingerprint, TraceKey::Key, TraceKey::Depth, TraceKey::Weight])
        .on_conflict(again);
    insert
}
