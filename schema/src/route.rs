//! Every path of pages and API: the one place where a URL is written.
//!
//! Each route is two things: a pattern for the router (`DELTA` = `/deltas/{delta}`) and a function that fills it in
//! (`delta("D-12")` = `/deltas/D-12`). What is filled in is percent-encoded.

use std::fmt::{Display, Write};

/// Declares routes: a pattern and the function of the same name that fills it in.
macro_rules! routes {
    ($($(#[$doc:meta])* $pattern:ident $name:ident($($key:ident),*) $path:literal;)*) => {$(
        $(#[$doc])*
        pub const $pattern: &str = $path;
        $(#[$doc])*
        #[must_use]
        pub fn $name($($key: impl Display),*) -> String {
            format!($path, $($key = $crate::route::segment($key)),*)
        }
    )*};
}

routes! {
    /// The first page: what is new to this person, or for guests what this is.
    HOME home() "/";
    /// First steps of a new instance.
    START start() "/start";
    /// Sign in.
    SIGN_IN sign_in() "/sign-in";
    /// Sign out (POST).
    SIGN_OUT sign_out() "/sign-out";
    /// Create an account.
    REGISTER register() "/register";
    /// All projects; POST creates one.
    PROJECTS projects() "/projects";
    /// One project.
    PROJECT project(project) "/projects/{project}";
    /// A project's components, segments, releases, maintainers and CI tokens.
    PROJECT_SETTINGS project_settings(project) "/projects/{project}/settings";
    /// What fails in a project's CI, grouped.
    FAILURES failures(project) "/projects/{project}/failures";
    /// A project's CI runs.
    RUNS runs(project) "/projects/{project}/runs";
    /// The list of deltas; `?q=` is a query.
    DELTAS deltas() "/deltas";
    /// File a delta.
    DELTA_NEW delta_new() "/deltas/new";
    /// One delta.
    DELTA delta(delta) "/deltas/{delta}";
    /// Vote on a delta (POST).
    DELTA_VOTE delta_vote(delta) "/deltas/{delta}/vote";
    /// Edit a delta's text.
    DELTA_EDIT delta_edit(delta) "/deltas/{delta}/edit";
    /// A delta's revisions.
    DELTA_REVISIONS delta_revisions(delta) "/deltas/{delta}/revisions";
    /// All organisations one may see; POST creates one.
    ORGS orgs() "/orgs";
    /// Create an organisation.
    ORG_NEW org_new() "/orgs/new";
    /// One organisation.
    ORG org(org) "/orgs/{org}";
    /// An organisation's triage inbox.
    TRIAGE triage(org) "/orgs/{org}/triage";
    /// A board.
    BOARD board(org, board) "/orgs/{org}/boards/{board}";
    /// A card moved by form (POST).
    BOARD_MOVE board_move(org, board) "/orgs/{org}/boards/{board}/move";
    /// A board's name, filter and columns.
    BOARD_EDIT board_edit(org, board) "/orgs/{org}/boards/{board}/edit";
    /// One card of a board, without a page around it.
    CARD card(org, board, task) "/orgs/{org}/boards/{board}/cards/{task}";
    /// Make a board.
    BOARD_NEW board_new(org) "/orgs/{org}/boards/new";
    /// An organisation's tasks; `?q=` is a query.
    TASKS tasks(org) "/orgs/{org}/tasks";
    /// Write down a task.
    TASK_NEW task_new(org) "/orgs/{org}/tasks/new";
    /// An organisation's members, boards, watch rules and lens.
    ORG_SETTINGS org_settings(org) "/orgs/{org}/settings";
    /// One task.
    TASK task(task) "/tasks/{task}";
    /// A task moved by form (POST).
    TASK_PLACEMENT task_placement(task) "/tasks/{task}/placement";
    /// Something promised about a task (POST).
    TASK_COMMITMENT task_commitment(task) "/tasks/{task}/commitment";
    /// A task linked to a delta (POST).
    TASK_DELTAS task_deltas(task) "/tasks/{task}/deltas";
    /// A link taken away (POST).
    TASK_UNLINK task_unlink(task, delta) "/tasks/{task}/deltas/{delta}/remove";
    /// An outside address added to a task (POST).
    TASK_REFERENCES task_references(task) "/tasks/{task}/references";
    /// An outside address taken away (POST).
    TASK_REFERENCE_REMOVE task_reference_remove(task, reference) "/tasks/{task}/references/{reference}/remove";
    /// One's own name, mail and segments.
    SETTINGS settings() "/settings";
    /// Change one's password (POST).
    SETTINGS_PASSWORD settings_password() "/settings/password";
    /// One's own tokens; POST makes one.
    SETTINGS_TOKENS settings_tokens() "/settings/tokens";
    /// Revoke one of one's own tokens (POST).
    SETTINGS_TOKEN_REVOKE settings_token_revoke(token) "/settings/tokens/{token}/revoke";
    /// Where one is signed in; POST ends a session.
    SETTINGS_SESSIONS settings_sessions() "/settings/sessions";
    /// A project's CI tokens; POST makes one.
    PROJECT_TOKENS project_tokens(project) "/projects/{project}/settings/tokens";
    /// Revoke a project's CI token (POST).
    PROJECT_TOKEN_REVOKE project_token_revoke(project, token) "/projects/{project}/settings/tokens/{token}/revoke";
    /// A person.
    PERSON person(person) "/people/{person}";
    /// Running the instance.
    ADMIN admin() "/admin";
    /// Say who may make an account (POST).
    ADMIN_REGISTRATION admin_registration() "/admin/registration";
    /// Invite somebody (POST).
    ADMIN_INVITES admin_invites() "/admin/invites";
    /// Withdraw an invitation (POST).
    ADMIN_INVITE_WITHDRAW admin_invite_withdraw(invite) "/admin/invites/{invite}/withdraw";
    /// Suspend a person, or let them in again (POST).
    ADMIN_PERSON admin_person(person) "/admin/people/{person}";
    /// Keys and the query language.
    HELP help() "/help";
    /// What each kind of problem means.
    HELP_PROBLEMS help_problems() "/help/problems";
    /// The API's reference.
    REFERENCE reference() "/api";
}

/// The API: `/api/v1`.
pub mod api {
    use std::fmt::Display;

    routes! {
        /// Register a user.
        USERS users() "/api/v1/users";
        /// A person.
        USER user(user) "/api/v1/users/{user}";
        /// Whether a person is kept out.
        SUSPENSION suspension(user) "/api/v1/users/{user}/suspension";
        /// Who am I.
        ME me() "/api/v1/me";
        /// One's own tokens.
        ME_TOKENS me_tokens() "/api/v1/me/tokens";
        /// One of one's own tokens.
        ME_TOKEN me_token(token) "/api/v1/me/tokens/{token}";
        /// The instance's settings.
        SETTINGS settings() "/api/v1/settings";
        /// Invitations.
        INVITES invites() "/api/v1/invites";
        /// One invitation.
        INVITE invite(invite) "/api/v1/invites/{invite}";
        /// Projects.
        PROJECTS projects() "/api/v1/projects";
        /// One project.
        PROJECT project(project) "/api/v1/projects/{project}";
        /// A component of a project.
        COMPONENT component(project, component) "/api/v1/projects/{project}/components/{component}";
        /// A segment of a project's users.
        SEGMENT segment(project, segment) "/api/v1/projects/{project}/segments/{segment}";
        /// Whether one is a user of this segment.
        SEGMENT_ME segment_me(project, segment) "/api/v1/projects/{project}/segments/{segment}/me";
        /// A project's CI tokens.
        PROJECT_TOKENS project_tokens(project) "/api/v1/projects/{project}/tokens";
        /// One of a project's CI tokens.
        PROJECT_TOKEN project_token(project, token) "/api/v1/projects/{project}/tokens/{token}";
        /// A project's runs: post one, or list them.
        RUNS runs(project) "/api/v1/projects/{project}/runs";
        /// A project's failure groups.
        FAILURES failures(project) "/api/v1/projects/{project}/failures";
        /// Try a signature on stored failures.
        SIGNATURES_TRY signatures_try(project) "/api/v1/projects/{project}/signatures/try";
        /// One run.
        RUN run(run) "/api/v1/runs/{run}";
        /// The delta that explains a failure group.
        FAILURE_GROUP_DELTA failure_group_delta(group) "/api/v1/failure-groups/{group}/delta";
        /// Deltas: file one, or list them.
        DELTAS deltas() "/api/v1/deltas";
        /// What a text may be a duplicate of.
        SIMILAR similar() "/api/v1/deltas/similar";
        /// One delta.
        DELTA delta(delta) "/api/v1/deltas/{delta}";
        /// One's own vote on a delta.
        VOTE vote(delta) "/api/v1/deltas/{delta}/vote";
        /// What the votes say.
        IMPACT impact(delta) "/api/v1/deltas/{delta}/impact";
        /// A delta's place in a project.
        PLACE place(delta, project) "/api/v1/deltas/{delta}/places/{project}";
        /// One's own position on a place.
        POSITION position(delta, project) "/api/v1/deltas/{delta}/places/{project}/position";
        /// The consensus of a place.
        CONSENSUS consensus(delta, project) "/api/v1/deltas/{delta}/places/{project}/consensus";
        /// A delta's resolution.
        RESOLUTION resolution(delta) "/api/v1/deltas/{delta}/resolution";
        /// Comments of a delta.
        COMMENTS comments(delta) "/api/v1/deltas/{delta}/comments";
        /// What happened to a delta.
        TIMELINE timeline(delta) "/api/v1/deltas/{delta}/timeline";
        /// A delta's signatures.
        SIGNATURES signatures(delta) "/api/v1/deltas/{delta}/signatures";
        /// One signature.
        SIGNATURE signature(delta, signature) "/api/v1/deltas/{delta}/signatures/{signature}";
        /// The tests that decide whether a delta's gap is closed in a project.
        EVIDENCE evidence(delta, project) "/api/v1/deltas/{delta}/evidence/{project}";
        /// Organisations.
        ORGS orgs() "/api/v1/orgs";
        /// One organisation.
        ORG org(org) "/api/v1/orgs/{org}";
        /// A member of an organisation.
        MEMBER member(org, user) "/api/v1/orgs/{org}/members/{user}";
        /// An organisation's watch rules.
        WATCHES watches(org) "/api/v1/orgs/{org}/watches";
        /// A watch rule.
        WATCH watch(org, watch) "/api/v1/orgs/{org}/watches/{watch}";
        /// An organisation's lens.
        LENS lens(org) "/api/v1/orgs/{org}/lens";
        /// An organisation's triage inbox.
        TRIAGE triage(org) "/api/v1/orgs/{org}/triage";
        /// An organisation's stance on a delta.
        STANCE stance(org, delta) "/api/v1/orgs/{org}/stances/{delta}";
        /// An organisation's boards.
        BOARDS boards(org) "/api/v1/orgs/{org}/boards";
        /// One board.
        BOARD board(org, board) "/api/v1/orgs/{org}/boards/{board}";
        /// What happens on a board, as it happens.
        BOARD_EVENTS board_events(org, board) "/api/v1/orgs/{org}/boards/{board}/events";
        /// An organisation's tasks.
        TASKS tasks(org) "/api/v1/orgs/{org}/tasks";
        /// Change many tasks at once.
        TASKS_BULK tasks_bulk(org) "/api/v1/orgs/{org}/tasks/bulk";
        /// A chart's numbers: `flow`, `cycle-time`, `throughput` or `commitments`.
        INSIGHT insight(org, insight) "/api/v1/orgs/{org}/insights/{insight}";
        /// One task.
        TASK task(task) "/api/v1/tasks/{task}";
        /// A task's link to a delta.
        LINK link(task, delta) "/api/v1/tasks/{task}/deltas/{delta}";
        /// Where a task stands.
        PLACEMENT placement(task) "/api/v1/tasks/{task}/placement";
        /// A task's outside addresses.
        REFERENCES references(task) "/api/v1/tasks/{task}/references";
        /// One outside address of a task.
        TASK_REFERENCE task_reference(task, reference) "/api/v1/tasks/{task}/references/{reference}";
        /// A task's commitment.
        COMMITMENT commitment(task) "/api/v1/tasks/{task}/commitment";
    }
}

/// A path with a query behind it; empty values are left out.
#[must_use]
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut url = path.to_owned();
    for (i, (key, value)) in pairs.iter().filter(|(_, value)| !value.is_empty()).enumerate() {
        url.push(if i == 0 { '?' } else { '&' });
        encode(key, &mut url);
        url.push('=');
        encode(value, &mut url);
    }
    url
}

/// One segment of a path, percent-encoded.
fn segment(value: impl Display) -> String {
    let mut out = String::new();
    encode(&value.to_string(), &mut out);
    out
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_its_pattern_filled_in() {
        assert_eq!(BOARD, "/orgs/{org}/boards/{board}");
        assert_eq!(board("nw", "switching"), "/orgs/nw/boards/switching");
        assert_eq!(api::vote("D-12"), "/api/v1/deltas/D-12/vote");
    }

    #[test]
    fn what_is_filled_in_cannot_leave_its_segment() {
        assert_eq!(project("a/../b?c"), "/projects/a%2F..%2Fb%3Fc");
    }

    #[test]
    fn a_query_is_encoded_and_empty_values_are_left_out() {
        assert_eq!(with_query(DELTAS, &[("q", "is:open \"é\""), ("cursor", "")]), "/deltas?q=is%3Aopen%20%22%C3%A9%22");
    }
}
