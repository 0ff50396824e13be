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
    /// Add an occurrence of a crash (POST).
    DELTA_OCCURRENCES delta_occurrences(delta) "/deltas/{delta}/occurrences";
    /// The text of an occurrence's trace.
    DELTA_TRACE delta_trace(delta, occurrence) "/deltas/{delta}/occurrences/{occurrence}/trace";
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
    /// An organisation's tasks; `?q=` is a query.
    TASKS tasks(org) "/orgs/{org}/tasks";
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
        /// The segments one belongs to, and belonged to.
        ME_SEGMENTS me_segments() "/api/v1/me/segments";
        /// One's own tokens.
        ME_TOKENS me_tokens() "/api/v1/me/tokens";
        /// One of one's own tokens.
        ME_TOKEN me_token(token) "/api/v1/me/tokens/{token}";
        /// Who one is said to be.
        ME_CLAIMS me_claims() "/api/v1/me/claims";
        /// One of those.
        ME_CLAIM me_claim(outsider) "/api/v1/me/claims/{outsider}";
        /// What waits for one's answer.
        ME_FIXED me_fixed() "/api/v1/me/fixed";
        /// Which account an outsider may be.
        OUTSIDER_ACCOUNT outsider_account(outsider) "/api/v1/outsiders/{outsider}/account";
        /// An organisation's customers without an account.
        ORG_OUTSIDERS org_outsiders(org) "/api/v1/orgs/{org}/outsiders";
        /// A project's users without an account.
        PROJECT_OUTSIDERS project_outsiders(project) "/api/v1/projects/{project}/outsiders";
        /// What hits many, is agreed, and nobody has committed to.
        RADAR radar() "/api/v1/radar";
        /// The same in one project.
        PROJECT_RADAR project_radar(project) "/api/v1/projects/{project}/radar";
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
        /// A maintainer of a project.
        MAINTAINER maintainer(project, user) "/api/v1/projects/{project}/maintainers/{user}";
        /// What makes a project hold that something is agreed.
        DECISION decision(project) "/api/v1/projects/{project}/decision";
        /// A member of a project's security group.
        SECURITY security(project, user) "/api/v1/projects/{project}/security/{user}";
        /// A release of a project.
        RELEASE release(project, release) "/api/v1/projects/{project}/releases/{release}";
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
        /// One failure group.
        FAILURE_GROUP failure_group(group) "/api/v1/failure-groups/{group}";
        /// The delta that explains a failure group.
        FAILURE_GROUP_DELTA failure_group_delta(group) "/api/v1/failure-groups/{group}/delta";
        /// Deltas: file one, or list them.
        DELTAS deltas() "/api/v1/deltas";
        /// Change several deltas at once.
        DELTAS_BULK deltas_bulk() "/api/v1/deltas/bulk";
        /// What became of a change of several deltas.
        BULK bulk(bulk) "/api/v1/deltas/bulk/{bulk}";
        /// Undo it.
        BULK_UNDO bulk_undo(bulk) "/api/v1/deltas/bulk/{bulk}/undo";
        /// What a text may be a duplicate of.
        SIMILAR similar() "/api/v1/deltas/similar";
        /// One delta.
        DELTA delta(delta) "/api/v1/deltas/{delta}";
        /// One's own vote on a delta.
        VOTE vote(delta) "/api/v1/deltas/{delta}/vote";
        /// Still affects me on a release.
        VOTE_CONFIRM vote_confirm(delta) "/api/v1/deltas/{delta}/vote/confirm";
        /// What the votes say.
        IMPACT impact(delta) "/api/v1/deltas/{delta}/impact";
        /// Votes recorded for people without an account.
        ON_BEHALF on_behalf(delta) "/api/v1/deltas/{delta}/on-behalf";
        /// One of them.
        ON_BEHALF_OF on_behalf_of(delta, outsider) "/api/v1/deltas/{delta}/on-behalf/{outsider}";
        /// Whether it is fixed for those it affected.
        FIXED fixed(delta) "/api/v1/deltas/{delta}/fixed";
        /// A delta's place in a project.
        PLACE place(delta, project) "/api/v1/deltas/{delta}/places/{project}";
        /// One's own position on a place.
        POSITION position(delta, project) "/api/v1/deltas/{delta}/places/{project}/position";
        /// The consensus of a place.
        CONSENSUS consensus(delta, project) "/api/v1/deltas/{delta}/places/{project}/consensus";
        /// A maintainer's answer to a person's objection.
        ANSWER answer(delta, project, user) "/api/v1/deltas/{delta}/places/{project}/positions/{user}/answer";
        /// What was said and decided of a place.
        HISTORY history(delta, project) "/api/v1/deltas/{delta}/places/{project}/history";
        /// What a delta has to do with another.
        RELATION relation(delta, other) "/api/v1/deltas/{delta}/relations/{other}";
        /// A delta's resolution.
        RESOLUTION resolution(delta) "/api/v1/deltas/{delta}/resolution";
        /// Occurrences of a crash.
        OCCURRENCES occurrences(delta) "/api/v1/deltas/{delta}/occurrences";
        /// How often a crash was seen.
        OCCURRENCE_COUNTS occurrence_counts(delta) "/api/v1/deltas/{delta}/occurrences/counts";
        /// One occurrence.
        OCCURRENCE occurrence(delta, occurrence) "/api/v1/deltas/{delta}/occurrences/{occurrence}";
        /// Comments of a delta.
        COMMENTS comments(delta) "/api/v1/deltas/{delta}/comments";
        /// One comment.
        COMMENT comment(delta, comment) "/api/v1/deltas/{delta}/comments/{comment}";
        /// Markdown as HTML.
        MARKDOWN markdown() "/api/v1/markdown";
        /// Files.
        ATTACHMENTS attachments() "/api/v1/attachments";
        /// Comments on passages of a delta's text.
        THREADS threads(delta) "/api/v1/deltas/{delta}/threads";
        /// Replies in one of them.
        REPLIES replies(delta, thread) "/api/v1/deltas/{delta}/threads/{thread}/replies";
        /// Whether it is settled.
        SETTLED settled(delta, thread) "/api/v1/deltas/{delta}/threads/{thread}/settled";
        /// Every state of a delta's text.
        REVISIONS revisions(delta) "/api/v1/deltas/{delta}/revisions";
        /// One state of it.
        REVISION revision(delta, revision) "/api/v1/deltas/{delta}/revisions/{revision}";
        /// Two states compared.
        CHANGES changes(delta) "/api/v1/deltas/{delta}/changes";
        /// A delta's labels.
        LABELS labels(delta) "/api/v1/deltas/{delta}/labels";
        /// Who else sees a private delta.
        GUEST guest(delta, user) "/api/v1/deltas/{delta}/guests/{user}";
        /// Until when a private delta stays so.
        EMBARGO embargo(delta) "/api/v1/deltas/{delta}/embargo";
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
        /// What weights would do.
        LENS_PREVIEW lens_preview(org) "/api/v1/orgs/{org}/lens/preview";
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
        /// One's own views.
        ME_VIEWS me_views() "/api/v1/me/views";
        /// A project's views.
        PROJECT_VIEWS project_views(project) "/api/v1/projects/{project}/views";
        /// An organisation's views.
        ORG_VIEWS org_views(org) "/api/v1/orgs/{org}/views";
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
