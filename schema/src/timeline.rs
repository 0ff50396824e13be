//! Timelines: what people said of a delta, and what happened to it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{delta::Format, id::DeltaKey, user::Person};

/// A comment to write, or its new text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutComment {
    /// In Markdown.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 65_536))]
    pub body: String,
}

words! {
    /// Why a maintainer folded a comment.
    Minimised {
        /// It was so, and is no more.
        Outdated = "outdated",
        /// It is about something else.
        OffTopic = "off-topic",
        /// It sells something.
        Spam = "spam",
        /// What it asked is answered.
        Resolved = "resolved",
    }
}

words! {
    /// Who took a comment's text away.
    DeletedBy {
        /// Who had written it.
        Author = "author",
        /// A maintainer of a project the delta is in.
        Maintainer = "maintainer",
    }
}

/// Folds a comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutMinimised {
    /// Why.
    pub reason: Minimised,
}

/// Ticks a task of a comment's text, or takes the tick away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutTick {
    /// Whether it is done.
    pub done: bool,
}

/// Locks a delta's discussion.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutLock {
    /// Why, in one line; may be empty.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 300))]
    pub reason: String,
}

/// A locked discussion: only maintainers of the delta's projects write in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lock {
    /// Why; may be empty.
    pub reason: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// One text that a comment had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentRevision {
    /// From 1.
    pub number: i64,
    /// In Markdown.
    pub body: String,
    /// When its author wrote it.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A text to show before it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutPreview {
    /// In that format.
    #[cfg_attr(feature = "openapi", schema(max_length = 262_144))]
    pub text: String,
    /// What it is written in; Markdown when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
}

/// A text as it would be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// Safe HTML.
    pub html: String,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comment {
    /// Its id.
    pub id: Uuid,
    /// Who wrote it.
    pub author: Person,
    /// In Markdown.
    pub body: String,
    /// Rises with each change of its text; also the `ETag`.
    pub version: i64,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last changed; absent if never.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<OffsetDateTime>,
    /// Why it is folded; absent where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimised: Option<Minimised>,
}

/// One thing on a timeline: an event, or a comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TimelineEntry))]
pub struct Entry {
    /// The event's id; a comment has the id of the event that told of it.
    pub id: Uuid,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Noun and verb: `delta.filed`, `comment.added`.
    pub kind: String,
    /// Who; absent where CI or the server did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Person>,
    /// The project concerned: its slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The organisation whose work it is: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// What else there is to say.
    pub data: serde_json::Value,
    /// The duplicate that the comment was written on; absent where it was written here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<DeltaKey>,
    /// The comment's text in Markdown, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// When the comment was last changed.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<OffsetDateTime>,
    /// The comment's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Why the comment is folded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimised: Option<Minimised>,
    /// Who took the comment's text away; there is no text then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<DeletedBy>,
}
