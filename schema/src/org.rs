//! Organisations.

use serde::{Deserialize, Serialize};

use crate::{
    id::{DeltaKey, TaskKey},
    lens::Lens,
    list::Page,
    nav::NavBoard,
    problem::Problem,
    task::Commitment,
    triage::{Item, Watch},
    user::{Person, Role},
};

/// Longest name of an organisation, in characters.
pub const NAME_MAX: usize = 200;

words! {
    /// What outsiders see of an organisation's work.
    Openness {
        /// Everything, boards included.
        Open = "open",
        /// Stances, commitments and their targets.
        Commitments = "commitments",
        /// Nothing.
        Closed = "closed",
    }
}

impl Openness {
    /// What it means to outsiders, as a sentence.
    pub fn explained(self) -> &'static str {
        match self {
            Self::Open => "Everybody sees your boards, tasks, priorities and promises. Only members change them.",
            Self::Commitments => {
                "Others see your stance on a delta, what you have committed to and its target; not your boards, tasks or priorities."
            }
            Self::Closed => "Others do not see that this organisation exists.",
        }
    }
}

/// A new organisation. Who makes it is its first owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOrg {
    /// Its part of the URL: 1 to 64 of `a-z 0-9 . _ -`, a letter or digit first.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub slug: String,
    /// As people call it.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// What its task keys begin with: 2 to 8 upper case letters or digits, a letter first. It never changes.
    #[cfg_attr(feature = "openapi", schema(min_length = 2, max_length = 8))]
    pub key_prefix: String,
}

/// What to change of an organisation; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeOrg {
    /// As people call it.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    #[serde(default)]
    pub name: Option<String>,
    /// What outsiders see of its work.
    #[serde(default)]
    pub openness: Option<Openness>,
    /// After so many days without a word about it, 1 to 3650, a promise counts as gone quiet; after twice as many others may take it over.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 3650))]
    pub quiet_after: Option<i64>,
    /// After so many days without a word about it, 1 to 3650, a promise expires whose day has passed or is not known; null for never.
    #[serde(default, deserialize_with = "crate::task::given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, minimum = 1, maximum = 3650))]
    pub expires_after: Option<Option<i64>>,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Org {
    /// Its part of the URL.
    pub slug: String,
    /// As people call it.
    pub name: String,
    /// What its task keys begin with.
    pub key_prefix: String,
    /// What outsiders see of its work.
    pub openness: Openness,
    /// After so many days without a word about it a promise counts as gone quiet.
    pub quiet_after: i64,
    /// After so many it expires, where its day has passed or is not known; null for never.
    pub expires_after: Option<i64>,
    /// The caller's part in it; absent for outsiders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Rises with each change; the `ETag`.
    pub version: i64,
}

/// An organisation with its members, where the caller may see them: members of any role, and everybody where it is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrgDetail {
    /// The organisation.
    #[serde(flatten)]
    pub org: Org,
    /// Owners first, then by name; absent where the caller may not see them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<Member>>,
}

/// A member of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// Their part.
    pub role: Role,
}

/// A member's part in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetMember {
    /// Owner, member or viewer.
    pub role: Role,
}

/// The page "All organisations".
#[derive(Clone, Debug)]
pub struct OrgsPage {
    /// Those the reader may see, by name.
    pub orgs: Page<Org>,
    /// Whether somebody is signed in, who may make one.
    pub signed_in: bool,
}

/// The page "New organisation", with what was typed.
#[derive(Clone, Debug, Default)]
pub struct OrgNewPage {
    /// What was typed.
    pub new: NewOrg,
    /// Why it was refused.
    pub refused: Option<Problem>,
}

/// One promise of an organisation, about one delta.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The delta.
    pub delta: DeltaKey,
    /// Its title.
    pub title: String,
    /// What was promised.
    pub commitment: Commitment,
    /// For when.
    pub target: Option<String>,
    /// How often that moved.
    pub moves: i64,
    /// The task, where the reader may see it.
    pub task: Option<TaskKey>,
}

/// An organisation's first page.
#[derive(Clone, Debug)]
pub struct OrgPage {
    /// The organisation, with its members where the reader may see them.
    pub detail: OrgDetail,
    /// For who belongs to it: how many wait in the inbox, and the first of them.
    pub inbox: Option<(i64, Vec<Item>)>,
    /// For who belongs to it: how many watch rules there are.
    pub watches: usize,
    /// Where the reader sees inside: the boards.
    pub boards: Option<Vec<NavBoard>>,
    /// For who belongs to it: its saved views, and the name and first deltas of the default one.
    pub views: Vec<crate::view::Shelf>,
    /// The default view's name and first deltas.
    pub opened: Option<(String, Vec<crate::delta::Summary>)>,
    /// Promises that are not kept yet.
    pub promises: Vec<Promise>,
    /// Whether there is a project at all.
    pub projects: bool,
}

/// An organisation's settings. Owners change name, openness and members; members the watch rules and the lens.
#[derive(Clone, Debug)]
pub struct OrgSettingsPage {
    /// The organisation.
    pub org: Org,
    /// Its members.
    pub members: Vec<Member>,
    /// Its watch rules, each with how many open deltas it matches, up to [`crate::triage::COUNT_MAX`].
    pub watches: Vec<(Watch, i64)>,
    /// Its lens.
    pub lens: Lens,
    /// What was typed where a form was refused: its fields by name.
    pub typed: Vec<(String, String)>,
    /// Why.
    pub refused: Option<Problem>,
}
