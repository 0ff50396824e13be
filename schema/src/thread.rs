//! Threads: comments on passages of a delta's text, with their replies.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    delta::Actor,
    problem::{Problem, Refused},
    user::Person,
};

/// Longest quote, in characters.
pub const QUOTE_MAX: usize = 2000;
/// Longest context on each side of a quote that is taken, in characters.
pub const CONTEXT_MAX: usize = 500;
/// Most threads of one delta.
pub const THREADS_MAX: i64 = 500;
/// Replies that are given of all threads asked for together: the newest.
pub const REPLIES_SHOWN: i64 = 500;

words! {
    /// The text a passage is in.
    Field {
        /// What should be.
        Desired = "desired",
        /// What is.
        Actual = "actual",
        /// What else there is to know; of a spec, the specification.
        Body = "body",
    }
}

/// A comment to write on a passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewThread {
    /// The text it is in.
    pub field: Field,
    /// The passage's words as they are read, without markup. White space does not count.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    pub quote: String,
    /// Words before it: they tell one of several from another.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 500))]
    pub before: String,
    /// Words after it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 500))]
    pub after: String,
    /// The revision it was read in; the current one when absent.
    #[serde(default)]
    pub revision: Option<i64>,
    /// What there is to say of it, in Markdown.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 65_536))]
    pub body: String,
}

/// A reply to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewReply {
    /// In Markdown.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 65_536))]
    pub body: String,
}

/// A comment on a passage, with its replies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Thread {
    /// Its id: that of its first comment.
    pub id: Uuid,
    /// The text the passage is in.
    pub field: Field,
    /// The passage as it was when the comment was written.
    pub quote: String,
    /// The revision it was chosen in.
    pub revision: i64,
    /// The passage as it stands in the current text; absent while it is not found there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// The revision since which it is not found any more; absent while it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outdated_since: Option<i64>,
    /// Who settled it and when; absent while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
    /// The comment and the replies to it, oldest first.
    pub comments: Vec<Said>,
    /// How many older replies are not among them: the timeline has them. Absent where there are none.
    #[serde(default, skip_serializing_if = "none")]
    pub earlier: i64,
}

/// Whether a count is zero.
fn none(count: &i64) -> bool {
    *count == 0
}

/// That a thread needs no more attention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Settled {
    /// Who said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Actor,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A comment of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ThreadComment))]
pub struct Said {
    /// Its id.
    pub id: Uuid,
    /// Who wrote it.
    pub author: Person,
    /// In Markdown.
    pub body: String,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Who took its text away; absent while it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<crate::timeline::DeletedBy>,
    /// When it was last changed; absent if never.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<OffsetDateTime>,
}

/// A thread as a page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadView {
    /// The delta's key.
    pub delta: String,
    /// The thread.
    pub thread: Thread,
    /// Its comments as safe HTML, in their order.
    pub html: Vec<String>,
    /// The reader's handle; none for a guest.
    pub me: Option<String>,
    /// Whether they may settle it.
    pub settles: bool,
    /// A reply in it that was just refused.
    pub refused: Option<Refused>,
    /// Now.
    pub now: OffsetDateTime,
}

/// The page to comment on a passage.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadPage {
    /// The delta's key.
    pub delta: String,
    /// Its title.
    pub title: String,
    /// What stands in the form.
    pub new: NewThread,
    /// Why it was refused.
    pub refused: Option<Problem>,
}
