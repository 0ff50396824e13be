//! Taking an occurrence away: a secret that was pasted with a trace is not to stay.

use std::collections::{HashMap, HashSet};

use schema::{id::DeltaKey, occurrence::Occurrence};
use uuid::Uuid;

use crate::{
    act::delta::maintains,
    app::App,
    caller::Caller,
    error::{Error, Result},
    store::{self, event::Event},
};

/// Takes an occurrence away for good, with its trace: the counts are as if it had not been. For who reported it and the maintainers of the
/// projects of the delta it was reported on. What it opened again stays open.
///
/// # Errors
/// 401 for guests, 403 for everybody else; 404 where there is none that they may see.
pub async fn remove(app: &App, caller: &Caller, key: DeltaKey, id: Uuid) -> Result<()> {
    let user = caller.actor()?.id;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let asked = store::delta::find(&mut tx, caller, key).await?;
    let one = store::occurrence::kept(&mut tx, caller, asked.id, id).await?;
    let row = store::delta::lock(&mut tx, one.delta_id).await?;
    if one.reporter_id != Some(user) && !maintains(&mut tx, caller, &row).await? {
        return Err(Error::forbidden("Only who reported it and the maintainers of the delta's projects may take an occurrence away."));
    }
    // Of two who take it away at once, one does.
    if !store::occurrence::remove(&mut tx, &one).await? {
        return Err(Error::not_found("occurrence"));
    }
    tx.emit(Event { delta: Some(row.id), ..Event::new("occurrence.removed", now, Some(user)) }).await?;
    tx.commit().await
}

/// Which of these the caller may take away.
///
/// # Errors
/// When the database does not answer.
pub async fn removable(tx: &mut store::db::Tx, caller: &Caller, shown: &[Occurrence]) -> Result<HashSet<Uuid>> {
    let Some(user) = &caller.user else { return Ok(HashSet::new()) };
    let mut maintained: HashMap<DeltaKey, bool> = HashMap::new();
    let mut may = HashSet::new();
    for one in shown {
        let own = one.reporter.as_ref().is_some_and(|reporter| reporter.name == user.name);
        let decides = match maintained.get(&one.delta) {
            Some(known) => *known,
            None => {
                let row = store::delta::find(tx, caller, one.delta).await?;
                let decides = maintains(tx, caller, &row).await?;
                maintained.insert(one.delta, decides);
                decides
            }
        };
        if own || decides {
            may.insert(one.id);
        }
    }
    Ok(may)
}
