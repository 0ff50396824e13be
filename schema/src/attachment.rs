//! Files on deltas, comments and tasks.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{route, user::Person};

/// A file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// Its id.
    pub id: Uuid,
    /// What it is called: never a path.
    pub name: String,
    /// What it is, by how it begins: only images are told apart from what is downloaded.
    pub media: String,
    /// In bytes.
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Where it is, on this server. Whoever sees what it belongs to may read it there.
    pub url: String,
    /// Whether it is an image that pages show.
    pub image: bool,
    /// Who uploaded it.
    pub uploaded_by: Person,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// The comment that brought it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Uuid>,
}

/// Where a file is.
pub fn url(id: Uuid, name: &str) -> String {
    route::attachment(id.simple(), name)
}

/// A size as people say it: `812 B`, `40 kB`, `2.4 MB`.
pub fn size_in_words(bytes: i64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", (bytes + 500) / 1_000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_shortly() {
        assert_eq!([999, 40_400, 2_449_000].map(size_in_words), ["999 B", "40 kB", "2.4 MB"]);
    }
}
