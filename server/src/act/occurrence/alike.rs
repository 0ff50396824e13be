//! Which deltas have a crash like this one.

use schema::{delta::Ref, id::DeltaKey, occurrence::Alike, trace::Keyed};
use uuid::Uuid;

use super::read;
use crate::{
    caller::Caller,
    error::Result,
    ingest::trace,
    store::{self, db::Tx},
};

/// What two crashes share at least, to be called similar.
const LEAST: f64 = 0.3;
/// How many similar crashes are offered.
const OFFERED: usize = 3;
/// How many deltas with the same crash are named.
const SAME: usize = 10;

/// Deltas the caller may see with a crash like that of a text, each with how alike it is: the same first. None where there is no trace in
/// the text.
///
/// # Errors
/// When the database does not answer.
pub async fn alike(tx: &mut Tx, caller: &Caller, text: &str, project: Option<Uuid>) -> Result<Vec<(Ref, Alike)>> {
    let Some(read) = read(text).await?.filter(|read| read.trace.is_some()) else { return Ok(Vec::new()) };
    let keys = &read.kept.keys;
    let mut shares: Vec<(Uuid, bool, f64)> = Vec::new();
    for delta in store::occurrence::same(tx, caller, &read.kept.fingerprint).await? {
        shares.push((delta, true, 1.0));
    }
    for (delta, share) in shared(&store::occurrence::near(tx, caller, keys).await?, keys) {
        if !shares.iter().any(|(known, _, _)| *known == delta) {
            shares.push((delta, false, share));
        }
    }
    let ids: Vec<Uuid> = shares.iter().map(|(delta, _, _)| *delta).collect();
    let shown = store::occurrence::shown(tx, caller, &ids, project).await?;
    let mut found: Vec<(Ref, bool, f64)> = Vec::new();
    for (delta, same, share) in shares {
        let Some(shown) = shown.get(&delta) else { continue };
        match found.iter_mut().find(|(one, _, _)| one.key == shown.key) {
            Some((_, known, most)) => (*known, *most) = (*known || same, most.max(share)),
            None => found.push((shown.clone(), same, share)),
        }
    }
    found.sort_by(|(a, a_same, a_share), (b, b_same, b_share)| {
        b_same.cmp(a_same).then(b_share.total_cmp(a_share)).then(b.open.cmp(&a.open)).then(b.key.cmp(&a.key))
    });
    found.truncate(OFFERED);
    let told = |(delta, same, share): (Ref, bool, f64)| {
        let words = if same { "same crash" } else { "similar crash" };
        let alike = Alike { key: delta.key, same, percent: (share * 100.0).round() as i64, words: words.to_owned() };
        (delta, alike)
    };
    Ok(found.into_iter().map(told).collect())
}

/// Of each delta the most that one of its crashes shares, where that is enough to be called similar.
fn shared(near: &store::occurrence::Near, keys: &[Keyed]) -> Vec<(Uuid, f64)> {
    let mut best: Vec<(Uuid, f64)> = Vec::new();
    for (delta, other) in &near.others {
        let share = trace::similarity(keys, other, |key| near.among.get(&key).copied().unwrap_or(1), near.all);
        match best.iter_mut().find(|(known, _)| known == delta) {
            Some((_, most)) => *most = most.max(share),
            None if share >= LEAST => best.push((*delta, share)),
            None => {}
        }
    }
    best
}

/// Deltas the caller may see with a crash of this fingerprint, but `besides`; of a duplicate the one that stands for it. Open ones first,
/// then those that hit hardest.
///
/// # Errors
/// When the database does not answer.
pub async fn same(tx: &mut Tx, caller: &Caller, besides: DeltaKey, fingerprint: &str) -> Result<Vec<Ref>> {
    let ids = store::occurrence::same(tx, caller, fingerprint).await?;
    let shown = store::occurrence::shown(tx, caller, &ids, None).await?;
    let mut found: Vec<Ref> = Vec::new();
    for one in ids.iter().filter_map(|id| shown.get(id)) {
        if one.key != besides && !found.iter().any(|known| known.key == one.key) {
            found.push(one.clone());
        }
    }
    found.sort_by(|a, b| b.open.cmp(&a.open).then(b.impact.cmp(&a.impact)).then(a.key.cmp(&b.key)));
    found.truncate(SAME);
    Ok(found)
}
