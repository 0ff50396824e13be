-- What a vote changes is kept by counting on, never by counting anew: a vote costs the same whether it is the first or the millionth.

-- The segments a vote counts in: those its voter was in when it was cast. `voter_id` is a person's. `member`: whether they are in it still.
CREATE TABLE vote_segment (
    delta_id   UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    voter_id   UUID NOT NULL,
    segment_id UUID NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
    member     BOOLEAN NOT NULL DEFAULT TRUE,
    PRIMARY KEY (delta_id, voter_id, segment_id)
);
CREATE INDEX vote_segment_voter ON vote_segment (voter_id, segment_id);
CREATE INDEX vote_noted ON vote (delta_id, at DESC) WHERE note <> '';

-- `votes`: all that count there, also of severity 0. `outside`: those of them whose voter is in the segment no longer; they are users it is known by, too.
ALTER TABLE impact ADD COLUMN votes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE impact ADD COLUMN outside BIGINT NOT NULL DEFAULT 0;
ALTER TABLE delta ADD COLUMN blocked BIGINT NOT NULL DEFAULT 0;

-- "Still affects me on 2026.1", by whom; and how many say so in each segment.
CREATE TABLE confirmation (
    delta_id   UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    voter_id   UUID NOT NULL,
    release_id UUID NOT NULL REFERENCES release (id) ON DELETE CASCADE,
    at         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (delta_id, voter_id, release_id)
);
CREATE TABLE impact_release (
    delta_id   UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    release_id UUID NOT NULL REFERENCES release (id) ON DELETE CASCADE,
    segment_id UUID NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
    confirmed  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (delta_id, release_id, segment_id)
);

-- People who became affected on a day, and who no longer were. `day` counts from 1970-01-01.
CREATE TABLE impact_trend (
    delta_id UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    day      BIGINT NOT NULL,
    came     BIGINT NOT NULL DEFAULT 0,
    went     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (delta_id, day)
);

-- What the votes said of a segment at the end of a week in which any changed. `week` is the day number of its Monday.
CREATE TABLE impact_history (
    delta_id   UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    week       BIGINT NOT NULL,
    segment_id UUID NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
    affected   BIGINT NOT NULL,
    known      BIGINT NOT NULL,
    score      BIGINT NOT NULL CHECK (score BETWEEN 0 AND 100),
    PRIMARY KEY (delta_id, week, segment_id)
);

-- A person's own statements on a delta, in the order they made them.
CREATE INDEX event_vote ON event (delta_id, actor_id, id) WHERE kind IN ('impact.voted', 'impact.withdrawn', 'impact.confirmed');

-- Until now a vote counted in the segments its voter is in today.
INSERT INTO vote_segment (delta_id, voter_id, segment_id)
    SELECT DISTINCT v.delta_id, v.user_id, m.segment_id
    FROM vote v
    JOIN segment_member m ON m.user_id = v.user_id AND m.left_at IS NULL
    JOIN segment s ON s.id = m.segment_id
    JOIN place p ON p.delta_id = v.delta_id AND p.project_id = s.project_id;
UPDATE impact SET votes = (SELECT COUNT(*) FROM vote_segment s WHERE s.delta_id = impact.delta_id AND s.segment_id = impact.segment_id);
UPDATE delta SET blocked = (SELECT COUNT(*) FROM vote v WHERE v.delta_id = delta.id AND v.severity = 4) WHERE affected > 0;
INSERT INTO impact_trend (delta_id, day, came)
    SELECT delta_id, CAST(FLOOR(EXTRACT(EPOCH FROM at) / 86400) AS BIGINT), COUNT(*)
    FROM vote WHERE severity > 0 GROUP BY 1, 2;
INSERT INTO impact_history (delta_id, week, segment_id, affected, known, score)
    SELECT i.delta_id, t.day - (t.day + 3) % 7, i.segment_id, i.cosmetic + i.hinders + i.breaks + i.blocks, s.members, i.score
    FROM impact i
    JOIN segment s ON s.id = i.segment_id
    JOIN (SELECT delta_id, MAX(day) AS day FROM impact_trend GROUP BY delta_id) t ON t.delta_id = i.delta_id;
