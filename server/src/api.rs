//! Face 1: JSON in, JSON out, under `/api/v1`. Each noun gives its routes with their description.

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The document's head.
#[derive(OpenApi)]
#[openapi(info(
    title = "Deltaboard",
    description = "Deltas, impact, tasks and CI verdicts of codebases that several organisations share. Conventions: docs/API.md.",
    license(name = "Apache-2.0")
))]
struct Head;

/// Every route of the API, described.
pub fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Head::openapi())
}

/// The routes and the OpenAPI document that describes them.
pub fn routes() -> (Router<App>, utoipa::openapi::OpenApi) {
    OpenApiRouter::new().nest("/api/v1", described()).split_for_parts()
}

/// The OpenAPI document, as `docs/openapi.json` holds it.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn document() -> crate::error::Result<String> {
    let (_, openapi) = routes();
    Ok(serde_json::to_string_pretty(&openapi)?)
}
