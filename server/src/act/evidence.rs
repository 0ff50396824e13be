//! Evidence: tests that decide whether a gap is closed.

use schema::{
    ci::{Evidence, PutEvidence, TEST_CHARS},
    id::DeltaKey,
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{project::maintainer, run::Tally};
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{self, db::Tx, event::Event, evidence::Result as TestResult},
};

/// Most tests that decide about one delta in one project.
pub const TESTS_MAX: usize = 50;
/// Most passes in a row that can be asked for.
pub const NEEDED_MAX: i64 = 10_000;

/// Keeps how the tests that decide ended in a run. Where all tests of a delta have now passed as often in a row as they need, an event
/// says so on the delta's timeline: whether the gap is closed stays for people to say.
///
/// # Errors
/// When the database does not answer.
pub async fn record(tx: &mut Tx, project: Uuid, run: Uuid, tally: &Tally, now: OffsetDateTime) -> Result<()> {
    let mut touched = store::evidence::of_project(tx, project).await?;
    let mut results = Vec::new();
    for evidence in &touched {
        let ended = evidence.tests.0.iter().filter_map(|test| tally.ended.get_key_value(test.as_str()));
        results.extend(ended.map(|(test, passed)| TestResult { delta: evidence.delta_id, test, passed: *passed }));
    }
    if results.is_empty() {
        return Ok(());
    }
    store::evidence::insert(tx, run, &results).await?;
    touched.retain(|evidence| evidence.open && results.iter().any(|result| result.delta == evidence.delta_id && result.passed));
    let deltas: Vec<Uuid> = touched.iter().map(|evidence| evidence.delta_id).collect();
    let streaks = store::evidence::streaks(tx, &deltas).await?;
    for evidence in touched {
        let streak = |test: &str| streaks.get(&(evidence.delta_id, project, test.to_owned())).copied().unwrap_or(0);
        let met = evidence.tests.0.iter().all(|test| streak(test) >= evidence.needed);
        // Said once: when the last of them gets there, which is one of this run's.
        let just =
            results.iter().any(|result| result.delta == evidence.delta_id && result.passed && streak(result.test) == evidence.needed);
        if met && just {
            let data = json!({ "tests": evidence.tests.0, "needed": evidence.needed, "run": run });
            let event = Event::new("evidence.met", now, None).with(data);
            tx.emit(Event { delta: Some(evidence.delta_id), project: Some(project), ..event }).await?;
        }
    }
    Ok(())
}

/// Who may say what recognises a delta and what closes it in a project: the project's maintainers, because CI acts on it. The
/// project's id, where the delta has a place in it.
///
/// # Errors
/// 401 for guests, 403 for everybody else, 404 where there is no such project or place.
pub(super) async fn may(tx: &mut Tx, caller: &Caller, delta: &store::delta::Row, project: &str) -> Result<Uuid> {
    caller.actor()?;
    let project = store::project::find(tx, project).await?;
    if !store::evidence::is_placed(tx, delta.id, project.id).await? {
        return Err(Error::not_found("place"));
    }
    maintainer(caller, &project)?;
    Ok(project.id)
}

/// Sets the tests that decide about a delta in one of its projects.
///
/// # Errors
/// 401, 403, 404 as for every reader; 422 for a test that cannot be one.
pub async fn put(app: &App, caller: &Caller, delta: DeltaKey, project: &str, mut put: PutEvidence) -> Result<Evidence> {
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, delta).await?;
    let id = may(&mut tx, caller, &row, project).await?;
    put.tests.iter_mut().for_each(|test| *test = test.trim().to_owned());
    let mut check = Check::default();
    check.that(!put.tests.is_empty(), "tests", "must not be empty");
    check.that(put.tests.len() <= TESTS_MAX, "tests", format!("at most {TESTS_MAX} are taken"));
    check.that((1..=NEEDED_MAX).contains(&put.needed), "needed", format!("must be from 1 to {NEEDED_MAX}"));
    for (index, test) in put.tests.iter().enumerate() {
        let field = format!("tests[{index}]");
        check.text(test, &field, 1, TEST_CHARS).that(!put.tests[..index].contains(test), &field, "is there twice");
    }
    check.done()?;
    let now = app.clock.now();
    store::evidence::put(&mut tx, row.id, id, &put, caller.user_id(), now).await?;
    let event = Event::new("evidence.set", now, caller.user_id()).with(json!({ "tests": put.tests, "needed": put.needed }));
    tx.emit(Event { delta: Some(row.id), project: Some(id), ..event }).await?;
    tx.commit().await?;
    Ok(Evidence { project: project.to_owned(), tests: put.tests, needed: put.needed, set_at: now })
}

/// No test decides about a delta in this project any more; results stay.
///
/// # Errors
/// 401, 403, 404 as for every reader.
pub async fn delete(app: &App, caller: &Caller, delta: DeltaKey, project: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, delta).await?;
    let id = may(&mut tx, caller, &row, project).await?;
    if store::evidence::delete(&mut tx, row.id, id).await? {
        let now = app.clock.now();
        tx.emit(Event { delta: Some(row.id), project: Some(id), ..Event::new("evidence.removed", now, caller.user_id()) }).await?;
    }
    tx.commit().await
}
