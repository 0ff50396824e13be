//! How a gap ends, and how it opens again.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
