//! Face 1: JSON in, JSON out, under `/api/v1`. Each noun gives its routes with their description.

pub mod attachment;
pub mod board;
pub mod bulk;
mod comment;
pub mod delta;
pub mod evidence;
pub mod failure;
pub mod fixed;
pub mod impact;
pub mod import;
pub mod insight;
pub mod ledger;
pub mod lens;
pub mod list;
pub mod live;
pub mod occurrence;
pub mod org;
pub mod outsider;
pub mod place;
pub mod priority;
pub mod project;
pub mod radar;
pub mod relation;
mod resolution;
pub mod run;
pub mod search;
pub mod segment;
pub mod setting;
pub mod signature;
pub mod task;
pub mod thread;
pub mod token;
pub mod triage;
pub mod user;
pub mod view;

use axum::Router;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        ObjectBuilder, Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The document's head.
#[derive(OpenApi)]
#[openapi(info(
    title = "Deltaboard",
    description = "Deltas, impact, tasks and CI verdicts of codebases that several organisations share. Conventions: docs/API.md.",
    license(name = "Apache-2.0")
), security((), ("token" = []), ("session" = [])), modifiers(&Security))]
struct Head;

/// How callers say who they are.
struct Security;

impl Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let token = "A person's token (`dlb_…`) with its scopes, or a project's CI token. `Authorization: Bearer dlb_…`";
        let session = "The cookie of who is signed in on the pages; `__Host-id` where the server is reached by https.";
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("dlb_…").description(Some(token)).build();
        let session = ApiKey::Cookie(ApiKeyValue::with_description("id", session));
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        components.add_security_scheme("session", SecurityScheme::ApiKey(session));
    }
}

/// Every route of the API, described.
pub fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(attachment::routes())
        .merge(board::routes())
        .merge(bulk::routes())
        .merge(comment::routes())
        .merge(delta::routes())
        .merge(evidence::routes())
        .merge(failure::routes())
        .merge(fixed::routes())
        .merge(impact::routes())
        .merge(import::routes())
        .merge(insight::routes())
        .merge(ledger::routes())
        .merge(priority::routes())
        .merge(lens::routes())
        .merge(list::routes())
        .merge(live::routes())
        .merge(occurrence::routes())
        .merge(org::routes())
        .merge(outsider::routes())
        .merge(place::routes())
        .merge(project::routes())
        .merge(radar::routes())
        .merge(relation::routes())
        .merge(resolution::routes())
        .merge(run::routes())
        .merge(search::routes())
        .merge(segment::routes())
        .merge(setting::routes())
        .merge(signature::routes())
        .merge(task::routes())
        .merge(thread::routes())
        .merge(token::routes())
        .merge(triage::routes())
        .merge(user::routes())
        .merge(view::routes())
}

/// The routes and the OpenAPI document that describes them.
pub fn routes() -> (Router<App>, utoipa::openapi::OpenApi) {
    // Of what is nested only paths and schemas are taken over.
    let (routes, mut openapi) = OpenApiRouter::with_openapi(Head::openapi()).nest("/api/v1", described()).split_for_parts();
    for post in openapi.paths.paths.values_mut().filter_map(|path| path.post.as_mut()) {
        post.parameters.get_or_insert_default().push(idempotency_key().into());
    }
    (routes, openapi)
}

/// What every POST takes ([`crate::idempotency`]).
fn idempotency_key() -> Parameter {
    let doc = "1 to 255 visible ASCII characters of your own: sent again within 24 hours, the request is not done again but answered as the first time";
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(doc))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build()
}

/// The OpenAPI document, as `docs/openapi.json` holds it.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn document() -> crate::error::Result<String> {
    let (_, openapi) = routes();
    Ok(serde_json::to_string_pretty(&openapi)?)
}
