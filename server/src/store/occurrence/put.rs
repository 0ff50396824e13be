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
#[derive(Clone, Debug)]
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
pub async fn insert(tx: &mut Tx, new: &New<'_>, now: OffsetDateTime) -> Result<Uuid> {
    let id = clock::new_id();
    let trace = new.trace;
    let fingerprint = trace.map_or("", |trace| trace.fingerprint.as_str());
    tx.later(
        Query::insert()
            .into_table(Occurrence::Table)
            .columns([
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
            ])
            .values_panic([
                id.into(),
                new.delta.into(),
                fingerprint.into(),
                trace.map_or("", |trace| trace.line.as_str()).into(),
                new.version.into(),
                new.platform.into(),
                new.environment.into(),
                new.count.into(),
                new.reporter.into(),
                new.project.into(),
                now.into(),
            ]),
    )
    .await?;
    count(tx, new, now).await?;
    if let Some(trace) = trace {
        tx.later(Query::insert().into_table(Trace::Table).columns([Trace::Id, Trace::DeltaId, Trace::Text, Trace::Parsed]).values_panic([
            id.into(),
            new.delta.into(),
            trace.text.as_str().into(),
            trace.parsed.as_str().into(),
        ]))
        .await?;
        if !fingerprint.is_empty() {
            recognise(tx, new, trace, now).await?;
        }
    }
    forget(tx, new.delta, trace.is_some()).await?;
    tx.later(Query::update().table(Delta::Table).value(Delta::SeenAt, now).and_where(Expr::col(Delta::Id).eq(new.delta))).await?;
    Ok(id)
}

/// One more of its version, and of its day.
async fn count(tx: &mut Tx, new: &New<'_>, now: OffsetDateTime) -> Result<()> {
    let pair = OnConflict::columns([OccurrenceRelease::DeltaId, OccurrenceRelease::Version, OccurrenceRelease::Platform])
        .value(OccurrenceRelease::Count, Expr::col((OccurrenceRelease::Table, OccurrenceRelease::Count)).add(new.count))
        .value(OccurrenceRelease::LastSeen, now)
        .to_owned();
    let columns = [
        OccurrenceRelease::DeltaId,
        OccurrenceRelease::Version,
        OccurrenceRelease::Platform,
        OccurrenceRelease::Count,
        OccurrenceRelease::FirstSeen,
        OccurrenceRelease::LastSeen,
    ];
    let values = [new.delta.into(), new.version.into(), new.platform.into(), new.count.into(), now.into(), now.into()];
    tx.later(Query::insert().into_table(OccurrenceRelease::Table).columns(columns).values_panic(values).on_conflict(pair)).await?;
    let again = OnConflict::columns([OccurrenceDay::DeltaId, OccurrenceDay::Day])
        .value(OccurrenceDay::Count, Expr::col((OccurrenceDay::Table, OccurrenceDay::Count)).add(new.count))
        .to_owned();
    let columns = [OccurrenceDay::DeltaId, OccurrenceDay::Day, OccurrenceDay::Count];
    let values = [new.delta.into(), day(now).into(), new.count.into()];
    tx.later(Query::insert().into_table(OccurrenceDay::Table).columns(columns).values_panic(values).on_conflict(again)).await
}

/// Remembers what the trace is recognised by and compared by. A fingerprint's keys are those of its first trace.
async fn recognise(tx: &mut Tx, new: &New<'_>, trace: &Traced, now: OffsetDateTime) -> Result<()> {
    let again = OnConflict::columns([Fingerprint::DeltaId, Fingerprint::Fingerprint])
        .value(Fingerprint::Count, Expr::col((Fingerprint::Table, Fingerprint::Count)).add(new.count))
        .value(Fingerprint::LastSeen, now)
        .to_owned();
    let columns = [
        Fingerprint::DeltaId,
        Fingerprint::Fingerprint,
        Fingerprint::Line,
        Fingerprint::Count,
        Fingerprint::FirstSeen,
        Fingerprint::LastSeen,
    ];
    let print = trace.fingerprint.as_str();
    let values = [new.delta.into(), print.into(), trace.line.as_str().into(), new.count.into(), now.into(), now.into()];
    tx.later(Query::insert().into_table(Fingerprint::Table).columns(columns).values_panic(values).on_conflict(again)).await?;
    if trace.keys.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert();
    insert.into_table(TraceKey::Table).columns([
        TraceKey::DeltaId,
        TraceKey::Fingerprint,
        TraceKey::Key,
        TraceKey::Depth,
        TraceKey::Weight,
    ]);
    for keyed in &trace.keys {
        insert.values_panic([new.delta.into(), print.into(), keyed.key.into(), keyed.depth.into(), keyed.weight.into()]);
    }
    insert.on_conflict(OnConflict::columns([TraceKey::DeltaId, TraceKey::Fingerprint, TraceKey::Key]).do_nothing().to_owned());
    tx.later(&insert).await
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
