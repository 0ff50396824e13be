//! Boards, their columns, and the placement of cards.

use axum::Router;

use crate::app::App;

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
}
