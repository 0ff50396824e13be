-- Organisations and what they do about it: stances, boards, tasks, promises.

CREATE TABLE org (
    id         UUID PRIMARY KEY,
    slug       TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 64),
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    key_prefix TEXT NOT NULL UNIQUE CHECK (length(key_prefix) BETWEEN 2 AND 8),
    openness   TEXT NOT NULL DEFAULT 'commitments' CHECK (openness IN ('open', 'commitments', 'closed')),
    tasks      BIGINT NOT NULL DEFAULT 0,
    version    BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE org_member (
    org_id   UUID NOT NULL REFERENCES org (id) ON DELETE CASCADE,
    user_id  UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    role     TEXT NOT NULL CHECK (role IN ('owner', 'member', 'viewer')),
    added_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (org_id, user_id)
);
CREATE INDEX org_member_user ON org_member (user_id);

-- An organisation's own weights on segments; a segment without a row weighs 1.
CREATE TABLE lens (
    org_id     UUID NOT NULL REFERENCES org (id) ON DELETE CASCADE,
    segment_id UUID NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
    weight     BIGINT NOT NULL CHECK (weight BETWEEN 0 AND 100),
    PRIMARY KEY (org_id, segment_id)
);

-- A query over deltas that the organisation cares about.
CREATE TABLE watch (
    id         UUID PRIMARY KEY,
    org_id     UUID NOT NULL REFERENCES org (id) ON DELETE CASCADE,
    slug       TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 64),
    query      TEXT NOT NULL CHECK (length(query) <= 1000),
    created_by UUID REFERENCES "user" (id) ON DELETE SET NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (org_id, slug)
);

CREATE TABLE stance (
    org_id   UUID NOT NULL REFERENCES org (id) ON DELETE CASCADE,
    delta_id UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    stance   TEXT NOT NULL CHECK (stance IN ('considering', 'taken', 'declined', 'snoozed')),
    reason   TEXT NOT NULL DEFAULT '',
    until    TIMESTAMPTZ,
    wake     JSONB,
    version  BIGINT NOT NULL DEFAULT 1,
    set_by   UUID REFERENCES "user" (id) ON DELETE SET NULL,
    set_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (org_id, delta_id)
);
CREATE INDEX stance_delta ON stance (delta_id);
CREATE INDEX stance_until ON stance (until) WHERE stance = 'snoozed';

-- `version` rises with each change of the board or its cards and numbers its live events.
CREATE TABLE board (
    id         UUID PRIMARY KEY,
    org_id     UUID NOT NULL REFERENCES org (id) ON DELETE CASCADE,
    slug       TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 64),
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    filter     TEXT NOT NULL DEFAULT '',
    swimlanes  TEXT NOT NULL DEFAULT 'none' CHECK (swimlanes IN ('none', 'priority', 'assignee')),
    version    BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (org_id, slug)
);

CREATE TABLE board_column (
    id        UUID PRIMARY KEY,
    board_id  UUID NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    slug      TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 64),
    name      TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    category  TEXT NOT NULL CHECK (category IN ('backlog', 'ready', 'doing', 'review', 'done')),
    wip_limit BIGINT CHECK (wip_limit BETWEEN 1 AND 999),
    policy    TEXT NOT NULL DEFAULT '',
    position  BIGINT NOT NULL,
    UNIQUE (board_id, slug)
);

-- A named query over tasks of many boards, or over deltas: a person's, a project's or an organisation's.
CREATE TABLE view (
    id         UUID PRIMARY KEY,
    user_id    UUID REFERENCES "user" (id) ON DELETE CASCADE,
    project_id UUID REFERENCES project (id) ON DELETE CASCADE,
    org_id     UUID REFERENCES org (id) ON DELETE CASCADE,
    over       TEXT NOT NULL CHECK (over IN ('deltas', 'tasks')),
    slug       TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 64),
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    query      TEXT NOT NULL CHECK (length(query) <= 1000),
    created_at TIMESTAMPTZ NOT NULL
);

