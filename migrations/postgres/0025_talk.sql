-- What people said is edited with its history, taken back, folded by maintainers; a discussion can be locked.

-- `version` rises with each change of the text. `deleted` says who took the text away: it is empty then.
ALTER TABLE comment ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE comment ADD COLUMN deleted TEXT CHECK (deleted IN ('author', 'maintainer'));
ALTER TABLE comment ADD COLUMN minimised TEXT CHECK (minimised IN ('outdated', 'off-topic', 'spam', 'resolved'));

-- The texts a comment had before the one it has; `at` is when each was written.
CREATE TABLE comment_revision (
    comment_id UUID NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    number     BIGINT NOT NULL,
    body       TEXT NOT NULL,
    at         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (comment_id, number)
);

-- Whom a comment names. Whether they may see it is asked when they are told.
CREATE TABLE mention (
    comment_id UUID NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    user_id    UUID NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    at         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (comment_id, user_id)
);
CREATE INDEX mention_user ON mention (user_id, at);

ALTER TABLE delta ADD COLUMN locked_at TIMESTAMPTZ;
ALTER TABLE delta ADD COLUMN lock_reason TEXT NOT NULL DEFAULT '';
