//! Orphan radar: places that are agreed on and hit many, of deltas nobody has committed to. One statement, served by the indexes of places.

use schema::{
    delta::Kind,
    id::DeltaKey,
    radar::{Group, Orphan, Radar, Sector, WORST},
    task::Commitment,
};
use sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement};
use serde::Deserialize;
use time::{OffsetDateTime, serde::rfc3339};
use uuid::Uuid;

use super::{
    db::Tx,
    delta,
    gather::Gather,
    org,
    table::{Component, Delta, Link, Org, Place, PlaceComponent, Project, Segment, Task},
};
use crate::{caller::Caller, error::Result};

/// The name of a group whose deltas name no component.
const NO_COMPONENT: &str = "No component";

#[derive(Deserialize)]
struct Count {
    project: String,
    project_name: String,
    component: Option<String>,
    component_name: Option<String>,
    found: i64,
}

#[derive(Deserialize)]
struct Total {
    project: String,
    found: i64,
}

#[derive(Deserialize)]
struct Worst {
    project: String,
    component: Option<String>,
    number: i64,
    kind: Kind,
    title: String,
    impact: i64,
    affected: i64,
    segment: Option<String>,
    #[serde(with = "rfc3339::option")]
    agreed_at: Option<OffsetDateTime>,
}

/// The radar of all projects, or of one, from an impact on.
///
/// # Errors
/// When the database does not answer.
pub async fn radar(tx: &mut Tx, caller: &Caller, project: Option<Uuid>, impact: i64) -> Result<Radar> {
    let mut gather = Gather::new(tx.dialect());
    gather.first("orphan", orphans(caller, project, impact));
    let of = |select: &mut SelectStatement| {
        select.inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals(("orphan", "project_id")));
    };
    let mut totals = Query::select();
    totals.expr_as(Expr::col((Project::Table, Project::Slug)), "project").expr_as(Expr::cust("COUNT(*)"), "found").from("orphan");
    of(&mut totals);
    totals.group_by_col((Project::Table, Project::Slug));
    gather.part("totals", &["project", "found"], totals);
    let mut counts = Query::select();
    counts
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Project::Table, Project::Name)), "project_name")
        .expr_as(Expr::col((Component::Table, Component::Slug)), "component")
        .expr_as(Expr::col((Component::Table, Component::Name)), "component_name")
        .expr_as(Expr::cust("COUNT(*)"), "found")
        .from("orphan");
    of(&mut counts);
    components(&mut counts);
    counts.group_by_columns([(Project::Table, Project::Slug), (Project::Table, Project::Name)]);
    counts.group_by_columns([(Component::Table, Component::Slug), (Component::Table, Component::Name)]);
    gather.part("counts", &["project", "project_name", "component", "component_name", "found"], counts);
    let mut ranked = Query::select();
    ranked
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(Expr::col((Component::Table, Component::Slug)), "component")
        .columns(["number", "kind", "title", "impact", "affected", "segment", "agreed_at"].map(|column| ("orphan", column)))
        .expr_as(
            Expr::cust(
                r#"ROW_NUMBER() OVER (PARTITION BY "orphan"."project_id", "component"."id" ORDER BY "orphan"."impact" DESC, "orphan"."number")"#,
            ),
            "nth",
        )
        .from("orphan");
    of(&mut ranked);
    components(&mut ranked);
    let columns = ["project", "component", "number", "kind", "title", "impact", "affected", "segment", "agreed_at"];
    let worst = Query::select().columns(columns).from_subquery(ranked, "ranked").and_where(Expr::col("nth").lte(WORST)).take();
    gather.part("worst", &columns, worst);
    let mut gathered = gather.read(tx).await?;
    Ok(Radar { impact, projects: sectors(gathered.take("totals")?, gathered.take("counts")?, gathered.take("worst")?) })
}

/// Places that are agreed on, open and hit that many, of deltas the caller may see and nobody, as far as they may see, has committed to.
fn orphans(caller: &Caller, project: Option<Uuid>, impact: i64) -> SelectStatement {
    let mut committed = Query::select();
    committed
        .expr(Expr::val(1))
        .from(Link::Table)
        .inner_join(Task::Table, Expr::col((Task::Table, Task::Id)).equals((Link::Table, Link::TaskId)))
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Task::Table, Task::OrgId)))
        .and_where(Expr::col((Link::Table, Link::DeltaId)).equals((Delta::Table, Delta::Id)))
        .and_where(Expr::col((Task::Table, Task::Commitment)).eq(Commitment::Committed.as_str()))
        .cond_where(org::visible(caller));
    let place = |column: Place| Expr::col((Place::Table, column));
    let mut select = Query::select();
    select
        .expr_as(place(Place::Id), "place_id")
        .expr_as(place(Place::ProjectId), "project_id")
        .expr_as(place(Place::DecidedAt), "agreed_at")
        .columns([Delta::Number, Delta::Kind, Delta::Title, Delta::Impact, Delta::Affected].map(|column| (Delta::Table, column)))
        .expr_as(Expr::col((Segment::Table, Segment::Name)), "segment")
        .from(Place::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Place::Table, Place::DeltaId)))
        .left_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Delta::Table, Delta::ImpactSegmentId)))
        .and_where(place(Place::Consensus).eq("agreed"))
        .and_where(place(Place::Open).eq(true))
        .and_where(place(Place::Impact).gte(impact))
        .and_where_option(project.map(|project| place(Place::ProjectId).eq(project)))
        .cond_where(delta::visible(caller))
        .and_where(Expr::exists(committed).not());
    select
}

fn components(select: &mut SelectStatement) {
    select
        .join(
            JoinType::LeftJoin,
            PlaceComponent::Table,
            Expr::col((PlaceComponent::Table, PlaceComponent::PlaceId)).equals(("orphan", "place_id")),
        )
        .join(
            JoinType::LeftJoin,
            Component::Table,
            Expr::col((Component::Table, Component::Id)).equals((PlaceComponent::Table, PlaceComponent::ComponentId)),
        );
}

/// The most first; of as many, by name.
fn sectors(totals: Vec<Total>, counts: Vec<Count>, worst: Vec<Worst>) -> Vec<Sector> {
    let mut projects: Vec<Sector> = Vec::new();
    for count in counts {
        let mut hardest: Vec<Orphan> = worst
            .iter()
            .filter(|one| one.project == count.project && one.component == count.component)
            .map(|one| Orphan {
                key: DeltaKey(one.number),
                kind: one.kind,
                title: one.title.clone(),
                impact: one.impact,
                segment: one.segment.clone().filter(|_| one.impact > 0),
                affected: one.affected,
                agreed_at: one.agreed_at,
            })
            .collect();
        hardest.sort_by(|a, b| a.agreed_at.cmp(&b.agreed_at).then(a.key.cmp(&b.key)));
        let name = count.component_name.unwrap_or_else(|| NO_COMPONENT.to_owned());
        let group = Group { component: count.component, name, count: count.found, worst: hardest };
        match projects.iter_mut().find(|sector| sector.project == count.project) {
            Some(sector) => sector.groups.push(group),
            None => {
                let found = totals.iter().find(|total| total.project == count.project).map_or(0, |total| total.found);
                projects.push(Sector { project: count.project, name: count.project_name, count: found, groups: vec![group] });
            }
        }
    }
    for sector in &mut projects {
        sector.groups.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    }
    projects.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    projects
}
