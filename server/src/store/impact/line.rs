//! A delta's counts in each segment, and what is kept of them.

use std::collections::BTreeMap;

use schema::impact::{day_number, monday, score};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        db::Tx,
        gather::{self, Gather},
        table::{Delta, Impact, ImpactHistory, Place, Segment},
    },
};

/// What counts in one segment, of one delta.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Line {
    delta: Uuid,
    segment: Uuid,
    /// Who is in the segment now.
    pub members: i64,
    #[serde(deserialize_with = "gather::flag")]
    pub everyone: bool,
    cosmetic: i64,
    hinders: i64,
    breaks: i64,
    blocks: i64,
    /// Votes of any severity.
    votes: i64,
    /// Those of them whose voter is not in the segment (any more).
    outside: i64,
    score: i64,
    /// Whether a row of it is kept.
    kept: i64,
    #[serde(skip)]
    touched: bool,
}

/// What a delta's own counts change by.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    /// People it affects.
    pub affected: i64,
    /// People it blocks.
    pub blocked: i64,
    /// Those of the affected somebody else spoke for.
    pub on_behalf: i64,
}

/// The lines of a delta by their segments.
pub(super) type Lines = BTreeMap<Uuid, Line>;

const COLUMNS: [&str; 12] =
    ["delta", "segment", "members", "everyone", "cosmetic", "hinders", "breaks", "blocks", "votes", "outside", "score", "kept"];

impl Line {
    /// Counts a vote on or off.
    pub(super) fn count(&mut self, severity: i64, member: bool, by: i64) {
        self.touched = true;
        self.votes += by;
        self.outside += if member { 0 } else { by };
        match severity {
            1 => self.cosmetic += by,
            2 => self.hinders += by,
            3 => self.breaks += by,
            4 => self.blocks += by,
            _ => {}
        }
    }

    /// Nothing counts here yet; gives what did.
    pub(super) fn clear(&mut self) -> Self {
        let was = self.clone();
        (self.cosmetic, self.hinders, self.breaks, self.blocks, self.votes, self.outside) = (0, 0, 0, 0, 0, 0);
        was
    }

    /// Counted anew, it is touched only where that came to something else: history tells nothing of what changed nothing.
    pub(super) fn compare(&mut self, was: &Self) {
        let counts = |line: &Self| (line.severities(), line.votes, line.outside);
        self.touched = counts(self) != counts(was);
    }

    fn severities(&self) -> [i64; 4] {
        [self.cosmetic, self.hinders, self.breaks, self.blocks]
    }

    /// Users it is known by: who is in it, or whose vote counts in it.
    fn known(&self) -> i64 {
        self.members + self.outside
    }
}

/// Asks for the lines of all segments of the projects of these deltas, also of those in which nobody voted.
pub(super) fn ask(gather: &mut Gather, deltas: &[Uuid]) {
    let (delta, segment) = (gather.id((Place::Table, Place::DeltaId)), gather.id((Segment::Table, Segment::Id)));
    let number = |column: Impact| Expr::from(sea_query::Func::coalesce([Expr::col((Impact::Table, column)), Expr::val(0_i64)]));
    let mut select = Query::select();
    select
        .expr_as(delta, "delta")
        .expr_as(segment, "segment")
        .columns([(Segment::Table, Segment::Members), (Segment::Table, Segment::Everyone)])
        .expr_as(number(Impact::Cosmetic), "cosmetic")
        .expr_as(number(Impact::Hinders), "hinders")
        .expr_as(number(Impact::Breaks), "breaks")
        .expr_as(number(Impact::Blocks), "blocks")
        .expr_as(number(Impact::Votes), "votes")
        .expr_as(number(Impact::Outside), "outside")
        .expr_as(number(Impact::Score), "score")
        .expr_as(Expr::case(Expr::col((Impact::Table, Impact::DeltaId)).is_null(), 0_i64).finally(1_i64), "kept")
        .from(Place::Table)
        .inner_join(Segment::Table, Expr::col((Segment::Table, Segment::ProjectId)).equals((Place::Table, Place::ProjectId)))
        .left_join(
            Impact::Table,
            Expr::col((Impact::Table, Impact::SegmentId))
                .equals((Segment::Table, Segment::Id))
                .and(Expr::col((Impact::Table, Impact::DeltaId)).equals((Place::Table, Place::DeltaId))),
        )
        .and_where(Expr::col((Place::Table, Place::DeltaId)).is_in(deltas.iter().copied()));
    gather.part("lines", &COLUMNS, select);
}

/// What [`ask`] asked, by delta; nothing of a delta whose projects have no segments.
pub(super) fn told(found: Vec<Line>) -> BTreeMap<Uuid, Lines> {
    let mut lines: BTreeMap<Uuid, Lines> = BTreeMap::new();
    for line in found {
        lines.entry(line.delta).or_default().insert(line.segment, line);
    }
    lines
}

