//! The lines of a list: what is found, where it is and who has committed, in one statement for all of them.

use std::collections::HashSet;

use schema::{
    delta::{Kind, Summary, Visibility},
    id::DeltaKey,
    place::Place,
};
use sea_query::{Expr, ExprTrait, Query, SelectStatement};
use serde::Deserialize;
use time::{OffsetDateTime, serde::rfc3339};
use uuid::Uuid;

use super::hint::{self, Had, Named};
use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::Tx,
        delta::label,
        duplicate,
        gather::Gather,
        impact, place,
        search::{Needle, marked},
        standing,
        table::{Delta, Segment},
    },
};

/// A found row. `rank` is of the order by relevance, else 0.
#[derive(Deserialize)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Found {
    pub id: Uuid,
    pub number: i64,
    pub kind: Kind,
    pub title: String,
    pub visibility: Visibility,
    pub resolution: Option<String>,
    #[serde(with = "rfc3339::option")]
    pub regressed_at: Option<OffsetDateTime>,
    pub impact: i64,
    pub affected: i64,
    pub comments: i64,
    #[serde(with = "rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "rfc3339")]
    pub updated_at: OffsetDateTime,
    pub segment: Option<String>,
    pub rank: i64,
    /// What stands around a free word.
    pub excerpt: Option<String>,
    #[serde(skip)]
    pub lens: Option<i64>,
    #[serde(skip)]
    pub labels: Vec<String>,
    #[serde(skip)]
    pub places: Vec<Place>,
    #[serde(skip)]
    pub committed: Vec<String>,
    #[serde(skip)]
    pub weeks: Vec<i64>,
}

/// Selects a line's columns of `delta` and `segment`, which are the caller's to join, as is the column `rank`; and an excerpt, where one is wanted.
pub fn select(excerpt: Option<Expr>) -> SelectStatement {
    let columns = [
        Delta::Id,
        Delta::Number,
        Delta::Kind,
        Delta::Title,
        Delta::Visibility,
        Delta::Resolution,
        Delta::RegressedAt,
        Delta::Impact,
        Delta::Affected,
        Delta::CreatedAt,
        Delta::UpdatedAt,
    ];
    Query::select()
        .columns(columns.map(|column| (Delta::Table, column)))
        .expr_as(Expr::col((Delta::Table, Delta::Comments)).add(duplicate::comments()), "comments")
        .expr_as(Expr::col((Segment::Table, Segment::Name)), "segment")
        .expr_as(excerpt.unwrap_or_else(|| Expr::cust("CAST(NULL AS text)")), "excerpt")
        .take()
}

/// What a select of these columns finds, in its order.
///
/// # Errors
/// When the database does not answer.
pub async fn read(tx: &mut Tx, caller: &Caller, select: SelectStatement, now: OffsetDateTime) -> Result<Vec<Found>> {
    Ok(read_named(tx, caller, select, &Named::default(), now).await?.0)
}

/// The same, and which of the `named` there are.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn read_named(
    tx: &mut Tx,
    caller: &Caller,
    select: SelectStatement,
    named: &Named,
    now: OffsetDateTime,
) -> Result<(Vec<Found>, HashSet<Had>)> {
    const COLUMNS: [&str; 15] = [
        "id",
        "number",
        "kind",
        "title",
        "visibility",
        "resolution",
        "regressed_at",
        "impact",
        "affected",
        "comments",
        "created_at",
        "updated_at",
        "segment",
        "rank",
        "excerpt",
    ];
    let mut gather = Gather::new(tx.dialect());
    gather.first("found", select);
    let ids = || Query::select().column("id").from("found").take();
    let mut rows = Query::select();
    rows.expr_as(gather.id("id"), "id").columns(COLUMNS.into_iter().skip(1)).from("found");
    gather.part("rows", &COLUMNS, rows);
    place::ask(&mut gather, ids());
    standing::ask_committed(&mut gather, caller, ids());
    label::ask(&mut gather, ids());
    hint::ask(&mut gather, caller, named);
    impact::ask_weeks(&mut gather, ids(), now);
    let mut gathered = gather.read(tx).await?;
    let mut found: Vec<Found> = gathered.take("rows")?;
    let mut places = place::told(&mut gathered)?;
    let mut labels = label::told(&mut gathered)?;
    let mut committed = standing::told_committed(&mut gathered)?;
    let mut weeks = impact::told_weeks(&mut gathered, now)?;
    for row in &mut found {
        row.weeks = weeks.remove(&row.id).unwrap_or_default();
        row.places = places.remove(&row.id).unwrap_or_default();
        row.committed = committed.remove(&row.id).unwrap_or_default();
        row.labels = labels.remove(&row.id).unwrap_or_default();
    }
    Ok((found, hint::told(&mut gathered)?))
}

impl Found {
    /// As a list shows it, with what was looked for marked.
    pub fn summary(self, needles: &[Needle]) -> Summary {
        let row = self;
        Summary {
            snippet: row.excerpt.and_then(|excerpt| marked(&excerpt, needles)),
            key: DeltaKey(row.number),
            kind: row.kind,
            title: row.title,
            visibility: row.visibility,
            regressed: row.regressed_at.is_some(),
            resolution: row.resolution.as_deref().and_then(|word| word.parse().ok()),
            impact: row.impact,
            segment: row.segment.filter(|_| row.impact > 0),
            lens: row.lens,
            labels: row.labels,
            affected: row.affected,
            places: row.places,
            committed: row.committed,
            week: row.weeks.last().copied().unwrap_or_default(),
            weeks: row.weeks,
            comments: row.comments,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
