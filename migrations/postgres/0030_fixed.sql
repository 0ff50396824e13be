-- "Fixed for you?": asked, when a gap is closed, of exactly those it affects. `voter_id` is a person or, where `outsider`, somebody without an account;
-- `user_id` who is asked: themselves, or who recorded their vote. Gone when the gap opens again.
CREATE TABLE fixed (
    delta_id    UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    voter_id    UUID NOT NULL,
    user_id     UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    outsider    BOOLEAN NOT NULL,
    answer      TEXT CHECK (answer IN ('yes', 'no', 'unknown')),
    note        TEXT NOT NULL DEFAULT '',
    answered_by UUID REFERENCES "user" (id) ON DELETE SET NULL,
    answered_at TIMESTAMPTZ,
    PRIMARY KEY (delta_id, voter_id)
);
CREATE INDEX fixed_open ON fixed (user_id) WHERE answer IS NULL;
CREATE INDEX fixed_not ON fixed (delta_id) WHERE answer = 'no';

-- The same in numbers, counted as the answers come.
CREATE TABLE fixed_sum (
    delta_id UUID PRIMARY KEY REFERENCES delta (id) ON DELETE CASCADE,
    asked    BIGINT NOT NULL,
    yes      BIGINT NOT NULL DEFAULT 0,
    no       BIGINT NOT NULL DEFAULT 0,
    unsure   BIGINT NOT NULL DEFAULT 0
);
