//! Runs of CI: results in, receipts out.

use schema::ci::{Receipt, RunFacts, RunSummary};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use sqlx::{FromRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    cursor,
    db::Tx,
    table::{Project, Run},
};
use crate::error::{Error, Result};

/// A run as it is stored.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the migration says what each column means")]
pub struct Row {
    pub id: Uuid,
    pub project_id: Uuid,
    pub external_id: String,
    pub attempt: i64,
    pub job: String,
    pub pipeline: String,
    pub branch: String,
    pub commit: String,
    pub change: String,
    pub url: String,
    pub voting: bool,
    pub tests: i64,
    pub passed: i64,
    pub failed: i64,
    pub errored: i64,
    pub skipped: i64,
    pub reported_at: OffsetDateTime,
}

const COLUMNS: [Run; 17] = [
    Run::Id,
    Run::ProjectId,
    Run::ExternalId,
    Run::Attempt,
    Run::Job,
    Run::Pipeline,
    Run::Branch,
    Run::Commit,
    Run::Change,
    Run::Url,
    Run::Voting,
    Run::Tests,
    Run::Passed,
    Run::Failed,
    Run::Errored,
    Run::Skipped,
    Run::ReportedAt,
];

impl From<Row> for RunSummary {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            external_id: row.external_id,
            attempt: row.attempt,
            job: row.job,
            pipeline: row.pipeline,
            branch: row.branch,
            commit: row.commit,
            change: row.change,
            url: row.url,
            voting: row.voting,
            tests: row.tests,
            passed: row.passed,
            failed: row.failed,
            errored: row.errored,
            skipped: row.skipped,
            reported_at: row.reported_at,
        }
    }
}

/// Adds a run with the receipt's counts; false when the project has this run and attempt already. On PostgreSQL this waits for
/// another that adds the same, and keeps the project's signatures as they are until the commit.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, project: Uuid, facts: &RunFacts, receipt: &Receipt, now: OffsetDateTime) -> Result<bool> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let added = tx
        .run(
            Query::insert()
                .into_table(Run::Table)
                .columns(COLUMNS.into_iter().chain([Run::Receipt]))
                .values_panic([
                    receipt.run.into(),
                    project.into(),
                    facts.external_id.clone().into(),
                    i64::from(facts.attempt).into(),
                    text(&facts.job).into(),
                    text(&facts.pipeline).into(),
                    text(&facts.branch).into(),
                    text(&facts.commit).into(),
                    text(&facts.change).into(),
                    text(&facts.url).into(),
                    facts.voting.into(),
                    receipt.tests.into(),
                    receipt.passed.into(),
                    receipt.failed.into(),
                    receipt.errored.into(),
                    receipt.skipped.into(),
                    now.into(),
                    serde_json::to_value(receipt)?.into(),
                ])
                .on_conflict(OnConflict::columns([Run::ProjectId, Run::ExternalId, Run::Attempt]).do_nothing().to_owned()),
        )
        .await?;
    Ok(added > 0)
}

/// Keeps the finished receipt.
///
/// # Errors
/// When the database does not answer.
pub async fn keep(tx: &mut Tx, receipt: &Receipt) -> Result<()> {
    let mut update = Query::update();
    update.table(Run::Table).value(Run::Receipt, serde_json::to_value(receipt)?).and_where(Expr::col(Run::Id).eq(receipt.run));
    tx.run(&update).await.map(drop)
}

/// The receipt of a run and attempt, if the project has it.
///
/// # Errors
/// When the database does not answer.
pub async fn receipt(tx: &mut Tx, project: Uuid, external_id: &str, attempt: i32) -> Result<Option<Receipt>> {
    let mut select = Query::select();
    select
        .column(Run::Receipt)
        .from(Run::Table)
        .and_where(Expr::col(Run::ProjectId).eq(project))
        .and_where(Expr::col(Run::ExternalId).eq(external_id))
        .and_where(Expr::col(Run::Attempt).eq(i64::from(attempt)));
    Ok(tx.optional::<(Json<Receipt>,)>(&select).await?.map(|(Json(receipt),)| receipt))
}

/// A run with its project's slug and its receipt.
///
/// # Errors
/// 404 when there is none.
pub async fn find(tx: &mut Tx, run: Uuid) -> Result<(Row, String, Receipt)> {
    #[derive(FromRow)]
    struct Found {
        #[sqlx(flatten)]
        row: Row,
        slug: String,
        receipt: Json<Receipt>,
    }
    let mut select = Query::select();
    select
        .columns(COLUMNS.map(|column| (Run::Table, column)))
        .column((Run::Table, Run::Receipt))
        .column((Project::Table, Project::Slug))
        .from(Run::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Run::Table, Run::ProjectId)))
        .and_where(Expr::col((Run::Table, Run::Id)).eq(run));
    let found: Found = tx.optional(&select).await?.ok_or_else(|| Error::not_found("run"))?;
    Ok((found.row, found.slug, found.receipt.0))
}

/// A project's runs, newest first, and where the list goes on.
///
/// # Errors
/// 422 for a bad cursor.
pub async fn list(tx: &mut Tx, project: Uuid, cursor: Option<&str>, limit: i64) -> Result<(Vec<Row>, Option<String>)> {
    let mut select = Query::select();
    select
        .columns(COLUMNS)
        .from(Run::Table)
        .and_where(Expr::col(Run::ProjectId).eq(project))
        .order_by(Run::Id, Order::Desc)
        .limit(limit.unsigned_abs() + 1);
    if let Some(cursor) = cursor {
        select.and_where(Expr::col(Run::Id).lt(cursor::read::<Uuid>(cursor)?));
    }
    let mut rows: Vec<Row> = tx.all(&select).await?;
    let next = cut(&mut rows, limit).map(|last| cursor::write(&last.id));
    Ok((rows, next))
}

/// Cuts rows, of which one more than `limit` was asked for, to `limit`; the last row where there are more.
pub(super) fn cut<T>(rows: &mut Vec<T>, limit: i64) -> Option<&T> {
    let limit = usize::try_from(limit).unwrap_or(0);
    if rows.len() <= limit {
        return None;
    }
    rows.truncate(limit);
    rows.last()
}
