-- What CI reports, what recognises it, and what it proves.

CREATE TABLE run (
    id          BLOB PRIMARY KEY,
    project_id  BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    external_id TEXT NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    attempt     INTEGER NOT NULL DEFAULT 1,
    job         TEXT NOT NULL DEFAULT '',
    pipeline    TEXT NOT NULL DEFAULT '',
    branch      TEXT NOT NULL DEFAULT '',
    "commit"    TEXT NOT NULL DEFAULT '',
    change      TEXT NOT NULL DEFAULT '',
    url         TEXT NOT NULL DEFAULT '',
    voting      BOOLEAN NOT NULL DEFAULT TRUE,
    tests       INTEGER NOT NULL,
    passed      INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    errored     INTEGER NOT NULL,
    skipped     INTEGER NOT NULL,
    receipt     TEXT NOT NULL,
    reported_at TEXT NOT NULL,
    UNIQUE (project_id, external_id, attempt)
);
CREATE INDEX run_project ON run (project_id, id);

-- Failures of one project that share a fingerprint. `explained` says that a delta stands behind it.
CREATE TABLE failure_group (
    id          BLOB PRIMARY KEY,
    project_id  BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    test        TEXT NOT NULL,
    message     TEXT NOT NULL,
    failures    INTEGER NOT NULL DEFAULT 0,
    explained   BOOLEAN NOT NULL DEFAULT FALSE,
    first_seen  TEXT NOT NULL,
    last_seen   TEXT NOT NULL,
    UNIQUE (project_id, fingerprint)
);
CREATE INDEX failure_group_list ON failure_group (project_id, explained, last_seen DESC, id DESC);

CREATE TABLE failure (
    id       BLOB PRIMARY KEY,
    run_id   BLOB NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    group_id BLOB NOT NULL REFERENCES failure_group (id) ON DELETE CASCADE,
    test     TEXT NOT NULL,
    message  TEXT NOT NULL,
    details  TEXT NOT NULL,
    verdict  TEXT NOT NULL CHECK (verdict IN ('known', 'regressed', 'quarantined', 'flaky', 'new'))
);
CREATE INDEX failure_run ON failure (run_id);
CREATE INDEX failure_by_group ON failure (group_id, id);

-- Recognises a delta's failures. Its earlier texts stay in `signature_version`.
CREATE TABLE signature (
    id         BLOB PRIMARY KEY,
    delta_id   BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    query      TEXT NOT NULL CHECK (length(query) BETWEEN 1 AND 1000),
    version    INTEGER NOT NULL DEFAULT 1,
    created_by BLOB REFERENCES "user" (id) ON DELETE SET NULL,
    created_at TEXT NOT NULL,
    deleted_at TEXT
);
CREATE INDEX signature_project ON signature (project_id) WHERE deleted_at IS NULL;
CREATE INDEX signature_delta ON signature (delta_id);

CREATE TABLE signature_version (
    signature_id BLOB NOT NULL REFERENCES signature (id) ON DELETE CASCADE,
    version      INTEGER NOT NULL,
    query        TEXT NOT NULL,
    author_id    BLOB REFERENCES "user" (id) ON DELETE SET NULL,
    at           TEXT NOT NULL,
    PRIMARY KEY (signature_id, version)
);

-- Which deltas stand behind a group: by a signature, or by hand where `signature_id` is empty.
CREATE TABLE failure_group_delta (
    group_id     BLOB NOT NULL REFERENCES failure_group (id) ON DELETE CASCADE,
    delta_id     BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    signature_id BLOB REFERENCES signature (id) ON DELETE SET NULL,
    linked_by    BLOB REFERENCES "user" (id) ON DELETE SET NULL,
    linked_at    TEXT NOT NULL,
    PRIMARY KEY (group_id, delta_id)
);
CREATE INDEX failure_group_delta_delta ON failure_group_delta (delta_id);

-- Which deltas a single failure was attributed to when it came in.
CREATE TABLE failure_delta (
    failure_id BLOB NOT NULL REFERENCES failure (id) ON DELETE CASCADE,
    delta_id   BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    PRIMARY KEY (failure_id, delta_id)
);
CREATE INDEX failure_delta_delta ON failure_delta (delta_id, failure_id);

-- Tests whose result decides whether a delta's gap is closed: `needed` passes in a row.
CREATE TABLE evidence (
    delta_id   BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    tests      TEXT NOT NULL,
    needed     INTEGER NOT NULL DEFAULT 1 CHECK (needed BETWEEN 1 AND 10000),
    set_by     BLOB REFERENCES "user" (id) ON DELETE SET NULL,
    set_at     TEXT NOT NULL,
    PRIMARY KEY (delta_id, project_id)
);
CREATE INDEX evidence_project ON evidence (project_id);

CREATE TABLE evidence_result (
    run_id   BLOB NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    delta_id BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    test     TEXT NOT NULL,
    passed   BOOLEAN NOT NULL,
    PRIMARY KEY (run_id, delta_id, test)
);
CREATE INDEX evidence_result_delta ON evidence_result (delta_id, test, run_id);
