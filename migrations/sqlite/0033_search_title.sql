-- Words of titles are found by the index here: this is for PostgreSQL.
SELECT 1;
