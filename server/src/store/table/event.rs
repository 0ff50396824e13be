//! What happened.

use sea_query::Iden;

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
