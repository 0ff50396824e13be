//! The API: `/api/v1`.

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
    /// What could stand at a place of a query.
    COMPLETIONS completions() "/api/v1/completions";
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
