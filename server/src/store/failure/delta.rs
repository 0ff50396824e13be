//! What CI measures about one delta.

use schema::ci::DeltaEvidence;
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        self,
        db::Tx,
        delta::Row,
        gather::Gather,
        table::{Failure, FailureDelta, FailureGroup, FailureGroupDelta, Project, Run, Signature},
    },
};

/// The panel "Evidence from CI": tests that decide, with their newest results; failures attributed; groups and signatures.
///
/// # Errors
/// When the database does not answer.
pub async fn of_delta(tx: &mut Tx, delta: &Row, now: OffsetDateTime) -> Result<DeltaEvidence> {
    let mut gather = Gather::new(tx.dialect());
    gather.part("machine", &["failures", "week", "month"], machine(delta.id, now));
    let columns = ["id", "project", "test", "message", "failures", "signature", "last_seen"];
    gather.part("groups", &columns, groups(&gather, delta.id));
    let mut gathered = gather.read(tx).await?;
    Ok(DeltaEvidence {
        delta: delta.key(),
        tests: store::evidence::tests(tx, delta.id).await?,
        machine: gathered.take("machine")?.pop().unwrap_or_default(),
        groups: gathered.take("groups")?,
        signatures: store::signature::of_delta(tx, delta.id).await?,
    })
}

/// How many failures of CI were attributed to a delta and to its duplicates that count for it: `failures` in all, `week` within the last seven
/// days, `month` within the last thirty.
pub fn machine(delta: Uuid, now: OffsetDateTime) -> SelectStatement {
    let failure = || Expr::col((FailureDelta::Table, FailureDelta::FailureId));
    let within =
        |days: i64| -> Expr { Expr::case(Expr::col((Run::Table, Run::ReportedAt)).gte(now - Duration::days(days)), failure()).into() };
    let mut select = Query::select();
    select
        // One that is put down to the delta and to its duplicate is one.
        .expr_as(failure().count_distinct(), "failures")
        .expr_as(within(7).count_distinct(), "week")
        .expr_as(within(30).count_distinct(), "month")
        .from(FailureDelta::Table)
        .inner_join(Failure::Table, Expr::col((Failure::Table, Failure::Id)).equals((FailureDelta::Table, FailureDelta::FailureId)))
        .inner_join(Run::Table, Expr::col((Run::Table, Run::Id)).equals((Failure::Table, Failure::RunId)))
        .and_where(Expr::col((FailureDelta::Table, FailureDelta::DeltaId)).in_subquery(store::duplicate::all(delta)));
    select
}

fn groups(gather: &Gather, delta: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(gather.id((FailureGroup::Table, FailureGroup::Id)), "id")
        .columns(
            [FailureGroup::Test, FailureGroup::Message, FailureGroup::Failures, FailureGroup::LastSeen]
                .map(|column| (FailureGroup::Table, column)),
        )
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Signature::Table, Signature::Query)), "signature")
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
    select
}
