//! `/api/v1`.

<<<<<<< HEAD
mod idempotency;
=======
mod board;
>>>>>>> main
mod impact;
mod list;
mod org;
mod project;
mod segment;
<<<<<<< HEAD
mod token;
mod user;
=======
mod standing;
mod task;
mod triage;
mod watch;
>>>>>>> main
