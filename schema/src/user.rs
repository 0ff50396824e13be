//! People: who they are here and what they may do.

use serde::{Deserialize, Serialize};

words! {
    /// A person's part in an organisation.
    Role {
        /// Sees the organisation's work.
        Viewer = "viewer",
        /// Does the organisation's work.
        Member = "member",
        /// Also manages members, boards and settings.
        Owner = "owner",
    }
}

words! {
    /// What an API token may do. A project's CI token has exactly `ci`.
    Scope {
        /// See what its owner may see.
        Read = "read",
        /// Change what its owner may change. Includes `read`.
        Write = "write",
        /// Report runs of its project and read their receipts.
        Ci = "ci",
    }
}

words! {
    /// Who may make an account.
    Registration {
        /// Anybody.
        Open = "open",
        /// Who was given an invitation.
        Invite = "invite",
        /// Nobody; an administrator makes accounts.
        Closed = "closed",
    }
}

/// A person, as anybody may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// Handle.
    pub name: String,
    /// As shown.
    pub display_name: String,
}
