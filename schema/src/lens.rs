//! Lenses: an organisation's own weights on segments. The same votes, its own order; what others see stays as it is.

mod effect;

use serde::{Deserialize, Serialize};

pub use self::effect::{Effect, LensPage, Ranked, TOP, Weighed, through};

/// Heaviest weight. A segment without a weight weighs 1.
pub const WEIGHT_MAX: i64 = 100;
/// Most weights of a lens.
pub const WEIGHTS_MAX: usize = 500;

/// All weights of an organisation: a PUT replaces them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Lens {
    /// Segments that weigh something else than 1, by project and segment.
    #[cfg_attr(feature = "openapi", schema(max_items = 500))]
    pub weights: Vec<Weight>,
}

/// How much a segment weighs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// The project's slug.
    pub project: String,
    /// The segment's slug.
    pub segment: String,
    /// 0 (does not count) to 100.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100))]
    pub weight: i64,
}

/// A delta's impact through the lens of one of the caller's organisations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Through {
    /// The organisation's slug.
    pub org: String,
    /// Its name.
    pub name: String,
    /// 0 to 100.
    pub score: i64,
}
