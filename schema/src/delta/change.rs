//! What changed between two revisions.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::user::Person;

/// A piece of a text compared with another one. Changes of where lines end are none, except before an indentation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub enum Piece {
    /// In both.
    Same(String),
    /// Only in the older one.
    Gone(String),
    /// Only in the newer one.
    New(String),
    /// A paragraph that stood here in the older one, and stands elsewhere in the newer one.
    MovedAway(String),
    /// The same paragraph, where it stands in the newer one.
    MovedHere(String),
}

/// What changed in one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// `title`, `desired`, `actual`, `body` or `body_format`.
    pub field: String,
    /// All of it, in order.
    pub pieces: Vec<Piece>,
}

/// A revision by its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RevisionStand))]
pub struct Stand {
    /// From 1.
    pub number: i64,
    /// Who wrote it.
    pub author: Person,
    /// Why, in one line; empty where nobody said so.
    pub note: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// Two revisions compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Changes {
    /// The older one.
    pub from: Stand,
    /// The newer one.
    pub to: Stand,
    /// The fields in which they differ.
    pub fields: Vec<Change>,
}
