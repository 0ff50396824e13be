-- SQLite compares bytes already: this is for PostgreSQL.
SELECT 1;
