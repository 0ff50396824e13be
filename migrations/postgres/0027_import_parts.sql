-- When a record last changed where it is from: an older answer does not overwrite a newer one.
ALTER TABLE origin ADD COLUMN updated_at TIMESTAMPTZ;

-- What came in along with a record: comments, changes, tasks. The same part comes in once.
CREATE TABLE origin_part (
    source      TEXT NOT NULL,
    external_id TEXT NOT NULL,
    delta_id    UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    PRIMARY KEY (source, external_id)
);
CREATE INDEX origin_part_delta ON origin_part (delta_id);
