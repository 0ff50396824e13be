//! Segments of a project's users: the buttons to be one of them, or no longer.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{route, segment::StaysPage};
use serde::Deserialize;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Form, Path},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::SEGMENT_ME, post(me)).route(route::SETTINGS_SEGMENTS, get(stays))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    /// `yes` or `no`.
    member: String,
    /// The page to come back to: `settings`; else the project's.
    #[serde(default)]
    at: String,
}

/// One's own segments, with since when.
async fn stays(State(app): State<App>, caller: Caller) -> Result<Response> {
    let user = caller.person()?.id;
    let mut tx = app.db.read().await?;
    let stays = store::segment::stays(&mut tx, user).await?;
    let shell = page::shell(&mut tx, &caller, "Segments", &route::settings(), false).await?;
    let view = StaysPage { stays, now: app.clock.now() };
    Ok(page::show(&app, shell, || web::page::segment::stays(view)))
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
    let to = if filled.at == "settings" { route::settings_segments() } else { route::project(&project) };
    Ok(page::lead(&to, said))
}
