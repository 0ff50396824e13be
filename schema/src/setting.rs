//! Running the instance: who may make an account, invitations, people.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{problem::Problem, user::Registration};

words! {
    /// Whether a person may come in.
    State {
        /// They may.
        Active = "active",
        /// They may not; what they wrote stays.
        Suspended = "suspended",
    }
}

/// The instance's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who may make an account.
    pub registration: Registration,
}

/// An invitation to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvite {
    /// For whom, as a reminder; at most 200 characters.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub note: String,
}

/// An invitation that still works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invite {
    /// Names it when it is withdrawn.
    pub id: Uuid,
    /// For whom.
    pub note: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Until when: 7 days.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// An invitation just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MadeInvite {
    /// The invitation.
    #[serde(flatten)]
    pub invite: Invite,
    /// The link for the one invited; shown this once.
    pub url: String,
}

/// A person, as administrators see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Handle.
    pub name: String,
    /// As shown.
    pub display_name: String,
    /// Empty for people brought in by an import.
    pub email: Option<String>,
    /// Runs the instance.
    pub is_admin: bool,
    /// Whether they may come in.
    pub state: State,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// Running the instance.
#[derive(Clone, Debug)]
pub struct AdminPage {
    /// Who runs it: nobody can suspend themselves.
    pub me: String,
    /// Who may make an account.
    pub registration: Registration,
    /// Invitations that still work.
    pub invites: Vec<Invite>,
    /// The one just made.
    pub made: Option<MadeInvite>,
    /// One page of the people, by name.
    pub people: crate::list::Page<Account>,
    /// What their names begin with, as asked.
    pub find: String,
    /// Why it was not accepted.
    pub refused: Option<Problem>,
    /// Now, for the relative times.
    pub now: OffsetDateTime,
}
