-- One change of many deltas, row by row, with what it needs to be undone.
CREATE TABLE bulk (
    id        BLOB PRIMARY KEY,
    user_id   BLOB NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    change    TEXT NOT NULL,
    at        TEXT NOT NULL,
    undone_at TEXT
);
CREATE INDEX bulk_user ON bulk (user_id, at);

-- `number` is the delta's as it was asked for, which need not exist. `before` and `after` are JSON of what was there, and of what was put
-- there; `detail` the reason of a refusal, or why it was not undone.
CREATE TABLE bulk_row (
    bulk_id BLOB NOT NULL REFERENCES bulk (id) ON DELETE CASCADE,
    turn    INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'waiting' CHECK (outcome IN ('waiting', 'done', 'refused', 'undone', 'kept')),
    status  INTEGER NOT NULL DEFAULT 0,
    detail  TEXT NOT NULL DEFAULT '',
    before  TEXT NOT NULL DEFAULT '',
    after   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (bulk_id, turn)
);