-- `rank` is one order over the organisation's tasks: keys of fractional indexing, compared as bytes.
-- `commitment`, `target_*` and `moves` repeat the newest row of the ledger `commitment`; `moves` counts changed targets.
CREATE TABLE task (
    id             UUID PRIMARY KEY,
    org_id         UUID NOT NULL REFERENCES org (id) ON DELETE CASCADE,
    number         BIGINT NOT NULL,
    title          TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    body           TEXT NOT NULL DEFAULT '',
    priority       TEXT NOT NULL DEFAULT 'normal' CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
    rank           TEXT COLLATE "C" NOT NULL,
    board_id       UUID NOT NULL REFERENCES board (id),
    column_id      UUID NOT NULL REFERENCES board_column (id),
    estimate       BIGINT CHECK (estimate BETWEEN 0 AND 10000),
    due            TEXT,
    commitment     TEXT NOT NULL DEFAULT 'none' CHECK (commitment IN ('none', 'intended', 'committed', 'delivered', 'withdrawn')),
    target_release TEXT,
    target_date    TEXT,
    moves          BIGINT NOT NULL DEFAULT 0,
    version        BIGINT NOT NULL DEFAULT 1,
    created_by     UUID REFERENCES "user" (id) ON DELETE SET NULL,
    created_at     TIMESTAMPTZ NOT NULL,
    updated_at     TIMESTAMPTZ NOT NULL,
    done_at        TIMESTAMPTZ,
    UNIQUE (org_id, number),
    UNIQUE (org_id, rank)
);
CREATE INDEX task_board ON task (board_id, column_id, rank);
CREATE INDEX task_org_updated ON task (org_id, updated_at DESC, number DESC);

CREATE TABLE commitment (
    id             UUID PRIMARY KEY,
    task_id        UUID NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    state          TEXT NOT NULL CHECK (state IN ('none', 'intended', 'committed', 'delivered', 'withdrawn')),
    target_release TEXT,
    target_date    TEXT,
    note           TEXT NOT NULL DEFAULT '',
    set_by         UUID REFERENCES "user" (id) ON DELETE SET NULL,
    set_at         TIMESTAMPTZ NOT NULL
);
CREATE INDEX commitment_task ON commitment (task_id, id);

CREATE TABLE task_assignee (
    task_id UUID NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    PRIMARY KEY (task_id, user_id)
);
CREATE INDEX task_assignee_user ON task_assignee (user_id);

CREATE TABLE task_label (
    task_id UUID NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    label   TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 64),
    PRIMARY KEY (task_id, label)
);

CREATE TABLE task_block (
    task_id    UUID NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    blocked_by UUID NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    PRIMARY KEY (task_id, blocked_by),
    CHECK (task_id <> blocked_by)
);
CREATE INDEX task_block_by ON task_block (blocked_by);

CREATE TABLE link (
    task_id  UUID NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    delta_id UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    relation TEXT NOT NULL CHECK (relation IN ('resolves', 'mitigates', 'investigates', 'implements', 'documents', 'verifies')),
    linked_by UUID REFERENCES "user" (id) ON DELETE SET NULL,
    linked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (task_id, delta_id)
);
CREATE INDEX link_delta ON link (delta_id);

CREATE TABLE reference (
    id       UUID PRIMARY KEY,
    task_id  UUID REFERENCES task (id) ON DELETE CASCADE,
    delta_id UUID REFERENCES delta (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL CHECK (kind IN ('design', 'change', 'crash', 'build', 'tracker')),
    url      TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    title    TEXT NOT NULL DEFAULT '',
    added_by UUID REFERENCES "user" (id) ON DELETE SET NULL,
    added_at TIMESTAMPTZ NOT NULL,
    CHECK ((task_id IS NULL) <> (delta_id IS NULL))
);
CREATE INDEX reference_task ON reference (task_id);
CREATE INDEX reference_delta ON reference (delta_id);
