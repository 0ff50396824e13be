//! From found rows to lines of a list: their places and who has committed, in one statement for all of them.

use schema::{
    delta::{Kind, Summary, Visibility},
    id::DeltaKey,
};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    caller::Caller,
    error::Result,
    store::{db::Tx, gather::Gather, place, standing},
};

/// A found row. `rank` is of the order by relevance, else 0.
#[derive(FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Found {
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
    pub affected: i64,
    pub comments: i64,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub segment: Option<String>,
    pub rank: i64,
}

/// The lines of these rows, in their order.
///
/// # Errors
/// When the database does not answer.
pub async fn summaries(tx: &mut Tx, caller: &Caller, found: Vec<Found>) -> Result<Vec<Summary>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    let mut gather = Gather::new(tx.dialect());
    place::ask(&mut gather, &ids);
    standing::ask_committed(&mut gather, caller, &ids);
    let mut gathered = gather.read(tx).await?;
    let mut places = place::told(&mut gathered)?;
    let mut committed = standing::told_committed(&mut gathered)?;
    let line = |row: Found| Summary {
        key: DeltaKey(row.number),
        kind: row.kind,
        title: row.title,
        visibility: row.visibility,
        regressed: row.regressed_at.is_some(),
        resolution: row.resolution.as_deref().and_then(|word| word.parse().ok()),
        impact: row.impact,
        segment: row.segment.filter(|_| row.impact > 0),
        affected: row.affected,
        places: places.remove(&row.id).unwrap_or_default(),
        committed: committed.remove(&row.id).unwrap_or_default(),
        comments: row.comments,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(found.into_iter().map(line).collect())
}
