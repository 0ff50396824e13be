//! People, how they come in, and what they asked.

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
