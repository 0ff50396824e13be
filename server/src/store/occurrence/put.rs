//! Keeping an occurrence: itself, its trace, what it is recognised by, and the counts.

use schema::{
    occurrence::{FINGERPRINTS_KEPT, KEPT, RELEASES_KEPT, TRACES_KEPT},
    trace::Keyed,
};
use sea_query::{Expr, ExprTrait, IntoIden, OnConflict, Order, Query, SelectStatement};
use time::OffsetDateTime;
use uuid::Uuid;

use super::day;
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

/// A trace to keep.
#[derive(Clone, Debug)]
pub struct Traced {
    /// As it came, without what looked like secrets.
    pub text: String,
    /// Taken apart, as JSON; empty where nothing was found.
    pub parsed: String,
    /// Its line.
    pub line: String,
    /// What recognises it; empty where nothing was found.
    pub fingerprint: String,
    /// What it is compared by.
    pub keys: Vec<Keyed>,
}

/// An occurrence to keep.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct New<'a> {
    pub delta: Uuid,
    pub trace: Option<&'a Traced>,
    pub version: &'a str,
    pub platform: &'a str,
    pub environment: &'a str,
    pub count: i64,
    pub reporter: Option<Uuid>,
    pub project: Option<Uuid>,
    pub at: OffsetDateTime,
}

impl New<'_> {
    /// What recognises it; empty where nothing does.
    fn fingerprint(&self) -> &str {
        self.trace.map_or("", |trace| trace.fingerprint.as_str())
    }
}

/// Whether a version and platform are counted apart for a delta: they are already, or there is room.
///
/// # Errors
/// When the database does not answer.
pub async fn takes_pair(tx: &mut Tx, delta: Uuid, version: &str, platform: &str) -> Result<bool> {
    let pair = Expr::col(OccurrenceRelease::Version).eq(version).and(Expr::col(OccurrenceRelease::Platform).eq(platform));
    let same: Expr = Expr::case(pair, 1).finally(Expr::cust("NULL")).into();
    let mut select = Query::select();
    select
        .expr(Expr::cust("COUNT(*)"))
        .expr(same.count())
        .from(OccurrenceRelease::Table)
        .and_where(Expr::col(OccurrenceRelease::DeltaId).eq(delta));
    let (pairs, known): (i64, i64) = tx.one(&select).await?;
    Ok(known > 0 || pairs < RELEASES_KEPT)
}

/// Keeps an occurrence; gives its id. The delta's row is locked, so that counts and what is left of older ones are right.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<Uuid> {
    let id = clock::new_id();
    keep(tx, &[(id, *new)]).await?;
    forget(tx, new.delta, new.trace.is_some()).await?;
    tx.later(Query::update().table(Delta::Table).value(Delta::SeenAt, new.at).and_where(Expr::col(Delta::Id).eq(new.delta))).await?;
    Ok(id)
}

/// Keeps the first occurrences of different deltas, each seen when its delta was made.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_first(tx: &mut Tx, all: &[New<'_>]) -> Result<()> {
    let all: Vec<_> = all.iter().map(|new| (clock::new_id(), *new)).collect();
    for some in all.chunks(ROWS) {
        keep(tx, some).await?;
        let seen = Expr::col(Delta::CreatedAt);
        let deltas = some.iter().map(|(_, new)| new.delta);
        tx.later(Query::update().table(Delta::Table).value(Delta::SeenAt, seen).and_where(Expr::col(Delta::Id).is_in(deltas))).await?;
    }
    Ok(())
}

