-- `duplicates` counts the public deltas that this one stands for. `duplicate_of` names the delta that stands for this one in the end;
-- `carried_from` the one it had been called a duplicate of before that one became a duplicate itself.
ALTER TABLE delta ADD COLUMN duplicates BIGINT NOT NULL DEFAULT 0;
ALTER TABLE delta ADD COLUMN carried_from UUID REFERENCES delta (id);
CREATE INDEX delta_carried ON delta (carried_from) WHERE carried_from IS NOT NULL;
CREATE INDEX delta_survivor ON delta (duplicates) WHERE duplicates > 0;

-- A vote that counts for a surviving delta and was cast on one of its duplicates: it stands in `vote`, too. `severity`, `note` and `at` are
-- what the person had said on the survivor itself before, to be put back; empty where they had said nothing.
CREATE TABLE duplicate_vote (
    delta_id UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    user_id  UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    from_id  UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    severity BIGINT,
    note     TEXT NOT NULL DEFAULT '',
    at       TIMESTAMPTZ,
    PRIMARY KEY (delta_id, user_id)
);
CREATE INDEX duplicate_vote_from ON duplicate_vote (from_id);

-- What was a duplicate of a duplicate is one of what that stands for.
UPDATE delta SET carried_from = duplicate_of WHERE duplicate_of IN (SELECT id FROM delta WHERE duplicate_of IS NOT NULL);
WITH RECURSIVE up (id, root, steps) AS (
    SELECT id, duplicate_of, 1 FROM delta WHERE carried_from IS NOT NULL
    UNION ALL
    SELECT up.id, delta.duplicate_of, up.steps + 1 FROM up JOIN delta ON delta.id = up.root WHERE delta.duplicate_of IS NOT NULL AND up.steps < 100
)
UPDATE delta SET duplicate_of = (SELECT root FROM up WHERE up.id = delta.id ORDER BY steps DESC LIMIT 1) WHERE carried_from IS NOT NULL;
