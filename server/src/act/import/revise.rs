//! A known record that changed there.

use schema::delta::{Resolution, Visibility};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Import, draft};
use crate::{
    error::Result,
    ingest::tracker::Record,
    store::{
        self,
        db::Tx,
        delta::{Edit, Row},
        event::Event,
        import::{Known, NewPlace, Seen},
        place::Of,
        resolution::End,
        search::Words,
    },
};

impl Import<'_> {
    /// Brings a known delta up to what the record says now: its text as a new revision, its labels, where it stands, whether it is open, and
    /// that it is hidden there. What people said here stands: words that they changed, a consensus that they set, an end or a reopening
    /// that was theirs, a delta that they showed again.
    pub(super) async fn revise(&mut self, tx: &mut Tx, known: &Known, record: &Record, digest: Vec<u8>, now: OffsetDateTime) -> Result<()> {
        let row = store::delta::lock(tx, known.delta_id).await?;
        let (title, actual, body) = (draft::title(record), draft::actual(record), draft::body(record));
        let old = Words { title: &row.title, desired: &row.desired, actual: &row.actual, body: &row.body };
        let new = Words { title: &title, actual: &actual, body: &body, ..old };
        let seen = Seen { digest, words: draft::words(new), private: record.private };
        let (said, ours) = (seen.words != known.seen.words, draft::words(old) == known.seen.words);
        let hide = record.private && !known.seen.private && row.visibility == Visibility::Public;
        if said && !ours {
            self.report.miss("new words of records whose words were changed here", &record.name);
        }
        let revised = said && ours;
        if self.options.dry_run {
            // Labels, places and ends are told only by doing them.
            let count = if revised || hide { &mut self.report.changed } else { &mut self.report.unchanged };
            *count += 1;
            return Ok(());
        }
        let tracker = self.tracker;
        store::import::renew(tx, &self.source, &record.id, seen, record.updated_at.map(draft::micros), now).await?;
        let mut changed = self.replace(tx, &row, record, now).await?;
        changed |= store::import::add_labels(tx, row.id, &draft::labels(record, &self.options.labels)).await?;
        let mut version = row.version;
        if revised || hide {
            let (words, revision) = if revised { (new, row.revision + 1) } else { (old, row.revision) };
            let visibility = if hide { Visibility::Private } else { row.visibility };
            store::delta::edit(tx, &row, row.version, now, &Edit { kind: row.kind, visibility, words, revision }).await?;
            store::search::put(tx, row.number, visibility, words).await?;
            version += 1;
            let event = |kind| Event { delta: Some(row.id), ..Event::new(kind, now, Some(self.user)) };
            if revised {
                let author = record.reporter.as_ref().and_then(|person| self.person(person)).unwrap_or(self.user);
                store::revision::insert(tx, row.id, revision, words, author, now).await?;
                tx.emit(event("delta.edited").with(json!({ "imported": tracker, "revision": revision }))).await?;
            }
            if hide {
                store::failure::reconsider(tx, row.id).await?;
                // What is said of it counts for what stands for it no longer: a number that others see would tell of it.
                if let Some(survivor) = row.duplicate_of {
                    store::duplicate::lock(tx, &[survivor]).await?;
                    store::duplicate::settle(tx, survivor, now).await?;
                }
                tx.emit(event("delta.visibility").with(json!({ "imported": tracker, "to": visibility }))).await?;
            }
            changed = true;
        }
        changed |= self.reconsider(tx, &Row { version, ..row }, record, now).await?;
        let count = if changed { &mut self.report.changed } else { &mut self.report.unchanged };
        *count += 1;
        Ok(())
    }

    /// Puts a known delta into the projects that its record names and it is not in, and says of the others what the record says now where
    /// nobody here has; whether there was anything. A record that names none says nothing about where it belongs.
    async fn replace(&mut self, tx: &mut Tx, row: &Row, record: &Record, now: OffsetDateTime) -> Result<bool> {
        if record.places.is_empty() || record.places.iter().all(|place| place.slug.is_empty()) {
            return Ok(false);
        }
        let Ok(named) = self.places(tx, record, now).await? else { return Ok(false) };
        let tracker = self.tracker;
        let here: Vec<Uuid> = store::place::all(tx, row.id).await?.into_iter().map(|place| place.project_id).collect();
        let (known, missing): (Vec<NewPlace>, Vec<NewPlace>) = named.into_iter().partition(|place| here.contains(&place.project));
        let mut changed = !missing.is_empty();
        let of = Of { delta: row.id, number: row.number, open: row.open, impact: row.impact };
        for place in &missing {
            store::place::insert(tx, of, &[(place.project, place.components.clone())], now).await?;
            store::import::consensus(tx, row.id, place, now).await?;
            let event = Event::new("place.added", now, Some(self.user)).with(json!({ "imported": tracker }));
            tx.emit(Event { delta: Some(row.id), project: Some(place.project), ..event }).await?;
        }
        for place in &known {
            if store::import::consensus(tx, row.id, place, now).await? {
                let said = json!({ "imported": tracker, "state": place.consensus, "rationale": place.rationale });
                let event = Event::new("consensus.set", now, Some(self.user)).with(said);
                tx.emit(Event { delta: Some(row.id), project: Some(place.project), ..event }).await?;
                changed = true;
            }
        }
        self.release(tx, record, &missing).await?;
        if !missing.is_empty() {
            store::impact::recompute(tx, &[row.id], now).await?;
        }
        Ok(changed)
    }

    /// Ends or reopens a delta as its record did, unless people here have said how it stands; whether it did.
    async fn reconsider(&mut self, tx: &mut Tx, row: &Row, record: &Record, now: OffsetDateTime) -> Result<bool> {
        let ours = row.open || row.resolution_reason.starts_with(self.tracker.name()) || row.resolution_reason.starts_with("As ");
        let duplicate = row.resolution() == Some(Resolution::Duplicate) || record.duplicate_of.is_some();
        if record.resolution == row.resolution() || duplicate || row.resolved_by.is_some() || !ours {
            return Ok(false);
        }
        if store::import::reopened(tx, &[row.id]).await?.contains(&row.id) {
            return Ok(false);
        }
        let event = |kind| Event { delta: Some(row.id), ..Event::new(kind, now, Some(self.user)) };
        let tracker = self.tracker;
        let Some(resolution) = record.resolution else {
            store::resolution::open(tx, row, now, false).await?;
            tx.emit(
                event("delta.reopened").with(json!({ "imported": tracker, "reason": format!("{} has it open.", self.tracker.name()) })),
            )
            .await?;
            return Ok(true);
        };
        let reason = draft::reason(self.tracker, record);
        let release = super::place::release_name(record);
        let end = End { resolution, reason: &reason, release: release.as_deref(), duplicate_of: None, by: None };
        store::resolution::end(tx, row, now, &end).await?;
        let said = json!({ "imported": tracker, "resolution": resolution, "reason": reason, "release": release });
        tx.emit(event("delta.resolved").with(said)).await?;
        Ok(true)
    }
}
