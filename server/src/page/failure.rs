//! Failure groups and their deltas.

use std::collections::HashMap;

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    ci::{Costliest, ExplainedDelta, FailureGroupPage, FailuresPage, FileDelta, TrySignature},
    id::DeltaKey,
    list::{LIMIT, Page},
    route,
};
use serde::Deserialize;
use time::Duration;
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path, Query},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::FAILURES, get(list))
        .route(route::FAILURE_GROUP, get(group))
        .route(route::FAILURE_GROUP_FILE, post(file))
        .route(route::FAILURE_GROUP_LINK, post(link))
        .route(route::FAILURE_GROUP_UNLINK, post(unlink))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    days: Option<i64>,
    cursor: Option<String>,
    query: Option<String>,
}

async fn list(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let days = asked.days.filter(|days| [1, 7, 30].contains(days)).unwrap_or(7);
    let query = asked.query.unwrap_or_default();
    let (mut tried, mut error) = (None, None);
    if !query.trim().is_empty() {
        match act::signature::attempt(&app, &caller, &slug, &TrySignature { query: query.clone(), delta: None }).await {
            Ok(found) => tried = Some(found),
            Err(refused) if refused.problem().status < 500 => error = Some(refused),
            Err(broken) => return Err(broken),
        }
    }
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let project = store::project::find(&mut tx, &slug).await?;
    let since = now - Duration::days(days);
    let numbers = store::failure::numbers(&mut tx, project.id, since, now + Duration::SECOND).await?;
    let before = store::failure::numbers(&mut tx, project.id, since - Duration::days(days), since).await?;
    let unexplained_groups = store::failure::unexplained(&mut tx, project.id).await?;
    let (rows, next) = store::failure::groups(&mut tx, project.id, false, asked.cursor.as_deref(), LIMIT).await?;
    let groups = Page { items: act::failure::views(&mut tx, &caller, rows, now).await?, next };
    let costly = store::failure::costly(&mut tx, &caller, project.id, since, now).await?;
    let ids: Vec<Uuid> = costly.iter().map(|costly| costly.delta.id).collect();
    let mut standings = store::triage::standings(&mut tx, &caller, &ids).await?;
    let mut signatures: HashMap<Uuid, String> = HashMap::new();
    for signature in store::signature::of_project(&mut tx, project.id).await? {
        signatures.entry(signature.delta_id).or_insert(signature.query);
    }
    let shell = page::shell(&mut tx, &caller, &format!("CI failures of {}", project.name), &route::project(&project.slug), false).await?;
    let view = FailuresPage {
        now,
        days,
        runs: numbers.runs,
        runs_failed: numbers.runs_failed,
        failures: numbers.failures,
        explained: numbers.explained,
        failures_before: before.failures,
        explained_before: before.explained,
        unexplained_groups,
        unexplained_failures: numbers.failures - numbers.explained,
        costliest: costly.first().map(|costly| Costliest { delta: costly.delta.delta(), runs: costly.runs }),
        groups,
        deltas: costly
            .into_iter()
            .map(|costly| ExplainedDelta {
                delta: costly.delta.delta(),
                runs: costly.runs,
                days: costly.days,
                signature: signatures.remove(&costly.delta.id),
                standings: standings.remove(&costly.delta.id).unwrap_or_default(),
            })
            .collect(),
        maintains: caller.maintains(project.id),
        project: project.slug,
        query,
        tried,
        error: error.as_ref().map(reason),
    };
    let mut response = page::show(&app, shell, move || web::page::failures::failures(view));
    if let Some(error) = error {
        *response.status_mut() = axum::http::StatusCode::from_u16(error.problem().status).unwrap_or_default();
    }
    Ok(response)
}

/// What was wrong, for a form with one field.
fn reason(error: &Error) -> String {
    error.problem().errors.into_iter().next().map_or_else(|| error.detail().to_owned(), |first| first.detail)
}

async fn group(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<Response> {
    shown(&app, &caller, id, String::new(), None).await
}

async fn shown(app: &App, caller: &Caller, id: Uuid, link: String, error: Option<String>) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let (group, project) = act::failure::detail(&mut tx, caller, id, now).await?;
    let slug = route::project(&group.group.project);
    let shell = page::shell(&mut tx, caller, &group.group.test, &slug, false).await?;
    let view = FailureGroupPage { group, now, maintains: caller.maintains(project), link, error };
    Ok(page::show(app, shell, move || web::page::failure::failure_group(view)))
}

async fn file(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<Response> {
    let filed = act::failure::file(&app, &caller, id, FileDelta::default()).await?;
    let said = format!("{} is filed and explains this failure. A signature would explain others like it.", filed.delta);
    Ok(page::lead(&route::delta_ci(filed.delta), &said))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Linked {
    delta: String,
}

async fn link(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>, Form(linked): Form<Linked>) -> Result<Response> {
    let linking = async {
        let key: DeltaKey = linked.delta.trim().parse().map_err(|_| Error::invalid("delta", "is not a key such as D-1042"))?;
        act::failure::link(&app, &caller, id, key).await.map(|()| key)
    };
    match linking.await {
        Ok(key) => Ok(page::lead(&route::failure_group(id), &format!("{key} explains this failure from now on."))),
        Err(error) => {
            let words = reason(&error);
            page::again(error, async |_| shown(&app, &caller, id, linked.delta, Some(words)).await).await
        }
    }
}

async fn unlink(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>, Form(linked): Form<Linked>) -> Result<Response> {
    let key: DeltaKey = linked.delta.parse().map_err(|_| Error::invalid("delta", "is not a key such as D-1042"))?;
    act::failure::unlink(&app, &caller, id, Some(key)).await?;
    Ok(page::lead(&route::failure_group(id), &format!("{key} does not explain this failure any more.")))
}
