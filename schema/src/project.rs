//! Projects: shared codebases, with their components, releases and maintainers.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    problem::{Problem, Refused},
    segment::Segment,
    user::Person,
};

/// Longest name of a project, component or segment, in characters.
pub const NAME_MAX: usize = 200;
/// Longest name of a release, in characters.
pub const RELEASE_MAX: usize = 64;

/// A project to create. Who creates it becomes its maintainer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewProject))]
#[serde(deny_unknown_fields)]
pub struct New {
    /// Its part of the URL: 1 to 64 of `a-z 0-9 . _ -`, a letter or digit first.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub slug: String,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// What it is, in Markdown.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 65_536))]
    pub description: String,
}

/// What changes of a project; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PatchProject))]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: Option<String>,
    /// What it is, in Markdown.
    #[cfg_attr(feature = "openapi", schema(max_length = 65_536))]
    pub description: Option<String>,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Project {
    /// Its part of the URL.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is, in Markdown.
    pub description: String,
    /// Its areas, by slug.
    pub components: Vec<Component>,
    /// The groups of its users: everyone first, then by slug.
    pub segments: Vec<Segment>,
    /// Its releases, newest first.
    pub releases: Vec<Release>,
    /// Who decides here, by name.
    pub maintainers: Vec<Person>,
    /// Who sees its private deltas, by name; empty while its maintainers do.
    pub security: Vec<Person>,
    /// Whether the caller is one of the maintainers.
    pub mine: bool,
    /// What makes it hold that something is agreed.
    pub decision: crate::place::Decision,
    /// Rises with each change of name or description; also the `ETag`.
    pub version: i64,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// One line of the list of projects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ProjectSummary))]
pub struct Summary {
    /// Its part of the URL.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is, in Markdown.
    pub description: String,
    /// Open deltas with a place here that the caller may see.
    pub open: i64,
    /// People who said that they use it.
    pub users: i64,
}

/// An area of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Component {
    /// Its part of the URL.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A component to make or rename.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutComponent {
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
}

/// A release of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Release {
    /// Its name: `2026.2`.
    pub name: String,
    /// When it came out; absent while it has not.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub released_at: Option<OffsetDateTime>,
}

/// A release to make or to date.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutRelease {
    /// When it came out; absent while it has not.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub released_at: Option<OffsetDateTime>,
}

/// The page of all projects, with the form for a new one.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectsPage {
    /// One page of them.
    pub page: crate::list::Page<Summary>,
    /// Whether the caller is signed in: then they may make one.
    pub signed_in: bool,
    /// What stands in the form.
    pub filled: New,
    /// Why it was refused.
    pub refused: Option<Problem>,
}

/// The page of a project.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectPage {
    /// The project.
    pub project: Project,
    /// Its description as safe HTML.
    pub html: String,
    /// The first deltas of its default view; where it has none, those that hit hardest.
    pub hardest: Vec<crate::delta::Summary>,
    /// The name of that default view.
    pub opened: Option<String>,
    /// The query that found them.
    pub asked: String,
    /// Its saved views.
    pub shelves: Vec<crate::view::Shelf>,
    /// Whether the caller is signed in: then they may say which users they are.
    pub signed_in: bool,
    /// Now.
    pub now: OffsetDateTime,
}

/// The page of a project's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingsPage {
    /// The project.
    pub project: Project,
    /// The form that was refused, what was typed there and why.
    pub refused: Option<Refused>,
}
