-- People, what they sign in with, and what belongs to no noun of its own.

-- One row a key: registration mode, first-start secret and the like.
CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- `name` is the handle (lower case). Reporters brought in by an import have neither email nor password.
CREATE TABLE "user" (
    id            BLOB PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    display_name  TEXT NOT NULL CHECK (length(display_name) BETWEEN 1 AND 200),
    email         TEXT UNIQUE,
    password_hash TEXT,
    is_admin      BOOLEAN NOT NULL DEFAULT FALSE,
    state         TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended')),
    version       INTEGER NOT NULL DEFAULT 1,
    created_at    TEXT NOT NULL
);

-- `id_hash` is the SHA-256 of the cookie's id: a copy of the database signs nobody in.
CREATE TABLE session (
    id_hash    BLOB PRIMARY KEY,
    user_id    BLOB REFERENCES "user" (id) ON DELETE CASCADE,
    data       TEXT NOT NULL,
    agent      TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX session_of_user ON session (user_id, seen_at);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE invite (
    id          BLOB PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    note        TEXT NOT NULL DEFAULT '',
    created_by  BLOB NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    used_by     BLOB REFERENCES "user" (id) ON DELETE SET NULL,
    used_at     TEXT
);

-- The first reply to a POST with this Idempotency-Key, given again to its repetitions.
CREATE TABLE idempotency (
    caller       TEXT NOT NULL,
    key          TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_hash BLOB NOT NULL,
    status       INTEGER,
    headers      TEXT,
    body         TEXT,
    created_at   TEXT NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);
