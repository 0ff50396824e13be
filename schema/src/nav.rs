//! What the navigation shows: where this person belongs and what waits there.

/// The navigation of one page, for one caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nav {
    /// Who is signed in; none for a guest.
    pub user: Option<NavUser>,
    /// The person's organisations, in the order they are to be shown.
    pub orgs: Vec<NavOrg>,
    /// The projects the person is part of, or for a guest the public ones; a handful, not all.
    pub projects: Vec<NavProject>,
    /// Whether anybody may create an account.
    pub registration_open: bool,
}

/// The person signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavUser {
    /// The name used in `@name`.
    pub name: String,
    /// What people call them.
    pub display_name: String,
    /// Whether they run this instance.
    pub is_admin: bool,
}

/// One organisation of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavOrg {
    /// Whether the person does its work: a viewer is offered no new task.
    pub works: bool,
    /// Its part of the URL.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// How many deltas wait in its triage inbox.
    pub inbox: i64,
    /// Its boards.
    pub boards: Vec<NavBoard>,
}

/// One board of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavBoard {
    /// Its part of the URL.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// How many tasks stand on it that are not done.
    pub tasks: i64,
}

/// One project.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct NavProject {
    /// Its part of the URL.
    pub slug: String,
    /// Its name.
    pub name: String,
}
