-- The terms of a delta's own text (word stems and whole identifiers, store/search/terms.rs), by which similar ones are looked for. Its rowid is the
-- delta's number. Filled for older deltas by the server when it starts.
CREATE VIRTUAL TABLE delta_search_terms USING fts5 (terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
