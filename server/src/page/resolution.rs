//! How a gap ends, and how it opens again.

use axum::Router;

use crate::app::App;

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
}
