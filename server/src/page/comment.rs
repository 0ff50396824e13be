//! Comments on deltas.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{id::DeltaKey, problem::Refused, route, timeline::PutComment};
use serde::Deserialize;
use uuid::Uuid;

use super::delta::again;
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Problem, Result},
    extract::{Form, Path},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::DELTA_COMMENTS, post(add)).route(route::DELTA_COMMENT, get(one).post(edit))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    #[serde(default)]
    body: String,
}

async fn add(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Filled>) -> Result<Response> {
    match act::comment::add(&app, &caller, delta, PutComment { body: filled.body.clone() }).await {
        Ok(comment) => Ok(page::lead(&format!("{}#{}", route::delta(delta), comment.id.simple()), "")),
        Err(error) => {
            let typed = vec![("body", filled.body)];
            page::again(error, async |problem| again(&app, &caller, delta, Refused { form: "comment", typed, problem }).await).await
        }
    }
}

async fn one(State(app): State<App>, caller: Caller, Path((delta, comment)): Path<(DeltaKey, Uuid)>) -> Result<Response> {
    show(&app, &caller, delta, comment, None, None).await
}

async fn show(app: &App, caller: &Caller, delta: DeltaKey, id: Uuid, typed: Option<String>, refused: Option<Problem>) -> Result<Response> {
    let user = caller.person()?;
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, caller, delta).await?;
    let comment = store::comment::find(&mut tx, row.id, id).await?;
    if comment.author_id != user.id {
        return Err(Error::forbidden("Only its author may change a comment."));
    }
    let shell = page::shell(&mut tx, caller, "Change your comment", &route::delta(delta), false).await?;
    let text = typed.unwrap_or(comment.body);
    Ok(page::show(app, shell, || web::page::delta::comment(&delta.to_string(), &id.to_string(), text, refused)))
}

async fn edit(
    State(app): State<App>,
    caller: Caller,
    Path((delta, comment)): Path<(DeltaKey, Uuid)>,
    Form(filled): Form<Filled>,
) -> Result<Response> {
    match act::comment::edit(&app, &caller, delta, comment, PutComment { body: filled.body.clone() }).await {
        Ok(_) => Ok(page::lead(&format!("{}#{}", route::delta(delta), comment.simple()), "Saved.")),
        Err(error) => page::again(error, async |problem| show(&app, &caller, delta, comment, Some(filled.body), Some(problem)).await).await,
    }
}
