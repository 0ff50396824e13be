//! Relations, which need both ends to be in.

use std::collections::BTreeSet;

use schema::relation::Relation;
use uuid::Uuid;

use super::{BATCH, Import};
use crate::{act, error::Result, store};

/// What a record has to do with another: the one, in which way, the other.
pub(super) type Tie = (String, Relation, String);

impl Import<'_> {
    /// Writes down what records have to do with one another, where both are here. Each comes in once: what people took away stays away.
    pub(super) async fn relate(&mut self, ties: Vec<Tie>) -> Result<()> {
        // Both ends may say it, each in its own way.
        let ties: BTreeSet<Tie> = ties.into_iter().map(one_way).filter(|(one, _, other)| one != other).collect();
        let ties: Vec<Tie> = ties.into_iter().collect();
        for some in ties.chunks(BATCH) {
            if self.stop.is_cancelled() {
                break;
            }
            self.relate_some(some).await?;
        }
        Ok(())
    }

    async fn relate_some(&mut self, ties: &[Tie]) -> Result<()> {
        let dry = self.options.dry_run;
        let source = self.source.clone();
        let now = self.app.clock.now();
        let mut tx = if dry { self.app.db.read().await? } else { self.app.db.write().await? };
        let ids: Vec<&str> = ties.iter().flat_map(|(one, _, other)| [one.as_str(), other.as_str()]).collect();
        let mut known = store::import::known(&mut tx, &source, &ids).await?;
        // What is beyond its bounds is as unknown as what never came in, also to who reads the report.
        let beyond = self.beyond(&mut tx, &known).await?;
        known.retain(|_, known| !beyond.contains(&known.delta_id));
        let names: Vec<String> = ties.iter().map(|(one, said, other)| format!("{one}~{said}~{other}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let kept = store::import::kept(&mut tx, &source, &names).await?;
        let mut fresh: Vec<(Uuid, Relation, Uuid, &str)> = Vec::new();
        for ((one, said, other), name) in ties.iter().zip(&names) {
            let here = |id: &str| known.contains_key(id) || self.would.contains(id);
            if !here(one) || !here(other) {
                self.report.miss("relations to records that are not here (kept as words)", &format!("{one} {said} {other}"));
                continue;
            }
            match (known.get(one), known.get(other)) {
                _ if kept.contains(*name) => {}
                (Some(row), Some(target)) if !dry => fresh.push((row.delta_id, *said, target.delta_id, *name)),
                _ => self.report.relations += 1,
            }
        }
        if dry || fresh.is_empty() {
            return Ok(());
        }
        // All at once, in the order of their ids; what another import wrote down until then is left alone.
        let deltas: Vec<Uuid> = fresh.iter().flat_map(|(one, _, other, _)| [*one, *other]).collect();
        store::impact::lock(&mut tx, &deltas).await?;
        store::relation::lock(&mut tx).await?;
        let kept = store::import::kept(&mut tx, &source, &names).await?;
        fresh.retain(|(.., name)| !kept.contains(*name));
        for (one, said, other, name) in &fresh {
            match act::relation::put_in(&mut tx, &self.caller, (*one, *said, *other), self.user, now).await {
                Ok(written) => self.report.relations += usize::from(written),
                Err(error) if error.problem().status < 500 => {
                    self.report.miss("relations in a circle, or beyond those a delta takes (kept as words)", name);
                }
                Err(error) => return Err(error),
            }
        }
        let parts: Vec<(Uuid, &str)> = fresh.iter().map(|(one, _, _, name)| (*one, *name)).collect();
        store::import::keep(&mut tx, &source, &parts).await?;
        tx.commit().await
    }
}

/// The same in the way in which it is kept.
fn one_way((one, said, other): Tie) -> Tie {
    match said {
        Relation::Relates if one > other => (other, said, one),
        said if said.is_kept() => (one, said, other),
        said => (other, said.inverse(), one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_ends_say_is_one_relation() {
        let tie = |one: &str, said, other: &str| one_way((one.to_owned(), said, other.to_owned()));
        assert_eq!(tie("a", Relation::Blocks, "b"), tie("b", Relation::BlockedBy, "a"));
        assert_eq!(tie("a", Relation::Relates, "b"), tie("b", Relation::Relates, "a"));
        assert_ne!(tie("a", Relation::CausedBy, "b"), tie("b", Relation::CausedBy, "a"));
    }
}
