//! One change of many deltas: the form below their list, and the page of what became of it.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use schema::{
    bulk::{BulkPage, Change, Components, Duplicate, Holds, Names, New, RowState},
    id::DeltaKey,
    problem::Refused,
    route,
};
use serde::Deserialize;
use uuid::Uuid;

use super::delta::list;
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path},
    page,
};

/// How long an answer waits for the change before it leads on to the page that shows how far it is.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::DELTAS_BULK, post(change)).route(route::BULK, get(one)).route(route::BULK_UNDO, post(undo))
}

/// The form below the list of deltas. What is to be done, the button says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Filled {
    #[serde(rename = "do")]
    button: String,
    delta: Vec<String>,
    q: String,
    cursor: String,
    labels: String,
    project: String,
    components: String,
    holds: String,
    state: String,
    rationale: String,
    of: String,
    reason: String,
}

async fn change(State(app): State<App>, caller: Caller, Form(filled): Form<Filled>) -> Result<Response> {
    let begun = match read(&filled) {
        Ok(new) => act::bulk::begin(&app, &caller, new).await,
        Err(error) => Err(error),
    };
    let bulk = match begun {
        Ok(bulk) => bulk,
        Err(error) => {
            return page::again(error, async |problem| {
                let typed = vec![
                    ("do", filled.button.clone()),
                    ("labels", filled.labels.clone()),
                    ("project", filled.project.clone()),
                    ("components", filled.components.clone()),
                    ("holds", filled.holds.clone()),
                    ("state", filled.state.clone()),
                    ("rationale", filled.rationale.clone()),
                    ("of", filled.of.clone()),
                    ("reason", filled.reason.clone()),
                ];
                let refused = Refused { form: "bulk", typed, problem };
                page::list::again(&app, &caller, (filled.q.clone(), filled.cursor.clone()), filled.delta.clone(), refused).await
            })
            .await;
        }
    };
    // Many take a while: the page that this leads to shows how far it is.
    let work = tokio::spawn({
        let (app, caller, bulk) = (app.clone(), caller.clone(), bulk.clone());
        async move { act::bulk::run(&app, &caller, &bulk).await }
    });
    if let Ok(done) = tokio::time::timeout(PATIENCE, work).await {
        done??;
    }
    Ok(page::lead(&route::bulk(bulk.id), ""))
}

fn read(filled: &Filled) -> Result<New> {
    let deltas =
        filled.delta.iter().map(|key| key.parse::<DeltaKey>().map_err(|_| Error::invalid("deltas", "is not a key such as D-1042")));
    let deltas = deltas.collect::<Result<Vec<_>>>()?;
    let names = |way: &str, text: &str| match way {
        "add" => Names { add: list(text), ..Names::default() },
        "remove" => Names { remove: list(text), ..Names::default() },
        _ => Names { set: Some(list(text)), ..Names::default() },
    };
    let change = match filled.button.as_str() {
        "labels.add" | "labels.remove" | "labels.set" => Change::Labels(names(&filled.button[7..], &filled.labels)),
        "components.add" | "components.remove" | "components.set" => {
            let Names { add, remove, set } = names(&filled.button[11..], &filled.components);
            Change::Components(Components { project: filled.project.clone(), add, remove, set })
        }
        "consensus" => {
            let state = filled.state.parse().map_err(|error| Error::invalid("state", format!("{error}")))?;
            Change::Consensus(Holds { project: filled.holds.clone(), state, rationale: filled.rationale.clone() })
        }
        "duplicate" => {
            let of = filled.of.trim().parse().map_err(|_| Error::invalid("of", "is not a key such as D-1042"))?;
            Change::Duplicate(Duplicate { of, reason: filled.reason.clone() })
        }
        _ => return Err(Error::invalid("do", "must be one of the form's buttons")),
    };
    Ok(New { deltas, change })
}

async fn one(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<Response> {
    let (bulk, now) = act::bulk::read(&app, &caller, id).await?;
    let mut tx = app.db.read().await?;
    let shell = page::shell(&mut tx, &caller, "Several deltas", &route::deltas(), false).await?;
    drop(tx);
    let stopped = now - bulk.at > time::Duration::minutes(1);
    let waits = bulk.count(RowState::Waiting) > 0 && !stopped;
    let view = BulkPage { bulk, stopped, now };
    let mut response = page::show(&app, shell, || web::page::bulk::bulk(&view)).into_response();
    if waits {
        // Shown again until all are done; without script, too.
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("1"));
    }
    Ok(response)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn undo(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>, Form(Nothing {}): Form<Nothing>) -> Result<Response> {
    let bulk = act::bulk::undo(&app, &caller, id).await?;
    let said = match bulk.count(RowState::Kept) {
        0 => "Everything is as it was.".to_owned(),
        1 => "Undone, but for one: its line says why.".to_owned(),
        n => format!("Undone, but for {n}: their lines say why."),
    };
    Ok(page::lead(&route::bulk(id), &said))
}
