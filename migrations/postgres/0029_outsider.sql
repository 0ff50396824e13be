-- People and customers without an account, for whom an organisation's members or a project's maintainers record votes. One row each, of one organisation or one
-- project. `key` is the name in lower case. `offered_to`: the account that this is said to be; `claimed_by`: the one that said yes, whose votes these are now.
CREATE TABLE outsider (
    id         UUID PRIMARY KEY,
    org_id     UUID REFERENCES org (id) ON DELETE CASCADE,
    project_id UUID REFERENCES project (id) ON DELETE CASCADE,
    key        TEXT NOT NULL,
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    company    TEXT NOT NULL DEFAULT '',
    contact    TEXT NOT NULL DEFAULT '',
    created_by UUID NOT NULL REFERENCES "user" (id),
    created_at TIMESTAMPTZ NOT NULL,
    offered_to UUID REFERENCES "user" (id) ON DELETE SET NULL,
    claimed_by UUID REFERENCES "user" (id) ON DELETE SET NULL,
    UNIQUE (org_id, key),
    UNIQUE (project_id, key),
    CHECK ((org_id IS NULL) <> (project_id IS NULL))
);
CREATE INDEX outsider_offered ON outsider (offered_to) WHERE offered_to IS NOT NULL;

-- `vote_segment.voter_id` is the outsider's.
CREATE TABLE outsider_vote (
    delta_id    UUID NOT NULL REFERENCES delta (id) ON DELETE CASCADE,
    outsider_id UUID NOT NULL REFERENCES outsider (id) ON DELETE CASCADE,
    severity    BIGINT NOT NULL CHECK (severity BETWEEN 0 AND 4),
    note        TEXT NOT NULL DEFAULT '',
    at          TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL REFERENCES "user" (id),
    PRIMARY KEY (delta_id, outsider_id)
);
CREATE INDEX outsider_vote_outsider ON outsider_vote (outsider_id);

-- How many of those it affects somebody else spoke for.
ALTER TABLE delta ADD COLUMN on_behalf BIGINT NOT NULL DEFAULT 0;
