-- People, what they sign in with, and what belongs to no noun of its own.

-- One row a key: registration mode, first-start secret and the like.
CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- `name` is the handle (lower case). Reporters brought in by an import have neither email nor password.
CREATE TABLE "user" (
    id            UUID PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    display_name  TEXT NOT NULL CHECK (length(display_name) BETWEEN 1 AND 200),
    email         TEXT UNIQUE,
    password_hash TEXT,
    is_admin      BOOLEAN NOT NULL DEFAULT FALSE,
    state         TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended')),
    version       BIGINT NOT NULL DEFAULT 1,
    created_at    TIMESTAMPTZ NOT NULL
);

-- `id_hash` is the SHA-256 of the cookie's id: a copy of the database signs nobody in.
CREATE TABLE session (
    id_hash    BYTEA PRIMARY KEY,
    user_id    UUID REFERENCES "user" (id) ON DELETE CASCADE,
    data       TEXT NOT NULL,
    agent      TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMPTZ NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX session_of_user ON session (user_id, seen_at);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE invite (
    id          UUID PRIMARY KEY,
    secret_hash BYTEA NOT NULL UNIQUE,
    note        TEXT NOT NULL DEFAULT '',
    created_by  UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    created_at  TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL,
    used_by     UUID REFERENCES "user" (id) ON DELETE SET NULL,
    used_at     TIMESTAMPTZ
);

-- The first reply to a POST with this Idempotency-Key, given again to its repetitions.
CREATE TABLE idempotency (
    caller       TEXT NOT NULL,
    key          TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_hash BYTEA NOT NULL,
    status       BIGINT,
    headers      TEXT,
    body         TEXT,
    created_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);
