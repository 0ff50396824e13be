-- Crashes as they are seen: the newest of each delta whole, all of them as counts.

-- One report; the newest of a delta are kept. `count` says how many crashes a machine reports at once.
CREATE TABLE occurrence (
    id          UUID PRIMARY KEY,
    delta_id    UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL DEFAULT '',
    line        TEXT NOT NULL DEFAULT '',
    version     TEXT NOT NULL DEFAULT '',
    platform    TEXT NOT NULL DEFAULT '',
    environment TEXT NOT NULL DEFAULT '',
    "count"     BIGINT NOT NULL DEFAULT 1 CHECK ("count" > 0),
    reporter_id UUID REFERENCES "user" (id) ON DELETE SET NULL,
    project_id  UUID REFERENCES project (id) ON DELETE SET NULL,
    at          TIMESTAMPTZ NOT NULL
);
CREATE INDEX occurrence_delta ON occurrence (delta_id, id);

-- The trace of an occurrence, without what looked like secrets: as it came, and taken apart (JSON; empty where no frames were found).
CREATE TABLE trace (
    id       UUID PRIMARY KEY REFERENCES occurrence (id) ON DELETE CASCADE,
    delta_id UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    text     TEXT NOT NULL,
    parsed   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX trace_delta ON trace (delta_id, id);

-- Fingerprints of a delta's crashes, each with the version of the rules before it.
CREATE TABLE fingerprint (
    delta_id    UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    line        TEXT NOT NULL,
    "count"     BIGINT NOT NULL,
    first_seen  TIMESTAMPTZ NOT NULL,
    last_seen   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (delta_id, fingerprint)
);
CREATE INDEX fingerprint_of ON fingerprint (fingerprint, delta_id);

-- What crashes are compared by: hashes of frames, types and messages, with their depth and weight (hundredths).
CREATE TABLE trace_key (
    delta_id    UUID NOT NULL,
    fingerprint TEXT NOT NULL,
    "key"       BIGINT NOT NULL,
    depth       BIGINT NOT NULL,
    weight      BIGINT NOT NULL,
    PRIMARY KEY (delta_id, fingerprint, "key"),
    FOREIGN KEY (delta_id, fingerprint) REFERENCES fingerprint (delta_id, fingerprint) ON DELETE CASCADE
);
CREATE INDEX trace_key_of ON trace_key ("key", delta_id, fingerprint);

-- How often, by version and platform; and by day (UTC).
CREATE TABLE occurrence_release (
    delta_id   UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    version    TEXT NOT NULL,
    platform   TEXT NOT NULL,
    "count"    BIGINT NOT NULL,
    first_seen TIMESTAMPTZ NOT NULL,
    last_seen  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (delta_id, version, platform)
);
CREATE TABLE occurrence_day (
    delta_id UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    day      TEXT NOT NULL,
    "count"  BIGINT NOT NULL,
    PRIMARY KEY (delta_id, day)
);
