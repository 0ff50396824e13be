-- Words of deltas. `rowid` is the delta's number.
CREATE VIRTUAL TABLE delta_search USING fts5 (title, desired, actual, body, comments, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
