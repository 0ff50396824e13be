-- Comments on passages of a delta's text, each with its replies.

-- `quote`, `prefix` and `suffix` are what was chosen, in the text's revision `revision`. `words`, `before` and `after` are the
-- same passage as it was last found. `lost` is the revision since which it is not found any more.
CREATE TABLE thread (
    comment_id UUID PRIMARY KEY REFERENCES comment (id) ON DELETE CASCADE,
    delta_id   UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    field      TEXT NOT NULL CHECK (field IN ('desired', 'actual', 'body')),
    quote      TEXT NOT NULL CHECK (length(quote) BETWEEN 1 AND 2000),
    prefix     TEXT NOT NULL,
    suffix     TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    words      TEXT NOT NULL,
    before     TEXT NOT NULL,
    after      TEXT NOT NULL,
    lost       BIGINT,
    settled_by UUID REFERENCES "user" (id) ON DELETE SET NULL,
    settled_at TIMESTAMPTZ
);
CREATE INDEX thread_delta ON thread (delta_id, comment_id);

CREATE TABLE thread_reply (
    comment_id UUID PRIMARY KEY REFERENCES comment (id) ON DELETE CASCADE,
    thread_id  UUID NOT NULL REFERENCES thread (comment_id) ON DELETE CASCADE
);
CREATE INDEX thread_reply_thread ON thread_reply (thread_id, comment_id);

-- How many threads a delta has: pages of deltas without any ask for none.
ALTER TABLE delta ADD COLUMN anchored BIGINT NOT NULL DEFAULT 0;
