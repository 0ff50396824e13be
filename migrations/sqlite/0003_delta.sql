-- Deltas: what is desired, what is so, whom it hits, and what a project thinks of it.

-- `open`, `impact` and `updated_at` are kept here and on `place`, in the transaction that changes them, so that lists
-- sort by an index. `impact` is the highest segment score, 0..100, `impact_segment_id` the segment it is from.
CREATE TABLE delta (
    number            INTEGER PRIMARY KEY AUTOINCREMENT,
    id                BLOB NOT NULL UNIQUE,
    kind              TEXT NOT NULL CHECK (kind IN ('bug', 'crash', 'spec')),
    title             TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    desired           TEXT NOT NULL,
    actual            TEXT NOT NULL,
    body              TEXT NOT NULL DEFAULT '',
    reporter_id       BLOB NOT NULL REFERENCES "user" (id),
    visibility        TEXT NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'private')),
    open              BOOLEAN NOT NULL DEFAULT TRUE,
    resolution        TEXT CHECK (resolution IN ('closed', 'duplicate', 'withdrawn', 'declined')),
    resolution_reason TEXT NOT NULL DEFAULT '',
    resolution_release TEXT,
    duplicate_of      BLOB REFERENCES delta (id),
    resolved_by       BLOB REFERENCES "user" (id),
    resolved_at       TEXT,
    regressed_at      TEXT,
    seen_at           TEXT,
    impact            INTEGER NOT NULL DEFAULT 0 CHECK (impact BETWEEN 0 AND 100),
    impact_segment_id BLOB REFERENCES segment (id) ON DELETE SET NULL,
    affected          INTEGER NOT NULL DEFAULT 0,
    comments          INTEGER NOT NULL DEFAULT 0,
    revision          INTEGER NOT NULL DEFAULT 1,
    version           INTEGER NOT NULL DEFAULT 1,
    created_at        TEXT NOT NULL,
    updated_at        TEXT NOT NULL,
    CHECK (open = (resolution IS NULL)),
    CHECK ((resolution = 'duplicate') = (duplicate_of IS NOT NULL) OR resolution IS NULL)
);
CREATE INDEX delta_impact ON delta (open, impact DESC, number DESC);
CREATE INDEX delta_updated ON delta (open, updated_at DESC, number DESC);
CREATE INDEX delta_created ON delta (open, number DESC);
CREATE INDEX delta_all_impact ON delta (impact DESC, number DESC);
CREATE INDEX delta_all_updated ON delta (updated_at DESC, number DESC);
CREATE INDEX delta_reporter ON delta (reporter_id, number DESC);
CREATE INDEX delta_duplicates ON delta (duplicate_of);

-- Who besides the reporter and the maintainers may see a private delta.
CREATE TABLE delta_guest (
    delta_id BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    user_id  BLOB NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    PRIMARY KEY (delta_id, user_id)
);
CREATE INDEX delta_guest_user ON delta_guest (user_id);

CREATE TABLE delta_label (
    delta_id BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    label    TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 64),
    PRIMARY KEY (delta_id, label)
);
CREATE INDEX delta_label_label ON delta_label (label, delta_id);

CREATE TABLE revision (
    delta_id  BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    number    INTEGER NOT NULL,
    title     TEXT NOT NULL,
    desired   TEXT NOT NULL,
    actual    TEXT NOT NULL,
    body      TEXT NOT NULL,
    author_id BLOB NOT NULL REFERENCES "user" (id),
    at        TEXT NOT NULL,
    PRIMARY KEY (delta_id, number)
);

-- Where an imported record came from. The same origin is imported once.
CREATE TABLE origin (
    source      TEXT NOT NULL,
    external_id TEXT NOT NULL,
    delta_id    BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    url         TEXT NOT NULL DEFAULT '',
    digest      BLOB NOT NULL,
    imported_at TEXT NOT NULL,
    PRIMARY KEY (source, external_id)
);
CREATE INDEX origin_delta ON origin (delta_id);

-- A delta in one project. `number`, `open`, `impact`, `updated_at` repeat the delta's, for the project's lists.
CREATE TABLE place (
    id         BLOB PRIMARY KEY,
    delta_id   BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    project_id BLOB NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    consensus  TEXT NOT NULL DEFAULT 'proposed' CHECK (consensus IN ('proposed', 'discussing', 'agreed', 'disputed', 'declined')),
    rationale  TEXT NOT NULL DEFAULT '',
    decided_by BLOB REFERENCES "user" (id),
    decided_at TEXT,
    version    INTEGER NOT NULL DEFAULT 1,
    number     INTEGER NOT NULL,
    open       BOOLEAN NOT NULL,
    impact     INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (delta_id, project_id)
);
CREATE INDEX place_impact ON place (project_id, open, impact DESC, number DESC);
CREATE INDEX place_updated ON place (project_id, open, updated_at DESC, number DESC);
CREATE INDEX place_created ON place (project_id, open, number DESC);
CREATE INDEX place_all_impact ON place (project_id, impact DESC, number DESC);
CREATE INDEX place_consensus ON place (consensus, open, impact DESC, number DESC);

CREATE TABLE place_component (
    place_id     BLOB NOT NULL REFERENCES place (id) ON DELETE CASCADE,
    component_id BLOB NOT NULL REFERENCES component (id) ON DELETE CASCADE,
    PRIMARY KEY (place_id, component_id)
);
CREATE INDEX place_component_component ON place_component (component_id, place_id);

-- Bound to the revision it was stated on: a later revision makes it stale.
CREATE TABLE position (
    place_id BLOB NOT NULL REFERENCES place (id) ON DELETE CASCADE,
    user_id  BLOB NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    position TEXT NOT NULL CHECK (position IN ('agree', 'object', 'abstain')),
    reason   TEXT NOT NULL DEFAULT '',
    revision INTEGER NOT NULL,
    at       TEXT NOT NULL,
    PRIMARY KEY (place_id, user_id)
);

-- 1 cosmetic, 2 gets in the way, 3 breaks a workflow, 4 blocks me, 0 not affected.
CREATE TABLE vote (
    delta_id BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    user_id  BLOB NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 4),
    note     TEXT NOT NULL DEFAULT '',
    at       TEXT NOT NULL,
    PRIMARY KEY (delta_id, user_id)
);
CREATE INDEX vote_user ON vote (user_id, delta_id);

-- What the votes say, per segment: counts per severity and the score worked out from them.
CREATE TABLE impact (
    delta_id   BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    segment_id BLOB NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
    cosmetic   INTEGER NOT NULL,
    hinders    INTEGER NOT NULL,
    breaks     INTEGER NOT NULL,
    blocks     INTEGER NOT NULL,
    score      INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
    PRIMARY KEY (delta_id, segment_id)
);
CREATE INDEX impact_segment ON impact (segment_id, score DESC);

CREATE TABLE comment (
    id         BLOB PRIMARY KEY,
    delta_id   BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    author_id  BLOB NOT NULL REFERENCES "user" (id),
    body       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    edited_at  TEXT
);
CREATE INDEX comment_delta ON comment (delta_id, id);
