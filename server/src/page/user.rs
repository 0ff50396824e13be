//! People: accounts, profiles, registration, the first start.

use axum::Router;

use crate::app::App;

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
}
