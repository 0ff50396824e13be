-- Other trackers' records, brought as a file on a page or through the API, and what became of them. `file_id` is where the file is kept, as attachments are: empty once it is
-- gone. `site` is the tracker's address and `file` the name the file came by. `claim` names the turn that is at it, `beat_at` is that turn's last sign of life, `tries` counts
-- the turns. `report` is JSON, empty until there is one; `detail` is why it failed.
CREATE TABLE import (
    id          UUID PRIMARY KEY,
    project_id  UUID NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    user_id     UUID NOT NULL REFERENCES "user" (id),
    org_id      UUID REFERENCES org (id) ON DELETE CASCADE,
    tracker     TEXT NOT NULL,
    site        TEXT NOT NULL DEFAULT '',
    file        TEXT NOT NULL,
    file_id     UUID,
    size        BIGINT NOT NULL,
    dry_run     BOOLEAN NOT NULL,
    state       TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    read        BIGINT NOT NULL DEFAULT 0,
    added       BIGINT NOT NULL DEFAULT 0,
    changed     BIGINT NOT NULL DEFAULT 0,
    unchanged   BIGINT NOT NULL DEFAULT 0,
    refused     BIGINT NOT NULL DEFAULT 0,
    percent     BIGINT NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
    detail      TEXT NOT NULL DEFAULT '',
    report      TEXT NOT NULL DEFAULT '',
    claim       UUID,
    beat_at     TIMESTAMPTZ,
    tries       BIGINT NOT NULL DEFAULT 0,
    created_at  TIMESTAMPTZ NOT NULL,
    started_at  TIMESTAMPTZ,
    finished_at TIMESTAMPTZ
);
CREATE INDEX import_project ON import (project_id, id);
CREATE INDEX import_state ON import (state, id);
CREATE INDEX import_file ON import (file_id) WHERE file_id IS NOT NULL;
-- One at a time in a project.
CREATE UNIQUE INDEX import_one ON import (project_id) WHERE state IN ('waiting', 'running');
