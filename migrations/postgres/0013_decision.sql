-- How a project decides: by its maintainers' word, by nobody's objecting for some days, or by so many maintainers' approvals.
ALTER TABLE project ADD COLUMN decision TEXT NOT NULL DEFAULT 'maintainers' CHECK (decision IN ('maintainers', 'lazy', 'approvals'));
ALTER TABLE project ADD COLUMN decision_days BIGINT NOT NULL DEFAULT 7 CHECK (decision_days BETWEEN 1 AND 365);
ALTER TABLE project ADD COLUMN decision_approvals BIGINT NOT NULL DEFAULT 2 CHECK (decision_approvals BETWEEN 1 AND 20);
-- How it came to a place's consensus, and on which revision of the text. `waits_since`: since when nobody objects, where silence decides;
-- where approvals decide, that they are to be counted again. Empty where nothing waits.
ALTER TABLE place ADD COLUMN decided_how TEXT NOT NULL DEFAULT 'word' CHECK (decided_how IN ('word', 'rule', 'override'));
ALTER TABLE place ADD COLUMN decided_revision BIGINT;
ALTER TABLE place ADD COLUMN waits_since TIMESTAMPTZ;
CREATE INDEX place_waits ON place (project_id, waits_since) WHERE waits_since IS NOT NULL;
-- A maintainer's answer to an objection; gone when the position is stated anew.
ALTER TABLE position ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE position ADD COLUMN answered_by UUID REFERENCES "user" (id) ON DELETE SET NULL;
ALTER TABLE position ADD COLUMN answered_at TIMESTAMPTZ;
-- What was said and decided of a delta, without its comments.
CREATE INDEX event_consensus ON event (delta_id, id) WHERE kind IN ('position.stated', 'position.withdrawn', 'objection.answered', 'consensus.set');
