-- Between each two texts stands a sign that no query can ask for, so that a phrase does not reach from one into the next.
ALTER TABLE delta_search DROP COLUMN document;
ALTER TABLE delta_search ADD COLUMN document TSVECTOR GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', title), 'A') || CAST('''|'':1' AS tsvector)
    || setweight(to_tsvector('simple', desired), 'B') || CAST('''|'':1' AS tsvector)
    || setweight(to_tsvector('simple', actual), 'B') || CAST('''|'':1' AS tsvector)
    || setweight(to_tsvector('simple', body), 'C') || CAST('''|'':1' AS tsvector)
    || setweight(to_tsvector('simple', comments), 'D')
) STORED;
CREATE INDEX delta_search_document ON delta_search USING GIN (document);
