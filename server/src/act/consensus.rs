//! What makes a project hold that something is agreed: its rule, answers to objections, and what the rule decides by itself.
//!
//! A rule only ever decides `agreed`, and only where no maintainer has said `agreed`, `disputed` or `declined`
//! (docs/adr/0012-consensus-by-rule.md).

use schema::{
    id::DeltaKey,
    place::{APPROVALS_MAX, Consensus, DAYS_MAX, Decision, How, REASON_MAX, Rule, undecided},
};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::project::{maintainer, person};
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::Check,
    store::{
        self,
        db::Tx,
        delta::Row,
        event::Event,
        place::{self, Held, Ruled},
    },
};

/// Sets a project's rule. What is decided stays so; where somebody has stated a position, the new rule counts from now on.
///
/// # Errors
/// 401 and 403 for all but maintainers; 422 for a number that is out of bounds or goes with another rule.
pub async fn put_rule(app: &App, caller: &Caller, slug: &str, decision: Decision) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let project = store::project::lock(&mut tx, slug).await?;
    let user = maintainer(caller, &project)?;
    let mut wrong = Check::default();
    wrong.that(decision.days.is_none() || decision.rule == Rule::Lazy, "days", "goes only with lazy");
    wrong.that(decision.approvals.is_none() || decision.rule == Rule::Approvals, "approvals", "goes only with approvals");
    wrong.that((1..=DAYS_MAX).contains(&decision.days()), "days", format!("must be 1 to {DAYS_MAX}"));
    wrong.that((1..=APPROVALS_MAX).contains(&decision.approvals()), "approvals", format!("must be 1 to {APPROVALS_MAX}"));
    wrong.done()?;
    let decision = Decision::new(decision.rule, decision.days(), decision.approvals());
    if decision == project.decision() {
        return Ok(());
    }
    store::project::decide_by(&mut tx, project.id, &decision).await?;
    if decision.rule != project.decision {
        place::wait_for(&mut tx, project.id, true, now).await?;
    } else if decision.rule == Rule::Approvals {
        place::wait_for(&mut tx, project.id, false, now).await?;
    }
    let said = json!({ "rule": decision.rule, "days": decision.days, "approvals": decision.approvals });
    tx.emit(Event { project: Some(project.id), ..Event::new("project.decision", now, Some(user.id)).with(said) }).await?;
    tx.commit().await
}

/// Answers a person's objection, with a reason: it no longer stands in the rule's way, unless they state it anew. For the project's
/// maintainers.
///
/// # Errors
/// 401 and 403 for others; 404 for what they may not see, or where that person objects to nothing in the current text; 409 where it is
/// answered; 422 without a reason.
pub async fn answer(app: &App, caller: &Caller, key: DeltaKey, project: &str, name: &str, reason: &str) -> Result<()> {
    let reason = reason.trim();
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    let project = store::project::find(&mut tx, project).await?;
    let here = place::find(&mut tx, row.id, project.id).await?;
    let user = maintainer(caller, &project)?;
    Check::default().text(reason, "reason", 1, REASON_MAX).done()?;
    let who = person(&mut tx, name).await.map_err(|_| Error::not_found("objection"))?;
    if who == user.id {
        return Err(Error::conflict("Nobody answers their own objection: take it back instead. Nothing was changed."));
    }
    let row = settled(&mut tx, row, &project).await?;
    store::delta::touch(&mut tx, row.id, now).await?;
    if !place::answer(&mut tx, here.id, who, row.revision, user.id, reason, now).await? {
        return Err(Error::not_found("objection"));
    }
    let said = json!({ "name": name, "reason": reason, "revision": row.revision });
    let event = Event::new("objection.answered", now, Some(user.id)).with(said);
    tx.emit(Event { delta: Some(row.id), project: Some(project.id), ..event }).await?;
    let ruled = Ruled { place: here.id, project: project.id, decision: project.decision() };
    reconsider(&mut tx, &row, ruled, now, false).await?;
    tx.commit().await
}

/// The delta as it stays until the transaction ends, where a rule may decide about it: a decision is of the current text.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn settled(tx: &mut Tx, row: Row, project: &store::project::Row) -> Result<Row> {
    if project.decision == Rule::Maintainers { Ok(row) } else { store::delta::lock(tx, row.id).await }
}

