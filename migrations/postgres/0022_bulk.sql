-- One change of many deltas, row by row, with what it needs to be undone.
CREATE TABLE bulk (
    id        UUID PRIMARY KEY,
    user_id   UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    change    TEXT NOT NULL,
    at        TIMESTAMPTZ NOT NULL,
    undone_at TIMESTAMPTZ
);
CREATE INDEX bulk_user ON bulk (user_id, at);

-- `number` is the delta's as it was asked for, which need not exist. `before` and `after` are JSON of what was there, and of what was put
-- there; `detail` the reason of a refusal, or why it was not undone.
CREATE TABLE bulk_row (
    bulk_id UUID NOT NULL REFERENCES bulk (id) ON DELETE CASCADE,
    turn    BIGINT NOT NULL,
    number  BIGINT NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'waiting' CHECK (outcome IN ('waiting', 'done', 'refused', 'undone', 'kept')),
    status  BIGINT NOT NULL DEFAULT 0,
    detail  TEXT NOT NULL DEFAULT '',
    before  TEXT NOT NULL DEFAULT '',
    after   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (bulk_id, turn)
);
