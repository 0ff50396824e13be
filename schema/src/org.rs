//! Organisations.

use serde::{Deserialize, Serialize};

use crate::user::{Person, Role};

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
