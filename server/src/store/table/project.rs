//! Projects with what belongs to them.

use sea_query::Iden;

#[derive(Clone, Copy, Iden)]
pub enum Project {
    Table,
    Id,
    Slug,
    Name,
    Description,
    Version,
    CreatedAt,
    Decision,
    DecisionDays,
    DecisionApprovals,
}

#[derive(Clone, Copy, Iden)]
pub enum ProjectMaintainer {
    Table,
    ProjectId,
    UserId,
    AddedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum ProjectSecurity {
    Table,
    ProjectId,
    UserId,
    AddedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Component {
    Table,
    Id,
    ProjectId,
    Slug,
    Name,
}

#[derive(Clone, Copy, Iden)]
pub enum Segment {
    Table,
    Id,
    ProjectId,
    Slug,
    Name,
    Description,
    Everyone,
    Members,
    ScoredMembers,
}

#[derive(Clone, Copy, Iden)]
pub enum SegmentMember {
    Table,
    Id,
    SegmentId,
    UserId,
    JoinedAt,
    LeftAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Release {
    Table,
    Id,
    ProjectId,
    Name,
    ReleasedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Import {
    Table,
    Id,
    ProjectId,
    UserId,
    OrgId,
    Tracker,
    Site,
    File,
    FileId,
    Size,
    DryRun,
    State,
    Read,
    Added,
    Changed,
    Unchanged,
    Refused,
    Percent,
    Detail,
    Report,
    Claim,
    BeatAt,
    Tries,
    CreatedAt,
    StartedAt,
    FinishedAt,
}
