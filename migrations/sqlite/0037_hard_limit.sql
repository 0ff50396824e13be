-- Whether a column's limit stops who would put one more card there.
ALTER TABLE board_column ADD COLUMN wip_hard BOOLEAN NOT NULL DEFAULT FALSE;
