//! How gaps end, and open again.

use schema::delta::Resolution;
use sea_query::{Expr, SimpleExpr, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    delta::{self, Change, Row},
    fixed,
    table::Delta,
};
use crate::error::Result;

/// How a gap ends.
#[derive(Clone, Debug)]
pub struct End<'a> {
    /// How.
    pub resolution: Resolution,
    /// Why.
    pub reason: &'a str,
    /// The release that has it.
    pub release: Option<&'a str>,
    /// The delta that stands for it.
    pub duplicate_of: Option<Uuid>,
    /// Who says so; none for CI.
    pub by: Option<Uuid>,
}

/// Ends the gap of a delta, of the version seen; the new version.
///
/// # Errors
/// 412 when that is not the current version.
pub async fn end(tx: &mut Tx, row: &Row, now: OffsetDateTime, end: &End<'_>) -> Result<i64> {
    let change = Change::default()
        .open(false)
        .set(Delta::Resolution, end.resolution.as_str())
        .set(Delta::ResolutionReason, end.reason)
        .set(Delta::ResolutionRelease, value(end.release.map(str::to_owned)))
        .set(Delta::DuplicateOf, value(end.duplicate_of))
        .set(Delta::ResolvedBy, value(end.by))
        .set(Delta::ResolvedAt, now);
    let version = delta::change(tx, row.id, row.version, now, change).await?;
    if end.resolution == Resolution::Closed {
        // Whoever it affects is asked whether it is fixed for them.
        fixed::ask(tx, row.id).await?;
    }
    Ok(version)
}

/// Opens the gap of a delta, of the version seen; the new version. `regressed` says that it was seen again.
///
/// # Errors
/// 412 when that is not the current version.
pub async fn open(tx: &mut Tx, row: &Row, now: OffsetDateTime, regressed: bool) -> Result<i64> {
    let mut change = Change::default()
        .open(true)
        .set(Delta::Resolution, value(None::<String>))
        .set(Delta::ResolutionReason, "")
        .set(Delta::ResolutionRelease, value(None::<String>))
        .set(Delta::DuplicateOf, value(None::<Uuid>))
        .set(Delta::CarriedFrom, value(None::<Uuid>))
        .set(Delta::ResolvedBy, value(None::<Uuid>))
        .set(Delta::ResolvedAt, value(None::<OffsetDateTime>));
    if regressed {
        change = change.set(Delta::RegressedAt, now);
    }
    let version = delta::change(tx, row.id, row.version, now, change).await?;
    fixed::clear(tx, row.id).await?;
    Ok(version)
}

/// A value that may be absent.
fn value(value: impl Into<Value>) -> SimpleExpr {
    Expr::val(value)
}
