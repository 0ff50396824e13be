//! Evidence: tests that decide whether a gap is closed.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
