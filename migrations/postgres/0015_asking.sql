-- What queries ask about deltas: how often CI hit one each day (UTC), and which were seen again after they were closed.
CREATE TABLE delta_ci_day (
    delta_id UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    day      TEXT NOT NULL CHECK (length(day) = 10),
    failures BIGINT NOT NULL CHECK (failures > 0),
    PRIMARY KEY (delta_id, day)
);
-- By day first, with all that a window adds up: what lies outside of it is never read.
CREATE INDEX delta_ci_day_window ON delta_ci_day (day, delta_id, failures);
INSERT INTO delta_ci_day (delta_id, day, failures)
SELECT failure_delta.delta_id, to_char(run.reported_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), COUNT(*)
FROM failure_delta
JOIN failure ON failure.id = failure_delta.failure_id
JOIN run ON run.id = failure.run_id
GROUP BY 1, 2;

CREATE INDEX delta_regressed ON delta (regressed_at) WHERE regressed_at IS NOT NULL;
CREATE INDEX delta_private ON delta (id) WHERE visibility = 'private';
CREATE INDEX delta_filed ON delta (created_at);

-- Saved views: whose list opens with one, and what makes a change of one seen.
ALTER TABLE view ADD COLUMN is_default BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE view ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE UNIQUE INDEX view_user ON view (user_id, over, slug) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX view_project ON view (project_id, over, slug) WHERE project_id IS NOT NULL;
CREATE UNIQUE INDEX view_org ON view (org_id, over, slug) WHERE org_id IS NOT NULL;
-- One default of each owner and list.
CREATE UNIQUE INDEX view_user_default ON view (user_id, over) WHERE is_default AND user_id IS NOT NULL;
CREATE UNIQUE INDEX view_project_default ON view (project_id, over) WHERE is_default AND project_id IS NOT NULL;
CREATE UNIQUE INDEX view_org_default ON view (org_id, over) WHERE is_default AND org_id IS NOT NULL;
