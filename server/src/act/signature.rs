//! Signatures that recognise a delta's failures.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use schema::{
    ci::{NewSignature, Overlap, PutSignature, Sample, Tried, TrySignature},
    id::DeltaKey,
    query::{self, Expr, SIGNATURES},
};
use serde_json::json;
use uuid::Uuid;

use super::{evidence::may, run::Seen};
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    store::{
        self,
        db::Tx,
        event::Event,
        failure::{Link, Stored, Unlink},
    },
};

/// How many of a project's newest failures a signature is tried on, and looks back at when it is put in force.
pub const SAMPLE: usize = 2_000;
/// How many of them are read at a time.
const CHUNK: usize = 250;
/// Longest that a run is on its way in, with what servers' clocks differ by.
const IN_FLIGHT: Duration = Duration::from_secs(300);
/// Groups told of what was tried.
const TOLD: usize = 20;

/// Reads what a signature asks.
///
/// # Errors
/// 422 with the column that cannot be read; for a query that asks nothing.
pub fn read(text: &str) -> Result<Expr> {
    let query = query::parse(text, &SIGNATURES).map_err(|error| Error::invalid("query", error.to_string()))?;
    query.filter.ok_or_else(|| Error::invalid("query", "must ask something: it would explain every failure"))
}

/// Reads what a signature that is to be in force asks: it must ask for something that a failure says.
///
/// # Errors
/// As [`read`]; 422 for what would explain failures that have nothing in common, such as `*` and `-message:timeout`.
fn telling(text: &str) -> Result<Expr> {
    let expr = read(text)?;
    let nothing = "\u{2400}";
    if expr.matches(&Seen { test: nothing, message: nothing, details: nothing, job: nothing, branch: nothing }) {
        return Err(Error::invalid("query", "must ask for something that the failures have in common: it would explain every failure"));
    }
    Ok(expr)
}

/// The newest failures of a project, told apart by a query: what it finds, and what it does not.
struct Sifted {
    found: Vec<Stored>,
    left: Vec<Stored>,
    newest: Option<Uuid>,
}

async fn sift(tx: &mut Tx, project: Uuid, expr: &Arc<Expr>) -> Result<Sifted> {
    let mut sifted = Sifted { found: Vec::new(), left: Vec::new(), newest: None };
    let mut before = None;
    while sifted.found.len() + sifted.left.len() < SAMPLE {
        let rows = store::failure::sample(tx, project, before, None, CHUNK as u64).await?;
        sifted.newest = sifted.newest.or(rows.first().map(|row| row.id));
        before = rows.last().map(|row| row.id);
        let last = rows.len() < CHUNK;
        let expr = expr.clone();
        // Long texts take their time.
        let (found, left) = tokio::task::spawn_blocking(move || split(rows, &expr)).await?;
        sifted.found.extend(found);
        sifted.left.extend(left);
        if last {
            break;
        }
    }
    Ok(sifted)
}

/// Found and not found; their details are let go, which are most of what they weigh.
fn split(rows: Vec<Stored>, expr: &Expr) -> (Vec<Stored>, Vec<Stored>) {
    let mut parts = (Vec::new(), Vec::new());
    for mut row in rows {
        let seen = Seen { test: &row.test, message: &row.message, details: &row.details, job: &row.job, branch: &row.branch };
        let hit = expr.matches(&seen);
        row.details = String::new();
        if hit { parts.0.push(row) } else { parts.1.push(row) }
    }
    parts
}

/// Tries a signature on the newest stored failures of a project, and changes nothing.
///
/// # Errors
/// 401 for guests; 404 for a delta the caller may not see; 422 for a query that cannot be read.
pub async fn attempt(app: &App, caller: &Caller, project: &str, attempt: &TrySignature) -> Result<Tried> {
    caller.person()?;
    let expr = Arc::new(read(&attempt.query)?);
    let mut tx = app.db.read().await?;
    let project = store::project::find(&mut tx, project).await?;
    let own = match attempt.delta {
        Some(key) => Some(store::delta::find(&mut tx, caller, key).await?.id),
        None => None,
    };
    let sifted = sift(&mut tx, project.id, &expr).await?;
    let groups: BTreeSet<Uuid> = sifted.found.iter().chain(&sifted.left).map(|row| row.group_id).collect();
    let groups: Vec<Uuid> = groups.into_iter().collect();
    let mut behind: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let mut shown = HashMap::new();
    for groups in groups.chunks(store::failure::CHUNK) {
        for link in store::failure::links_shown(&mut tx, caller, groups).await? {
            behind.entry(link.of).or_default().push(link.id);
            shown.entry(link.id).or_insert_with(|| link.delta());
        }
    }
    let explains = |row: &&Stored| own.is_some_and(|own| behind.get(&row.group_id).is_some_and(|deltas| deltas.contains(&own)));
    let missed: Vec<&Stored> = sifted.left.iter().filter(explains).collect();
    let mut taken: HashMap<Uuid, i64> = HashMap::new();
    for delta in sifted.found.iter().filter_map(|row| behind.get(&row.group_id)).flatten().filter(|delta| Some(**delta) != own) {
        *taken.entry(*delta).or_default() += 1;
    }
    let mut overlap: Vec<Overlap> =
        taken.into_iter().filter_map(|(delta, failures)| Some(Overlap { delta: shown.remove(&delta)?, failures })).collect();
    overlap.sort_by_key(|overlap| (-overlap.failures, overlap.delta.key));
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    Ok(Tried {
        tried: number(sifted.found.len() + sifted.left.len()),
        hits: number(sifted.found.len()),
        found: samples(&sifted.found.iter().collect::<Vec<_>>()),
        misses: number(missed.len()),
        missed: samples(&missed),
        overlap,
    })
}

