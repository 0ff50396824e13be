//! Rows of `delta` as lines of a list, with places, segment and who has committed: two statements more for any number.

use schema::{
    delta::{Kind, Summary, Visibility},
    id::DeltaKey,
};
use sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    place, standing,
    table::{Delta, Segment},
};
use crate::{caller::Caller, error::Result};

/// What a line needs of a delta.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub number: i64,
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    pub title: String,
    #[sqlx(try_from = "String")]
    pub visibility: Visibility,
    pub resolution: Option<String>,
    pub regressed_at: Option<OffsetDateTime>,
    pub impact: i64,
    pub segment: Option<String>,
    pub affected: i64,
    pub comments: i64,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
}

/// The columns of [`Row`], from `delta`, without a condition.
pub fn select() -> SelectStatement {
    Query::select()
        .columns(
            [
                Delta::Id,
                Delta::Number,
                Delta::Kind,
                Delta::Title,
                Delta::Visibility,
                Delta::Resolution,
                Delta::RegressedAt,
                Delta::Impact,
                Delta::Affected,
                Delta::Comments,
                Delta::CreatedAt,
                Delta::UpdatedAt,
            ]
            .map(|column| (Delta::Table, column)),
        )
        .expr_as(Expr::col((Segment::Table, Segment::Name)), "segment")
        .from(Delta::Table)
        .left_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Delta::Table, Delta::ImpactSegmentId)))
        .to_owned()
}

/// Lines in the order of the rows.
///
/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, caller: &Caller, rows: Vec<Row>) -> Result<Vec<Summary>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut places = place::of(tx, &ids).await?;
    let mut committed = standing::committed(tx, caller, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| Summary {
            key: DeltaKey(row.number),
            kind: row.kind,
            title: row.title,
            visibility: row.visibility,
            resolution: row.resolution.and_then(|word| word.parse().ok()),
            regressed: row.regressed_at.is_some(),
            impact: row.impact,
            segment: row.segment,
            affected: row.affected,
            places: places.remove(&row.id).unwrap_or_default(),
            committed: committed.remove(&row.id).unwrap_or_default(),
            comments: row.comments,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
        .collect())
}
