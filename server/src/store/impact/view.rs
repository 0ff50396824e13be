//! What the votes say of a delta, for its page and the API.

use schema::{
    impact::{Impact as Said, NOTES_MAX, Note, Segment as Line},
    user::Person,
};
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use serde::Deserialize;
use time::{OffsetDateTime, serde::rfc3339};
use uuid::Uuid;

use super::{projects_of, trend};
use crate::{
    caller::Caller,
    error::Result,
    store::{
        db::Tx,
        failure,
        gather::{self, Gather, Gathered},
        lens, occurrence, outsider,
        table::{Delta, Impact, Org, Outsider, OutsiderVote, Project, Segment, SegmentMember, User, Vote, VoteSegment},
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
    outside: i64,
}

#[derive(Default, Deserialize)]
struct Sum {
    affected: i64,
    blocked: i64,
    on_behalf: i64,
}

#[derive(Deserialize)]
struct Own {
    severity: i64,
    note: String,
    #[serde(with = "rfc3339")]
    at: OffsetDateTime,
}

#[derive(Deserialize)]
struct Wrote {
    name: String,
    display_name: String,
    severity: i64,
    note: String,
    behalf: Option<String>,
}

/// What the votes say of a delta, the caller's own part in it, and beside them what machines saw. The caller is known to see
/// the delta. One statement.
///
/// # Errors
/// When the database does not answer.
pub async fn view(tx: &mut Tx, caller: &Caller, delta: Uuid, now: OffsetDateTime) -> Result<Said> {
    let mut gather = Gather::new(tx.dialect());
    ask(&mut gather, caller, delta, now);
    told(&mut gather.read(tx).await?, now)
}

/// Asks what [`view`] gives.
pub fn ask(gather: &mut Gather, caller: &Caller, delta: Uuid, now: OffsetDateTime) {
    let columns = ["project", "slug", "name", "members", "cosmetic", "hinders", "breaks", "blocks", "score", "outside"];
    gather.part("impact", &columns, lines(delta));
    let mut sum = Query::select();
    sum.columns([Delta::Affected, Delta::Blocked, Delta::OnBehalf]).from(Delta::Table).and_where(Expr::col(Delta::Id).eq(delta));
    gather.part("votes", &["affected", "blocked", "on_behalf"], sum);
    if let Some(user) = caller.user_id() {
        let mut own = Query::select();
        own.columns([Vote::Severity, Vote::Note, Vote::At]).from(Vote::Table).and_where(Expr::col(Vote::DeltaId).eq(delta));
        own.and_where(Expr::col(Vote::UserId).eq(user));
        gather.part("own", &["severity", "note", "at"], own);
        gather.part("my_segments", &["project", "slug", "name", "everyone", "counted", "here"], my_segments(user, delta));
    }
    gather.part("notes", &["name", "display_name", "severity", "note", "at", "behalf"], notes(caller, delta));
    lens::ask(gather, caller, delta);
    gather.part("machine", &["failures", "week", "month"], failure::machine(delta, now));
    trend::ask(gather, caller.user_id(), delta, now);
    occurrence::ask(gather, caller, delta, now);
}

fn lines(delta: Uuid) -> SelectStatement {
    let mut lines = Query::select();
    lines
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .columns([(Segment::Table, Segment::Slug), (Segment::Table, Segment::Name), (Segment::Table, Segment::Members)])
        .columns(
            [Impact::Cosmetic, Impact::Hinders, Impact::Breaks, Impact::Blocks, Impact::Score, Impact::Outside]
                .map(|column| (Impact::Table, column)),
        )
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
pub fn told(gathered: &mut Gathered, now: OffsetDateTime) -> Result<Said> {
    let segments: Vec<Line> = gathered
        .take::<Row>("impact")?
        .into_iter()
        .map(|row| {
            let severities = [row.cosmetic, row.hinders, row.breaks, row.blocks];
            let affected = severities.iter().sum();
            let known = row.members + row.outside;
            Line { project: row.project, slug: row.slug, name: row.name, affected, known, score: row.score, severities }
        })
        .collect();
    let sum = gathered.take::<Sum>("votes")?.pop().unwrap_or_default();
    let machine = gathered.take("machine")?.pop().unwrap_or_default();
    let machine = occurrence::told(gathered, machine)?;
    let own = gathered.take::<Own>("own")?.pop();
    let (trend, week) = trend::told(gathered, now)?;
    let all: Vec<Mine> = gathered.take("my_segments")?;
    let all_segments =
        all.iter().filter(|one| !one.everyone).map(|one| (one.project.clone(), one.slug.clone(), one.name.clone())).collect();
    let (my_segments, my_new_segments) = named(all, own.is_some());
    let affected_since = own.as_ref().filter(|own| own.severity > 0).map(|own| own.at);
    Ok(Said {
        score: segments.first().map_or(0, |line| line.score),
        segment: segments.first().filter(|line| line.score > 0).map(|line| line.name.clone()),
        affected: sum.affected,
        blocked: sum.blocked,
        week,
        trend,
        segments,
        history: trend::told_history(gathered)?,
        releases: trend::told_releases(gathered, affected_since)?,
        mine: own.as_ref().map(|own| own.severity),
        my_note: own.map(|own| own.note).unwrap_or_default(),
        notes: gathered
            .take::<Wrote>("notes")?
            .into_iter()
            .map(|wrote| Note {
                person: Person { name: wrote.name, display_name: wrote.display_name },
                behalf: wrote.behalf,
                severity: wrote.severity,
                note: wrote.note,
            })
            .collect(),
        my_segments,
        my_new_segments,
        all_segments,
        on_behalf: sum.on_behalf,
        lenses: lens::told(gathered)?,
        machine,
    })
}

/// The newest notes: of people, and of those somebody else spoke for where the caller may know of them.
fn notes(caller: &Caller, delta: Uuid) -> SelectStatement {
    let mut own = Query::select();
    own.columns([User::Name, User::DisplayName].map(|column| (User::Table, column)))
        .columns([Vote::Severity, Vote::Note, Vote::At].map(|column| (Vote::Table, column)))
        .expr_as(Expr::cust("NULL"), "behalf")
        .from(Vote::Table)
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((Vote::Table, Vote::UserId)))
        .and_where(Expr::col((Vote::Table, Vote::DeltaId)).eq(delta))
        // In the words of the index that serves this.
        .and_where(Expr::cust("vote.note <> ''"))
        .order_by((Vote::Table, Vote::At), Order::Desc)
        .limit(NOTES_MAX as u64);
    let mut theirs = Query::select();
    theirs
        .columns([User::Name, User::DisplayName].map(|column| (User::Table, column)))
        .columns([OutsiderVote::Severity, OutsiderVote::Note, OutsiderVote::At].map(|column| (OutsiderVote::Table, column)))
        .expr_as(Expr::col((Outsider::Table, Outsider::Name)), "behalf")
        .from(OutsiderVote::Table)
        .inner_join(Outsider::Table, Expr::col((Outsider::Table, Outsider::Id)).equals((OutsiderVote::Table, OutsiderVote::OutsiderId)))
        .inner_join(User::Table, Expr::col((User::Table, User::Id)).equals((OutsiderVote::Table, OutsiderVote::RecordedBy)))
        .left_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Outsider::Table, Outsider::OrgId)))
        .and_where(Expr::col((OutsiderVote::Table, OutsiderVote::DeltaId)).eq(delta))
        .and_where(Expr::col((OutsiderVote::Table, OutsiderVote::Note)).ne(""))
        .cond_where(outsider::named(caller))
        .order_by((OutsiderVote::Table, OutsiderVote::At), Order::Desc)
        .limit(NOTES_MAX as u64);
    let all = Query::select().expr(Expr::cust("*")).from_subquery(own, "own").take();
    let mut both = all;
    both.union(sea_query::UnionType::All, Query::select().expr(Expr::cust("*")).from_subquery(theirs, "theirs").take());
    let mut newest = Query::select();
    newest
        .columns(["name", "display_name", "severity", "note", "at", "behalf"])
        .from_subquery(both, "both_kinds")
        .order_by("at", Order::Desc)
        .limit(NOTES_MAX as u64);
    newest
}

