//! Saved views: named queries over deltas, of a person, a project or an organisation.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::problem::Refused;

/// Most views of one owner.
pub const VIEWS_MAX: usize = 50;
/// Longest name, in characters.
pub const NAME_MAX: usize = 200;

/// Whose a view is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The caller's own.
    Me,
    /// A project's, by its slug.
    Project(String),
    /// An organisation's, by its slug.
    Org(String),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Me => f.write_str("me"),
            Self::Project(slug) => write!(f, "project:{slug}"),
            Self::Org(slug) => write!(f, "org:{slug}"),
        }
    }
}

/// A text that names no owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadOwner;

impl fmt::Display for BadOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be me, project: and a slug, or org: and a slug")
    }
}

impl FromStr for Owner {
    type Err = BadOwner;
    fn from_str(text: &str) -> Result<Self, BadOwner> {
        match text.split_once(':') {
            None if text == "me" => Ok(Self::Me),
            Some(("project", slug)) if crate::id::is_slug(slug) => Ok(Self::Project(slug.to_owned())),
            Some(("org", slug)) if crate::id::is_slug(slug) => Ok(Self::Org(slug.to_owned())),
            _ => Err(BadOwner),
        }
    }
}

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SavedView))]
pub struct View {
    /// Its name in the URL.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// A query over deltas, its `sort:` included, as it was written.
    pub query: String,
    /// Whether its owner's list opens with it. At most one of an owner's views.
    pub default: bool,
    /// Rises with each change; also the `ETag`.
    pub version: i64,
}

/// What a view is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutView {
    /// Its name for people.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// A query over deltas, such as `is:open impact:>40 sort:updated`; that of a project's view requires the project.
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    pub query: String,
    /// Whether its owner's list opens with it: then no other view of theirs does.
    #[serde(default)]
    pub default: bool,
}

/// The views of one owner, as pages show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    /// Whose.
    pub owner: Owner,
    /// The owner's name for people.
    pub name: String,
    /// Whether the caller may change them.
    pub changes: bool,
    /// In the order of their names.
    pub views: Vec<View>,
}

impl Shelf {
    /// The view that the owner's list opens with.
    pub fn default(&self) -> Option<&View> {
        self.views.iter().find(|view| view.default)
    }
}

/// The page on which views are kept.
#[derive(Clone, Debug)]
pub struct ViewsPage {
    /// Those that the caller may change, own ones first.
    pub shelves: Vec<Shelf>,
    /// What was just refused.
    pub refused: Option<Refused>,
}
