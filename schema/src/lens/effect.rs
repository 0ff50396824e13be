//! What a lens does to the order of deltas.

use serde::{Deserialize, Serialize};

use super::Lens;
use crate::{delta::Kind, id::DeltaKey, org::Org, problem::Problem};

/// Lines of each order that are told.
pub const TOP: usize = 20;

/// The hardest open deltas through a lens, beside the hardest by impact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Effect {
    /// The first twenty through the lens.
    pub lens: Vec<Ranked>,
    /// The first twenty by impact.
    pub impact: Vec<Ranked>,
}

/// A delta in both orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ranked {
    /// The delta.
    pub key: DeltaKey,
    /// What sort of gap.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// Through the lens, 0 to 100.
    pub lens: i64,
    /// Its impact.
    pub impact: i64,
    /// Places gained through the lens; below 0, lost.
    pub moves: i64,
}

/// The lens's score: Σ weight·score / Σ weight, rounded; 0 where nothing weighs anything.
pub fn through(weighed: impl Iterator<Item = (i64, i64)>) -> i64 {
    let (sum, weights) = weighed.fold((0, 0), |(sum, weights), (weight, score)| (sum + weight * score, weights + weight));
    if weights == 0 { 0 } else { (2 * sum + weights) / (2 * weights) }
}

/// A segment and what it weighs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// The project's slug.
    pub project: String,
    /// The project's name.
    pub project_name: String,
    /// The segment's slug.
    pub segment: String,
    /// Its name.
    pub name: String,
    /// Who is in it.
    pub members: i64,
    /// What stands in its field: a weight, or what was typed.
    pub weight: String,
}

/// The page of an organisation's lens.
#[derive(Clone, Debug, PartialEq)]
pub struct LensPage {
    /// The organisation.
    pub org: Org,
    /// All segments, those of projects the lens weighs first.
    pub segments: Vec<Weighed>,
    /// What these weights do.
    pub effect: Effect,
    /// Whether these are not the weights that are kept.
    pub preview: bool,
    /// Whether there is any weight other than 1.
    pub any: bool,
    /// Whether the caller may change them.
    pub decides: bool,
    /// Why they were refused.
    pub refused: Option<Problem>,
}

impl Lens {
    /// What a segment weighs.
    pub fn of(&self, project: &str, segment: &str) -> i64 {
        self.weights.iter().find(|one| one.project == project && one.segment == segment).map_or(1, |one| one.weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lens_is_a_weighted_mean() {
        assert_eq!(through([(5, 80), (1, 20)].into_iter()), 70);
        assert_eq!((through([(0, 80)].into_iter()), through(std::iter::empty())), (0, 0));
    }
}
