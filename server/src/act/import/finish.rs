//! Duplicates, which need everything to be in.

use std::collections::{HashMap, HashSet};

use schema::delta::Resolution;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{BATCH, Import};
use crate::{
    act,
    error::Result,
    store::{self, db::Tx, event::Event, import::Ended, resolution::End},
};

/// The longest chain of duplicates that is followed: a longer one counts as a circle.
const CHAIN: usize = 100;

impl Import<'_> {
    /// Says of deltas which other stands for them: not in circles, and not against a person's word.
    pub(super) async fn link(&mut self, pairs: &[(String, String)]) -> Result<()> {
        // Of what this import links: a circle may reach over batches.
        let mut linked: HashMap<String, String> = HashMap::new();
        for some in pairs.chunks(BATCH) {
            if self.stop.is_cancelled() {
                break;
            }
            self.link_some(some, &mut linked).await?;
        }
        Ok(())
    }

    async fn link_some(&mut self, pairs: &[(String, String)], linked: &mut HashMap<String, String>) -> Result<()> {
        let dry = self.options.dry_run;
        let source = self.source.clone();
        let now = self.app.clock.now();
        let mut tx = if dry { self.app.db.read().await? } else { self.app.db.write().await? };
        let ids: Vec<&str> = pairs.iter().flat_map(|(one, of)| [one.as_str(), of.as_str()]).collect();
        let mut known = store::import::known(&mut tx, &source, &ids).await?;
        let beyond = self.beyond(&mut tx, &known).await?;
        known.retain(|_, known| !beyond.contains(&known.delta_id));
        let deltas: Vec<Uuid> = known.values().map(|known| known.delta_id).collect();
        let mut ended = store::import::ended(&mut tx, &deltas).await?;
        let both = pairs.iter().filter_map(|(one, of)| known.get(one).zip(known.get(of)));
        let new = both.filter(|(row, _)| !is_duplicate(ended.get(&row.delta_id)));
        let new: Vec<Uuid> = new.flat_map(|(row, target)| [row.delta_id, target.delta_id]).collect();
        if !dry && !new.is_empty() {
            // All at once, in the order of their ids; what people have said until then is read anew.
            store::duplicate::lock_groups(&mut tx, &new).await?;
            ended = store::import::ended(&mut tx, &deltas).await?;
        }
        let reopened = store::import::reopened(&mut tx, &deltas).await?;
        for (one, of) in pairs {
            let here = |id: &str| known.contains_key(id) || self.would.contains(id);
            if !here(one) || !here(of) {
                self.report.miss("duplicates of records that are not here", &format!("{one} of {of}"));
                continue;
            }
            let (row, target) = (known.get(one), known.get(of));
            let end = |known: Option<&store::import::Known>| known.and_then(|known| ended.get(&known.delta_id));
            let decided = end(row).is_some_and(|ended| ended.resolved_by.is_some() || reopened.contains(&ended.id));
            if is_duplicate(end(row)) || decided || linked.contains_key(one) {
                continue;
            }
            let on = end(target).and_then(|ended| ended.duplicate_of);
            let back = match (row, on) {
                (Some(row), Some(on)) => leads_to(&mut tx, on, row.delta_id).await?,
                _ => false,
            };
            let tied = match (row, target) {
                _ if one == of || back || circle(linked, one, of) => false,
                (Some(row), Some(target)) if !dry => self.tie(&mut tx, row.delta_id, target.delta_id, now).await?,
                _ => true,
            };
            if !tied {
                self.report.miss("duplicates in a circle", &format!("{one} of {of}"));
                continue;
            }
            linked.insert(one.clone(), of.clone());
            self.report.duplicates += 1;
        }
        if dry { Ok(()) } else { tx.commit().await }
    }

    /// Says of a delta that another stands for it, or what stands for that; false where that is the delta itself. All of them are held.
    async fn tie(&self, tx: &mut Tx, row: Uuid, target: Uuid, now: OffsetDateTime) -> Result<bool> {
        let row = store::delta::lock(tx, row).await?;
        let mut survivor = store::delta::lock(tx, target).await?;
        // What stands for it is what stands for that in the end.
        if let Some(stands) = survivor.duplicate_of {
            survivor = store::delta::lock(tx, stands).await?;
        }
        if survivor.id == row.id {
            return Ok(false);
        }
        let reason = format!("As {} had it.", self.tracker.name());
        let end = End { resolution: Resolution::Duplicate, reason: &reason, release: None, duplicate_of: Some(survivor.id), by: None };
        store::resolution::end(tx, &row, now, &end).await?;
        let said = json!({ "imported": self.tracker, "resolution": end.resolution, "reason": reason, "duplicate_of": survivor.key() });
        tx.emit(Event { delta: Some(row.id), ..Event::new("delta.resolved", now, Some(self.user)).with(said) }).await?;
        act::resolution::tie(tx, &row, &survivor, Some(self.user), now).await?;
        Ok(true)
    }
}

/// Whether a delta has ended as a duplicate.
fn is_duplicate(ended: Option<&Ended>) -> bool {
    ended.is_some_and(|ended| ended.resolution.as_deref() == Some(Resolution::Duplicate.as_str()))
}

/// Whether a delta, or what stands for it, and for that, is this one.
async fn leads_to(tx: &mut Tx, mut from: Uuid, to: Uuid) -> Result<bool> {
    for _ in 0..CHAIN {
        if from == to {
            return Ok(true);
        }
        match store::import::ended(tx, &[from]).await?.get(&from).and_then(|ended| ended.duplicate_of) {
            Some(next) => from = next,
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// Whether what stands for `of` leads back to `one`.
fn circle(linked: &HashMap<String, String>, one: &str, of: &str) -> bool {
    let mut met = HashSet::new();
    let mut at = of;
    while let Some(next) = linked.get(at) {
        if next == one || !met.insert(next) {
            return true;
        }
        at = next;
    }
    false
}
