//! Tasks, their commitments, links and references.

use axum::Router;

use crate::app::App;

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
}
