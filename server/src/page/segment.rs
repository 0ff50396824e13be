//! Segments of a project's users: the buttons to be one of them, or no longer.

use axum::{Router, extract::State, response::Response, routing::post};
use schema::route;
use serde::Deserialize;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Form, Path},
    page,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::SEGMENT_ME, post(me))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    /// `yes` or `no`.
    member: String,
}

async fn me(
    State(app): State<App>,
    caller: Caller,
    Path((project, segment)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response> {
    let said = if filled.member == "yes" {
        act::segment::join(&app, &caller, &project, &segment).await?;
        "You count in this group now."
    } else {
        act::segment::leave(&app, &caller, &project, &segment).await?;
        "You no longer count in this group."
    };
    Ok(page::lead(&route::project(&project), said))
}
