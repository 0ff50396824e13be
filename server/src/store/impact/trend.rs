//! How a delta's impact moves, read from what votes rolled up as they came.

use std::collections::HashMap;

use schema::impact::{Confirmed, HISTORY_WEEKS, History, LIST_WEEKS, OnRelease, Point, Trend, WEEKS, day, day_number, monday, weeks};
use sea_query::{Cond, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use serde::Deserialize;
use time::{OffsetDateTime, serde::rfc3339};
use uuid::Uuid;

use super::projects_of;
use crate::{
    error::Result,
    store::{
        db::Tx,
        gather::{self, Gather, Gathered},
        table::{Confirmation, Delta, ImpactHistory, ImpactRelease, ImpactTrend, Project, Release, Segment},
    },
};

/// Asks for the trend and the history of one delta, and for who confirmed for which release.
pub(super) fn ask(gather: &mut Gather, user: Option<Uuid>, delta: Uuid, now: OffsetDateTime) {
    let since = day_number(now) - 7 * i64::try_from(WEEKS).unwrap_or_default();
    let mut trend = Query::select();
    trend
        .columns([ImpactTrend::Day, ImpactTrend::Came, ImpactTrend::Went])
        .from(ImpactTrend::Table)
        .and_where(Expr::col(ImpactTrend::DeltaId).eq(delta))
        .and_where(Expr::col(ImpactTrend::Day).gt(since));
    gather.part("trend", &["day", "came", "went"], trend);
    gather.part("scores", &["project", "slug", "name", "week", "affected", "known", "score"], history(delta, now));
    let releases = releases(gather, user, delta, now);
    gather.part("releases", &["id", "project", "release", "released_at", "segment", "everyone", "confirmed", "mine"], releases);
}

fn history(delta: Uuid, now: OffsetDateTime) -> SelectStatement {
    let since = monday(day_number(now)) - 7 * i64::try_from(HISTORY_WEEKS).unwrap_or_default();
    let mut history = Query::select();
    history
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .columns([(Segment::Table, Segment::Slug), (Segment::Table, Segment::Name)])
        .columns(
            [ImpactHistory::Week, ImpactHistory::Affected, ImpactHistory::Known, ImpactHistory::Score]
                .map(|column| (ImpactHistory::Table, column)),
        )
        .from(ImpactHistory::Table)
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((ImpactHistory::Table, ImpactHistory::SegmentId)))
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Segment::Table, Segment::ProjectId)))
        .and_where(Expr::col((ImpactHistory::Table, ImpactHistory::DeltaId)).eq(delta))
        .and_where(Expr::col((ImpactHistory::Table, ImpactHistory::Week)).gte(since))
        .order_by((ImpactHistory::Table, ImpactHistory::Week), Order::Asc);
    history
}

