-- A project's deltas in the order of filing and of change, open or not.
CREATE INDEX place_all_created ON place (project_id, number DESC);
CREATE INDEX place_all_updated ON place (project_id, updated_at DESC, number DESC);
