-- The words of comments, which were written down wrongly. Kept as they are told apart in `store/search/plain.rs`, but for marks, which the tokenizer drops.
UPDATE delta_search
SET comments = COALESCE(
    (
        SELECT substr(group_concat(body, ' '), 1, 49152)
        FROM (
            SELECT comment.body FROM comment JOIN delta ON delta.id = comment.delta_id
            WHERE delta.number = delta_search.rowid ORDER BY comment.id
        )
    ),
    ''
)
WHERE rowid IN (SELECT number FROM delta WHERE comments > 0);