/// One line a group, the newest first.
fn samples(rows: &[&Stored]) -> Vec<Sample> {
    let mut samples: Vec<Sample> = Vec::new();
    let mut at: HashMap<Uuid, usize> = HashMap::new();
    for row in rows {
        match at.get(&row.group_id) {
            Some(index) => samples[*index].failures += 1,
            None => {
                at.insert(row.group_id, samples.len());
                samples.push(Sample { group: row.group_id, test: row.test.clone(), message: row.message.clone(), failures: 1 });
            }
        }
    }
    samples.truncate(TOLD);
    samples
}

/// Puts a signature in force for a delta; the groups it recognises among the newest stored failures are explained by it from now on.
///
/// # Errors
/// 401 and 403 for all but the project's maintainers; 409 where the delta has the same one; 422 for a query that cannot be read, or
/// when the project has to be said and is not.
pub async fn add(app: &App, caller: &Caller, delta: DeltaKey, new: NewSignature) -> Result<Uuid> {
    let text = new.query.trim();
    let expr = Arc::new(telling(text)?);
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, caller, delta).await?;
    let slug = match new.project {
        Some(slug) => slug,
        None => match store::evidence::projects(&mut tx, row.id).await?.as_slice() {
            [(_, slug)] => slug.clone(),
            _ => return Err(Error::invalid("project", "must be one of the projects the delta has a place in")),
        },
    };
    let project = may(&mut tx, caller, &row, &slug).await?;
    let sifted = sift(&mut tx, project, &expr).await?;
    drop(tx);
    let user = caller.actor()?.id;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    store::signature::lock(&mut tx, project).await?;
    // The place may have gone since.
    if !store::evidence::is_placed(&mut tx, row.id, project).await? {
        return Err(Error::not_found("place"));
    }
    new_to(&mut tx, row.id, project, text, None).await?;
    let id = store::signature::insert(&mut tx, row.id, project, text, user, now).await?;
    recognise(&mut tx, app, row.id, project, id, &expr, sifted).await?;
    let event = Event::new("signature.added", now, Some(user)).with(json!({ "query": text }));
    tx.emit(Event { delta: Some(row.id), project: Some(project), ..event }).await?;
    tx.commit().await?;
    Ok(id)
}

/// Links what a signature recognises: what was sifted before the transaction, and what came in since.
async fn recognise(tx: &mut Tx, app: &App, delta: Uuid, project: Uuid, signature: Uuid, expr: &Expr, sifted: Sifted) -> Result<()> {
    // A run takes its failures' ids before it is kept: what is older than the newest that was sifted may have come after it.
    let since = sifted.newest.map(|newest| earlier(newest, IN_FLIGHT));
    let since = store::failure::sample(tx, project, None, since, SAMPLE as u64).await?;
    let (fresh, _) = split(since, expr);
    let groups: HashSet<Uuid> = sifted.found.iter().chain(&fresh).map(|row| row.group_id).collect();
    let links: Vec<Link> = groups.into_iter().map(|group| Link { group, delta, signature: Some(signature) }).collect();
    if !links.is_empty() {
        store::failure::link(tx, &links, None, app.clock.now()).await?;
        store::failure::attribute_stored(tx, &links).await?;
    }
    Ok(())
}

/// An id that is lower than all that were made up to so long before this one was: ids begin with their time in milliseconds.
fn earlier(id: Uuid, by: Duration) -> Uuid {
    let millis = (id.as_u128() >> 80).saturating_sub(by.as_millis());
    Uuid::from_u128(millis << 80)
}

