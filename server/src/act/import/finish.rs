//! The end of an import: what needs everything to be in.

use schema::{
    delta::Resolution,
    id::DeltaKey,
    task::{CommitmentChange, NewTask, NewTaskLink, Relation},
};
use serde_json::json;

use super::{Import, SOURCE, Wanted};
use crate::{
    act,
    caller::{Caller, Via, Who},
    error::{Error, Result},
    store::{self, event::Event, resolution::End},
};

/// Why a gap ended or is promised to.
const REASON: &str = "As Launchpad had it.";

impl Import<'_> {
    /// Says of deltas which other stands for them.
    pub(super) async fn link(&mut self, pairs: &[(String, String)]) -> Result<()> {
        let now = self.app.clock.now();
        let mut tx = self.app.db.write().await?;
        let ids: Vec<&str> = pairs.iter().flat_map(|(one, of)| [one.as_str(), of.as_str()]).collect();
        let known = store::import::known(&mut tx, SOURCE, &ids).await?;
        let reopened = store::import::reopened(&mut tx, &known.values().map(|known| known.delta_id).collect::<Vec<_>>()).await?;
        for (one, of) in pairs {
            let (Some(one), Some(of)) = (known.get(one), known.get(of)) else {
                self.report.losses.duplicates += 1;
                continue;
            };
            let row = store::delta::lock(&mut tx, one.delta_id).await?;
            let target = store::delta::lock(&mut tx, of.delta_id).await?;
            // A duplicate of a duplicate would point at nothing that is open; a person's word is not overwritten.
            let ended = row.resolution() == Some(Resolution::Duplicate) || target.duplicate_of == Some(row.id);
            let decided = row.resolved_by.is_some() || reopened.contains(&row.id);
            if ended || decided || row.id == target.id {
                continue;
            }
            let end = End { resolution: Resolution::Duplicate, reason: REASON, release: None, duplicate_of: Some(target.id), by: None };
            store::resolution::end(&mut tx, &row, now, &end).await?;
            let said = json!({
                "imported": SOURCE, "resolution": end.resolution, "reason": REASON, "duplicate_of": target.key(),
            });
            tx.emit(Event { delta: Some(row.id), ..Event::new("delta.resolved", now, Some(self.user)).with(said) }).await?;
            self.report.duplicates += 1;
        }
        tx.commit().await
    }

    /// Writes down the tasks of organisations that have not dealt with the delta yet in any way: from then on it is theirs to decide.
    pub(super) async fn tasks(&mut self) -> Result<()> {
        if self.work.is_empty() {
            return Ok(());
        }
        let mut tx = self.app.db.read().await?;
        let who = store::user::who(&mut tx, self.user).await?.ok_or_else(Error::unauthenticated)?;
        drop(tx);
        let caller = Caller::new(Who { via: Via::Session, ..who });
        for Wanted { delta, org, title, priority, commitment } in std::mem::take(&mut self.work) {
            let mut tx = self.app.db.read().await?;
            let DeltaKey(number) = delta;
            if store::import::dealt_with(&mut tx, &org, number).await? {
                continue;
            }
            drop(tx);
            let new = NewTask {
                title,
                body: String::new(),
                priority: Some(priority),
                board: None,
                column: None,
                deltas: vec![NewTaskLink { delta, relation: Relation::Resolves }],
                assignees: Vec::new(),
                labels: vec![SOURCE.to_owned()],
                estimate: None,
                due: None,
            };
            let promise = CommitmentChange { state: commitment, target_release: None, target_date: None, note: REASON.to_owned() };
            let made = async {
                let task = act::task::create(self.app, &caller, &org, &new).await?;
                act::task::commit(self.app, &caller, &task.key, None, &promise).await
            };
            match made.await {
                Ok(_) => self.report.tasks += 1,
                Err(error) if error.problem().status < 500 => {
                    self.report.losses.tasks += 1;
                    self.report.refused.insert(format!("{org}: {}", error.detail()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
