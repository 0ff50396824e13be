-- Hardly any delta is a duplicate: an index of all the others' nulls would look useless to the planner.
DROP INDEX delta_duplicates;
CREATE INDEX delta_duplicates ON delta (duplicate_of) WHERE duplicate_of IS NOT NULL;
