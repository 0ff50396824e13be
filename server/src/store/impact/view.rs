//! What the votes say of a delta, for its page and the API.

use schema::{
    impact::{Impact as Said, NOTES_MAX, Note, Segment as Line},
    user::Person,
};
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::projects_of;
use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::Tx,
        failure,
        gather::{self, Gather, Gathered},
        occurrence,
        table::{Impact, Project, Segment, SegmentMember, User, Vote},
    },
};

#[derive(Deserialize)]
struct Row {
    project: String,
    slug: String,
    name: String,
    members: i64,
    cosmetic: i64,
    hinders: i64,
    breaks: i64,
    blocks: i64,
    score: i64,
}

#[derive(Default, Deserialize)]
struct Sum {
    affected: i64,
    blocked: i64,
    week: i64,
    mine: Option<i64>,
    my_note: Option<String>,
}

#[derive(Deserialize)]
struct Wrote {
    name: String,
    display_name: String,
    severity: i64,
    note: String,
}

/// What the votes say of a delta, the caller's own part in it, and beside them what machines saw. The caller is known to see
/// the delta. One statement.
///
/// # Errors
/// When the database does not answer.
pub async fn view(tx: &mut Tx, caller: &Caller, delta: Uuid, now: OffsetDateTime) -> Result<Said> {
    let mut gather = Gather::new(tx.dialect());
    ask(&mut gather, caller, delta, now);
    told(&mut gather.read(tx).await?)
}

/// Asks what [`view`] gives.
pub fn ask(gather: &mut Gather, caller: &Caller, delta: Uuid, now: OffsetDateTime) {
    let columns = ["project", "slug", "name", "members", "cosmetic", "hinders", "breaks", "blocks", "score"];
    gather.part("impact", &columns, lines(delta));
    gather.part("votes", &["affected", "blocked", "week", "mine", "my_note"], sum(caller, delta, now));
    if let Some(user) = caller.user_id() {
        gather.part("my_segments", &["name", "everyone"], my_segments(user, delta));
    }
    gather.part("notes", &["name", "display_name", "severity", "note"], notes(delta));
    gather.part("machine", &["failures", "week"], failure::machine(delta, now));
    occurrence::ask(gather, caller, delta, now);
}

fn lines(delta: Uuid) -> SelectStatement {
    let mut lines = Query::select();
    lines
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .columns([(Segment::Table, Segment::Slug), (Segment::Table, Segment::Name), (Segment::Table, Segment::Members)])
        .columns([Impact::Cosmetic, Impact::Hinders, Impact::Breaks, Impact::Blocks, Impact::Score].map(|column| (Impact::Table, column)))
        .from(Impact::Table)
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((Impact::Table, Impact::SegmentId)))
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Segment::Table, Segment::ProjectId)))
        .and_where(Expr::col((Impact::Table, Impact::DeltaId)).eq(delta))
        .order_by((Impact::Table, Impact::Score), Order::Desc)
        .order_by((Segment::Table, Segment::Everyone), Order::Asc)
        .order_by((Segment::Table, Segment::Id), Order::Desc);
    lines
}

/// What [`ask`] asked.
///
/// # Errors
/// When it did not.
pub fn told(gathered: &mut Gathered) -> Result<Said> {
    let segments: Vec<Line> = gathered
        .take::<Row>("impact")?
        .into_iter()
        .map(|row| {
            let severities = [row.cosmetic, row.hinders, row.breaks, row.blocks];
            let affected = severities.iter().sum();
            // Scores are brought up to date a moment after people join: the bar never says "4 of 3 users".
            let known = std::cmp::max(row.members, affected);
            Line { project: row.project, slug: row.slug, name: row.name, affected, known, score: row.score, severities }
        })
        .collect();
    let sum = gathered.take::<Sum>("votes")?.pop().unwrap_or_default();
    let machine = gathered.take("machine")?.pop().unwrap_or_default();
    let machine = occurrence::told(gathered, machine)?;
    Ok(Said {
        score: segments.first().map_or(0, |line| line.score),
        segment: segments.first().filter(|line| line.score > 0).map(|line| line.name.clone()),
        affected: sum.affected,
        blocked: sum.blocked,
        week: sum.week,
        segments,
        mine: sum.mine,
        my_note: sum.my_note.unwrap_or_default(),
        notes: gathered
            .take::<Wrote>("notes")?
            .into_iter()
            .map(|Wrote { name, display_name, severity, note }| Note { person: Person { name, display_name }, severity, note })
            .collect(),
        my_segments: named(gathered.take("my_segments")?),
        machine,
    })
}

fn sum(caller: &Caller, delta: Uuid, now: OffsetDateTime) -> SelectStatement {
    let severity = || Expr::col(Vote::Severity);
    let count = |when: Expr| Expr::from(sea_query::Func::count(Expr::case(when, 1).finally(Expr::cust("NULL"))));
    let own = |of: Expr| match caller.user_id() {
        Some(user) => Expr::from(sea_query::Func::max(Expr::case(Expr::col(Vote::UserId).eq(user), of).finally(Expr::cust("NULL")))),
        None => Expr::cust("NULL"),
    };
    let mut select = Query::select();
    select
        .expr_as(count(severity().gt(0)), "affected")
        .expr_as(count(severity().eq(4)), "blocked")
        .expr_as(count(severity().gt(0).and(Expr::col(Vote::At).gt(now - Duration::days(7)))), "week")
        .expr_as(own(severity()), "mine")
        .expr_as(own(Expr::col(Vote::Note)), "my_note")
        .from(Vote::Table)
        .and_where(Expr::col(Vote::DeltaId).eq(delta));
    select
}

/// The newest notes.
fn notes(delta: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns([User::Name, User::DisplayName].map(|column| (User::Table, column)))
        .columns([Vote::Severity, Vote::Note].map(|column| (Vote::Table, column)))
        .from(Vote::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Vote::Table, Vote::UserId)))
        .and_where(Expr::col((Vote::Table, Vote::DeltaId)).eq(delta))
        .and_where(Expr::col((Vote::Table, Vote::Note)).ne(""))
        .order_by((Vote::Table, Vote::At), Order::Desc)
        .limit(NOTES_MAX as u64);
    select
}

#[derive(Deserialize)]
struct Mine {
    name: String,
    #[serde(deserialize_with = "gather::flag")]
    everyone: bool,
}

/// Names of the segments of the delta's projects that the caller counts in; *everyone* only where there is no other.
fn named(mine: Vec<Mine>) -> Vec<String> {
    let only_everyone = mine.iter().all(|segment| segment.everyone);
    let named = mine.into_iter().filter(|segment| segment.everyone == only_everyone).map(|segment| segment.name);
    named.take(if only_everyone { 1 } else { usize::MAX }).collect()
}

fn my_segments(user: Uuid, delta: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns([(Segment::Table, Segment::Name)])
        .column((Segment::Table, Segment::Everyone))
        .from(SegmentMember::Table)
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::Id)).equals((SegmentMember::Table, SegmentMember::SegmentId)))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::UserId)).eq(user))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::LeftAt)).is_null())
        .and_where(Expr::col((Segment::Table, Segment::ProjectId)).in_subquery(projects_of(delta)))
        .order_by((Segment::Table, Segment::Name), Order::Asc);
    select
}
