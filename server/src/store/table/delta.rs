//! Deltas, where they are, and what people say of them.

use sea_query::Iden;

#[derive(Clone, Copy, Iden)]
pub enum Delta {
    Table,
    Number,
    Id,
    Kind,
    Title,
    Desired,
    Actual,
    Body,
    ReporterId,
    Visibility,
    Open,
    Resolution,
    ResolutionReason,
    ResolutionRelease,
    DuplicateOf,
    ResolvedBy,
    ResolvedAt,
    RegressedAt,
    SeenAt,
    Impact,
    ImpactSegmentId,
    Affected,
    Blocked,
    OnBehalf,
    Comments,
    Duplicates,
    CarriedFrom,
    Revision,
    Version,
    CreatedAt,
    UpdatedAt,
    EmbargoUntil,
    EmbargoOpens,
    LockedAt,
    LockReason,
    BodyFormat,
    Anchored,
}

#[derive(Clone, Copy, Iden)]
pub enum DeltaGuest {
    Table,
    DeltaId,
    UserId,
}

#[derive(Clone, Copy, Iden)]
pub enum DeltaLabel {
    Table,
    DeltaId,
    Label,
}

#[derive(Clone, Copy, Iden)]
pub enum Revision {
    Table,
    DeltaId,
    Number,
    Title,
    Desired,
    Actual,
    Body,
    AuthorId,
    At,
    BodyFormat,
    Note,
}

#[derive(Clone, Copy, Iden)]
pub enum Origin {
    Table,
    Source,
    ExternalId,
    DeltaId,
    Url,
    Digest,
    ImportedAt,
    Words,
    Private,
    UpdatedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum OriginPart {
    Table,
    Source,
    ExternalId,
    DeltaId,
}

#[derive(Clone, Copy, Iden)]
pub enum Place {
    Table,
    Id,
    DeltaId,
    ProjectId,
    Consensus,
    Rationale,
    DecidedBy,
    DecidedAt,
    Version,
    Number,
    Open,
    Impact,
    UpdatedAt,
    DecidedHow,
    DecidedRevision,
    WaitsSince,
}

#[derive(Clone, Copy, Iden)]
pub enum PlaceComponent {
    Table,
    PlaceId,
    ComponentId,
}

#[derive(Clone, Copy, Iden)]
pub enum Position {
    Table,
    PlaceId,
    UserId,
    Position,
    Reason,
    Revision,
    At,
    Answer,
    AnsweredBy,
    AnsweredAt,
}

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
pub enum Bulk {
    Table,
    Id,
    UserId,
    Change,
    At,
    UndoneAt,
}

#[derive(Clone, Copy, Iden)]
pub enum BulkRow {
    Table,
    BulkId,
    Turn,
    Number,
    Outcome,
    Status,
    Detail,
    Before,
    After,
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
pub enum Relation {
    Table,
    FromId,
    ToId,
    Kind,
    SetBy,
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

#[derive(Clone, Copy, Iden)]
pub enum Comment {
    Table,
    Id,
    DeltaId,
    AuthorId,
    Body,
    CreatedAt,
    EditedAt,
    Version,
    Deleted,
    Minimised,
}

#[derive(Clone, Copy, Iden)]
pub enum CommentRevision {
    Table,
    CommentId,
    Number,
    Body,
    At,
}

#[derive(Clone, Copy, Iden)]
pub enum Mention {
    Table,
    CommentId,
    UserId,
    At,
}

#[derive(Clone, Copy, Iden)]
pub enum Attachment {
    Table,
    Id,
    DeltaId,
    TaskId,
    CommentId,
    Name,
    Media,
    Size,
    Sha256,
    UploadedBy,
    CreatedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Thread {
    Table,
    CommentId,
    DeltaId,
    Field,
    Quote,
    Prefix,
    Suffix,
    Revision,
    Words,
    Before,
    After,
    Lost,
    SettledBy,
    SettledAt,
}

#[derive(Clone, Copy, Iden)]
pub enum ThreadReply {
    Table,
    CommentId,
    ThreadId,
}

/// `Rowid` (SQLite) and `Number` (PostgreSQL) are the delta's number; `Document` and `TitleWords` are PostgreSQL's.
#[derive(Clone, Copy, Iden)]
pub enum DeltaSearch {
    Table,
    Rowid,
    Number,
    Document,
    TitleWords,
    Title,
    Desired,
    Actual,
    Body,
    Comments,
}

/// `Rowid` (SQLite) and `Number` (PostgreSQL) are the delta's number.
#[derive(Clone, Copy, Iden)]
pub enum DeltaSearchTerms {
    Table,
    Rowid,
    Number,
    Terms,
}
