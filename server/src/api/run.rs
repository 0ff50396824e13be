//! Runs of CI: results in, receipts out.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
