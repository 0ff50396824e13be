//! Face 2: GET loads and renders; POST acts and redirects (303).

pub mod problem;

use axum::Router;

use crate::app::App;

/// Every page.
pub fn routes() -> Router<App> {
    Router::new()
}
