-- After how many days without a word about it a promise counts as gone quiet, and after how many it expires; never where it is null.
ALTER TABLE org ADD COLUMN quiet_after INTEGER NOT NULL DEFAULT 30;
ALTER TABLE org ADD COLUMN expires_after INTEGER;
