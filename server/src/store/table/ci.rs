//! Runs, failures, and what recognises them.

use sea_query::Iden;

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
pub enum DeltaCiDay {
    Table,
    DeltaId,
    Day,
    Failures,
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
