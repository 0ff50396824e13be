//! Segments: groups of a project's users.

use axum::Router;

use crate::app::App;

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
}