/// Writes occurrences of different deltas, their traces and what is counted of them. Their ids are given.
async fn keep(tx: &mut Tx, some: &[(Uuid, New<'_>)]) -> Result<()> {
    let mut occurrences = Query::insert();
    occurrences.into_table(Occurrence::Table).columns([
        Occurrence::Id,
        Occurrence::DeltaId,
        Occurrence::Fingerprint,
        Occurrence::Line,
        Occurrence::Version,
        Occurrence::Platform,
        Occurrence::Environment,
        Occurrence::Count,
        Occurrence::ReporterId,
        Occurrence::ProjectId,
        Occurrence::At,
    ]);
    let mut traces = Query::insert();
    traces.into_table(Trace::Table).columns([Trace::Id, Trace::DeltaId, Trace::Text, Trace::Parsed]);
    for (id, new) in some {
        occurrences.values_panic([
            (*id).into(),
            new.delta.into(),
            new.fingerprint().into(),
            new.trace.map_or("", |trace| trace.line.as_str()).into(),
            new.version.into(),
            new.platform.into(),
            new.environment.into(),
            new.count.into(),
            new.reporter.into(),
            new.project.into(),
            new.at.into(),
        ]);
        if let Some(trace) = new.trace {
            traces.values_panic([(*id).into(), new.delta.into(), trace.text.as_str().into(), trace.parsed.as_str().into()]);
        }
    }
    tx.later(&occurrences).await?;
    if some.iter().any(|(_, new)| new.trace.is_some()) {
        tx.later(&traces).await?;
    }
    count(tx, some).await?;
    recognise(tx, some).await
}

/// One more of its version, and of its day.
async fn count(tx: &mut Tx, some: &[(Uuid, New<'_>)]) -> Result<()> {
    let of = |column: OccurrenceRelease| Expr::col(("excluded", column));
    let again = OnConflict::columns([OccurrenceRelease::DeltaId, OccurrenceRelease::Version, OccurrenceRelease::Platform])
        .value(OccurrenceRelease::Count, Expr::col((OccurrenceRelease::Table, OccurrenceRelease::Count)).add(of(OccurrenceRelease::Count)))
        .value(OccurrenceRelease::LastSeen, of(OccurrenceRelease::LastSeen))
        .to_owned();
    let mut releases = Query::insert();
    releases.into_table(OccurrenceRelease::Table).on_conflict(again).columns([
        OccurrenceRelease::DeltaId,
        OccurrenceRelease::Version,
        OccurrenceRelease::Platform,
        OccurrenceRelease::Count,
        OccurrenceRelease::FirstSeen,
        OccurrenceRelease::LastSeen,
    ]);
    let sum = Expr::col((OccurrenceDay::Table, OccurrenceDay::Count)).add(Expr::col(("excluded", OccurrenceDay::Count)));
    let again = OnConflict::columns([OccurrenceDay::DeltaId, OccurrenceDay::Day]).value(OccurrenceDay::Count, sum).to_owned();
    let mut days = Query::insert();
    days.into_table(OccurrenceDay::Table).on_conflict(again).columns([OccurrenceDay::DeltaId, OccurrenceDay::Day, OccurrenceDay::Count]);
    for (_, new) in some {
        let pair = [new.version.into(), new.platform.into(), new.count.into(), new.at.into(), new.at.into()];
        releases.values_panic([new.delta.into()].into_iter().chain(pair));
        days.values_panic([new.delta.into(), day(new.at).into(), new.count.into()]);
    }
    tx.later(&releases).await?;
    tx.later(&days).await
}

/// Remembers what traces are recognised by and compared by. A fingerprint's keys are those of its first trace.
async fn recognise(tx: &mut Tx, some: &[(Uuid, New<'_>)]) -> Result<()> {
    let known: Vec<(&New<'_>, &Traced)> =
        some.iter().filter_map(|(_, new)| new.trace.filter(|trace| !trace.fingerprint.is_empty()).map(|trace| (new, trace))).collect();
    if known.is_empty() {
        return Ok(());
    }
    let of = |column: Fingerprint| Expr::col(("excluded", column));
    let again = OnConflict::columns([Fingerprint::DeltaId, Fingerprint::Fingerprint])
        .value(Fingerprint::Count, Expr::col((Fingerprint::Table, Fingerprint::Count)).add(of(Fingerprint::Count)))
        .value(Fingerprint::LastSeen, of(Fingerprint::LastSeen))
        .to_owned();
    let mut prints = Query::insert();
    prints.into_table(Fingerprint::Table).on_conflict(again).columns([
        Fingerprint::DeltaId,
        Fingerprint::Fingerprint,
        Fingerprint::Line,
        Fingerprint::Count,
        Fingerprint::FirstSeen,
        Fingerprint::LastSeen,
    ]);
    for (new, trace) in &known {
        let (print, line) = (trace.fingerprint.as_str(), trace.line.as_str());
        prints.values_panic([new.delta.into(), print.into(), line.into(), new.count.into(), new.at.into(), new.at.into()]);
    }
    tx.later(&prints).await?;
    let keys: Vec<_> =
        known.iter().flat_map(|(new, trace)| trace.keys.iter().map(|keyed| (new.delta, &trace.fingerprint, keyed))).collect();
    for some in keys.chunks(ROWS) {
        let mut insert = Query::insert();
        insert
            .into_table(TraceKey::Table)
            .columns([TraceKey::DeltaId, TraceKey::Fingerprint, TraceKey::Key, TraceKey::Depth, TraceKey::Weight])
            .on_conflict(OnConflict::columns([TraceKey::DeltaId, TraceKey::Fingerprint, TraceKey::Key]).do_nothing().to_owned());
        for (delta, print, keyed) in some {
            insert.values_panic([(*delta).into(), print.as_str().into(), keyed.key.into(), keyed.depth.into(), keyed.weight.into()]);
        }
        tx.later(&insert).await?;
    }
    Ok(())
}

/// Forgets what is older than what is kept. Ids rise with time.
async fn forget(tx: &mut Tx, delta: Uuid, traced: bool) -> Result<()> {
    let oldest = |table: sea_query::DynIden, of: sea_query::DynIden, id: sea_query::DynIden, kept: u64| -> SelectStatement {
        Query::select()
            .column(id.clone())
            .from(table)
            .and_where(Expr::col(of).eq(delta))
            .order_by(id, Order::Desc)
            .limit(1)
            .offset(kept - 1)
            .take()
    };
    let kept = oldest(Occurrence::Table.into_iden(), Occurrence::DeltaId.into_iden(), Occurrence::Id.into_iden(), KEPT);
    tx.later(
        Query::delete()
            .from_table(Occurrence::Table)
            .and_where(Expr::col(Occurrence::DeltaId).eq(delta))
            .and_where(Expr::col(Occurrence::Id).lt(Expr::SubQuery(None, Box::new(kept.into())))),
    )
    .await?;
    if !traced {
        return Ok(());
    }
    let kept = oldest(Trace::Table.into_iden(), Trace::DeltaId.into_iden(), Trace::Id.into_iden(), TRACES_KEPT);
    tx.later(
        Query::delete()
            .from_table(Trace::Table)
            .and_where(Expr::col(Trace::DeltaId).eq(delta))
            .and_where(Expr::col(Trace::Id).lt(Expr::SubQuery(None, Box::new(kept.into())))),
    )
    .await?;
    let kept = Query::select()
        .column(Fingerprint::Fingerprint)
        .from(Fingerprint::Table)
        .and_where(Expr::col(Fingerprint::DeltaId).eq(delta))
        .order_by(Fingerprint::LastSeen, Order::Desc)
        .order_by(Fingerprint::Fingerprint, Order::Asc)
        .limit(FINGERPRINTS_KEPT)
        .take();
    tx.later(
        Query::delete()
            .from_table(Fingerprint::Table)
            .and_where(Expr::col(Fingerprint::DeltaId).eq(delta))
            .and_where(Expr::col(Fingerprint::Fingerprint).not_in_subquery(kept)),
    )
    .await
}
