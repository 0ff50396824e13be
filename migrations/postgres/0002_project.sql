-- Shared codebases, their areas, and the groups of their users.

CREATE TABLE project (
    id          UUID PRIMARY KEY,
    slug        TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 64),
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description TEXT NOT NULL DEFAULT '',
    version     BIGINT NOT NULL DEFAULT 1,
    created_at  TIMESTAMPTZ NOT NULL
);

CREATE TABLE project_maintainer (
    project_id UUID NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    user_id    UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    added_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_maintainer_user ON project_maintainer (user_id);

CREATE TABLE component (
    id         UUID PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    slug       TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 64),
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    UNIQUE (project_id, slug)
);

-- `members` counts today's members. `scored_members` is the count that the stored scores were worked out with; where
-- the two differ, the roll-up job brings the scores up to date.
CREATE TABLE segment (
    id             UUID PRIMARY KEY,
    project_id     UUID NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    slug           TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 64),
    name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description    TEXT NOT NULL DEFAULT '',
    everyone       BOOLEAN NOT NULL DEFAULT FALSE,
    members        BIGINT NOT NULL DEFAULT 0 CHECK (members >= 0),
    scored_members BIGINT NOT NULL DEFAULT 0,
    UNIQUE (project_id, slug)
);

-- Membership with its history: a row a stay, `left_at` empty while it lasts.
CREATE TABLE segment_member (
    id         UUID PRIMARY KEY,
    segment_id UUID NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
    user_id    UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    joined_at  TIMESTAMPTZ NOT NULL,
    left_at    TIMESTAMPTZ
);
CREATE UNIQUE INDEX segment_member_now ON segment_member (segment_id, user_id) WHERE left_at IS NULL;
CREATE INDEX segment_member_user ON segment_member (user_id, segment_id);

CREATE TABLE release (
    id          UUID PRIMARY KEY,
    project_id  UUID NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    released_at TIMESTAMPTZ,
    UNIQUE (project_id, name)
);

-- API tokens: a user's (with scopes) or a project's (for CI). Only the SHA-256 of the secret is kept.
CREATE TABLE token (
    id           UUID PRIMARY KEY,
    user_id      UUID REFERENCES "user" (id) ON DELETE CASCADE,
    project_id   UUID REFERENCES project (id) ON DELETE CASCADE,
    name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    secret_hash  BYTEA NOT NULL UNIQUE,
    scopes       JSONB NOT NULL,
    created_by   UUID REFERENCES "user" (id) ON DELETE SET NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    used_at      TIMESTAMPTZ,
    expires_at   TIMESTAMPTZ,
    revoked_at   TIMESTAMPTZ,
    CHECK ((user_id IS NULL) <> (project_id IS NULL))
);
CREATE INDEX token_user ON token (user_id);
CREATE INDEX token_project ON token (project_id);
