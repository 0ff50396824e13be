//! Refusals, which are stances of organisations.

use std::collections::{BTreeSet, HashSet};

use schema::{id::DeltaKey, stance::Stance, triage::SetStance};
use uuid::Uuid;

use super::Import;
use crate::{
    act,
    error::Result,
    ingest::tracker::{Record, WORK_MAX},
    store::{self, db::Tx},
};

/// Stances of one transaction.
const BATCH: usize = 50;

/// A stance to write down for an organisation.
pub(super) struct Declined {
    delta: Uuid,
    number: i64,
    org: String,
    /// Its id there.
    id: String,
    reason: String,
}

impl Import<'_> {
    /// Notes which organisations refused to do anything about a record. Only those that a map names: nobody else's word is put in their mouth.
    pub(super) fn refusals(&mut self, delta: Uuid, number: i64, open: bool, record: &Record) {
        let mut orgs: HashSet<&String> = HashSet::new();
        let beyond = record.refused.len().saturating_sub(WORK_MAX);
        self.report.miss_some("refusals beyond the 1,000 that are taken of a record", &record.name, beyond);
        for refused in record.refused.iter().take(WORK_MAX) {
            let Some(org) = refused.of.iter().find_map(|name| self.options.orgs.get(name)) else {
                let who = refused.of.first().map_or("", String::as_str);
                self.report.miss("refusals of projects without an organisation (see --map)", &format!("{}: {who}", record.name));
                continue;
            };
            if !open {
                self.report.miss("stances on private records", &record.name);
            } else if orgs.insert(org) {
                let id = format!("{}/stance@{org}", record.id);
                self.declined.push(Declined { delta, number, org: org.clone(), id, reason: refused.reason.clone() });
            }
        }
    }

    /// Says of organisations that they declined, once. Where one has dealt with a delta in any way, that is no longer ours to say.
    pub(super) async fn stances(&mut self) -> Result<()> {
        let declined = std::mem::take(&mut self.declined);
        for some in declined.chunks(BATCH) {
            if self.stop.is_cancelled() {
                break;
            }
            let mut tx = if self.options.dry_run { self.app.db.read().await? } else { self.app.db.write().await? };
            self.hold_mapped(&mut tx, some).await?;
            let ids: Vec<&str> = some.iter().map(|one| one.id.as_str()).collect();
            let mut kept = store::import::kept(&mut tx, &self.source, &ids).await?;
            for one in some {
                if !kept.insert(one.id.clone()) || store::import::dealt_with(&mut tx, &one.org, one.number).await? {
                    continue;
                }
                if self.options.dry_run {
                    self.report.stances += usize::from(self.would.insert(one.id.clone()));
                    continue;
                }
                self.decline(&mut tx, one).await?;
            }
            if !self.options.dry_run {
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Holds the organisations, in the order of their ids, before it is read which of these stances is in.
    async fn hold_mapped(&self, tx: &mut Tx, some: &[Declined]) -> Result<()> {
        if self.options.dry_run {
            return Ok(());
        }
        let mut ids = BTreeSet::new();
        for org in some.iter().map(|one| &one.org).collect::<BTreeSet<_>>() {
            ids.insert(store::org::find(tx, &self.caller, org).await?.id);
        }
        for id in ids {
            store::org::lock(tx, id).await?;
        }
        Ok(())
    }

    async fn decline(&mut self, tx: &mut Tx, one: &Declined) -> Result<()> {
        let set = SetStance { stance: Stance::Declined, reason: one.reason.clone(), until: None, wake: None };
        match act::triage::set_stance_in(tx, &self.caller, &one.org, DeltaKey(one.number), &set, self.app.clock.now()).await {
            Ok(_) => self.report.stances += 1,
            Err(error) if error.problem().status < 500 => {
                self.report.miss("stances that an organisation did not take", &one.id);
                self.report.refused.insert(format!("{}: {}", one.org, error.detail()));
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        store::import::keep(tx, &self.source, &[(one.delta, one.id.as_str())]).await
    }
}
