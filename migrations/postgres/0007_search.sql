-- Words of deltas.
CREATE TABLE delta_search (
    number   BIGINT PRIMARY KEY REFERENCES delta (number) ON DELETE CASCADE,
    title    TEXT NOT NULL,
    desired  TEXT NOT NULL,
    actual   TEXT NOT NULL,
    body     TEXT NOT NULL,
    comments TEXT NOT NULL,
    document TSVECTOR GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', desired), 'B')
        || setweight(to_tsvector('simple', actual), 'B') || setweight(to_tsvector('simple', body), 'C')
        || setweight(to_tsvector('simple', comments), 'D')) STORED
);
CREATE INDEX delta_search_document ON delta_search USING GIN (document);
