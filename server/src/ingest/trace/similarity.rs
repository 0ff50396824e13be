//! How much two crashes have in common, for those whose fingerprints differ: built in another way, cut short, come upon from elsewhere.
//!
//! What they share is weighed by where it stands and by how rare it is, after TraceSim (R. Vasiliev and others, "TraceSim: a method for
//! calculating stack trace similarity", 2020: position and rarity of frames) and ReBucket (Y. Dang and others, "ReBucket: a method for
//! clustering duplicate crash reports based on call stack similarity", 2012: what stands at different depths counts for less). The type of
//! error and its message are taken as two more things at the top of the stack.

use super::fingerprint::{class, frame_key, root};
use schema::trace::{Keyed, Raised, Trace};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Things of a trace that are compared.
const KEYS: usize = 24;
/// How fast weight falls with depth, by e: at a depth of 1/0.12 ≈ 8 frames a third is left.
const DEPTH: f64 = 0.12;
/// How fast it falls with the difference between the two depths.
const OFFSET: f64 = 0.1;
/// What a frame counts that is not the program's own.
const FOREIGN: f64 = 0.15;
/// What the type and the message of the root cause count, in frames.
const KIND: f64 = 0.8;
const MESSAGE: f64 = 0.8;

/// What a trace is compared by: the types and the message of what was raised, and its innermost frames; each once.
pub fn keys(trace: &Trace) -> Vec<Keyed> {
    let root = root(trace);
    let mut all: Vec<Keyed> = Vec::new();
    let mut add = |said: &str, depth: usize, weight: f64| {
        let key = hashed(trace.language.as_str(), said);
        if all.len() < KEYS && !all.iter().any(|one| one.key == key) {
            all.push(Keyed { key, depth: i64::try_from(depth).unwrap_or(i64::MAX), weight: (weight * 100.0).round() as i64 });
        }
    };
    let outer = trace.raised.first();
    for one in [Some(root), outer].into_iter().flatten() {
        if !one.kind.is_empty() {
            add(&format!("type {}", one.kind), 0, KIND);
        }
    }
    let said = class(&root.message);
    if !said.is_empty() {
        add(&format!("said {said}"), 0, MESSAGE);
    }
    let mut depth = 0;
    let place = |one: &Raised| std::ptr::from_ref(one);
    let stacks = std::iter::once(root).chain(outer.filter(|outer| place(outer) != place(root)));
    for frame in stacks.flat_map(|one| &one.frames) {
        let key = frame_key(trace.language, frame);
        if !key.is_empty() {
            add(&key, depth, if frame.in_app { 1.0 } else { FOREIGN });
            // A file tells something where the other has no function: built without its stack.
            if frame.in_app
                && let Some(file) = frame.file.as_deref()
            {
                add(&format!("file {}", file.rsplit(['/', '\\']).next().unwrap_or(file)), depth, 0.4);
            }
            // What a language brings takes no depth: how much of it there is differs from build to build.
            depth += usize::from(frame.in_app);
        }
    }
    all
}

/// How many crashes are taken to be known at least: where there are a handful, that most of them have something does not make it common.
const KNOWN: i64 = 100;

/// How much two traces share, from 0 to 1. `among` says in how many of all known crashes a key stands, out of `all` of them.
pub fn similarity(one: &[Keyed], other: &[Keyed], among: impl Fn(i64) -> i64, all: i64) -> f64 {
    // The rarity of a key: Robertson's inverse frequency, at least a little even where it is in every one.
    let rarity = |key: i64| {
        let (all, with) = (all.max(KNOWN) as f64, among(key).max(1) as f64);
        (1.0 + (all - with + 0.5).max(0.0) / (with + 0.5)).ln().max(0.1)
    };
    let weight = |keyed: &Keyed| keyed.weight as f64 / 100.0 * (-DEPTH * keyed.depth as f64).exp() * rarity(keyed.key);
    let theirs: HashMap<i64, &Keyed> = other.iter().map(|keyed| (keyed.key, keyed)).collect();
    let (mut shared, mut whole) = (0.0, 0.0);
    for keyed in one {
        let mine = weight(keyed);
        match theirs.get(&keyed.key) {
            Some(their) => {
                let (low, high) = (mine.min(weight(their)), mine.max(weight(their)));
                shared += low * (-OFFSET * (keyed.depth - their.depth).abs() as f64).exp();
                whole += high;
            }
            None => whole += mine,
        }
    }
    let mine: std::collections::HashSet<i64> = one.iter().map(|keyed| keyed.key).collect();
    whole += other.iter().filter(|keyed| !mine.contains(&keyed.key)).map(weight).sum::<f64>();
    if whole > 0.0 { (shared / whole).clamp(0.0, 1.0) } else { 0.0 }
}

/// 63 bits of a hash of what is compared.
fn hashed(language: &str, said: &str) -> i64 {
    let digest = Sha256::new().chain_update(language).chain_update([0]).chain_update(said).finalize();
    digest[..8].iter().fold(0i64, |bits, byte| (bits << 8 | i64::from(*byte)) & i64::MAX)
}
