//! Crashes as they are seen: the newest whole, all of them as counts; and which deltas have crashes like one.

mod alike;
mod put;
mod remove;
mod view;

pub use self::{
    alike::{Near, near, same, shown},
    put::{New, Traced, insert, insert_first, takes_pair},
    remove::{Kept, kept, remove},
    view::{ask, counts, crashes, find, list, taken_apart, told},
};

use schema::day::Day;
use sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement};
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

use super::{delta::visible, table::Delta};
use crate::caller::Caller;

/// The deltas whose occurrences count for one: itself, and those it stands for that the caller may see. A duplicate names what stands for
/// it in the end, so there are none behind those. Nothing is moved when a delta becomes a duplicate, so nothing has to come back when that
/// is undone.
pub fn family(caller: &Caller, delta: Uuid) -> SelectStatement {
    let column = |column| Expr::col((Delta::Table, column));
    let stands = Cond::any().add(column(Delta::Id).eq(delta)).add(column(Delta::DuplicateOf).eq(delta));
    let mut select = Query::select();
    select.column((Delta::Table, Delta::Id)).from(Delta::Table).cond_where(stands).cond_where(visible(caller));
    select
}

/// The day of a time, in UTC: what occurrences are counted by.
fn day(at: OffsetDateTime) -> String {
    Day(at.to_offset(UtcOffset::UTC).date()).to_string()
}
