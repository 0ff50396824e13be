//! What the pages of deltas show.

use time::OffsetDateTime;

use super::{Change, Delta, Format, Kind, Piece, Revision};
use crate::{
    ci::DeltaEvidence,
    fixed::Answers,
    occurrence::{Alike, Crashes},
    outsider::AllRecorded,
    problem::{Problem, Refused},
    project::Release,
    timeline::{Comment, CommentRevision, Entry},
    trace::Language,
    user::Person,
};

/// The page of a delta.
#[derive(Clone, Debug, PartialEq)]
pub struct DeltaPage {
    /// The delta.
    pub delta: Delta,
    /// Its desired, actual and body as safe HTML.
    pub html: Texts,
    /// What CI measures.
    pub evidence: DeltaEvidence,
    /// How often it was seen, where it is a crash, or was seen though it is a bug.
    pub crashes: Option<Crashes>,
    /// The newest part of its timeline, oldest first.
    pub timeline: Vec<Spoken>,
    /// The cursor of the part before it.
    pub earlier: Option<String>,
    /// What stands in the form for a comment: a quote, where one was asked for.
    pub quote: String,
    /// Whether it is fixed for those it affected.
    pub fixed: Answers,
    /// Votes that were recorded for others.
    pub recorded: AllRecorded,
    /// Segments of its projects, but everyone: `project/segment` and the name. Only for who may speak for others.
    pub segments: Vec<(String, String)>,
    /// What the caller may do here.
    pub can: Can,
    /// Projects it could be put into: slug and name. Only for who may.
    pub projects: Vec<(String, String)>,
    /// The security groups of its projects, where it is private.
    pub security: Vec<Person>,
    /// Releases of its projects. Only for who may close it.
    pub releases: Vec<Release>,
    /// Whether each paragraph has a link to comment on it.
    pub choosing: bool,
    /// The form that was refused, what was typed there and why.
    pub refused: Option<Refused>,
    /// Now.
    pub now: OffsetDateTime,
}

/// A delta's Markdown as safe HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// What should be.
    pub desired: String,
    /// What is.
    pub actual: String,
    /// What else there is to know.
    pub body: String,
    /// The body's headings.
    pub outline: Vec<Heading>,
    /// How many constructs of the body are shown as source.
    pub unread: usize,
    /// Comments on passages that are not there any more.
    pub outdated: Vec<String>,
}

/// A heading of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// How deep it is: 1 for the text's highest.
    pub level: usize,
    /// Its id on the page.
    pub id: String,
    /// Its words.
    pub text: String,
}

/// One thing on a timeline; a comment also as safe HTML.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// The thing.
    pub entry: Entry,
    /// The comment, where it is one.
    pub html: Option<String>,
}

/// The page of the texts a comment had.
#[derive(Clone, Debug, PartialEq)]
pub struct CommentHistoryPage {
    /// The delta's key.
    pub key: String,
    /// The comment.
    pub comment: Comment,
    /// Newest first, each with what changed; the first text has no changes.
    pub revisions: Vec<(CommentRevision, Vec<Piece>)>,
    /// The cursor of the page after this one.
    pub next: Option<String>,
    /// Now.
    pub now: OffsetDateTime,
}

/// What the caller may do with a delta.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Can {
    /// Their handle; none for a guest.
    pub me: Option<String>,
    /// They reported it.
    pub reporter: bool,
    /// They maintain a project it is in, or are of the security group of one that a private delta is in.
    pub maintainer: bool,
    /// Slugs of the projects they maintain, among those it is in.
    pub decides: Vec<String>,
    /// The organisations whose stance they may say: slug and name.
    pub stands_for: Vec<(String, String)>,
    /// For whom they may record votes: `org/nw` or `project/neutron`, and the name.
    pub speaks: Vec<(String, String)>,
    /// They may open its gap again.
    pub reopen: bool,
}

impl Can {
    /// Whether they may change what it says.
    pub fn edit(&self) -> bool {
        self.reporter || self.maintainer
    }
}

/// What stands in the form of a delta, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// What sort of gap.
    pub kind: Option<Kind>,
    /// The project's slug.
    pub project: String,
    /// In one line.
    pub title: String,
    /// What should be.
    pub desired: String,
    /// What is.
    pub actual: String,
    /// What else there is to know.
    pub body: String,
    /// What the body is written in; none to have it worked out.
    pub body_format: Option<Format>,
    /// Why the text is changed.
    pub note: String,
    /// Slugs of components, with spaces or commas between.
    pub components: String,
    /// Whether only few are to see it.
    pub private: bool,
    /// The stack trace of a crash.
    pub trace: String,
    /// The version that crashed.
    pub version: String,
    /// The platform it crashed on.
    pub platform: String,
}

/// A stack trace that stands in a text of a delta being filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InText {
    /// Its language.
    pub language: Language,
    /// The field it stands in: `actual` or `body`.
    pub field: &'static str,
    /// Whether it is to be kept as the first occurrence.
    pub keep: bool,
}

/// The page to file a delta.
#[derive(Clone, Debug, PartialEq)]
pub struct FilePage {
    /// What stands in the form.
    pub shown: Shown,
    /// Projects there are: slug and name.
    pub projects: Vec<(String, String)>,
    /// Deltas like this one, once it was sent; none before that.
    pub similar: Vec<super::Similar>,
    /// Those of them that have the same crash, or a similar one, once it was sent.
    pub crashes: Vec<Alike>,
    /// The stack trace found in what was written, once it was sent.
    pub found: Option<InText>,
    /// Why it was refused.
    pub refused: Option<Problem>,
}

/// The page to edit a delta.
#[derive(Clone, Debug, PartialEq)]
pub struct EditPage {
    /// Its key.
    pub key: String,
    /// The version seen.
    pub version: i64,
    /// What stands in the form.
    pub shown: Shown,
    /// What others saved meanwhile, where that is in the way.
    pub theirs: Option<Shown>,
    /// Why it was refused.
    pub refused: Option<Problem>,
}

/// The page of a delta's revisions, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionsPage {
    /// Its key.
    pub key: String,
    /// Its title now.
    pub title: String,
    /// Each with what changed: the field's name and its pieces. The first revision has no changes.
    pub revisions: Vec<(Revision, Vec<Change>)>,
    /// The number of the newest.
    pub newest: i64,
    /// The cursor of the page after this one.
    pub next: Option<String>,
    /// Now.
    pub now: OffsetDateTime,
}

/// One revision's text.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionPage {
    /// The delta's key.
    pub key: String,
    /// The revision.
    pub revision: Revision,
    /// Its text as safe HTML.
    pub html: Texts,
    /// The number of the newest.
    pub newest: i64,
    /// Now.
    pub now: OffsetDateTime,
}

/// Two revisions compared.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangesPage {
    /// The delta's key.
    pub key: String,
    /// The older one.
    pub from: Revision,
    /// The newer one.
    pub to: Revision,
    /// The fields in which they differ.
    pub changes: Vec<Change>,
    /// The number of the newest.
    pub newest: i64,
    /// Now.
    pub now: OffsetDateTime,
}
