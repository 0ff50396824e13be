-- Everything that happened: timelines, live updates and charts read it. Written in the transaction of the change.
-- Events of an organisation's own work carry its `org_id`; who may not see that work is not shown them.
-- `board_version` numbers the events of one board without a gap: what a live stream resumes from.
CREATE TABLE event (
    id            UUID PRIMARY KEY,
    at            TIMESTAMPTZ NOT NULL,
    kind          TEXT NOT NULL,
    actor_id      UUID REFERENCES "user" (id) ON DELETE SET NULL,
    project_id    UUID REFERENCES project (id) ON DELETE CASCADE,
    delta_id      UUID REFERENCES delta (id) ON DELETE CASCADE,
    org_id        UUID REFERENCES org (id) ON DELETE CASCADE,
    task_id       UUID REFERENCES task (id) ON DELETE CASCADE,
    board_id      UUID REFERENCES board (id) ON DELETE CASCADE,
    board_version BIGINT,
    data          JSONB NOT NULL
);
CREATE INDEX event_delta ON event (delta_id, id);
CREATE INDEX event_task ON event (task_id, id);
CREATE INDEX event_org ON event (org_id, id);
CREATE INDEX event_project ON event (project_id, id);
CREATE UNIQUE INDEX event_board ON event (board_id, board_version) WHERE board_version IS NOT NULL;
