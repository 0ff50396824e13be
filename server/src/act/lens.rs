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

/// Weighs these segments and leaves the others; a weight of 1 takes one out of the lens. Members and owners.
///
/// # Errors
/// As [`put`].
pub async fn weigh(app: &App, caller: &Caller, slug: &str, weights: Vec<Weight>) -> Result<Lens> {
    let mut tx = app.db.write().await?;
    let (org, user) = held(&mut tx, caller, slug).await?;
    let lens = over(store::lens::weights(&mut tx, org.id).await?, weights);
    let kept = replace(app, &mut tx, &org, user, &lens).await?;
    tx.commit().await?;
    Ok(kept)
}

/// These weights put over those that are kept: what they do not name stays. A weight of 1 takes one out.
pub fn over(mut kept: Vec<Weight>, weights: Vec<Weight>) -> Lens {
    let same = |one: &Weight, other: &Weight| (&one.project, &one.segment) == (&other.project, &other.segment);
    kept.retain(|other| !weights.iter().any(|one| same(one, other)));
    // First, so that what is wrong with one is told by its own place.
    Lens { weights: weights.into_iter().filter(|one| one.weight != 1).chain(kept).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(segment: &str, weight: i64) -> Weight {
        Weight { project: "neutron".to_owned(), segment: segment.to_owned(), weight }
    }

    #[test]
    fn what_is_not_named_stays_and_a_weight_of_one_takes_out() {
        let kept = vec![weight("large", 7), weight("small", 3), weight("arm", 5)];
        let said = vec![weight("small", 1), weight("large", 9), weight("other", 1)];
        assert_eq!(over(kept.clone(), said).weights, [weight("large", 9), weight("arm", 5)]);
        assert_eq!(over(kept.clone(), Vec::new()).weights, kept);
    }
}
