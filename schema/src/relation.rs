//! What one delta has to do with another, beside standing for it.

use serde::{Deserialize, Serialize};

use crate::{delta::Ref, id::DeltaKey, problem::Refused};

words! {
    /// What a delta has to do with another one. Each word has its inverse, in which the other's page says the same.
    Relation {
        /// The other is why this gap is there.
        CausedBy = "caused_by",
        /// This gap is why the other is there.
        Causes = "causes",
        /// The other cannot be closed before this one.
        Blocks = "blocks",
        /// This one cannot be closed before the other.
        BlockedBy = "blocked_by",
        /// This one takes the place of the other.
        Supersedes = "supersedes",
        /// The other takes the place of this one.
        SupersededBy = "superseded_by",
        /// They are about the same thing.
        Relates = "relates",
    }
}

impl Relation {
    /// What the other has to do with this one.
    pub fn inverse(self) -> Self {
        match self {
            Self::CausedBy => Self::Causes,
            Self::Causes => Self::CausedBy,
            Self::Blocks => Self::BlockedBy,
            Self::BlockedBy => Self::Blocks,
            Self::Supersedes => Self::SupersededBy,
            Self::SupersededBy => Self::Supersedes,
            Self::Relates => Self::Relates,
        }
    }

    /// Whether it is one of the words that are kept; the others are kept as their inverse, from the other end.
    pub fn is_kept(self) -> bool {
        matches!(self, Self::CausedBy | Self::Blocks | Self::Supersedes | Self::Relates)
    }
}

/// A delta that another has to do with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Related {
    /// What this one has to do with it.
    pub relation: Relation,
    /// The other.
    pub delta: Ref,
}

/// A relation to write down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutRelation {
    /// What this one has to do with the other.
    pub relation: Relation,
}

/// Which relation to take away.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct RelationQuery {
    /// Only this one; every one between the two where it is absent.
    pub relation: Option<Relation>,
}

/// The page on which duplicates of a delta are looked for and marked.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicatesPage {
    /// The delta's key.
    pub key: DeltaKey,
    /// Its title.
    pub title: String,
    /// What it is a duplicate of, where the caller may see that.
    pub survivor: Option<Ref>,
    /// Whether its gap is open: only then can it become a duplicate.
    pub open: bool,
    /// Its duplicates.
    pub duplicates: Vec<Ref>,
    /// What was looked for; empty where deltas like it were.
    pub q: String,
    /// What was found.
    pub found: Vec<Ref>,
    /// The form that was refused, what was typed there and why.
    pub refused: Option<Refused>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_an_inverse_and_one_of_the_two_is_kept() {
        for word in Relation::ALL {
            assert_eq!(word.inverse().inverse(), *word);
            assert!(word.is_kept() || word.inverse().is_kept(), "{word}");
            assert_eq!(word.is_kept() && word.inverse().is_kept(), *word == Relation::Relates, "{word}");
        }
    }
}
