-- The words of titles by themselves: an index of words does not know where in a document they stand, so every document that has a word anywhere was
-- read to know whether its title has it.
DROP INDEX delta_search_document;
ALTER TABLE delta_search
    DROP COLUMN document,
    ADD COLUMN title_words TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED,
    ADD COLUMN document TSVECTOR GENERATED ALWAYS AS (
        to_tsvector('simple', title) || CAST('''|'':1' AS tsvector)
        || to_tsvector('simple', desired) || CAST('''|'':1' AS tsvector)
        || to_tsvector('simple', actual) || CAST('''|'':1' AS tsvector)
        || to_tsvector('simple', body) || CAST('''|'':1' AS tsvector)
        || to_tsvector('simple', comments)
    ) STORED;
CREATE INDEX delta_search_title ON delta_search USING GIN (title_words);
CREATE INDEX delta_search_document ON delta_search USING GIN (document);

-- Which deltas have each of these: at most so many of each, as a JSON array of arrays in their order. One call for all of them, since
-- what it looks for is planned anew by each call.
DROP FUNCTION delta_search_having (TSQUERY, INTEGER);
CREATE FUNCTION delta_search_having (asked JSON, most INTEGER) RETURNS JSON LANGUAGE sql STABLE
SET enable_seqscan = off SET jit = off
AS $$
    SELECT COALESCE(json_agg(hit.numbers ORDER BY term.ordinality), '[]')
    FROM json_array_elements_text(asked) WITH ORDINALITY AS term (value, ordinality)
    CROSS JOIN LATERAL (
        SELECT COALESCE(json_agg(found.number), '[]') AS numbers
        FROM (SELECT number FROM delta_search_terms WHERE terms @@ CAST(term.value AS tsquery) LIMIT most) AS found
    ) AS hit
$$;
