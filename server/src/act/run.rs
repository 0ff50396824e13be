//! Runs of CI: results in, receipts out.

mod matching;
mod tally;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use schema::{
    ci::{Receipt, ReceiptCommitment, ReceiptDelta, ReceiptFailure, RunFacts, RunFailure, Verdict},
    delta::{Resolution, Visibility},
    id::DeltaKey,
    route,
    stance::Standing,
    task::Commitment,
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

pub use matching::{Matcher, Seen};
pub use tally::Tally;

use crate::{
    act,
    app::App,
    caller::{Caller, Via},
    clock,
    error::{Error, Result},
    store::{
        self,
        db::Tx,
        failure::{Alike, Link},
    },
};

/// A caller who may report runs of a project: what [`report`] asks for. Made before the body is read.
#[derive(Debug)]
pub struct Desk {
    project: Uuid,
}

/// Lets CI with a token of this project, and the project's maintainers, report.
///
/// # Errors
/// 401 for guests, 403 for everybody else, 404 when there is no such project.
pub async fn desk(app: &App, caller: &Caller, project: &str) -> Result<Desk> {
    let mut tx = app.db.read().await?;
    let row = store::project::find(&mut tx, project).await?;
    let allowed = match caller.via {
        Via::Ci { project, .. } => project == row.id,
        _ => {
            caller.actor()?;
            caller.maintains(row.id)
        }
    };
    if !allowed {
        return Err(Error::forbidden("Runs are reported with a CI token of this project, or by its maintainers."));
    }
    Ok(Desk { project: row.id })
}

/// Keeps a run and its failures, and says what is known of them. The same run again gives the receipt that was stored, with
/// `false`: nothing is counted twice, also when both arrive at once.
///
/// # Errors
/// 422 for facts that may not be stored.
pub async fn report(app: &App, desk: &Desk, facts: RunFacts, tally: Tally) -> Result<(bool, Receipt)> {
    Error::check(facts.faults())?;
    let project = desk.project;
    let mut tx = app.db.read().await?;
    if let Some(receipt) = store::run::receipt(&mut tx, project, &facts.external_id, facts.attempt).await? {
        return Ok((false, public(&mut tx, receipt).await?));
    }
    let signatures = store::signature::of_project(&mut tx, project).await?;
    drop(tx);
    let (facts, tally) = (Arc::new(facts), Arc::new(tally));
    // Long texts times many signatures take their time: not while the database waits.
    let matcher = match tally.failures.is_empty() {
        true => Matcher::default(),
        false => {
            let (facts, tally) = (facts.clone(), tally.clone());
            tokio::task::spawn_blocking(move || Matcher::new(&signatures, &tally, &facts)).await?
        }
    };
    let now = app.clock.now();
    let mut receipt = tally.receipt(clock::new_id());
    let mut tx = app.db.write().await?;
    if !store::run::insert(&mut tx, project, &facts, &receipt, now).await? {
        let stored = store::run::receipt(&mut tx, project, &facts.external_id, facts.attempt).await?;
        let stored = stored.ok_or_else(|| Error::conflict("This run is being reported by somebody else; send it again."))?;
        return Ok((false, public(&mut tx, stored).await?));
    }
    if !tally.failures.is_empty() {
        explain(app, &mut tx, Run { project, facts: &facts, tally: &tally, matcher, now }, &mut receipt).await?;
        store::run::keep(&mut tx, &receipt).await?;
    }
    act::evidence::record(&mut tx, project, receipt.run, &tally, now).await?;
    tx.commit().await?;
    Ok((true, receipt))
}

/// A run on its way in.
struct Run<'a> {
    project: Uuid,
    facts: &'a RunFacts,
    tally: &'a Tally,
    matcher: Matcher,
    now: OffsetDateTime,
}

