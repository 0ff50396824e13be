//! "Fixed for you?": what those whom a delta affected say once its gap is closed.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{delta::Kind, id::DeltaKey, user::Person};

words! {
    /// An answer to "fixed for you?".
    Fixed {
        /// It is fixed there.
        Yes = "yes",
        /// It is not.
        No = "no",
        /// They cannot tell.
        Unknown = "unknown",
    }
}

/// An answer to give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutFixed {
    /// `yes`, `no` or `unknown` (cannot tell).
    pub answer: Fixed,
    /// How it shows, where it is not fixed.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub note: String,
    /// For whom, where the caller speaks for somebody without an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Uuid))]
    pub outsider: Option<Uuid>,
}

/// The answers in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FixedSum {
    /// Who was asked: everybody it affected when the gap was closed, each once.
    pub asked: i64,
    /// Who says it is fixed.
    pub yes: i64,
    /// Who says it is not.
    pub no: i64,
    /// Who cannot tell.
    pub unsure: i64,
}

impl FixedSum {
    /// How many have answered.
    pub fn answered(&self) -> i64 {
        self.yes + self.no + self.unsure
    }

    /// "31 of 43 answered: 29 fixed, 2 not".
    pub fn words(&self) -> String {
        let mut parts = vec![format!("{} fixed", self.yes), format!("{} not", self.no)];
        if self.unsure > 0 {
            parts.push(format!("{} cannot tell", self.unsure));
        }
        format!("{} of {} answered: {}", self.answered(), self.asked, parts.join(", "))
    }
}

/// What those it affected say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Answers {
    /// The numbers. All 0 where nobody was asked: the gap is open, or ended otherwise.
    pub sum: FixedSum,
    /// What is asked of the caller: for themselves, and for those they speak for.
    pub mine: Vec<Asked>,
    /// Who says it is not fixed, the newest first, at most 100: for the maintainers of its projects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<NotFixed>,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Asked {
    /// For whom, where not for the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Uuid))]
    pub outsider: Option<Uuid>,
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Fixed>,
    /// In their words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Somebody for whom it is not fixed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotFixed {
    /// Who says so.
    pub by: Person,
    /// Of whom, where it is somebody without an account and the caller may know of whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behalf: Option<String>,
    /// In their words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: OffsetDateTime,
}

/// A closed delta that waits for the caller's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Question {
    /// The delta.
    pub delta: DeltaKey,
    /// What sort of gap.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// For how many the caller is to answer: themselves and those whose vote they recorded.
    pub answers: i64,
}
