-- The impact of each delta somebody voted on through each organisation's lens, kept as it changes, so that lists sort by it. `number` is the delta's.
CREATE TABLE lens_score (
    org_id   BLOB NOT NULL REFERENCES org (id) ON DELETE CASCADE,
    delta_id BLOB NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    number   INTEGER NOT NULL,
    score    INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
    PRIMARY KEY (org_id, delta_id)
) WITHOUT ROWID;
CREATE INDEX lens_score_order ON lens_score (org_id, score DESC, number DESC);
CREATE INDEX lens_score_delta ON lens_score (delta_id);

INSERT INTO lens_score (org_id, delta_id, number, score)
    SELECT o.id, d.id, d.number,
        COALESCE((2 * SUM(COALESCE(l.weight, 1) * COALESCE(i.score, 0)) + SUM(COALESCE(l.weight, 1))) / NULLIF(2 * SUM(COALESCE(l.weight, 1)), 0), 0)
    FROM org o
    CROSS JOIN delta d
    JOIN place p ON p.delta_id = d.id
    JOIN segment s ON s.project_id = p.project_id
    LEFT JOIN impact i ON i.delta_id = d.id AND i.segment_id = s.id
    LEFT JOIN lens l ON l.org_id = o.id AND l.segment_id = s.id
    WHERE d.impact > 0 AND EXISTS (SELECT 1 FROM lens x WHERE x.org_id = o.id)
    GROUP BY o.id, d.id, d.number;