/// Asks the rule of a place again after something was said there; `anew` where silence counts from now on whatever was before. The
/// delta is locked.
///
/// # Errors
/// When the database does not answer.
pub async fn reconsider(tx: &mut Tx, row: &Row, ruled: Ruled, now: OffsetDateTime, anew: bool) -> Result<()> {
    if ruled.decision.rule == Rule::Maintainers {
        return Ok(());
    }
    let weight = place::weigh(tx, ruled.place, row.revision).await?;
    let free = row.open && undecided(weight.consensus) && weight.objections == 0;
    let since = match ruled.decision.rule {
        Rule::Lazy if free => weight.waits_since.filter(|_| !anew).or(Some(now)),
        Rule::Approvals if free && weight.approvals >= ruled.decision.approvals() => {
            let rationale = format!("{} maintainers agree, and no objection is unanswered.", weight.approvals);
            let rationale =
                if weight.approvals == 1 { "A maintainer agrees, and no objection is unanswered.".to_owned() } else { rationale };
            decide(tx, row, ruled, &weight, &rationale, now).await?;
            None
        }
        _ => None,
    };
    if since != weight.waits_since { place::wait(tx, ruled.place, since).await } else { Ok(()) }
}

/// Asks the rules of all of a delta's projects again, as after a new revision or when its gap is open again: silence counts from now
/// on. `row` is the delta as it is now, and locked.
///
/// # Errors
/// When the database does not answer.
pub async fn anew(tx: &mut Tx, row: &Row, now: OffsetDateTime) -> Result<()> {
    for ruled in place::ruled(tx, row.id).await? {
        reconsider(tx, row, ruled, now, true).await?;
    }
    Ok(())
}

/// Writes down that the rule is met.
async fn decide(tx: &mut Tx, row: &Row, ruled: Ruled, weight: &place::Weight, rationale: &str, now: OffsetDateTime) -> Result<()> {
    let seen = place::Row { id: ruled.place, project_id: ruled.project, version: weight.version };
    let held = Held { state: Consensus::Agreed, rationale, by: None, how: How::Rule, revision: row.revision };
    store::delta::touch(tx, row.id, now).await?;
    place::put_consensus(tx, seen, held, now).await?;
    let said = json!({
        "state": held.state, "was": weight.consensus, "rationale": rationale, "revision": row.revision, "how": held.how,
        "rule": ruled.decision.rule,
    });
    let event = Event::new("consensus.set", now, None).with(said);
    tx.emit(Event { delta: Some(row.id), project: Some(ruled.project), ..event }).await.map(drop)
}

/// Decides what has waited long enough. Each place is looked at again under the lock of its delta: several servers may do this at once,
/// and what was said in this moment counts. Gives how many were decided.
///
/// # Errors
/// When the database does not answer; what was decided stays so.
pub async fn due(app: &App) -> Result<u64> {
    let mut decided = 0;
    let mut tx = app.db.read().await?;
    let due = place::due(&mut tx, app.clock.now()).await?;
    drop(tx);
    for due in due {
        let mut tx = app.db.write().await?;
        let now = app.clock.now();
        let row = match store::delta::lock(&mut tx, due.delta_id).await {
            Err(error) if error.kind() == Kind::NotFound => continue,
            row => row?,
        };
        let ruled = place::ruled(&mut tx, row.id).await?.into_iter().find(|ruled| ruled.place == due.id);
        let Some(ruled) = ruled else { continue };
        if ruled.decision.rule == Rule::Approvals {
            reconsider(&mut tx, &row, ruled, now, false).await?;
            tx.commit().await?;
            continue;
        }
        let weight = place::weigh(&mut tx, ruled.place, row.revision).await?;
        let long = Duration::days(ruled.decision.days());
        let met = row.open && undecided(weight.consensus) && weight.objections == 0;
        if met && weight.waits_since.is_some_and(|since| since + long <= now) {
            let days = ruled.decision.days();
            let rationale = format!("Nobody objected for {days} {}.", if days == 1 { "day" } else { "days" });
            decide(&mut tx, &row, ruled, &weight, &rationale, now).await?;
            place::wait(&mut tx, ruled.place, None).await?;
            tx.commit().await?;
            decided += 1;
        }
    }
    Ok(decided)
}

/// After somebody became a maintainer: what they had said before may be the approval that was missing.
///
/// # Errors
/// When the database does not answer.
pub async fn joined(tx: &mut Tx, project: Uuid, decision: &Decision, now: OffsetDateTime) -> Result<()> {
    if decision.rule == Rule::Approvals { place::wait_for(tx, project, false, now).await } else { Ok(()) }
}
