//! `/api/v1`.

<<<<<<< HEAD
mod board;
mod impact;
mod list;
=======
mod comment;
mod delta;
>>>>>>> reports
mod org;
mod place;
mod private;
mod project;
mod resolution;
mod segment;
mod standing;
mod task;
mod triage;
mod watch;
