//! Organisations, what they make of deltas, and their boards and tasks.

use sea_query::Iden;

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
    QuietAfter,
    ExpiresAfter,
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
pub enum LensScore {
    Table,
    OrgId,
    DeltaId,
    Number,
    Score,
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
    WipHard,
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
    IsDefault,
    Version,
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
    StartedAt,
}

#[derive(Clone, Copy, Iden)]
pub enum TaskStay {
    Table,
    TaskId,
    OrgId,
    BoardId,
    ColumnSlug,
    Category,
    Came,
    Went,
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
