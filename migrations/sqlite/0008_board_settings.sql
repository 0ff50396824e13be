-- `settings_version` rises with each change of a board's name, filter, swimlanes or columns, and stays while cards move.
ALTER TABLE board ADD COLUMN settings_version INTEGER NOT NULL DEFAULT 1;
