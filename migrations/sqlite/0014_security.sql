-- Who sees a project's private deltas. While nobody is named here, its maintainers do.
CREATE TABLE project_security (
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    user_id    BLOB NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    added_at   TEXT NOT NULL,
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_security_user ON project_security (user_id);

-- Until when a private delta may not be made public, and whether it then becomes so by itself.
ALTER TABLE delta ADD COLUMN embargo_until TEXT;
ALTER TABLE delta ADD COLUMN embargo_opens BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX delta_embargo ON delta (embargo_until) WHERE embargo_until IS NOT NULL;
