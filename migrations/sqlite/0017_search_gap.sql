-- A phrase never reaches from one text into the next here: this is for PostgreSQL.
SELECT 1;
