//! What people say of deltas and tasks, and the files they bring.

use sea_query::Iden;

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
