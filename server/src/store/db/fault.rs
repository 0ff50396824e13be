//! What a database's failure means to who asked.

use sqlx::error::DatabaseError;

use crate::error::{Error, Kind};

impl From<sqlx::Error> for Error {
    #[track_caller]
    fn from(cause: sqlx::Error) -> Self {
        match &cause {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed => Self::unavailable(cause),
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::internal(cause).of_taken_key(),
            sqlx::Error::Database(inner) => match meaning(inner.as_ref()) {
                Some(error) => error.caused_by(cause),
                None => Self::internal(cause),
            },
            _ => Self::internal(cause),
        }
    }
}

/// What the code says, where callers or the operator can do something about it: SQLSTATE of PostgreSQL, or SQLite's own number.
#[track_caller]
fn meaning(inner: &dyn DatabaseError) -> Option<Error> {
    Some(match inner.code().as_deref()? {
        // SQLITE_FULL, and PostgreSQL's disk_full.
        "13" | "53100" => Error::new(Kind::NoRoom, "Nothing was kept. The operator must make room."),
        // Of PostgreSQL: NUL in a text or in JSON, a time out of its range. SQLite takes them, and finds nothing.
        "22021" | "22P05" | "22008" => Error::new(Kind::Invalid, "It holds the character NUL, or a time that cannot be. Nothing was kept."),
        // Interrupted by SQLite's progress handler, and PostgreSQL's statement_timeout.
        "9" | "57014" => Error::new(
            Kind::Invalid,
            "What was asked for takes too long to find, so the search was ended. Ask for less: name a project, or fewer alternatives.",
        ),
        // Ending connections, shutting down, too many connections, serialisation failure, deadlock, SQLITE_BUSY and its snapshot.
        "57P01" | "57P02" | "57P03" | "53300" | "40001" | "40P01" | "5" | "517" => {
            Error::new(Kind::Unavailable, "Nothing was kept; try again in a moment.").retry_after(1)
        }
        _ => return None,
    })
}
