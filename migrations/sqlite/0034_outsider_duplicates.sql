-- A vote that counts for a surviving delta and was recorded for an outsider on one of its duplicates: it stands in `outsider_vote`, too. `severity`,
-- `note`, `at` and `recorded_by` are what had been recorded on the survivor itself, to be put back; empty where nothing was.
CREATE TABLE duplicate_outsider_vote (
    delta_id    BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    outsider_id BLOB NOT NULL REFERENCES outsider (id) ON DELETE CASCADE,
    from_id     BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    severity    INTEGER,
    note        TEXT NOT NULL DEFAULT '',
    at          TEXT,
    recorded_by BLOB REFERENCES "user" (id),
    PRIMARY KEY (delta_id, outsider_id)
);
CREATE INDEX duplicate_outsider_vote_outsider ON duplicate_outsider_vote (outsider_id);
CREATE INDEX duplicate_outsider_vote_from ON duplicate_outsider_vote (from_id);

-- The segments in which that had counted.
CREATE TABLE duplicate_outsider_segment (
    delta_id    BLOB NOT NULL,
    outsider_id BLOB NOT NULL,
    segment_id  BLOB NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
    PRIMARY KEY (delta_id, outsider_id, segment_id),
    FOREIGN KEY (delta_id, outsider_id) REFERENCES duplicate_outsider_vote (delta_id, outsider_id) ON DELETE CASCADE
);

-- Who came back to a project by a vote counted as somebody who had left wherever they had voted before. The scores are worked out anew.
UPDATE segment SET scored_members = -1 WHERE id IN (
    SELECT v.segment_id FROM vote_segment v
    JOIN segment_member m ON m.segment_id = v.segment_id AND m.user_id = v.voter_id AND m.left_at IS NULL
    WHERE NOT v.member);
UPDATE vote_segment SET member = TRUE WHERE NOT member AND EXISTS (
    SELECT 1 FROM segment_member m WHERE m.segment_id = vote_segment.segment_id AND m.user_id = vote_segment.voter_id AND m.left_at IS NULL);
UPDATE impact SET outside = (
    SELECT COUNT(*) FROM vote_segment v WHERE v.delta_id = impact.delta_id AND v.segment_id = impact.segment_id AND NOT v.member)
    WHERE segment_id IN (SELECT id FROM segment WHERE scored_members = -1);

-- Votes that were taken back on what a delta stands for left these behind.
DELETE FROM confirmation WHERE NOT EXISTS (
    SELECT 1 FROM vote v WHERE v.delta_id = confirmation.delta_id AND v.user_id = confirmation.voter_id);
