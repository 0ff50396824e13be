//! Lenses: an organisation's own weights on segments.

use std::collections::BTreeMap;

use schema::{
    lens::{Lens, WEIGHT_MAX, WEIGHTS_MAX, Weight},
    user::Role,
};
use serde_json::json;
use uuid::Uuid;

use super::org::at_least;
use crate::{
    app::App,
    caller::Caller,
    error::Result,
    extract::Check,
    store::{self, db::Tx, event::Event, org::Row},
};

/// Replaces an organisation's weights. Members and owners. Changes nothing that others see.
///
/// # Errors
/// 401, 403, 404; 422 for a weight out of bounds, or a segment that is none or is named twice.
pub async fn put(app: &App, caller: &Caller, slug: &str, lens: &Lens) -> Result<Lens> {
    let mut tx = app.db.write().await?;
    let (org, user) = held(&mut tx, caller, slug).await?;
    let kept = replace(app, &mut tx, &org, user, lens).await?;
    tx.commit().await?;
    Ok(kept)
}

/// An organisation for one of its members or owners, whose row is held: two changes of its lens come one after the other.
async fn held(tx: &mut Tx, caller: &Caller, slug: &str) -> Result<(Row, Uuid)> {
    let user = caller.actor()?.id;
    let org = store::org::find(tx, caller, slug).await?;
    at_least(caller, &org, Role::Member)?;
    store::org::lock(tx, org.id).await?;
    Ok((org, user))
}

/// The weights of a lens by the ids of their segments.
///
/// # Errors
/// 422 for a weight out of bounds, or a segment that is none or is named twice.
pub async fn check(tx: &mut Tx, lens: &Lens) -> Result<BTreeMap<Uuid, i64>> {
    let mut check = Check::default();
    check.that(lens.weights.len() <= WEIGHTS_MAX, "weights", format!("has more than {WEIGHTS_MAX} weights")).done()?;
    let known = store::lens::segments(tx, lens.weights.iter().map(|weight| weight.project.clone()).collect()).await?;
    let mut weights = BTreeMap::new();
    for (i, weight) in lens.weights.iter().enumerate() {
        check.that((0..=WEIGHT_MAX).contains(&weight.weight), &format!("weights[{i}].weight"), format!("must be 0 to {WEIGHT_MAX}"));
        match known.get(&(weight.project.clone(), weight.segment.clone())) {
            Some(id) => {
                check.that(weights.insert(*id, weight.weight).is_none(), &format!("weights[{i}].segment"), "is named twice");
            }
            None => {
                check.that(false, &format!("weights[{i}].segment"), "is no segment of this project");
            }
        }
    }
    check.done()?;
    Ok(weights)
}

async fn replace(app: &App, tx: &mut Tx, org: &Row, user: Uuid, lens: &Lens) -> Result<Lens> {
    let weights = check(tx, lens).await?;
    // 1 is what a segment weighs without a row.
    let weights: Vec<_> = weights.into_iter().filter(|(_, weight)| *weight != 1).collect();
    store::lens::replace(tx, org.id, &weights).await?;
    store::lens::rescore_org(tx, org.id).await?;
    let kept = Lens { weights: store::lens::weights(tx, org.id).await? };
    tx.emit(Event { org: Some(org.id), ..Event::new("org.lens", app.clock.now(), Some(user)).with(json!(kept)) }).await?;
    Ok(kept)
}

/// Weighs one segment and leaves the others; a weight of 1 takes it out of the lens. Members and owners.
///
/// # Errors
/// As [`put`].
pub async fn weigh(app: &App, caller: &Caller, slug: &str, weight: Weight) -> Result<Lens> {
    let mut tx = app.db.write().await?;
    let (org, user) = held(&mut tx, caller, slug).await?;
    let mut weights = store::lens::weights(&mut tx, org.id).await?;
    weights.retain(|other| (&other.project, &other.segment) != (&weight.project, &weight.segment));
    weights.insert(0, weight);
    let kept = replace(app, &mut tx, &org, user, &Lens { weights }).await?;
    tx.commit().await?;
    Ok(kept)
}
