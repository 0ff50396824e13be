//! One vote: what it was, what it becomes, and the counts that change with it.

use std::collections::BTreeMap;

use schema::impact::day_number;
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    held::{Counted, Held, Said, Voter},
    join::joined,
    line::{self, Sums},
};
use crate::{
    clock,
    error::Result,
    store::{
        db::Tx,
        lens,
        table::{Confirmation, ImpactRelease, ImpactTrend, OutsiderVote, Segment, SegmentMember, Vote, VoteSegment},
    },
};

impl Held {
    /// Writes what a person says now, in place of what they said before: it counts in the segments they are in now, of which they come to
    /// be in *everyone* of each project the delta is in. `confirmed` is the release they say it for. Who is not affected confirms nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put(mut self, tx: &mut Tx, said: &Said, confirmed: Option<Uuid>) -> Result<()> {
        self.join_everyone(tx, said.at).await?;
        self.person(tx, said).await?;
        let counted: Vec<Counted> = self.here.iter().map(|segment| Counted { segment: *segment, member: true }).collect();
        let mut releases = if said.severity > 0 { self.confirmed.clone() } else { Vec::new() };
        releases.extend(confirmed.filter(|release| said.severity > 0 && !releases.contains(release)));
        self.change(tx, Some(said.severity), counted, releases, said.at).await
    }

    /// Writes what `by` says for somebody without an account: it counts in these segments of the delta's projects, and in *everyone* of each.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn record(self, tx: &mut Tx, said: &Said, segments: &[Uuid], by: Uuid) -> Result<()> {
        let columns = [OutsiderVote::Severity, OutsiderVote::Note, OutsiderVote::At, OutsiderVote::RecordedBy];
        let mut insert = Query::insert();
        insert
            .into_table(OutsiderVote::Table)
            .columns([OutsiderVote::DeltaId, OutsiderVote::OutsiderId].into_iter().chain(columns))
            .values_panic([
                self.delta.into(),
                self.voter.id().into(),
                said.severity.into(),
                said.note.as_str().into(),
                said.at.into(),
                by.into(),
            ])
            .on_conflict(OnConflict::columns([OutsiderVote::DeltaId, OutsiderVote::OutsiderId]).update_columns(columns).to_owned());
        tx.later(&insert).await?;
        let counts = |(segment, line): (&Uuid, &line::Line)| (line.everyone || segments.contains(segment)).then_some(*segment);
        let counted = self.lines.iter().filter_map(counts).map(|segment| Counted { segment, member: false }).collect();
        self.change(tx, Some(said.severity), counted, Vec::new(), said.at).await
    }

    /// A person takes over what was said for them, as it was said and where it counted. They become a user of the delta's projects.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_over(mut self, tx: &mut Tx, said: &Said, counted: &[Counted], now: OffsetDateTime) -> Result<()> {
        self.join_everyone(tx, now).await?;
        self.person(tx, said).await?;
        // Where it counted they were while it was said for them: counting anew finds that in their stays.
        for one in counted.iter().filter(|one| !self.here.contains(&one.segment)) {
            let mut insert = Query::insert();
            insert
                .into_table(SegmentMember::Table)
                .columns([
                    SegmentMember::Id,
                    SegmentMember::SegmentId,
                    SegmentMember::UserId,
                    SegmentMember::JoinedAt,
                    SegmentMember::LeftAt,
                ])
                .values_panic([clock::new_id().into(), one.segment.into(), self.voter.id().into(), said.at.into(), now.into()]);
            tx.later(&insert).await?;
        }
        let here = |segment: &Uuid| self.here.contains(segment);
        let counted = counted.iter().map(|one| Counted { segment: one.segment, member: here(&one.segment) }).collect();
        self.change(tx, Some(said.severity), counted, Vec::new(), now).await
    }

    async fn person(&self, tx: &mut Tx, said: &Said) -> Result<()> {
        let mut insert = Query::insert();
        insert
            .into_table(Vote::Table)
            .columns([Vote::DeltaId, Vote::UserId, Vote::Severity, Vote::Note, Vote::At])
            .values_panic([self.delta.into(), self.voter.id().into(), said.severity.into(), said.note.as_str().into(), said.at.into()])
            .on_conflict(
                OnConflict::columns([Vote::DeltaId, Vote::UserId]).update_columns([Vote::Severity, Vote::Note, Vote::At]).to_owned(),
            );
        tx.later(&insert).await
    }

    /// Takes the vote away, with what was confirmed; whether there was one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take(self, tx: &mut Tx, now: OffsetDateTime) -> Result<bool> {
        if self.said.is_none() {
            return Ok(false);
        }
        let mut delete = Query::delete();
        match self.voter {
            Voter::Person(user) => {
                delete.from_table(Vote::Table).and_where(Expr::col(Vote::DeltaId).eq(self.delta));
                delete.and_where(Expr::col(Vote::UserId).eq(user));
            }
            Voter::Outsider(outsider) => {
                delete.from_table(OutsiderVote::Table).and_where(Expr::col(OutsiderVote::DeltaId).eq(self.delta));
                delete.and_where(Expr::col(OutsiderVote::OutsiderId).eq(outsider));
            }
        }
        tx.later(&delete).await?;
        self.change(tx, None, Vec::new(), Vec::new(), now).await?;
        Ok(true)
    }

    /// Counts the vote off as it was and on as it becomes.
    async fn change(
        mut self,
        tx: &mut Tx,
        severity: Option<i64>,
        counted: Vec<Counted>,
        releases: Vec<Uuid>,
        now: OffsetDateTime,
    ) -> Result<()> {
        let before = self.said.as_ref().map(|said| said.severity);
        let mut by_release: BTreeMap<(Uuid, Uuid), i64> = BTreeMap::new();
        for (severity, counted, releases, by) in [(before, &self.counted, &self.confirmed, -1), (severity, &counted, &releases, 1)] {
            let Some(severity) = severity else { continue };
            for one in counted {
                if let Some(line) = self.lines.get_mut(&one.segment) {
                    line.count(severity, one.member, by);
                    // Of whom it does not affect, what they confirmed before counts nowhere.
                    for release in releases.iter().filter(|_| severity > 0) {
                        *by_release.entry((*release, one.segment)).or_default() += by;
                    }
                }
            }
        }
        self.segments(tx, &counted).await?;
        self.releases(tx, &releases, by_release, now).await?;
        let is = |severity: Option<i64>, at_least: i64| i64::from(severity.is_some_and(|severity| severity >= at_least));
        let (affected, blocked) = (is(severity, 1) - is(before, 1), is(severity, 4) - is(before, 4));
        if affected != 0 {
            let by = (i64::from(affected > 0), i64::from(affected < 0));
            moved(tx, &BTreeMap::from([((self.delta, day_number(now)), by)])).await?;
        }
        let on_behalf = if matches!(self.voter, Voter::Outsider(_)) { affected } else { 0 };
        line::write(tx, self.delta, &self.lines, Sums { affected, blocked, on_behalf }, now).await?;
        lens::rescore(tx, &[self.delta]).await
    }

    /// Makes them a user of each project of the delta.
    async fn join_everyone(&mut self, tx: &mut Tx, now: OffsetDateTime) -> Result<()> {
        for (segment, line) in self.lines.iter_mut().filter(|(_, line)| line.everyone) {
            if self.here.contains(segment) {
                continue;
            }
            // Their row is held: they join nowhere else at this moment, but for an import.
            let mut insert = Query::insert();
            insert
                .into_table(SegmentMember::Table)
                .columns([SegmentMember::Id, SegmentMember::SegmentId, SegmentMember::UserId, SegmentMember::JoinedAt])
                .values_panic([clock::new_id().into(), (*segment).into(), self.voter.id().into(), now.into()])
                .on_conflict(OnConflict::new().do_nothing().to_owned());
            if tx.run(&insert).await? == 0 {
                self.here.push(*segment);
                continue;
            }
            let mut count = Query::update();
            count.table(Segment::Table).value(Segment::Members, Expr::col(Segment::Members).add(1));
            tx.later(count.and_where(Expr::col(Segment::Id).eq(*segment))).await?;
            if self.left.contains(segment) {
                joined(tx, self.voter.id(), *segment).await?;
            }
            line.members += 1;
            self.here.push(*segment);
        }
        Ok(())
    }

    /// Keeps which segments the vote counts in: only what is another than before is written.
    async fn segments(&self, tx: &mut Tx, counted: &[Counted]) -> Result<()> {
        let stays = |one: &Counted, among: &[Counted]| among.iter().any(|other| other.segment == one.segment && other.member == one.member);
        let gone: Vec<Uuid> = self.counted.iter().filter(|one| !stays(one, counted)).map(|one| one.segment).collect();
        if !gone.is_empty() {
            let mut delete = Query::delete();
            delete
                .from_table(VoteSegment::Table)
                .and_where(Expr::col(VoteSegment::DeltaId).eq(self.delta))
                .and_where(Expr::col(VoteSegment::VoterId).eq(self.voter.id()))
                .and_where(Expr::col(VoteSegment::SegmentId).is_in(gone));
            tx.later(&delete).await?;
        }
        let new: Vec<&Counted> = counted.iter().filter(|one| !stays(one, &self.counted)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let mut insert = Query::insert();
        insert.into_table(VoteSegment::Table).columns([
            VoteSegment::DeltaId,
            VoteSegment::VoterId,
            VoteSegment::SegmentId,
            VoteSegment::Member,
        ]);
        for one in new {
            insert.values_panic([self.delta.into(), self.voter.id().into(), one.segment.into(), one.member.into()]);
        }
        tx.later(&insert).await
    }

    /// Keeps for which releases they confirmed, and how many did in each segment.
    async fn releases(&self, tx: &mut Tx, releases: &[Uuid], by: BTreeMap<(Uuid, Uuid), i64>, now: OffsetDateTime) -> Result<()> {
        if releases.is_empty() && !self.confirmed.is_empty() {
            let mut delete = Query::delete();
            delete.from_table(Confirmation::Table).and_where(Expr::col(Confirmation::DeltaId).eq(self.delta));
            tx.later(delete.and_where(Expr::col(Confirmation::VoterId).eq(self.voter.id()))).await?;
        }
        for release in releases.iter().filter(|release| !self.confirmed.contains(release)) {
            let mut insert = Query::insert();
            insert
                .into_table(Confirmation::Table)
                .columns([Confirmation::DeltaId, Confirmation::VoterId, Confirmation::ReleaseId, Confirmation::At])
                .values_panic([self.delta.into(), self.voter.id().into(), (*release).into(), now.into()]);
            tx.later(&insert).await?;
        }
        let by: Vec<_> = by.into_iter().filter(|(_, by)| *by != 0).collect();
        if by.is_empty() {
            return Ok(());
        }
        let keys = [ImpactRelease::DeltaId, ImpactRelease::ReleaseId, ImpactRelease::SegmentId];
        let mut insert = Query::insert();
        insert.into_table(ImpactRelease::Table).columns(keys.into_iter().chain([ImpactRelease::Confirmed]));
        for ((release, segment), by) in by {
            insert.values_panic([self.delta.into(), release.into(), segment.into(), by.into()]);
        }
        let sum = Expr::col((ImpactRelease::Table, ImpactRelease::Confirmed)).add(Expr::col(("excluded", ImpactRelease::Confirmed)));
        insert.on_conflict(OnConflict::columns(keys).value(ImpactRelease::Confirmed, sum).to_owned());
        tx.later(&insert).await
    }
}

/// Counts who came to be affected, and who no longer is: by delta and day, how many.
///
/// # Errors
/// When the database does not answer.
pub async fn moved(tx: &mut Tx, days: &BTreeMap<(Uuid, i64), (i64, i64)>) -> Result<()> {
    let days: Vec<_> = days.iter().filter(|(_, (came, went))| (*came, *went) != (0, 0)).collect();
    let sum = |column: ImpactTrend| Expr::col((ImpactTrend::Table, column)).add(Expr::col(("excluded", column)));
    for some in days.chunks(500) {
        let mut insert = Query::insert();
        insert.into_table(ImpactTrend::Table).columns([ImpactTrend::DeltaId, ImpactTrend::Day, ImpactTrend::Came, ImpactTrend::Went]);
        for ((delta, day), (came, went)) in some {
            insert.values_panic([(*delta).into(), (*day).into(), (*came).into(), (*went).into()]);
        }
        insert.on_conflict(
            OnConflict::columns([ImpactTrend::DeltaId, ImpactTrend::Day])
                .value(ImpactTrend::Came, sum(ImpactTrend::Came))
                .value(ImpactTrend::Went, sum(ImpactTrend::Went))
                .to_owned(),
        );
        tx.later(&insert).await?;
    }
    Ok(())
}
