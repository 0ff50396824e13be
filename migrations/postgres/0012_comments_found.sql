-- The words of comments are right here: this is for SQLite.
SELECT 1;