/// Releases that came out after the delta was filed, with who confirmed: a row a segment.
fn releases(gather: &Gather, user: Option<Uuid>, delta: Uuid, now: OffsetDateTime) -> SelectStatement {
    let release = |column: Release| Expr::col((Release::Table, column));
    let filed = Query::select().column(Delta::CreatedAt).from(Delta::Table).and_where(Expr::col(Delta::Id).eq(delta)).take();
    let mine = match user {
        Some(user) => {
            let own = Query::select()
                .expr(Expr::cust("COUNT(*)"))
                .from(Confirmation::Table)
                .and_where(Expr::col((Confirmation::Table, Confirmation::DeltaId)).eq(delta))
                .and_where(Expr::col((Confirmation::Table, Confirmation::VoterId)).eq(user))
                .and_where(Expr::col((Confirmation::Table, Confirmation::ReleaseId)).equals((Release::Table, Release::Id)))
                .take();
            Expr::SubQuery(None, Box::new(own.into()))
        }
        None => Expr::val(0_i64),
    };
    let mut releases = Query::select();
    releases
        .expr_as(gather.id((Release::Table, Release::Id)), "id")
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .expr_as(release(Release::Name), "release")
        .expr_as(release(Release::ReleasedAt), "released_at")
        .expr_as(Expr::col((Segment::Table, Segment::Name)), "segment")
        .expr_as(Expr::from(Func::coalesce([Expr::col((Segment::Table, Segment::Everyone)), Expr::val(false)])), "everyone")
        .expr_as(Expr::from(Func::coalesce([Expr::col((ImpactRelease::Table, ImpactRelease::Confirmed)), Expr::val(0_i64)])), "confirmed")
        .expr_as(mine, "mine")
        .from(Release::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Release::Table, Release::ProjectId)))
        .left_join(
            ImpactRelease::Table,
            Cond::all()
                .add(Expr::col((ImpactRelease::Table, ImpactRelease::ReleaseId)).equals((Release::Table, Release::Id)))
                .add(Expr::col((ImpactRelease::Table, ImpactRelease::DeltaId)).eq(delta))
                .add(Expr::col((ImpactRelease::Table, ImpactRelease::Confirmed)).gt(0)),
        )
        .left_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((ImpactRelease::Table, ImpactRelease::SegmentId)))
        .and_where(release(Release::ProjectId).in_subquery(projects_of(delta)))
        .and_where(release(Release::ReleasedAt).lte(now))
        .and_where(release(Release::ReleasedAt).gt(Expr::SubQuery(None, Box::new(filed.into()))))
        .order_by((Release::Table, Release::ReleasedAt), Order::Desc)
        .order_by((Release::Table, Release::Name), Order::Desc);
    releases
}

#[derive(Deserialize)]
struct Moved {
    day: i64,
    came: i64,
    went: i64,
}

#[derive(Deserialize)]
struct Was {
    project: String,
    slug: String,
    name: String,
    week: i64,
    affected: i64,
    known: i64,
    score: i64,
}

#[derive(Deserialize)]
struct Out {
    id: Uuid,
    project: String,
    release: String,
    #[serde(with = "rfc3339")]
    released_at: OffsetDateTime,
    segment: Option<String>,
    #[serde(deserialize_with = "gather::flag")]
    everyone: bool,
    confirmed: i64,
    mine: i64,
}

/// The trend that [`ask`] asked for, and how many came within the last seven days.
pub(super) fn told(gathered: &mut Gathered, now: OffsetDateTime) -> Result<(Trend, i64)> {
    let days = gathered.take::<Moved>("trend")?;
    let weeks = weeks(days.iter().map(|moved| (moved.day, moved.came, moved.went)), day_number(now), WEEKS);
    let last = weeks.last().map_or((0, 0), |week| (week.came, week.went));
    Ok((Trend { net: last.0 - last.1, weeks }, last.0))
}

/// The segments' history that [`ask`] asked for, those of the highest score first.
pub(super) fn told_history(gathered: &mut Gathered) -> Result<Vec<History>> {
    let mut found: Vec<History> = Vec::new();
    for was in gathered.take::<Was>("scores")? {
        let point = Point { week: day(was.week), affected: was.affected, known: was.known, score: was.score };
        match found.iter_mut().find(|line| line.project == was.project && line.slug == was.slug) {
            Some(line) => line.points.push(point),
            None => found.push(History { project: was.project, slug: was.slug, name: was.name, points: vec![point] }),
        }
    }
    let last = |line: &History| line.points.last().map_or(0, |point| point.score);
    found.sort_by(|a, b| last(b).cmp(&last(a)).then_with(|| a.name.cmp(&b.name)));
    Ok(found)
}

