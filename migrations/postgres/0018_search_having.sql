-- Which deltas have a term: at most so many, as JSON. By the index, whatever the planner would think of a term it does not know: reading all of
-- the table until so many are found takes long for the rare ones, which are those that tell most.
CREATE FUNCTION delta_search_having (asked TSQUERY, most INTEGER) RETURNS JSON LANGUAGE sql STABLE
SET enable_seqscan = off SET jit = off
AS $$
    SELECT COALESCE(json_agg(number), '[]') FROM (SELECT number FROM delta_search_terms WHERE terms @@ asked LIMIT most) AS hit
$$;
