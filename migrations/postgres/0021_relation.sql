-- What deltas have to do with each other. Of a relation and its inverse one is kept; of `relates`, from the lower id to the higher.
CREATE TABLE relation (
    from_id UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    to_id   UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    kind    TEXT NOT NULL CHECK (kind IN ('caused_by', 'blocks', 'supersedes', 'relates')),
    set_by  UUID REFERENCES "user" (id) ON DELETE SET NULL,
    at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (from_id, kind, to_id),
    CHECK (from_id <> to_id)
);
CREATE INDEX relation_to ON relation (to_id, kind);
