//! Crashes as they are seen.

use sea_query::Iden;

#[derive(Clone, Copy, Iden)]
pub enum Occurrence {
    Table,
    Id,
    DeltaId,
    Fingerprint,
    Line,
    Version,
    Platform,
    Environment,
    Count,
    ReporterId,
    ProjectId,
    At,
}

#[derive(Clone, Copy, Iden)]
pub enum Trace {
    Table,
    Id,
    DeltaId,
    Text,
    Parsed,
}

#[derive(Clone, Copy, Iden)]
pub enum Fingerprint {
    Table,
    DeltaId,
    Fingerprint,
    Line,
    Count,
    FirstSeen,
    LastSeen,
}

#[derive(Clone, Copy, Iden)]
pub enum TraceKey {
    Table,
    DeltaId,
    Fingerprint,
    Key,
    Depth,
    Weight,
}

#[derive(Clone, Copy, Iden)]
pub enum OccurrenceRelease {
    Table,
    DeltaId,
    Version,
    Platform,
    Count,
    FirstSeen,
    LastSeen,
}

#[derive(Clone, Copy, Iden)]
pub enum OccurrenceDay {
    Table,
    DeltaId,
    Day,
    Count,
}