/// Sorts a run's failures into groups, finds what stands behind them, keeps them and fills in the receipt. The number of statements
/// does not rise with the number of tests, but for every 500 failures.
async fn explain(app: &App, tx: &mut Tx, run: Run<'_>, receipt: &mut Receipt) -> Result<()> {
    let Run { project, facts, tally, mut matcher, now } = run;
    // A signature may have come or changed since the texts were matched; it cannot any more.
    let signatures = store::signature::of_project(tx, project).await?;
    matcher.catch_up(&signatures, tally, facts);
    let mut alike: BTreeMap<&str, Alike<'_>> = BTreeMap::new();
    for failure in &tally.failures {
        let group = alike.entry(&failure.fingerprint).or_insert(Alike { test: &failure.test, message: "", failures: 0 });
        group.message = failure.crux();
        group.failures += 1;
    }
    let groups = store::failure::count(tx, project, &alike, now).await?;
    let group_of: Vec<Uuid> = tally.failures.iter().map(|failure| groups.get(&failure.fingerprint).copied().unwrap_or_default()).collect();
    let ids: Vec<Uuid> = groups.values().copied().collect();
    let mut behind: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (group, delta) in store::failure::links(tx, &ids).await? {
        behind.entry(group).or_default().push(delta);
    }
    let mut fresh: Vec<Link> = Vec::new();
    for (index, signature) in matcher.hits() {
        let group = group_of[index];
        let deltas = behind.entry(group).or_default();
        if !deltas.contains(&signature.delta_id) {
            deltas.push(signature.delta_id);
            fresh.push(Link { group, delta: signature.delta_id, signature: Some(signature.id) });
        }
    }
    store::failure::link(tx, &fresh, None, now).await?;
    store::failure::attribute_stored(tx, &fresh).await?;

    let named: HashSet<Uuid> = behind.values().flatten().copied().collect();
    let named: Vec<Uuid> = named.into_iter().collect();
    let (rows, stands) = store::failure::behind(tx, &named).await?;
    let rows: HashMap<Uuid, store::delta::Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    let standings = store::triage::standings(tx, &Caller::default(), &rows.keys().copied().collect::<Vec<_>>()).await?;

    let (mut kept, mut pairs, mut back) = (Vec::new(), Vec::new(), BTreeMap::<i64, (Uuid, &str)>::new());
    let mut explained: BTreeMap<Uuid, bool> = BTreeMap::new();
    for (failure, group) in tally.failures.iter().zip(&group_of) {
        let mut deltas: Vec<&store::delta::Row> =
            behind.get(group).into_iter().flatten().filter_map(|delta| rows.get(stands.get(delta)?)).collect();
        deltas.sort_unstable_by_key(|row| row.number);
        deltas.dedup_by_key(|row| row.number);
        let closed = |row: &store::delta::Row| row.resolution() == Some(Resolution::Closed);
        if !failure.flaky {
            // All that come back are told of it: for a private one, those who may see it.
            for row in deltas.iter().filter(|row| closed(row)) {
                back.entry(row.number).or_insert((row.id, &failure.test));
            }
        }
        // To everybody else a private delta does not exist: to go by it would tell of it. Receipts travel to places with other readers.
        let public: Vec<&store::delta::Row> = deltas.iter().copied().filter(|row| row.visibility == Visibility::Public).collect();
        let came_back = public.iter().any(|row| closed(row));
        let verdict = match failure.flaky {
            false if came_back => Verdict::Regressed,
            _ if public.iter().any(|row| row.open) => Verdict::Known,
            true => Verdict::Flaky,
            false => Verdict::New,
        };
        if !deltas.is_empty() {
            explained.insert(*group, came_back || public.iter().any(|row| row.open));
        }
        let id = clock::new_id();
        kept.push(store::failure::New {
            id,
            group: *group,
            test: &failure.test,
            message: failure.message.as_deref().unwrap_or_default(),
            details: failure.details.as_deref().unwrap_or_default(),
            verdict,
        });
        pairs.extend(deltas.iter().map(|row| (id, row.id)));
        receipt.failures.push(ReceiptFailure {
            test: failure.test.clone(),
            verdict,
            group: *group,
            deltas: public.into_iter().map(|row| named_in(app, row, standings.get(&row.id))).collect(),
        });
        receipt.all_known &= failure.flaky || matches!(verdict, Verdict::Known | Verdict::Quarantined);
    }
    store::failure::insert(tx, receipt.run, &kept).await?;
    store::failure::attribute(tx, &pairs, now).await?;
    // What fails on although its gap was declined or withdrawn is for people to look at again.
    for state in [true, false] {
        let groups: Vec<Uuid> = explained.iter().filter(|(_, explained)| **explained == state).map(|(group, _)| *group).collect();
        store::failure::explain(tx, &groups, state).await?;
    }
    let seen: HashSet<Uuid> = pairs.iter().map(|(_, delta)| *delta).collect();
    store::failure::seen(tx, &seen.into_iter().collect::<Vec<_>>(), now).await?;
    for (delta, test) in back.into_values() {
        let committed = standings.get(&delta).map(|standings| committed(standings)).unwrap_or_default();
        act::resolution::regress(tx, now, delta, json!({ "run": receipt.run, "test": test, "committed": committed })).await?;
    }
    Ok(())
}