/// The releases that [`ask`] asked for. `said` is when the caller last said that it affects them.
pub(super) fn told_releases(gathered: &mut Gathered, said: Option<OffsetDateTime>) -> Result<Vec<OnRelease>> {
    let mut found: Vec<(Uuid, OnRelease)> = Vec::new();
    for out in gathered.take::<Out>("releases")? {
        if found.iter().all(|(id, _)| *id != out.id) {
            // The newest of its project comes first.
            let newest = found.iter().all(|(_, other)| other.project != out.project);
            let asks = newest && out.mine == 0 && said.is_some_and(|said| said < out.released_at);
            let (project, release, released_at) = (out.project, out.release, out.released_at);
            found.push((out.id, OnRelease { project, release, released_at, confirmed: 0, mine: out.mine > 0, asks, segments: Vec::new() }));
        }
        let Some((_, release)) = found.iter_mut().find(|(id, _)| *id == out.id) else { continue };
        match out.segment {
            Some(_) if out.everyone => release.confirmed = out.confirmed,
            Some(segment) => release.segments.push(Confirmed { segment, confirmed: out.confirmed }),
            None => {}
        }
    }
    let mut found: Vec<OnRelease> = found.into_iter().map(|(_, release)| release).collect();
    for release in &mut found {
        release.segments.sort_by(|a, b| b.confirmed.cmp(&a.confirmed).then_with(|| a.segment.cmp(&b.segment)));
    }
    Ok(found)
}

/// A release, that is out by now, of a project the delta is in; of this project where one is named.
///
/// # Errors
/// When the database does not answer.
pub async fn release(tx: &mut Tx, delta: Uuid, project: Option<&str>, name: &str, now: OffsetDateTime) -> Result<Option<Uuid>> {
    let mut select = Query::select();
    select
        .column((Release::Table, Release::Id))
        .from(Release::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Release::Table, Release::ProjectId)))
        .and_where(Expr::col((Release::Table, Release::ProjectId)).in_subquery(projects_of(delta)))
        .and_where(Expr::col((Release::Table, Release::Name)).eq(name))
        .and_where(Expr::col((Release::Table, Release::ReleasedAt)).lte(now))
        .and_where_option(project.map(|slug| Expr::col((Project::Table, Project::Slug)).eq(slug)))
        .order_by((Project::Table, Project::Slug), Order::Asc)
        .limit(1);
    Ok(tx.optional::<(Uuid,)>(&select).await?.map(|(id,)| id))
}

/// Asks how the deltas that `ids` selects moved in the last weeks: for the lines of a list.
pub fn ask_weeks(gather: &mut Gather, ids: SelectStatement, now: OffsetDateTime) {
    let since = day_number(now) - 7 * i64::try_from(LIST_WEEKS).unwrap_or_default();
    let mut select = Query::select();
    select
        .expr_as(gather.id(ImpactTrend::DeltaId), "delta")
        .columns([ImpactTrend::Day, ImpactTrend::Came, ImpactTrend::Went])
        .from(ImpactTrend::Table)
        .and_where(Expr::col(ImpactTrend::DeltaId).in_subquery(ids))
        .and_where(Expr::col(ImpactTrend::Day).gt(since));
    gather.part("weeks", &["delta", "day", "came", "went"], select);
}

/// What [`ask_weeks`] asked: by delta the net of each week, oldest first; nothing for those that did not move.
///
/// # Errors
/// When it did not.
pub fn told_weeks(gathered: &mut Gathered, now: OffsetDateTime) -> Result<HashMap<Uuid, Vec<i64>>> {
    #[derive(Deserialize)]
    struct Row {
        delta: Uuid,
        #[serde(flatten)]
        moved: Moved,
    }
    let mut by_delta: HashMap<Uuid, Vec<(i64, i64, i64)>> = HashMap::new();
    for Row { delta, moved } in gathered.take("weeks")? {
        by_delta.entry(delta).or_default().push((moved.day, moved.came, moved.went));
    }
    let net = |days: Vec<_>| weeks(days.into_iter(), day_number(now), LIST_WEEKS).iter().map(|week| week.came - week.went).collect();
    Ok(by_delta.into_iter().map(|(delta, days)| (delta, net(days))).collect())
}
