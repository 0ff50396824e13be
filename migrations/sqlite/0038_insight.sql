-- How long each task stood where: the numbers of flow come from it. A stay begins when a task comes to a column, or that column gets another category, and
-- ends when it leaves. Times are whole seconds since 1970: both databases count days and durations of them alike. The slug stays what it was when the column
-- is renamed or removed.
CREATE TABLE task_stay (
    task_id     BLOB NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    org_id      BLOB NOT NULL REFERENCES org (id) ON DELETE CASCADE,
    board_id    BLOB NOT NULL REFERENCES board (id) ON DELETE CASCADE,
    column_slug TEXT NOT NULL,
    category    TEXT NOT NULL CHECK (category IN ('backlog', 'ready', 'doing', 'review', 'done')),
    came        INTEGER NOT NULL,
    went        INTEGER
);
CREATE UNIQUE INDEX task_stay_now ON task_stay (task_id) WHERE went IS NULL;
CREATE INDEX task_stay_task ON task_stay (task_id, came);
CREATE INDEX task_stay_came ON task_stay (org_id, came, board_id, column_slug, category);
CREATE INDEX task_stay_went ON task_stay (org_id, went, board_id, column_slug, category, came);

-- When work on it began: when it first came to a column of work under way, or was finished without.
ALTER TABLE task ADD COLUMN started_at TEXT;
CREATE INDEX task_done ON task (org_id, done_at) WHERE done_at IS NOT NULL;

-- What the events told until now.
INSERT INTO task_stay (task_id, org_id, board_id, column_slug, category, came, went)
SELECT told.task_id, task.org_id, COALESCE(told.board_id, task.board_id), told.slug,
       COALESCE(told.category, (SELECT category FROM board_column c WHERE c.board_id = COALESCE(told.board_id, task.board_id) AND c.slug = told.slug), 'backlog'),
       CAST(strftime('%s', told.at) AS INTEGER), CAST(strftime('%s', told.next) AS INTEGER)
FROM (SELECT task_id, board_id, json_extract(data, '$.column') AS slug, json_extract(data, '$.category') AS category, at,
             LEAD(at) OVER (PARTITION BY task_id ORDER BY at, id) AS next
      FROM event
      WHERE task_id IS NOT NULL AND json_extract(data, '$.column') IS NOT NULL AND (kind = 'task.created' OR kind = 'task.moved'
            AND (json_extract(data, '$.from') <> json_extract(data, '$.column') OR json_extract(data, '$.arrived')))) told
JOIN task ON task.id = told.task_id;
-- Of tasks without events, only where they stand is known.
INSERT INTO task_stay (task_id, org_id, board_id, column_slug, category, came)
SELECT task.id, org_id, task.board_id, slug, category, CAST(strftime('%s', created_at) AS INTEGER)
FROM task JOIN board_column ON board_column.id = task.column_id
WHERE NOT EXISTS (SELECT 1 FROM task_stay WHERE task_id = task.id);
-- And where a task stands now, the task knows best.
UPDATE task_stay SET
    board_id = (SELECT board_id FROM task WHERE task.id = task_id),
    column_slug = (SELECT slug FROM task JOIN board_column c ON c.id = task.column_id WHERE task.id = task_id),
    category = (SELECT category FROM task JOIN board_column c ON c.id = task.column_id WHERE task.id = task_id)
WHERE went IS NULL;
UPDATE task SET started_at =
    (SELECT strftime('%Y-%m-%dT%H:%M:%S.000000Z', MIN(came), 'unixepoch') FROM task_stay WHERE task_id = task.id AND category IN ('doing', 'review', 'done'));
