-- The terms of a delta's own text (word stems and whole identifiers, store/search/terms.rs), by which similar ones are looked for. Filled for older
-- deltas by the server when it starts.
CREATE TABLE delta_search_terms (
    number BIGINT PRIMARY KEY REFERENCES delta (number) ON DELETE CASCADE,
    terms  TSVECTOR NOT NULL
);
CREATE INDEX delta_search_terms_terms ON delta_search_terms USING GIN (terms);
