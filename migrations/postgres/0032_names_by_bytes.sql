-- Names are completed in the order of their bytes, as SQLite's indexes are, whatever the database's own order is.
CREATE INDEX delta_label_bytes ON delta_label (label COLLATE "C", delta_id);
CREATE INDEX user_name_bytes ON "user" (name COLLATE "C");