#[derive(Deserialize)]
struct Mine {
    project: String,
    slug: String,
    name: String,
    #[serde(deserialize_with = "gather::flag")]
    everyone: bool,
    /// The vote counts there.
    counted: i64,
    /// They are in it now.
    here: i64,
}

/// Names of the segments that the caller's vote counts in, and of those they joined since; where they did not vote, of those it would count
/// in. *Everyone* only where there is no other.
fn named(mine: Vec<Mine>, voted: bool) -> (Vec<String>, Vec<String>) {
    let named = |of: &dyn Fn(&Mine) -> bool| -> Vec<String> {
        let these: Vec<&Mine> = mine.iter().filter(|segment| of(segment)).collect();
        let only_everyone = these.iter().all(|segment| segment.everyone);
        let named = these.into_iter().filter(|segment| segment.everyone == only_everyone).map(|segment| segment.name.clone());
        named.take(if only_everyone { 1 } else { usize::MAX }).collect()
    };
    if voted {
        (named(&|segment| segment.counted > 0), named(&|segment| segment.here > 0 && segment.counted == 0))
    } else {
        (named(&|segment| segment.here > 0), Vec::new())
    }
}

fn my_segments(user: Uuid, delta: Uuid) -> SelectStatement {
    let count = |select: SelectStatement| Expr::SubQuery(None, Box::new(select.into()));
    let segment = (Segment::Table, Segment::Id);
    let counted = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(VoteSegment::Table)
        .and_where(Expr::col((VoteSegment::Table, VoteSegment::DeltaId)).eq(delta))
        .and_where(Expr::col((VoteSegment::Table, VoteSegment::VoterId)).eq(user))
        .and_where(Expr::col((VoteSegment::Table, VoteSegment::SegmentId)).equals(segment))
        .take();
    let here = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(SegmentMember::Table)
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::UserId)).eq(user))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::SegmentId)).equals(segment))
        .and_where(Expr::col((SegmentMember::Table, SegmentMember::LeftAt)).is_null())
        .take();
    let mut select = Query::select();
    select
        .expr_as(Expr::col((Project::Table, Project::Slug)), "project")
        .columns([Segment::Slug, Segment::Name, Segment::Everyone].map(|column| (Segment::Table, column)))
        .expr_as(count(counted), "counted")
        .expr_as(count(here), "here")
        .from(Segment::Table)
        .inner_join(Project::Table, Expr::col((Project::Table, Project::Id)).equals((Segment::Table, Segment::ProjectId)))
        .and_where(Expr::col((Segment::Table, Segment::ProjectId)).in_subquery(projects_of(delta)))
        .order_by((Segment::Table, Segment::Name), Order::Asc);
    select
}
