//! What recognises a delta's failures, and which tests decide about it.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    ci::{NewSignature, PutEvidence, PutSignature, SignaturesPage},
    delta::Ref,
    id::DeltaKey,
    route,
};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::DELTA_CI, get(show).post(add))
        .route(route::DELTA_SIGNATURE, post(change))
        .route(route::DELTA_SIGNATURE_REMOVE, post(remove))
        .route(route::DELTA_EVIDENCE, post(decide))
}

async fn show(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Response> {
    shown(&app, &caller, delta, String::new(), None).await
}

async fn shown(app: &App, caller: &Caller, delta: DeltaKey, query: String, error: Option<String>) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, caller, delta).await?;
    let evidence = store::failure::of_delta(&mut tx, &row, now).await?;
    let projects = store::evidence::projects(&mut tx, row.id).await?;
    let tests = store::evidence::of_delta(&mut tx, row.id).await?.into_iter().map(Into::into).collect();
    let maintained = projects.iter().filter(|(id, _)| caller.maintains(*id)).map(|(_, slug)| slug.clone()).collect();
    let shell = page::shell(&mut tx, caller, &format!("CI and {delta}"), &route::delta(delta), false).await?;
    let view = SignaturesPage {
        delta: Ref { key: row.key(), kind: row.kind, title: row.title, impact: row.impact, open: row.open },
        evidence,
        tests,
        projects: projects.into_iter().map(|(_, slug)| slug).collect(),
        now,
        maintained,
        query,
        error,
    };
    Ok(page::show(app, shell, move || web::page::signature::signatures(view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    query: String,
    project: Option<String>,
}

async fn add(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(new): Form<New>) -> Result<Response> {
    let query = new.query.clone();
    match act::signature::add(&app, &caller, delta, NewSignature { query: new.query, project: new.project }).await {
        Ok(_) => Ok(page::lead(&route::delta_ci(delta), "The signature is in force.")),
        Err(error) => refused(&app, &caller, delta, query, error).await,
    }
}

/// The page again, with what was typed and what is wrong with it.
async fn refused(app: &App, caller: &Caller, delta: DeltaKey, query: String, error: Error) -> Result<Response> {
    if error.problem().status != 422 {
        return Err(error);
    }
    let words = error.problem().errors.into_iter().next().map_or_else(|| error.detail().to_owned(), |first| first.detail);
    page::again(error, async |_| shown(app, caller, delta, query, Some(words)).await).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    query: String,
    version: i64,
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((delta, signature)): Path<(DeltaKey, Uuid)>,
    Form(changed): Form<Changed>,
) -> Result<Response> {
    let query = changed.query.clone();
    match act::signature::change(&app, &caller, delta, signature, changed.version, PutSignature { query: changed.query }).await {
        Ok(_) => Ok(page::lead(&route::delta_ci(delta), "The signature is changed.")),
        Err(error) => refused(&app, &caller, delta, query, error).await,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removed {
    version: i64,
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((delta, signature)): Path<(DeltaKey, Uuid)>,
    Form(removed): Form<Removed>,
) -> Result<Response> {
    act::signature::remove(&app, &caller, delta, signature, removed.version).await?;
    Ok(page::lead(&route::delta_ci(delta), "The signature is out of force."))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deciding {
    tests: String,
    needed: i64,
}

async fn decide(
    State(app): State<App>,
    caller: Caller,
    Path((delta, project)): Path<(DeltaKey, String)>,
    Form(deciding): Form<Deciding>,
) -> Result<Response> {
    let tests: Vec<String> = deciding.tests.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    if tests.is_empty() {
        act::evidence::delete(&app, &caller, delta, &project).await?;
        return Ok(page::lead(&route::delta_ci(delta), &format!("No test decides in {project}.")));
    }
    act::evidence::put(&app, &caller, delta, &project, PutEvidence { tests, needed: deciding.needed }).await?;
    Ok(page::lead(&route::delta_ci(delta), &format!("These tests decide in {project} from now on.")))
}
