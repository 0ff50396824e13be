-- What an import last saw of a record's words, and whether it was private there: where people changed the words here since, theirs stand.
ALTER TABLE origin ADD COLUMN words BYTEA NOT NULL DEFAULT '';
ALTER TABLE origin ADD COLUMN private BOOLEAN NOT NULL DEFAULT FALSE;