fn named_in(app: &App, row: &store::delta::Row, standings: Option<&Vec<Standing>>) -> ReceiptDelta {
    ReceiptDelta {
        delta: row.key().to_string(),
        title: row.title.clone(),
        url: format!("{}{}", app.config.base_url, route::delta(row.key())),
        committed: standings.map(|standings| committed(standings)).unwrap_or_default(),
    }
}

/// Who promised something about a delta, as far as everybody may see.
fn committed(standings: &[Standing]) -> Vec<ReceiptCommitment> {
    let promised = standings.iter().filter(|standing| matches!(standing.commitment, Commitment::Committed | Commitment::Delivered));
    promised
        .map(|standing| ReceiptCommitment {
            org: standing.org.clone(),
            task: standing.task.as_ref().map(ToString::to_string),
            target: standing.target.clone(),
        })
        .collect()
}

/// A stored receipt without the deltas that have become private since.
async fn public(tx: &mut Tx, mut receipt: Receipt) -> Result<Receipt> {
    let keys: HashSet<i64> = receipt
        .failures
        .iter()
        .flat_map(|failure| &failure.deltas)
        .filter_map(|delta| delta.delta.parse::<DeltaKey>().ok())
        .map(|DeltaKey(number)| number)
        .collect();
    if keys.is_empty() {
        return Ok(receipt);
    }
    let shown = store::failure::shown(tx, &Caller::default(), &keys.into_iter().collect::<Vec<_>>()).await?;
    for failure in &mut receipt.failures {
        failure.deltas.retain(|delta| delta.delta.parse::<DeltaKey>().is_ok_and(|key| shown.contains(&key.0)));
    }
    Ok(receipt)
}

/// A run with its failures as a caller may see them, and its receipt as everybody may.
///
/// # Errors
/// 404 when there is none.
pub async fn read(tx: &mut Tx, caller: &Caller, run: Uuid) -> Result<(schema::ci::Run, Receipt)> {
    let (row, project, receipt) = store::run::find(tx, run).await?;
    let (failures, failures_total, deltas) = store::failure::of_run(tx, caller, run).await?;
    let mut of: HashMap<Uuid, Vec<_>> = HashMap::new();
    for delta in &deltas {
        of.entry(delta.of).or_default().push(delta.delta());
    }
    let failures = failures.into_iter().map(|row| RunFailure {
        deltas: of.remove(&row.id).unwrap_or_default(),
        id: row.id,
        test: row.test,
        message: row.message,
        verdict: row.verdict,
        group: row.group_id,
    });
    let run = schema::ci::Run { project, run: row.into(), failures: failures.collect(), failures_total };
    let receipt = public(tx, receipt).await?;
    Ok((run, receipt))
}
