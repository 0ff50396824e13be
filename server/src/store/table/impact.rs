//! Votes and what they say.

use sea_query::Iden;

#[derive(Clone, Copy, Iden)]
pub enum Vote {
    Table,
    DeltaId,
    UserId,
    Severity,
    Note,
    At,
}

#[derive(Clone, Copy, Iden)]
pub enum DuplicateVote {
    Table,
    DeltaId,
    UserId,
    FromId,
    Severity,
    Note,
    At,
}

#[derive(Clone, Copy, Iden)]
pub enum Impact {
    Table,
    DeltaId,
    SegmentId,
    Cosmetic,
    Hinders,
    Breaks,
    Blocks,
    Score,
    Votes,
    Outside,
}

#[derive(Clone, Copy, Iden)]
pub enum VoteSegment {
    Table,
    DeltaId,
    VoterId,
    SegmentId,
    Member,
}

#[derive(Clone, Copy, Iden)]
pub enum Outsider {
    Table,
    Id,
    OrgId,
    ProjectId,
    Key,
    Name,
    Company,
    Contact,
    CreatedBy,
    CreatedAt,
    OfferedTo,
    ClaimedBy,
}

#[derive(Clone, Copy, Iden)]
pub enum OutsiderVote {
    Table,
    DeltaId,
    OutsiderId,
    Severity,
    Note,
    At,
    RecordedBy,
}

#[derive(Clone, Copy, Iden)]
pub enum DuplicateOutsiderVote {
    Table,
    DeltaId,
    OutsiderId,
    FromId,
    Severity,
    Note,
    At,
    RecordedBy,
}

#[derive(Clone, Copy, Iden)]
pub enum DuplicateOutsiderSegment {
    Table,
    DeltaId,
    OutsiderId,
    SegmentId,
}

#[derive(Clone, Copy, Iden)]
pub enum Fixed {
    Table,
    DeltaId,
    VoterId,
    UserId,
    Outsider,
    Answer,
    Note,
    AnsweredBy,
    AnsweredAt,
}

#[derive(Clone, Copy, Iden)]
pub enum FixedSum {
    Table,
    DeltaId,
    Asked,
    Yes,
    No,
    Unsure,
}

#[derive(Clone, Copy, Iden)]
pub enum Confirmation {
    Table,
    DeltaId,
    VoterId,
    ReleaseId,
    At,
}

#[derive(Clone, Copy, Iden)]
pub enum ImpactRelease {
    Table,
    DeltaId,
    ReleaseId,
    SegmentId,
    Confirmed,
}

#[derive(Clone, Copy, Iden)]
pub enum ImpactTrend {
    Table,
    DeltaId,
    Day,
    Came,
    Went,
}

#[derive(Clone, Copy, Iden)]
pub enum ImpactHistory {
    Table,
    DeltaId,
    Week,
    SegmentId,
    Affected,
    Known,
    Score,
}
