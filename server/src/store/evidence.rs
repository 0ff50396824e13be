//! Evidence: tests that decide whether a gap is closed, and how they ended.

use std::collections::HashMap;

use schema::ci::{Evidence as View, EvidenceTest, PutEvidence, RESULTS};
use sea_query::{Expr, ExprTrait, OnConflict, Order, OverStatement, Query, SelectStatement, WindowStatement};
use sqlx::{FromRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    failure::CHUNK,
    table::{Delta, Evidence, EvidenceResult, Place, Project, Run},
};
use crate::error;

/// The tests that decide about one delta in a project.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    /// The delta.
    pub delta_id: Uuid,
    /// Whether its gap is open.
    pub open: bool,
    /// The tests' ids.
    pub tests: Json<Vec<String>>,
    /// Passes in a row that each needs.
    pub needed: i64,
}

/// The evidence of all deltas in a project.
///
/// # Errors
/// When the database does not answer.
pub async fn of_project(tx: &mut Tx, project: Uuid) -> error::Result<Vec<Row>> {
    let mut select = Query::select();
    select
        .columns([Evidence::DeltaId, Evidence::Tests, Evidence::Needed].map(|column| (Evidence::Table, column)))
        .column((Delta::Table, Delta::Open))
        .from(Evidence::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Evidence::Table, Evidence::DeltaId)))
        .and_where(Expr::col((Evidence::Table, Evidence::ProjectId)).eq(project));
    tx.all(&select).await
}

/// How a test that decides ended in a run.
#[derive(Clone, Copy, Debug)]
pub struct Result<'a> {
    /// The delta it decides about.
    pub delta: Uuid,
    /// The test's id.
    pub test: &'a str,
    /// Whether it passed.
    pub passed: bool,
}

/// Keeps how tests ended in a run.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, run: Uuid, results: &[Result<'_>]) -> error::Result<()> {
    for results in results.chunks(CHUNK) {
        let mut insert = Query::insert();
        insert.into_table(EvidenceResult::Table).columns([
            EvidenceResult::RunId,
            EvidenceResult::DeltaId,
            EvidenceResult::Test,
            EvidenceResult::Passed,
        ]);
        for result in results {
            insert.values_panic([run.into(), result.delta.into(), result.test.into(), result.passed.into()]);
        }
        tx.run(&insert).await?;
    }
    Ok(())
}

/// Results of these deltas' tests, each with its number counted back from the newest.
fn numbered(deltas: &[Uuid]) -> SelectStatement {
    let newest_first = WindowStatement::partition_by((EvidenceResult::Table, EvidenceResult::DeltaId))
        .partition_by((Run::Table, Run::ProjectId))
        .partition_by((EvidenceResult::Table, EvidenceResult::Test))
        .order_by((EvidenceResult::Table, EvidenceResult::RunId), Order::Desc)
        .to_owned();
    let mut select = Query::select();
    select
        .columns([EvidenceResult::DeltaId, EvidenceResult::Test, EvidenceResult::Passed].map(|column| (EvidenceResult::Table, column)))
        .column((Run::Table, Run::ProjectId))
        .expr_window_as(Expr::cust("ROW_NUMBER()"), newest_first, "n")
        .from(EvidenceResult::Table)
        .inner_join(Run::Table, Expr::col((Run::Table, Run::Id)).equals((EvidenceResult::Table, EvidenceResult::RunId)))
        .and_where(Expr::col((EvidenceResult::Table, EvidenceResult::DeltaId)).is_in(deltas.iter().copied()));
    select
}

/// A test that decides about a delta: delta, project, test id.
pub type Decider = (Uuid, Uuid, String);

/// How often each test of these deltas has passed in a row up to now.
///
/// # Errors
/// When the database does not answer.
pub async fn streaks(tx: &mut Tx, deltas: &[Uuid]) -> error::Result<HashMap<Decider, i64>> {
    #[derive(FromRow)]
    struct Found {
        delta_id: Uuid,
        project_id: Uuid,
        test: String,
        total: i64,
        failed: Option<i64>,
    }
    if deltas.is_empty() {
        return Ok(HashMap::new());
    }
    let failed: Expr = Expr::case(Expr::col(EvidenceResult::Passed).eq(false), Expr::col("n")).into();
    let mut select = Query::select();
    select
        .columns([EvidenceResult::DeltaId, EvidenceResult::Test])
        .column(Run::ProjectId)
        .expr_as(Expr::col("n").count(), "total")
        .expr_as(failed.min(), "failed")
        .from_subquery(numbered(deltas), "numbered")
        .group_by_columns([EvidenceResult::DeltaId, EvidenceResult::Test])
        .group_by_col(Run::ProjectId);
    let found: Vec<Found> = tx.all(&select).await?;
    let streak = |found: &Found| found.failed.map_or(found.total, |number| number - 1);
    let pairs = found.into_iter().map(|found| {
        let streak = streak(&found);
        ((found.delta_id, found.project_id, found.test), streak)
    });
    Ok(pairs.collect())
}