/// Changes what a signature asks; what it recognises is looked for anew. The new version.
///
/// # Errors
/// As for [`add`]; 404 for a signature the delta does not have; 412 when it was changed since.
pub async fn change(app: &App, caller: &Caller, delta: DeltaKey, signature: Uuid, seen: i64, put: PutSignature) -> Result<i64> {
    let text = put.query.trim();
    let expr = Arc::new(telling(text)?);
    let mut tx = app.db.read().await?;
    let (row, project) = held(&mut tx, caller, delta, signature).await?;
    let sifted = sift(&mut tx, project, &expr).await?;
    let others = others(&mut tx, row.id, project, signature).await?;
    drop(tx);
    let user = caller.actor()?.id;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    store::signature::lock(&mut tx, project).await?;
    new_to(&mut tx, row.id, project, text, Some(signature)).await?;
    if !store::signature::update(&mut tx, signature, seen, text, user, now).await? {
        return Err(Error::stale("signature"));
    }
    store::failure::unlink(&mut tx, Unlink::Signature(signature)).await?;
    recognise(&mut tx, app, row.id, project, signature, &expr, sifted).await?;
    step_in(&mut tx, app, project, others).await?;
    let event = Event::new("signature.changed", now, Some(user)).with(json!({ "query": text }));
    tx.emit(Event { delta: Some(row.id), project: Some(project), ..event }).await?;
    tx.commit().await?;
    Ok(seen + 1)
}

/// Takes a signature out of force, and the delta away from the groups that only it had recognised.
///
/// # Errors
/// As for [`change`].
pub async fn remove(app: &App, caller: &Caller, delta: DeltaKey, signature: Uuid, seen: i64) -> Result<()> {
    let mut tx = app.db.read().await?;
    let (row, project) = held(&mut tx, caller, delta, signature).await?;
    let others = others(&mut tx, row.id, project, signature).await?;
    drop(tx);
    let mut tx = app.db.write().await?;
    store::signature::lock(&mut tx, project).await?;
    let now = app.clock.now();
    if !store::signature::delete(&mut tx, signature, seen, now).await? {
        return Err(Error::stale("signature"));
    }
    store::failure::unlink(&mut tx, Unlink::Signature(signature)).await?;
    step_in(&mut tx, app, project, others).await?;
    let event = Event::new("signature.removed", now, caller.user_id());
    tx.emit(Event { delta: Some(row.id), project: Some(project), ..event }).await?;
    tx.commit().await
}

/// Refuses a signature that another one of the delta already is.
async fn new_to(tx: &mut Tx, delta: Uuid, project: Uuid, text: &str, but: Option<Uuid>) -> Result<()> {
    let there = store::signature::of_project(tx, project).await?;
    if there.iter().any(|row| row.delta_id == delta && row.query == text && Some(row.id) != but) {
        return Err(Error::conflict("This delta has the same signature already. Nothing was changed."));
    }
    Ok(())
}

/// A signature, what it asks and what that finds.
type Other = (store::signature::Row, Arc<Expr>, Sifted);

/// A delta's other signatures in a project, with what they find: a group that one lets go may be recognised by another.
async fn others(tx: &mut Tx, delta: Uuid, project: Uuid, but: Uuid) -> Result<Vec<Other>> {
    let mut others = Vec::new();
    for row in store::signature::of_project(tx, project).await? {
        if row.delta_id != delta || row.id == but {
            continue;
        }
        // One that cannot be read any more finds nothing.
        if let Ok(expr) = read(&row.query) {
            let expr = Arc::new(expr);
            let sifted = sift(tx, project, &expr).await?;
            others.push((row, expr, sifted));
        }
    }
    Ok(others)
}

/// Links what they find, as far as they are still in force as they were read.
async fn step_in(tx: &mut Tx, app: &App, project: Uuid, others: Vec<Other>) -> Result<()> {
    if others.is_empty() {
        return Ok(());
    }
    let current: HashSet<(Uuid, i64)> =
        store::signature::of_project(tx, project).await?.into_iter().map(|row| (row.id, row.version)).collect();
    for (row, expr, sifted) in others {
        if current.contains(&(row.id, row.version)) {
            recognise(tx, app, row.delta_id, project, row.id, &expr, sifted).await?;
        }
    }
    Ok(())
}

/// A signature for who may change it: the delta and the signature's project.
async fn held(tx: &mut Tx, caller: &Caller, delta: DeltaKey, signature: Uuid) -> Result<(store::delta::Row, Uuid)> {
    let row = store::delta::find(tx, caller, delta).await?;
    let found = store::signature::find(tx, row.id, signature).await?;
    caller.actor()?;
    if !caller.maintains(found.project_id) {
        return Err(Error::forbidden("Only the project's maintainers may do this."));
    }
    Ok((row, found.project_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_a_while_before_an_id_is_not_lower_than_its_earlier_one() {
        let id = crate::clock::new_id();
        let before = earlier(id, Duration::from_secs(60));
        assert_eq!((id.as_u128() >> 80) - (before.as_u128() >> 80), 60_000);
        assert!(before < id && earlier(Uuid::from_u128(5 << 80), IN_FLIGHT) == Uuid::nil());
    }
}
