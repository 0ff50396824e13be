//! Deltas: a difference between the behaviour someone desires and the behaviour the code has.

mod change;
mod format;
mod page;
mod request;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use self::{
    change::{Change, Changes, Piece, Stand},
    page::{
        Can, ChangesPage, CommentHistoryPage, DeltaPage, EditPage, FilePage, Heading, InText, RevisionPage, RevisionsPage, Shown, Spoken,
        Texts,
    },
    request::{New, Patch, PutLabels, PutResolution},
};

use crate::{
    attachment::Attachment, fixed::FixedSum, id::DeltaKey, impact::Impact, place, place::Place, relation::Related, stance::Standing,
    timeline::Lock, user::Person,
};

/// Longest title, in characters.
pub const TITLE_MAX: usize = 300;
/// Longest desired, actual or comment, and body of a bug or crash, in characters.
pub const TEXT_MAX: usize = 65_536;
/// Longest body of a spec, in characters.
pub const SPEC_MAX: usize = 262_144;
/// Longest note on a revision, in characters.
pub const NOTE_MAX: usize = 300;

/// Longest body of this kind, in characters.
pub const fn body_max(kind: Kind) -> usize {
    match kind {
        Kind::Spec => SPEC_MAX,
        Kind::Bug | Kind::Crash => TEXT_MAX,
    }
}

words! {
    /// What a text is written in.
    #[derive(Default)]
    Format {
        /// CommonMark with tables, task lists, strikethrough, footnotes and bare links.
        #[default]
        Markdown = "markdown",
        /// reStructuredText.
        Rst = "rst",
    }
}

words! {
    /// What sort of gap it is.
    Kind {
        /// The code does something it should not.
        Bug = "bug",
        /// The code falls over.
        Crash = "crash",
        /// The code lacks something that is described.
        Spec = "spec",
    }
}

words! {
    /// Who may see it.
    Visibility {
        /// Everybody.
        Public = "public",
        /// Its reporter, the security groups of its projects, and who was invited.
        Private = "private",
    }
}

words! {
    /// How a gap ended. A delta without one is open.
    Resolution {
        /// Actual now equals desired.
        Closed = "closed",
        /// Another delta stands for it.
        Duplicate = "duplicate",
        /// Its reporter took it back.
        Withdrawn = "withdrawn",
        /// The maintainers hold that the behaviour is right.
        Declined = "declined",
    }
}

/// One line of a list of deltas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DeltaSummary))]
pub struct Summary {
    /// Its key.
    pub key: DeltaKey,
    /// What sort of gap.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// How it ended; absent while open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// Closed before, and seen again since.
    pub regressed: bool,
    /// Highest segment score, 0 to 100.
    pub impact: i64,
    /// The segment that score is from: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// Its impact through an organisation's lens, 0 to 100; absent where none is looked through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lens: Option<i64>,
    /// People it affects.
    pub affected: i64,
    /// Labels, in alphabetical order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// People who came to be affected within the last seven days, less those who no longer are.
    #[serde(default)]
    pub week: i64,
    /// The same for each of the last eight spans of seven days, oldest first; empty where nothing moved in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weeks: Vec<i64>,
    /// Where it is.
    pub places: Vec<Place>,
    /// Organisations that have committed to a task for it, as far as the caller may see: their slugs.
    pub committed: Vec<String>,
    /// Comments on it.
    pub comments: i64,
    /// When it was filed.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// Where the free words of the query stand in its texts or comments: HTML that holds nothing but escaped text and `<mark>`. Absent without
    /// free words, and where only the title has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
}

/// A delta that another thing points at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DeltaRef))]
pub struct Ref {
    /// Its key.
    pub key: DeltaKey,
    /// What sort of gap.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// Highest segment score, 0 to 100.
    pub impact: i64,
    /// Whether the gap is open.
    pub open: bool,
}

/// A delta that a text may be a duplicate of, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SimilarDelta))]
pub struct Similar {
    /// Which.
    #[serde(flatten)]
    pub delta: Ref,
    /// Words that both have, as the delta writes them, the most telling first; at most 6.
    pub shared: Vec<String>,
    /// Where they stand in its text: HTML that holds nothing but escaped text and `<mark>`. Absent where they are the title's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
}

/// Who did something, as shown: a person, or CI and jobs where there is none.
pub type Actor = Option<Person>;

/// A delta, with everything about it that the caller may see. Its history is the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delta {
    /// Its key.
    pub key: DeltaKey,
    /// What sort of gap.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// What should be, in Markdown.
    pub desired: String,
    /// What is, in Markdown.
    pub actual: String,
    /// What else there is to know; of a spec, the specification.
    pub body: String,
    /// What the body is written in.
    pub body_format: Format,
    /// Who filed it.
    pub reporter: Person,
    /// Who may see it.
    pub visibility: Visibility,
    /// Whether the gap is open.
    pub open: bool,
    /// How it ended; absent while open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Ended>,
    /// When it was seen again after it had been closed.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub regressed_at: Option<OffsetDateTime>,
    /// When CI last saw it.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<OffsetDateTime>,
    /// Where it is, by project.
    pub places: Vec<place::Detail>,
    /// What it does to users.
    pub impact: Impact,
    /// Who has committed, as far as the caller may see.
    pub standings: Vec<Standing>,
    /// Labels, in alphabetical order.
    pub labels: Vec<String>,
    /// Who was invited to see it while it is private.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<Person>,
    /// Until when it stays private; absent without an embargo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embargo: Option<Embargo>,
    /// Deltas this one stands for. What is said of the public ones counts here, a person once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<Ref>,
    /// What it has to do with others, by relation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Related>,
    /// Its files, and those of its comments, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Comments on it and on its public duplicates.
    pub comments: i64,
    /// Whether only maintainers may write comments; absent where everybody may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    /// The number of its text's current revision, from 1.
    pub revision: i64,
    /// Rises with each change of text, kind, visibility, embargo, labels, guests, places or resolution; also the `ETag`.
    pub version: i64,
    /// When it was filed.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// A delta that was filed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FiledDelta))]
pub struct Filed {
    /// The delta.
    #[serde(flatten)]
    pub delta: Delta,
    /// Others the caller may see with the same crash, open ones first; at most 10. It is filed all the same; absent where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_crash: Vec<Ref>,
}

/// How a gap ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ended {
    /// How.
    pub resolution: Resolution,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The release that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// The delta that stands for it, if the caller may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<Ref>,
    /// Who said so; absent where CI did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Actor,
    /// When.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub at: Option<OffsetDateTime>,
    /// What those it affected say of it, in numbers; absent where nobody was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<FixedSum>,
}

/// A time before which a private delta may not be made public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Embargo {
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
    /// Whether the delta is made public by itself then; else people do.
    #[serde(default)]
    pub opens: bool,
}

/// One state of a delta's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revision {
    /// From 1.
    pub number: i64,
    /// In one line.
    pub title: String,
    /// What should be.
    pub desired: String,
    /// What is.
    pub actual: String,
    /// What else there is to know.
    pub body: String,
    /// What the body is written in.
    pub body_format: Format,
    /// Why it was made, in one line; empty where nobody said so.
    pub note: String,
    /// Who wrote it.
    pub author: Person,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}
