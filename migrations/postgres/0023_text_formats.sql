-- What a delta's body is written in, and what each revision's was; and why a revision was made.
ALTER TABLE delta ADD COLUMN body_format TEXT NOT NULL DEFAULT 'markdown' CHECK (body_format IN ('markdown', 'rst'));
ALTER TABLE revision ADD COLUMN body_format TEXT NOT NULL DEFAULT 'markdown' CHECK (body_format IN ('markdown', 'rst'));
ALTER TABLE revision ADD COLUMN note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 300);
