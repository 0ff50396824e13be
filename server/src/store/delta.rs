//! Deltas: filing, reading, editing, revisions, visibility.

use schema::{
    delta::{Kind, Resolution, Visibility},
    id::DeltaKey,
};
use sea_query::{Cond, Condition, Expr, ExprTrait, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    table::{Delta, DeltaGuest, Place},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
};

/// A delta as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub number: i64,
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    pub title: String,
    pub desired: String,
    pub actual: String,
    pub body: String,
    pub reporter_id: Uuid,
    #[sqlx(try_from = "String")]
    pub visibility: Visibility,
    pub open: bool,
    pub resolution: Option<String>,
    pub resolution_reason: String,
    pub resolution_release: Option<String>,
    pub duplicate_of: Option<Uuid>,
    pub resolved_by: Option<Uuid>,
    pub resolved_at: Option<OffsetDateTime>,
    pub regressed_at: Option<OffsetDateTime>,
    pub seen_at: Option<OffsetDateTime>,
    pub impact: i64,
    pub impact_segment_id: Option<Uuid>,
    pub affected: i64,
    pub comments: i64,
    pub revision: i64,
    pub version: i64,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
}

impl Row {
    /// Its key.
    pub fn key(&self) -> DeltaKey {
        DeltaKey(self.number)
    }

    /// How it ended, while it has.
    pub fn resolution(&self) -> Option<Resolution> {
        self.resolution.as_deref().and_then(|word| word.parse().ok())
    }
}

/// Which rows of `delta` a caller may see: the public ones, those they reported or were invited to, and those with a place
/// in a project they maintain. Every statement that shows deltas to somebody has this condition.
pub fn visible(caller: &Caller) -> Condition {
    let public = Expr::col((Delta::Table, Delta::Visibility)).eq(Visibility::Public.as_str());
    let Some(user) = caller.user_id() else { return Cond::all().add(public) };
    let invited = Query::select()
        .expr(Expr::val(1))
        .from(DeltaGuest::Table)
        .and_where(Expr::col((DeltaGuest::Table, DeltaGuest::DeltaId)).equals((Delta::Table, Delta::Id)))
        .and_where(Expr::col((DeltaGuest::Table, DeltaGuest::UserId)).eq(user))
        .to_owned();
    let mut any = Cond::any().add(public).add(Expr::col((Delta::Table, Delta::ReporterId)).eq(user)).add(Expr::exists(invited));
    if !caller.maintains.is_empty() {
        let maintained = Query::select()
            .expr(Expr::val(1))
            .from(Place::Table)
            .and_where(Expr::col((Place::Table, Place::DeltaId)).equals((Delta::Table, Delta::Id)))
            .and_where(Expr::col((Place::Table, Place::ProjectId)).is_in(caller.maintains.iter().copied()))
            .to_owned();
        any = any.add(Expr::exists(maintained));
    }
    any
}

/// The delta of a key, if it exists and the caller may see it.
///
/// # Errors
/// 404 otherwise.
pub async fn find(tx: &mut Tx, caller: &Caller, key: DeltaKey) -> Result<Row> {
    let mut select = Query::select();
    select
        .expr(Expr::cust("*"))
        .from(Delta::Table)
        .and_where(Expr::col((Delta::Table, Delta::Number)).eq(key.0))
        .cond_where(visible(caller));
    tx.optional(&select).await?.ok_or_else(|| Error::not_found("delta"))
}
