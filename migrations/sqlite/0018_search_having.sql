-- Reading a term's deltas by the index needs no help here: this is for PostgreSQL.
SELECT 1;
