-- Files. The bytes are in the attachments' store under the row's id; they are written before the row, and go after it.
-- A file of neither delta nor task is seen by who uploaded it only, until a text they write names it, or for a day.
CREATE TABLE attachment (
    id          BLOB PRIMARY KEY,
    delta_id    BLOB REFERENCES delta (id) ON DELETE CASCADE,
    task_id     BLOB REFERENCES task (id) ON DELETE CASCADE,
    comment_id  BLOB REFERENCES comment (id) ON DELETE CASCADE,
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    media       TEXT NOT NULL,
    size        INTEGER NOT NULL CHECK (size > 0),
    sha256      BLOB NOT NULL,
    uploaded_by BLOB NOT NULL REFERENCES "user" (id),
    created_at  TEXT NOT NULL,
    CHECK (delta_id IS NULL OR task_id IS NULL),
    CHECK (comment_id IS NULL OR delta_id IS NOT NULL)
);
CREATE INDEX attachment_delta ON attachment (delta_id, id) WHERE delta_id IS NOT NULL;
CREATE INDEX attachment_task ON attachment (task_id, id) WHERE task_id IS NOT NULL;
CREATE INDEX attachment_comment ON attachment (comment_id) WHERE comment_id IS NOT NULL;
CREATE INDEX attachment_loose ON attachment (uploaded_by, created_at) WHERE delta_id IS NULL AND task_id IS NULL;
