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
    /// Add or take away a maintainer (POST).
    PROJECT_MAINTAINERS project_maintainers(project) "/projects/{project}/maintainers";
    /// Make or rename a component (POST).
    PROJECT_COMPONENTS project_components(project) "/projects/{project}/components";
    /// Make or describe a segment (POST).
    PROJECT_SEGMENTS project_segments(project) "/projects/{project}/segments";
    /// Be, or be no longer, one of a segment's users (POST).
    SEGMENT_ME segment_me(project, segment) "/projects/{project}/segments/{segment}/me";
    /// Say what makes a project hold that something is agreed (POST).
    PROJECT_DECISION project_decision(project) "/projects/{project}/decision";
    /// Make or date a release (POST).
    PROJECT_RELEASES project_releases(project) "/projects/{project}/releases";
    /// Name who sees a project's private deltas (POST).
    PROJECT_SECURITY project_security(project) "/projects/{project}/security";
    /// A project's imports from other trackers; POST brings a file.
    IMPORTS imports(project) "/projects/{project}/imports";
    /// One import: how far it is, and what it could not carry over.
    IMPORT import(project, import) "/projects/{project}/imports/{import}";
    /// Bring in what was only tried, or what failed (POST).
    IMPORT_START import_start(project, import) "/projects/{project}/imports/{import}/start";
    /// End an import that has not ended (POST).
    IMPORT_CANCEL import_cancel(project, import) "/projects/{project}/imports/{import}/cancel";
    /// What fails in a project's CI, grouped.
    FAILURES failures(project) "/projects/{project}/failures";
    /// A project's CI runs.
    RUNS runs(project) "/projects/{project}/runs";
    /// One CI run.
    RUN run(run) "/runs/{run}";
    /// One group of failures.
    FAILURE_GROUP failure_group(group) "/failure-groups/{group}";
    /// File a delta from a group (POST).
    FAILURE_GROUP_FILE failure_group_file(group) "/failure-groups/{group}/file";
    /// Put a delta behind a group (POST).
    FAILURE_GROUP_LINK failure_group_link(group) "/failure-groups/{group}/link";
    /// Take a delta away from a group (POST).
    FAILURE_GROUP_UNLINK failure_group_unlink(group) "/failure-groups/{group}/unlink";
    /// What recognises a delta's failures, and which tests decide about it; POST adds a signature.
    DELTA_CI delta_ci(delta) "/deltas/{delta}/ci";
    /// Change a signature (POST).
    DELTA_SIGNATURE delta_signature(delta, signature) "/deltas/{delta}/ci/{signature}";
    /// Take a signature out of force (POST).
    DELTA_SIGNATURE_REMOVE delta_signature_remove(delta, signature) "/deltas/{delta}/ci/{signature}/remove";
    /// Say which tests decide in a project (POST); none takes them away.
    DELTA_EVIDENCE delta_evidence(delta, project) "/deltas/{delta}/evidence/{project}";
    /// The list of deltas; `?q=` is a query.
    DELTAS deltas() "/deltas";
    /// Change several deltas at once (POST).
    DELTAS_BULK deltas_bulk() "/deltas/bulk";
    /// What became of a change of several deltas.
    BULK bulk(bulk) "/deltas/bulk/{bulk}";
    /// Undo it (POST).
    BULK_UNDO bulk_undo(bulk) "/deltas/bulk/{bulk}/undo";
    /// The list as an Atom feed; `?q=` is a query, `?token=` a feed token.
    DELTAS_ATOM deltas_atom() "/deltas.atom";
    /// The list as CSV.
    DELTAS_CSV deltas_csv() "/deltas.csv";
    /// The list as JSON.
    DELTAS_JSON deltas_json() "/deltas.json";
    /// File a delta.
    DELTA_NEW delta_new() "/deltas/new";
    /// One delta.
    DELTA delta(delta) "/deltas/{delta}";
    /// Edit a delta's text.
    DELTA_EDIT delta_edit(delta) "/deltas/{delta}/edit";
    /// A delta's revisions.
    DELTA_REVISIONS delta_revisions(delta) "/deltas/{delta}/revisions";
    /// One revision of a delta's text.
    DELTA_REVISION delta_revision(delta, revision) "/deltas/{delta}/revisions/{revision}";
    /// Two revisions compared: `?from=&to=`.
    DELTA_CHANGES delta_changes(delta) "/deltas/{delta}/changes";
    /// What one stated about a delta, and when; POST says how hard it hits oneself.
    DELTA_VOTE delta_vote(delta) "/deltas/{delta}/vote";
    /// The occurrences of a crash; POST adds one.
    DELTA_OCCURRENCES delta_occurrences(delta) "/deltas/{delta}/occurrences";
    /// The text of an occurrence's trace.
    DELTA_TRACE delta_trace(delta, occurrence) "/deltas/{delta}/occurrences/{occurrence}/trace";
    /// Take an occurrence away (POST).
    DELTA_OCCURRENCE_REMOVE delta_occurrence_remove(delta, occurrence) "/deltas/{delta}/occurrences/{occurrence}/remove";
    /// Record a vote for somebody without an account (POST).
    DELTA_BEHALF delta_behalf(delta) "/deltas/{delta}/on-behalf";
    /// Take a recorded vote back (POST).
    DELTA_BEHALF_TAKE delta_behalf_take(delta, outsider) "/deltas/{delta}/on-behalf/{outsider}/take";
    /// Say whether a closed delta is fixed for oneself (POST).
    DELTA_FIXED delta_fixed(delta) "/deltas/{delta}/fixed";
    /// Write a comment (POST).
    DELTA_COMMENTS delta_comments(delta) "/deltas/{delta}/comments";
    /// Change one's own comment.
    DELTA_COMMENT delta_comment(delta, comment) "/deltas/{delta}/comments/{comment}";
    /// The texts a comment had.
    DELTA_COMMENT_HISTORY delta_comment_history(delta, comment) "/deltas/{delta}/comments/{comment}/revisions";
    /// Take a comment's text away (POST).
    DELTA_COMMENT_DELETE delta_comment_delete(delta, comment) "/deltas/{delta}/comments/{comment}/delete";
    /// Fold a comment, or show it again (POST).
    DELTA_COMMENT_MINIMISE delta_comment_minimise(delta, comment) "/deltas/{delta}/comments/{comment}/minimise";
    /// Tick a task of one's own comment (POST).
    DELTA_COMMENT_TICK delta_comment_tick(delta, comment) "/deltas/{delta}/comments/{comment}/tick";
    /// Put files on a delta (POST).
    DELTA_ATTACHMENTS delta_attachments(delta) "/deltas/{delta}/attachments";
    /// Put files on a task (POST).
    TASK_ATTACHMENTS task_attachments(task) "/tasks/{task}/attachments";
    /// A file.
    ATTACHMENT attachment(attachment, name) "/attachments/{attachment}/{name}";
    /// Take a file away (POST).
    ATTACHMENT_REMOVE attachment_remove(attachment) "/attachments/{attachment}/-/remove";
    /// Lock a delta's discussion, or open it again (POST).
    DELTA_LOCK delta_lock(delta) "/deltas/{delta}/lock";
    /// A form's texts as they would be shown (POST), and the form once more.
    PREVIEW preview() "/preview";
    /// Comment on a passage (POST).
    DELTA_THREADS delta_threads(delta) "/deltas/{delta}/threads";
    /// The page to comment on a passage: `?field=` and `&piece=` or `&quote=`.
    DELTA_THREAD_NEW delta_thread_new(delta) "/deltas/{delta}/threads/new";
    /// Reply in a thread (POST).
    DELTA_THREAD_REPLIES delta_thread_replies(delta, thread) "/deltas/{delta}/threads/{thread}/replies";
    /// Settle a thread, or open it again (POST).
    DELTA_THREAD_SETTLED delta_thread_settled(delta, thread) "/deltas/{delta}/threads/{thread}/settled";
    /// Put a delta into a project, or take it out (POST).
    DELTA_PLACES delta_places(delta) "/deltas/{delta}/places";
    /// State one's position on a delta in a project (POST).
    DELTA_POSITION delta_position(delta, project) "/deltas/{delta}/places/{project}/position";
    /// Say what a project thinks of a delta (POST).
    DELTA_CONSENSUS delta_consensus(delta, project) "/deltas/{delta}/places/{project}/consensus";
    /// Answer an objection to a delta in a project (POST).
    DELTA_ANSWER delta_answer(delta, project) "/deltas/{delta}/places/{project}/answer";
    /// Relate a delta to another one, or take that away (POST).
    DELTA_RELATIONS delta_relations(delta) "/deltas/{delta}/relations";
    /// Look for duplicates of a delta; POST marks one.
    DELTA_DUPLICATES delta_duplicates(delta) "/deltas/{delta}/duplicates";
    /// End a gap, or open it again (POST).
    DELTA_RESOLUTION delta_resolution(delta) "/deltas/{delta}/resolution";
    /// Set a delta's labels (POST).
    DELTA_LABELS delta_labels(delta) "/deltas/{delta}/labels";
    /// Say who else sees a private delta (POST).
    DELTA_GUESTS delta_guests(delta) "/deltas/{delta}/guests";
    /// Put a private delta under an embargo, or end it (POST).
    DELTA_EMBARGO delta_embargo(delta) "/deltas/{delta}/embargo";
    /// The views one may change; POST saves one.
    VIEWS views() "/views";
    /// Change a view (POST).
    VIEW view(owner, view) "/views/{owner}/{view}";
    /// Take a view away (POST).
    VIEW_REMOVE view_remove(owner, view) "/views/{owner}/{view}/remove";
    /// A project's users without an account.
    PROJECT_OUTSIDERS project_outsiders(project) "/projects/{project}/outsiders";
    /// What hits many, is agreed, and nobody has committed to, in one project.
    PROJECT_RADAR project_radar(project) "/projects/{project}/radar";
    /// The same in all projects.
    RADAR radar() "/radar";
    /// Say that an outsider has an account now (POST).
    OUTSIDER_ACCOUNT outsider_account(outsider) "/outsiders/{outsider}/account";
    /// Say whether an outsider is oneself (POST).
    CLAIM claim(outsider) "/settings/claims/{outsider}";
    /// All organisations one may see; POST creates one.
    ORGS orgs() "/orgs";
    /// Create an organisation.
    ORG_NEW org_new() "/orgs/new";
    /// One organisation.
    ORG org(org) "/orgs/{org}";
    /// An organisation's customers without an account.
    ORG_OUTSIDERS org_outsiders(org) "/orgs/{org}/outsiders";
    /// An organisation's lens: its weights and what they do; POST sets them.
    ORG_LENS_PAGE org_lens_page(org) "/orgs/{org}/lens";
    /// An organisation's triage inbox.
    TRIAGE triage(org) "/orgs/{org}/triage";
    /// Take a delta on: write down a task for it (POST).
    TRIAGE_TAKE triage_take(org, delta) "/orgs/{org}/triage/{delta}/take";
    /// Link a delta to a task that is there (POST).
    TRIAGE_LINK triage_link(org, delta) "/orgs/{org}/triage/{delta}/link";
    /// Take a stance on a delta (POST).
    TRIAGE_STANCE triage_stance(org, delta) "/orgs/{org}/triage/{delta}/stance";
    /// Take the stance back (POST).
    TRIAGE_UNDO triage_undo(org, delta) "/orgs/{org}/triage/{delta}/undo";
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
    /// One's own work: the tasks of all of one's organisations; `?q=`, `?as=` and `?month=` as of [`TASKS`].
    WORK work() "/work";
    /// What an organisation's past says about its work: `?q=` is a query over tasks, `?from=` and `?to=` are days, `?tasks=` is for the forecast.
    INSIGHT insight(org) "/orgs/{org}/insights";
    /// The numbers behind one of its charts as CSV: the chart's word with `.csv` behind it.
    INSIGHT_CSV insight_csv(org, file) "/orgs/{org}/insights/{file}";
    /// The order of an organisation's open tasks.
    PRIORITIES priorities(org) "/orgs/{org}/priorities";
    /// Put a task at a place of that order (POST).
    PRIORITY priority(org, task) "/orgs/{org}/priorities/{task}";
    /// An organisation's promises; `?show=` is which.
    LEDGER ledger(org) "/orgs/{org}/commitments";
    /// Say when a promise has gone quiet, and when it expires (POST).
    ORG_LEDGER org_ledger(org) "/orgs/{org}/settings/ledger";
    /// An organisation's tasks; `?q=` is a query, `?as=` a layout, `?month=` of the calendar.
    TASKS tasks(org) "/orgs/{org}/tasks";
    /// The list of tasks as CSV; `?q=` is a query, `?token=` a feed token.
    TASKS_CSV tasks_csv(org) "/orgs/{org}/tasks.csv";
    /// The list of tasks as JSON.
    TASKS_JSON tasks_json(org) "/orgs/{org}/tasks.json";
    /// Write down a task.
    TASK_NEW task_new(org) "/orgs/{org}/tasks/new";
    /// An organisation's members, boards, watch rules and lens.
    ORG_SETTINGS org_settings(org) "/orgs/{org}/settings";
    /// Make an organisation's first board, with the usual columns (POST).
    ORG_BOARD org_board(org) "/orgs/{org}/settings/board";
    /// Make a person a member, or give a member another role (POST).
    ORG_MEMBERS org_members(org) "/orgs/{org}/settings/members";
    /// Take a member out (POST).
    ORG_MEMBER_REMOVE org_member_remove(org, person) "/orgs/{org}/settings/members/{person}/remove";
    /// Add or change a watch rule (POST).
    ORG_WATCHES org_watches(org) "/orgs/{org}/settings/watches";
    /// Take a watch rule away (POST).
    ORG_WATCH_REMOVE org_watch_remove(org, watch) "/orgs/{org}/settings/watches/{watch}/remove";
    /// Weigh one segment (POST).
    ORG_LENS org_lens(org) "/orgs/{org}/settings/lens";
    /// One task.
    TASK task(task) "/tasks/{task}";
    /// A task moved by form (POST).
    TASK_PLACEMENT task_placement(task) "/tasks/{task}/placement";
    /// Something promised about a task (POST).
    TASK_COMMITMENT task_commitment(task) "/tasks/{task}/commitment";
    /// Take over a promise that has gone quiet (POST).
    TASK_TAKEOVER task_takeover(task) "/tasks/{task}/takeover";
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
    /// Which users one is, and was.
    SETTINGS_SEGMENTS settings_segments() "/settings/segments";
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

pub mod api;

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
