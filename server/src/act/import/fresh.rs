//! New deltas of records, and the stack traces in their words.

use std::collections::HashMap;

use schema::delta::{Kind, Visibility};
use time::OffsetDateTime;

use super::{Import, Placed, draft, place};
use crate::{
    act, clock,
    error::Result,
    ingest::tracker::{Extent, Record},
    store::{
        self,
        import::{New, NewPlace, Seen},
        occurrence::Traced,
        search::Words,
    },
};

impl Import<'_> {
    /// The delta that a new record becomes; without its trace.
    pub(super) fn delta(&self, record: &Record, digest: Vec<u8>, places: Vec<NewPlace>, now: OffsetDateTime) -> New {
        let created_at = draft::micros(record.created_at.unwrap_or(now));
        let updated_at = draft::micros(record.updated_at.unwrap_or(created_at)).max(created_at);
        let closed = record.closed_at.map(draft::micros);
        let (title, actual, body) = (draft::title(record), draft::actual(record), draft::body(record));
        let words = draft::words(Words { title: &title, desired: draft::DESIRED, actual: &actual, body: &body });
        let resolution = record.resolution;
        let digest = if record.extent == Extent::Whole { digest } else { Vec::new() };
        New {
            id: clock::new_id(),
            external_id: record.id.clone(),
            url: record.url.clone(),
            seen: Seen { digest, words, private: record.private },
            kind: draft::kind(record),
            title,
            desired: draft::DESIRED.to_owned(),
            actual,
            body,
            reporter: record.reporter.as_ref().and_then(|person| self.person(person)).unwrap_or(self.user),
            visibility: if record.private { Visibility::Private } else { Visibility::Public },
            resolution,
            reason: resolution.map(|_| draft::reason(self.tracker, record)).unwrap_or_default(),
            release: resolution.and_then(|_| place::release_name(record)),
            resolved_at: resolution.map(|_| closed.unwrap_or(updated_at)),
            created_at,
            updated_at,
            changed_at: record.updated_at.map(draft::micros),
            labels: draft::labels(record, &self.options.labels),
            places,
            trace: None,
        }
    }

    /// Finds the stack traces in the words of records that are not in yet, by their ids: each is a new delta's first occurrence. Of most not
    /// more is read than whether there may be one.
    pub(super) async fn traces(&self, batch: &[Placed]) -> Result<HashMap<String, Traced>> {
        let mut texts: Vec<(&str, Vec<String>)> = Vec::new();
        for Placed { record, .. } in batch.iter().filter(|placed| placed.record.extent != Extent::Part) {
            let passages = match draft::kind(record) {
                Kind::Spec => Vec::new(),
                Kind::Bug | Kind::Crash => act::occurrence::passages(&draft::actual(record)),
            };
            if !passages.is_empty() {
                texts.push((record.id.as_str(), passages));
            }
        }
        if texts.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<&str> = texts.iter().map(|(id, _)| *id).collect();
        let known = store::import::known(&mut self.app.db.read().await?, &self.source, &ids).await?;
        texts.retain(|(id, _)| !known.contains_key(*id));
        let (ids, passages): (Vec<&str>, Vec<Vec<String>>) = texts.into_iter().unzip();
        let found = act::occurrence::found_each(passages).await?;
        Ok(ids.into_iter().zip(found).filter_map(|(id, trace)| Some((id.to_owned(), trace?))).collect())
    }
}
