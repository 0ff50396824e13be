-- How many tasks of a board are not done: the navigation of every page counts them.
CREATE INDEX task_open ON task (board_id) WHERE done_at IS NULL;