/// The evidence of one delta, a line a project.
#[derive(Clone, Debug, FromRow)]
pub struct Line {
    /// The project.
    pub project_id: Uuid,
    /// Its slug.
    pub slug: String,
    /// The tests' ids.
    pub tests: Json<Vec<String>>,
    /// Passes in a row that each needs.
    pub needed: i64,
    /// When it was set.
    pub set_at: OffsetDateTime,
}

impl From<Line> for View {
    fn from(line: Line) -> Self {
        Self { project: line.slug, tests: line.tests.0, needed: line.needed, set_at: line.set_at }
    }
}

/// The tests that decide about a delta, by project.
///
/// # Errors
/// When the database does not answer.
pub async fn of_delta(tx: &mut Tx, delta: Uuid) -> error::Result<Vec<Line>> {
    let mut select = Query::select();
    select
        .columns([Evidence::ProjectId, Evidence::Tests, Evidence::Needed, Evidence::SetAt].map(|column| (Evidence::Table, column)))
        .column((Project::Table, Project::Slug))
        .from(Evidence::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Evidence::Table, Evidence::ProjectId)))
        .and_where(Expr::col((Evidence::Table, Evidence::DeltaId)).eq(delta))
        .order_by((Project::Table, Project::Slug), Order::Asc);
    tx.all(&select).await
}

/// The tests that decide about a delta, with their newest results.
///
/// # Errors
/// When the database does not answer.
pub async fn tests(tx: &mut Tx, delta: Uuid) -> error::Result<Vec<EvidenceTest>> {
    #[derive(FromRow)]
    struct Found {
        project_id: Uuid,
        test: String,
        passed: bool,
    }
    let lines = of_delta(tx, delta).await?;
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Query::select();
    select
        .columns([EvidenceResult::Test, EvidenceResult::Passed])
        .column(Run::ProjectId)
        .from_subquery(numbered(&[delta]), "numbered")
        .and_where(Expr::col("n").lte(i64::try_from(RESULTS).unwrap_or(i64::MAX)))
        .order_by("n", Order::Desc);
    let mut results: HashMap<(Uuid, String), Vec<bool>> = HashMap::new();
    for found in tx.all::<Found>(&select).await? {
        results.entry((found.project_id, found.test)).or_default().push(found.passed);
    }
    let streaks = streaks(tx, &[delta]).await?;
    let mut tests = Vec::new();
    for line in lines {
        for test in line.tests.0 {
            tests.push(EvidenceTest {
                project: line.slug.clone(),
                needed: line.needed,
                streak: streaks.get(&(delta, line.project_id, test.clone())).copied().unwrap_or(0),
                results: results.remove(&(line.project_id, test.clone())).unwrap_or_default(),
                test,
            });
        }
    }
    Ok(tests)
}

/// Whether a delta has a place in a project.
///
/// # Errors
/// When the database does not answer.
pub async fn is_placed(tx: &mut Tx, delta: Uuid, project: Uuid) -> error::Result<bool> {
    let mut select = Query::select();
    select
        .column(Place::Id)
        .from(Place::Table)
        .and_where(Expr::col(Place::DeltaId).eq(delta))
        .and_where(Expr::col(Place::ProjectId).eq(project));
    Ok(tx.optional::<(Uuid,)>(&select).await?.is_some())
}

/// The projects a delta has places in: id and slug, by slug.
///
/// # Errors
/// When the database does not answer.
pub async fn projects(tx: &mut Tx, delta: Uuid) -> error::Result<Vec<(Uuid, String)>> {
    let mut select = Query::select();
    select
        .columns([Project::Id, Project::Slug].map(|column| (Project::Table, column)))
        .from(Place::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Place::Table, Place::ProjectId)))
        .and_where(Expr::col((Place::Table, Place::DeltaId)).eq(delta))
        .order_by((Project::Table, Project::Slug), Order::Asc);
    tx.all(&select).await
}

/// Sets the tests that decide about a delta in a project.
///
/// # Errors
/// When the database does not answer.
pub async fn put(tx: &mut Tx, delta: Uuid, project: Uuid, put: &PutEvidence, by: Option<Uuid>, now: OffsetDateTime) -> error::Result<()> {
    let mut insert = Query::insert();
    insert
        .into_table(Evidence::Table)
        .columns([Evidence::DeltaId, Evidence::ProjectId, Evidence::Tests, Evidence::Needed, Evidence::SetBy, Evidence::SetAt])
        .values_panic([delta.into(), project.into(), serde_json::to_value(&put.tests)?.into(), put.needed.into(), by.into(), now.into()])
        .on_conflict(
            OnConflict::columns([Evidence::DeltaId, Evidence::ProjectId])
                .update_columns([Evidence::Tests, Evidence::Needed, Evidence::SetBy, Evidence::SetAt])
                .to_owned(),
        );
    tx.run(&insert).await.map(drop)
}

/// Takes the tests that decide away; false when there were none.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx, delta: Uuid, project: Uuid) -> error::Result<bool> {
    let mut delete = Query::delete();
    delete
        .from_table(Evidence::Table)
        .and_where(Expr::col(Evidence::DeltaId).eq(delta))
        .and_where(Expr::col(Evidence::ProjectId).eq(project));
    Ok(tx.run(&delete).await? > 0)
}
