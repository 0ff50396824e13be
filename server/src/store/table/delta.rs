//! Deltas, and where they are.

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
pub enum Relation {
    Table,
    FromId,
    ToId,
    Kind,
    SetBy,
    At,
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
