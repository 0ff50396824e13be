//! The list of an organisation's tasks, and writing one down.

use axum::{extract::State, http::StatusCode, response::Response};
use schema::{
    delta::Visibility,
    list::{Page, Window},
    query, route,
    task::{
        NewTask, NewTaskLink, Relation,
        page::{TaskForm, TaskListPage, TaskNewPage},
        title_for,
    },
};
use serde::Deserialize;

use super::{
    super::{lead, shell, show},
    choices, maybe, texts, words,
};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::{Form, Path, Query},
    store,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    q: Option<String>,
    cursor: Option<String>,
}

pub(super) async fn tasks(State(app): State<App>, caller: Caller, Path(org): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let now = app.clock.now();
    let found = act::board::org(&mut tx, &caller, &org).await?;
    let q = asked.q.unwrap_or_else(|| store::task::list::DEFAULT.to_owned());
    let (page, error) = match query::parse(&q, &query::TASKS) {
        Ok(question) => {
            let window = Window { cursor: asked.cursor, limit: None };
            let from = (window.cursor.as_deref(), window.limit());
            (store::task::list::page(&mut tx, &caller, (found.id, &found.key_prefix), &question, from, now).await?, None)
        }
        Err(wrong) => (Page { items: Vec::new(), next: None }, Some(format!("The query cannot be read: {wrong}"))),
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = shell(&mut tx, &caller, &format!("Tasks of {}", found.name), &route::tasks(&org), false).await?;
    drop(tx);
    let may_change = act::board::member(&caller, found.id).is_ok();
    let signed_in = caller.user.is_some();
    let page = TaskListPage { org, org_name: found.name, q, error, items: page.items, next: page.next, may_change, signed_in, now };
    let mut response = show(&app, shell, move || web::page::task::tasks(&page));
    *response.status_mut() = status;
    Ok(response)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Preset {
    #[serde(default)]
    delta: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    column: String,
}

pub(super) async fn new(State(app): State<App>, caller: Caller, Path(org): Path<String>, Query(preset): Query<Preset>) -> Result<Response> {
    let (mut title, mut relation, mut private) = (preset.title, Relation::Resolves, false);
    if let Ok(key) = preset.delta.parse() {
        let mut tx = app.db.read().await?;
        if let Ok(delta) = store::delta::find(&mut tx, &caller, key).await {
            // A task for a delta is begun with the delta's own words, unless they are private; a spec is implemented.
            private = delta.visibility == Visibility::Private;
            title = if title.is_empty() { title_for(delta.key(), &delta.title, delta.visibility) } else { title };
            relation = if delta.kind == schema::delta::Kind::Spec { Relation::Implements } else { relation };
        }
    }
    let form = TaskForm {
        title,
        delta: preset.delta,
        column: preset.column,
        priority: "normal".to_owned(),
        relation: relation.to_string(),
        private,
        ..TaskForm::default()
    };
    page(&app, &caller, &org, form, None).await
}

async fn page(app: &App, caller: &Caller, org: &str, form: TaskForm, refused: Option<&Error>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let found = act::board::org(&mut tx, caller, org).await?;
    act::board::member(caller, found.id)?;
    let (boards, members) = choices(&mut tx, found.id).await?;
    let shell = shell(&mut tx, caller, "New task", &route::task_new(org), false).await?;
    drop(tx);
    let errors = refused.map(|refused| {
        let fields = refused.problem().errors.into_iter().map(|error| (error.field, error.detail));
        let fields: Vec<_> = fields.collect();
        if fields.is_empty() { vec![(String::new(), refused.problem().in_words())] } else { fields }
    });
    let page = TaskNewPage { org: org.to_owned(), org_name: found.name, form, boards, members, errors: errors.unwrap_or_default() };
    let mut response = show(app, shell, move || web::page::task::new(&page));
    if let Some(refused) = refused {
        *response.status_mut() = StatusCode::from_u16(refused.kind().status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(response)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    title: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    priority: String,
    #[serde(default)]
    assignees: String,
    #[serde(default)]
    labels: String,
    #[serde(default)]
    estimate: String,
    #[serde(default)]
    due: String,
    #[serde(default)]
    delta: String,
    #[serde(default)]
    relation: String,
    /// `board/column`.
    #[serde(default)]
    column: String,
}

impl Sent {
    fn read(&self) -> Result<NewTask> {
        let relation = maybe(&self.relation, "relation")?.unwrap_or(Relation::Resolves);
        let deltas: Result<Vec<_>, _> = words(&self.delta).map(|key| key.parse().map(|delta| NewTaskLink { delta, relation })).collect();
        let (board, column) = self.column.split_once('/').map(|(board, column)| (board.to_owned(), column.to_owned())).unzip();
        Ok(NewTask {
            title: self.title.clone(),
            body: self.body.replace("\r\n", "\n"),
            priority: maybe(&self.priority, "priority")?,
            board,
            column,
            deltas: deltas.map_err(|error| Error::invalid("deltas", error.to_string()))?,
            assignees: words(&self.assignees).map(|name| name.trim_start_matches('@').to_owned()).collect(),
            labels: texts(&self.labels),
            estimate: maybe(&self.estimate, "estimate")?,
            due: maybe(&self.due, "due")?,
        })
    }
}

pub(super) async fn create(State(app): State<App>, caller: Caller, Path(org): Path<String>, Form(sent): Form<Sent>) -> Result<Response> {
    let made = async { act::task::create(&app, &caller, &org, &sent.read()?).await };
    match made.await {
        Ok(task) => Ok(lead(&route::task(&task.key), &format!("{} is on the board.", task.key))),
        Err(error) if error.kind() == Kind::Invalid => {
            let Sent { title, body, priority, assignees, labels, estimate, due, delta, relation, column } = sent;
            let form = TaskForm { title, body, priority, assignees, labels, estimate, due, delta, relation, column, ..TaskForm::default() };
            page(&app, &caller, &org, form, Some(&error)).await
        }
        Err(error) => Err(error),
    }
}
