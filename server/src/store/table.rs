//! Table and column names, as the migrations define them. A test compares the two.

#![allow(missing_docs, reason = "the migrations say what each column means")]

use sea_query::Iden;

#[derive(Clone, Copy, Iden)]
pub enum Setting {
    Table,
    Key,
    Value,
}

#[derive(Clone, Copy, Iden)]
pub enum User {
    Table,
    Id,
    Name,
    DisplayName,
    Email,
    PasswordHash,
    IsAdmin,
    State,
    Version,
    CreatedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Session {
    Table,
    IdHash,
    UserId,
    Data,
    Agent,
    CreatedAt,
    SeenAt,
    ExpiresAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Invite {
    Table,
    Id,
    SecretHash,
    Note,
    CreatedBy,
    CreatedAt,
    ExpiresAt,
    UsedBy,
    UsedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Idempotency {
    Table,
    Caller,
    Key,
    RequestHash,
    Status,
    Headers,
    Body,
    CreatedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Project {
    Table,
    Id,
    Slug,
    Name,
    Description,
    Version,
    CreatedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum ProjectMaintainer {
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
pub enum Token {
    Table,
    Id,
    UserId,
    ProjectId,
    Name,
    SecretHash,
    Scopes,
    CreatedBy,
    CreatedAt,
    UsedAt,
    ExpiresAt,
    RevokedAt,
}

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
    Comments,
    Revision,
    Version,
    CreatedAt,
    UpdatedAt,
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
pub enum Impact {
    Table,
    DeltaId,
    SegmentId,
    Cosmetic,
    Hinders,
    Breaks,
    Blocks,
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
}

#[derive(Clone, Copy, Iden)]
pub enum Org {
    Table,
    Id,
    Slug,
    Name,
    KeyPrefix,
    Openness,
    Tasks,
    Version,
    CreatedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum OrgMember {
    Table,
    OrgId,
    UserId,
    Role,
    AddedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Lens {
    Table,
    OrgId,
    SegmentId,
    Weight,
}

#[derive(Clone, Copy, Iden)]
pub enum Watch {
    Table,
    Id,
    OrgId,
    Slug,
    Query,
    CreatedBy,
    CreatedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Stance {
    Table,
    OrgId,
    DeltaId,
    Stance,
    Reason,
    Until,
    Wake,
    Version,
    SetBy,
    SetAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Board {
    Table,
    Id,
    OrgId,
    Slug,
    Name,
    Filter,
    Swimlanes,
    Version,
    CreatedAt,
    SettingsVersion,
}

#[derive(Clone, Copy, Iden)]
pub enum BoardColumn {
    Table,
    Id,
    BoardId,
    Slug,
    Name,
    Category,
    WipLimit,
    Policy,
    Position,
}

#[derive(Clone, Copy, Iden)]
pub enum View {
    Table,
    Id,
    UserId,
    ProjectId,
    OrgId,
    Over,
    Slug,
    Name,
    Query,
    CreatedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Task {
    Table,
    Id,
    OrgId,
    Number,
    Title,
    Body,
    Priority,
    Rank,
    BoardId,
    ColumnId,
    Estimate,
    Due,
    Commitment,
    TargetRelease,
    TargetDate,
    Moves,
    Version,
    CreatedBy,
    CreatedAt,
    UpdatedAt,
    DoneAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Commitment {
    Table,
    Id,
    TaskId,
    State,
    TargetRelease,
    TargetDate,
    Note,
    SetBy,
    SetAt,
}

#[derive(Clone, Copy, Iden)]
pub enum TaskAssignee {
    Table,
    TaskId,
    UserId,
}

#[derive(Clone, Copy, Iden)]
pub enum TaskLabel {
    Table,
    TaskId,
    Label,
}

#[derive(Clone, Copy, Iden)]
pub enum TaskBlock {
    Table,
    TaskId,
    BlockedBy,
}

#[derive(Clone, Copy, Iden)]
pub enum Link {
    Table,
    TaskId,
    DeltaId,
    Relation,
    LinkedBy,
    LinkedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Reference {
    Table,
    Id,
    TaskId,
    DeltaId,
    Kind,
    Url,
    Title,
    AddedBy,
    AddedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum Run {
    Table,
    Id,
    ProjectId,
    ExternalId,
    Attempt,
    Job,
    Pipeline,
    Branch,
    Commit,
    Change,
    Url,
    Voting,
    Tests,
    Passed,
    Failed,
    Errored,
    Skipped,
    Receipt,
    ReportedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum FailureGroup {
    Table,
    Id,
    ProjectId,
    Fingerprint,
    Test,
    Message,
    Failures,
    Explained,
    FirstSeen,
    LastSeen,
}

#[derive(Clone, Copy, Iden)]
pub enum Failure {
    Table,
    Id,
    RunId,
    GroupId,
    Test,
    Message,
    Details,
    Verdict,
}

#[derive(Clone, Copy, Iden)]
pub enum Signature {
    Table,
    Id,
    DeltaId,
    ProjectId,
    Query,
    Version,
    CreatedBy,
    CreatedAt,
    DeletedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum SignatureVersion {
    Table,
    SignatureId,
    Version,
    Query,
    AuthorId,
    At,
}

#[derive(Clone, Copy, Iden)]
pub enum FailureGroupDelta {
    Table,
    GroupId,
    DeltaId,
    SignatureId,
    LinkedBy,
    LinkedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum FailureDelta {
    Table,
    FailureId,
    DeltaId,
}

#[derive(Clone, Copy, Iden)]
pub enum Evidence {
    Table,
    DeltaId,
    ProjectId,
    Tests,
    Needed,
    SetBy,
    SetAt,
}

#[derive(Clone, Copy, Iden)]
pub enum EvidenceResult {
    Table,
    RunId,
    DeltaId,
    Test,
    Passed,
}

#[derive(Clone, Copy, Iden)]
pub enum Event {
    Table,
    Id,
    At,
    Kind,
    ActorId,
    ProjectId,
    DeltaId,
    OrgId,
    TaskId,
    BoardId,
    BoardVersion,
    Data,
}

/// `Rowid` (SQLite) and `Number` (PostgreSQL) are the delta's number; `Document` is PostgreSQL's.
#[derive(Clone, Copy, Iden)]
pub enum DeltaSearch {
    Table,
    Rowid,
    Number,
    Document,
    Title,
    Desired,
    Actual,
    Body,
    Comments,
}
