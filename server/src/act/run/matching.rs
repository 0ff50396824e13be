//! Signatures asked about failures, in memory.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use schema::{
    ci::RunFacts,
    query::{self, Expr, Folded, SIGNATURES, Subject},
};
use uuid::Uuid;

use super::tally::Tally;
use crate::store::signature::Row;

/// A failure as signatures see it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// The test's id.
    pub test: &'a str,
    /// What it said.
    pub message: &'a str,
    /// Stack trace, output.
    pub details: &'a str,
    /// The run's job.
    pub job: &'a str,
    /// The run's branch.
    pub branch: &'a str,
}

impl Subject for Seen<'_> {
    fn text(&self, field: &str) -> Option<&str> {
        let text = match field {
            "test" => self.test,
            "message" => self.message,
            "details" => self.details,
            "job" => self.job,
            "branch" => self.branch,
            _ => return None,
        };
        Some(text).filter(|text| !text.is_empty())
    }
}

/// What each version of a signature asks; none where it cannot be read any more.
type Read = HashMap<(Uuid, i64), Option<Arc<Expr>>>;

/// Signatures that were read, by id and version. A version never changes, so nothing here grows old.
static READ: LazyLock<Mutex<Read>> = LazyLock::new(Mutex::default);
/// How many are kept before all are forgotten.
const KEPT: usize = 20_000;

/// What a stored signature asks.
fn read(row: &Row) -> Option<Arc<Expr>> {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(expr) = read.get(&(row.id, row.version)) {
        return expr.clone();
    }
    let expr = query::parse(&row.query, &SIGNATURES).ok().and_then(|query| query.filter).map(Arc::new);
    if read.len() >= KEPT {
        read.clear();
    }
    read.insert((row.id, row.version), expr.clone());
    expr
}

/// Which failures of a run which signatures recognise.
#[derive(Debug, Default)]
pub struct Matcher {
    done: HashMap<(Uuid, i64), Vec<usize>>,
    signatures: Vec<Row>,
}

impl Matcher {
    /// Asks all of them about all failures.
    pub fn new(signatures: &[Row], tally: &Tally, facts: &RunFacts) -> Self {
        let mut matcher = Self::default();
        matcher.catch_up(signatures, tally, facts);
        matcher
    }

    /// Asks those that were not asked yet; those that are not among `signatures` no longer count.
    pub fn catch_up(&mut self, signatures: &[Row], tally: &Tally, facts: &RunFacts) {
        let fresh: Vec<(&Row, Arc<Expr>)> = signatures
            .iter()
            .filter(|row| !self.done.contains_key(&(row.id, row.version)))
            .filter_map(|row| read(row).map(|expr| (row, expr)))
            .collect();
        if !fresh.is_empty() {
            for (row, _) in &fresh {
                self.done.insert((row.id, row.version), Vec::new());
            }
            for (index, failure) in tally.failures.iter().enumerate() {
                let seen = Seen {
                    test: &failure.test,
                    message: failure.message.as_deref().unwrap_or_default(),
                    details: failure.details.as_deref().unwrap_or_default(),
                    job: facts.job.as_deref().unwrap_or_default(),
                    branch: facts.branch.as_deref().unwrap_or_default(),
                };
                let folded = Folded::new(&seen);
                for (row, expr) in &fresh {
                    if expr.matches_folded(&folded) {
                        self.done.entry((row.id, row.version)).or_default().push(index);
                    }
                }
            }
        }
        self.signatures = signatures.to_vec();
    }

    /// Every failure that is recognised, by its number, with what recognises it; the oldest signature first.
    pub fn hits(&self) -> impl Iterator<Item = (usize, &Row)> {
        let of = |row: &Row| self.done.get(&(row.id, row.version)).into_iter().flatten().copied().collect::<Vec<_>>();
        self.signatures.iter().flat_map(move |row| of(row).into_iter().map(move |index| (index, row)))
    }
}

#[cfg(test)]
mod tests {
    use schema::ci::{Outcome, TestResult};

    use super::*;

    fn row(id: u128, query: &str) -> Row {
        Row { id: Uuid::from_u128(id), delta_id: Uuid::nil(), project_id: Uuid::nil(), query: query.into(), version: 1 }
    }

    #[test]
    fn a_signature_added_late_is_asked_too_and_a_removed_one_is_forgotten() {
        let lost = TestResult {
            test: "a.b".into(),
            outcome: Outcome::Failed,
            flaky: false,
            message: Some("Session reset".into()),
            details: None,
            duration_ms: None,
            file: None,
        };
        let tally = Tally::of(vec![lost]);
        let facts: RunFacts = serde_json::from_str(r#"{"external_id": "1", "job": "unit"}"#).unwrap();
        let (first, second) = (row(901, "message:reset"), row(902, "job:unit -branch:main"));
        let mut matcher = Matcher::new(std::slice::from_ref(&first), &tally, &facts);
        assert_eq!(matcher.hits().count(), 1);
        matcher.catch_up(&[first, second.clone()], &tally, &facts);
        assert_eq!(matcher.hits().count(), 2);
        matcher.catch_up(&[second, row(903, "test:other"), row(904, "(broken")], &tally, &facts);
        assert_eq!(matcher.hits().map(|(index, _)| index).collect::<Vec<_>>(), [0]);
    }
}
