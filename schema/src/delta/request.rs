//! What is sent to file and to change deltas.

use serde::{Deserialize, Serialize};

use super::{Format, Kind, Resolution, Visibility};
use crate::{id::DeltaKey, occurrence::NewOccurrence};

/// A delta to file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewDelta))]
#[serde(deny_unknown_fields)]
pub struct New {
    /// What sort of gap.
    pub kind: Kind,
    /// The project it is in: a slug. More places can be added later.
    pub project: String,
    /// In one line.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 300))]
    pub title: String,
    /// What should be, in Markdown.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 65_536))]
    pub desired: String,
    /// What is, in Markdown. A spec may leave it out: then it is "missing".
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 65_536))]
    pub actual: String,
    /// What else there is to know; of a spec, the specification. At most 65,536 characters, of a spec 262,144.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 262_144))]
    pub body: String,
    /// What the body is written in; Markdown when absent.
    #[serde(default)]
    pub body_format: Format,
    /// Slugs of the project's components concerned; at most 20.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub components: Vec<String>,
    /// Who may see it; everybody when absent.
    #[serde(default = "public")]
    pub visibility: Visibility,
    /// The crash as it was seen, with its stack trace; only with the kind `crash`.
    #[serde(default)]
    pub occurrence: Option<NewOccurrence>,
    /// Whether a stack trace of three frames or more that stands in `actual` or `body` of a bug or crash is kept as its first occurrence,
    /// where no trace comes with it; it is when absent. The text stays as it was written.
    #[serde(default = "yes")]
    pub keep_trace: bool,
}

/// What an absent wish to keep a trace is.
fn yes() -> bool {
    true
}

/// What an absent visibility is.
fn public() -> Visibility {
    Visibility::Public
}

/// What changes of a delta; what is absent stays. A change of text makes a revision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PatchDelta))]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// What sort of gap.
    pub kind: Option<Kind>,
    /// In one line.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 300))]
    pub title: Option<String>,
    /// What should be, in Markdown.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 65_536))]
    pub desired: Option<String>,
    /// What is, in Markdown.
    #[cfg_attr(feature = "openapi", schema(max_length = 65_536))]
    pub actual: Option<String>,
    /// What else there is to know; of a spec, the specification. At most 65,536 characters, of a spec 262,144.
    #[cfg_attr(feature = "openapi", schema(max_length = 262_144))]
    pub body: Option<String>,
    /// What the body is written in.
    pub body_format: Option<Format>,
    /// Why the text is changed, in one line: kept with the revision. Without a change of text nothing is kept of it.
    #[cfg_attr(feature = "openapi", schema(max_length = 300))]
    pub note: Option<String>,
    /// Who may see it.
    pub visibility: Option<Visibility>,
}

/// A resolution to set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutResolution {
    /// How it ended.
    pub resolution: Resolution,
    /// Why; needed to decline.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub reason: String,
    /// The release that has it; only with `closed`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub release: Option<String>,
    /// The delta that stands for it; needed with `duplicate`, and only there.
    #[serde(default)]
    pub duplicate_of: Option<DeltaKey>,
}

/// A delta's labels, all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutLabels {
    /// At most 20, each 1 to 64 characters without spaces or commas.
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub labels: Vec<String>,
}