/// The lines of these deltas, whose rows are held.
pub(super) async fn read(tx: &mut Tx, deltas: &[Uuid]) -> Result<BTreeMap<Uuid, Lines>> {
    let mut gather = Gather::new(tx.dialect());
    ask(&mut gather, deltas);
    Ok(told(gather.read(tx).await?.take("lines")?))
}

/// Keeps the lines: those that count something else or score otherwise; the delta's highest score with the segment that is from, on its
/// places too. Its scores through lenses are the caller's to work out (`lens::rescore`). `sums` is what the delta's own counts change by. Where votes changed, the week's history follows.
pub(super) async fn write(tx: &mut Tx, delta: Uuid, lines: &Lines, sums: Sums, now: OffsetDateTime) -> Result<()> {
    let mut highest: Option<(i64, bool, Uuid)> = None;
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    for (segment, line) in lines {
        let score = score(line.severities(), line.known());
        // Of equals, a named segment says more than everyone does.
        let rank = (score, !line.everyone, *segment);
        if score > 0 && highest.is_none_or(|best| rank > best) {
            highest = Some(rank);
        }
        if line.votes <= 0 {
            gone.extend((line.kept > 0).then_some(*segment));
        } else if line.touched || score != line.score {
            changed.push((*segment, line, score));
        }
    }
    if !gone.is_empty() {
        let mut delete = Query::delete();
        delete.from_table(Impact::Table).and_where(Expr::col(Impact::DeltaId).eq(delta));
        tx.later(delete.and_where(Expr::col(Impact::SegmentId).is_in(gone.iter().copied()))).await?;
    }
    if !changed.is_empty() {
        keep(tx, delta, &changed).await?;
    }
    let touched = lines.iter().filter(|(_, line)| line.touched).map(|(segment, line)| (*segment, line));
    history(tx, delta, touched.collect(), now).await?;
    let impact = highest.map_or(0, |(score, ..)| score);
    let mut update = Query::update();
    update
        .table(Delta::Table)
        .value(Delta::Impact, impact)
        .value(Delta::ImpactSegmentId, highest.map(|(_, _, segment)| segment))
        .and_where(Expr::col(Delta::Id).eq(delta));
    for (column, by) in [(Delta::Affected, sums.affected), (Delta::Blocked, sums.blocked), (Delta::OnBehalf, sums.on_behalf)] {
        if by != 0 {
            update.value(column, Expr::col(column).add(by));
        }
    }
    tx.later(&update).await?;
    let mut update = Query::update();
    update.table(Place::Table).value(Place::Impact, impact).and_where(Expr::col(Place::DeltaId).eq(delta));
    update.and_where(Expr::col(Place::Impact).ne(impact));
    tx.later(&update).await
}

async fn keep(tx: &mut Tx, delta: Uuid, changed: &[(Uuid, &Line, i64)]) -> Result<()> {
    let counts = [Impact::Cosmetic, Impact::Hinders, Impact::Breaks, Impact::Blocks, Impact::Score, Impact::Votes, Impact::Outside];
    let mut insert = Query::insert();
    insert.into_table(Impact::Table).columns([Impact::DeltaId, Impact::SegmentId].into_iter().chain(counts));
    for (segment, line, score) in changed {
        insert.values_panic([
            delta.into(),
            (*segment).into(),
            line.cosmetic.into(),
            line.hinders.into(),
            line.breaks.into(),
            line.blocks.into(),
            (*score).into(),
            line.votes.into(),
            line.outside.into(),
        ]);
    }
    insert.on_conflict(OnConflict::columns([Impact::DeltaId, Impact::SegmentId]).update_columns(counts).to_owned());
    tx.later(&insert).await
}

/// What the votes say at the end of this week, as far as it goes.
async fn history(tx: &mut Tx, delta: Uuid, touched: Vec<(Uuid, &Line)>, now: OffsetDateTime) -> Result<()> {
    if touched.is_empty() {
        return Ok(());
    }
    let week = monday(day_number(now));
    let said = [ImpactHistory::Affected, ImpactHistory::Known, ImpactHistory::Score];
    let mut insert = Query::insert();
    insert
        .into_table(ImpactHistory::Table)
        .columns([ImpactHistory::DeltaId, ImpactHistory::Week, ImpactHistory::SegmentId].into_iter().chain(said));
    for (segment, line) in touched {
        let severities = line.severities();
        let affected: i64 = severities.iter().sum();
        insert.values_panic([
            delta.into(),
            week.into(),
            segment.into(),
            affected.into(),
            line.known().into(),
            score(severities, line.known()).into(),
        ]);
    }
    let keys = [ImpactHistory::DeltaId, ImpactHistory::Week, ImpactHistory::SegmentId];
    insert.on_conflict(OnConflict::columns(keys).update_columns(said).to_owned());
    tx.later(&insert).await
}
