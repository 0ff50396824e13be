//! What CI measures about one delta.

use schema::{
    ci::{DeltaEvidence, EvidenceGroup},
    impact::Machine,
};
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::FromRow;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        self,
        db::Tx,
        delta::Row,
        table::{Failure, FailureDelta, FailureGroup, FailureGroupDelta, Project, Run, Signature},
    },
};

/// The panel "Evidence from CI": tests that decide, with their newest results; failures attributed; groups and signatures.
///
/// # Errors
/// When the database does not answer.
pub async fn of_delta(tx: &mut Tx, delta: &Row, now: OffsetDateTime) -> Result<DeltaEvidence> {
    Ok(DeltaEvidence {
        delta: delta.key(),
        tests: store::evidence::tests(tx, delta.id).await?,
        machine: machine(tx, delta.id, now).await?,
        groups: groups(tx, delta.id).await?,
        signatures: store::signature::of_delta(tx, delta.id).await?,
    })
}

/// How many failures of CI were attributed to a delta, in all and within the last seven days.
///
/// # Errors
/// When the database does not answer.
pub async fn machine(tx: &mut Tx, delta: Uuid, now: OffsetDateTime) -> Result<Machine> {
    #[derive(FromRow)]
    struct Found {
        failures: i64,
        week: i64,
    }
    let recent: Expr = Expr::case(Expr::col((Run::Table, Run::ReportedAt)).gte(now - Duration::days(7)), 1).into();
    let mut select = Query::select();
    select
        .expr_as(Expr::col((FailureDelta::Table, FailureDelta::FailureId)).count(), "failures")
        .expr_as(recent.count(), "week")
        .from(FailureDelta::Table)
        .inner_join(Failure::Table, Expr::col((Failure::Table, Failure::Id)).equals((FailureDelta::Table, FailureDelta::FailureId)))
        .inner_join(Run::Table, Expr::col((Run::Table, Run::Id)).equals((Failure::Table, Failure::RunId)))
        .and_where(Expr::col((FailureDelta::Table, FailureDelta::DeltaId)).eq(delta));
    let Found { failures, week } = tx.one(&select).await?;
    Ok(Machine { failures, week })
}

async fn groups(tx: &mut Tx, delta: Uuid) -> Result<Vec<EvidenceGroup>> {
    #[derive(FromRow)]
    struct Found {
        id: Uuid,
        slug: String,
        test: String,
        message: String,
        failures: i64,
        query: Option<String>,
        last_seen: OffsetDateTime,
    }
    let mut select = Query::select();
    select
        .columns(
            [FailureGroup::Id, FailureGroup::Test, FailureGroup::Message, FailureGroup::Failures, FailureGroup::LastSeen]
                .map(|column| (FailureGroup::Table, column)),
        )
        .column((Project::Table, Project::Slug))
        .column((Signature::Table, Signature::Query))
        .from(FailureGroupDelta::Table)
        .inner_join(
            FailureGroup::Table,
            Expr::col((FailureGroup::Table, FailureGroup::Id)).equals((FailureGroupDelta::Table, FailureGroupDelta::GroupId)),
        )
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((FailureGroup::Table, FailureGroup::ProjectId)))
        .left_join(
            Signature::Table,
            Expr::col((Signature::Table, Signature::Id)).equals((FailureGroupDelta::Table, FailureGroupDelta::SignatureId)),
        )
        .and_where(Expr::col((FailureGroupDelta::Table, FailureGroupDelta::DeltaId)).eq(delta))
        .order_by((FailureGroup::Table, FailureGroup::LastSeen), Order::Desc)
        .limit(5);
    let view = |found: Found| EvidenceGroup {
        id: found.id,
        project: found.slug,
        test: found.test,
        message: found.message,
        failures: found.failures,
        signature: found.query,
        last_seen: found.last_seen,
    };
    Ok(tx.all::<Found>(&select).await?.into_iter().map(view).collect())
}
