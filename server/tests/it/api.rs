//! `/api/v1`.

mod org;
