//! The list of an organisation's tasks, and writing one down.

use axum::{extract::State, http::StatusCode, response::Response};
use schema::{
    day::Day,
    delta::Visibility,
    list::{Page, Window},
    query, route,
    task::{
        NewTask, NewTaskLink, Relation,
        page::{Layout, Scope, TaskForm, TaskListPage, TaskNewPage},
        title_for,
    },
};
use serde::Deserialize;
use uuid::Uuid;
use web::shell::Shell;

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
    store::{self, db::Tx, task::list::Wanted},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    q: Option<String>,
    cursor: Option<String>,
    /// The layout's word.
    #[serde(default, rename = "as")]
    layout: String,
    /// Of the calendar, as `2026-12`; this one where it is empty.
    #[serde(default)]
    month: String,
}

/// Most tasks of a board or a month at once.
const WHOLE: i64 = 500;
/// What one's own work shows when nothing is asked.
const MINE: &str = "is:open is:mine sort:due";

pub(super) async fn tasks(State(app): State<App>, caller: Caller, Path(org): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let found = act::board::org(&mut tx, &caller, &org).await?;
    let shell = shell(&mut tx, &caller, &format!("Tasks of {}", found.name), &route::tasks(&org), false).await?;
    let may_change = act::board::member(&caller, found.id).is_ok();
    let of = Of { orgs: &[found.id], scope: Scope::Org { slug: org, name: found.name }, default: store::task::list::DEFAULT, may_change };
    listed(&app, tx, &caller, shell, of, asked).await
}

pub(super) async fn work(State(app): State<App>, caller: Caller, Query(asked): Query<Asked>) -> Result<Response> {
    let orgs = act::task::own_orgs(&caller)?;
    let mut tx = app.db.read().await?;
    let shell = shell(&mut tx, &caller, "My work", &route::work(), false).await?;
    listed(&app, tx, &caller, shell, Of { orgs: &orgs, scope: Scope::Mine, default: MINE, may_change: false }, asked).await
}

/// Whose tasks a page lists.
struct Of<'a> {
    orgs: &'a [Uuid],
    scope: Scope,
    /// What is asked when nothing is.
    default: &'static str,
    may_change: bool,
}

async fn listed(app: &App, mut tx: Tx, caller: &Caller, shell: Shell, of: Of<'_>, asked: Asked) -> Result<Response> {
    let now = app.clock.now();
    let Asked { q, cursor, layout, month } = asked;
    let q = q.unwrap_or_else(|| of.default.to_owned());
    let layout: Layout = maybe(&layout, "as")?.unwrap_or(Layout::Table);
    let month = match month.is_empty() {
        true => Day(now.date()).month(),
        false => format!("{month}-01").parse().map_err(|_| Error::invalid("month", "must be a month such as 2026-12"))?,
    };
    let (page, error) = match query::parse(&q, &query::TASKS) {
        Ok(question) => {
            // A whole board and a whole month are looked over; a table is read on.
            let whole = matches!(layout, Layout::Board | Layout::Calendar);
            let limit = if whole { WHOLE } else { Window::default().limit() };
            let wanted = Wanted {
                orgs: of.orgs,
                question: &question,
                cursor: cursor.as_deref(),
                limit,
                between: (layout == Layout::Calendar).then(|| (month, month.next_month())),
            };
            (store::task::list::page(&mut tx, caller, wanted, now).await?, None)
        }
        Err(wrong) => (Page { items: Vec::new(), next: None }, Some(format!("The query cannot be read: {wrong}"))),
    };
    drop(tx);
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let Of { scope, may_change, .. } = of;
    let signed_in = caller.user.is_some();
    let page = TaskListPage { scope, q, error, items: page.items, next: page.next, layout, month, may_change, signed_in, now };
    let mut response = show(app, shell, move || web::page::task::tasks(&page));
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
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict) => {
            let Sent { title, body, priority, assignees, labels, estimate, due, delta, relation, column } = sent;
            let form = TaskForm { title, body, priority, assignees, labels, estimate, due, delta, relation, column, ..TaskForm::default() };
            page(&app, &caller, &org, form, Some(&error)).await
        }
        Err(error) => Err(error),
    }
}
