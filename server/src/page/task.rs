//! Tasks, their commitments, links and references.

mod change;
mod list;

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    id::TaskKey,
    problem::Refused,
    route,
    task::{
        Task,
        page::{BoardChoice, TaskForm, TaskPage},
    },
    user::Person,
};
use uuid::Uuid;

pub(in crate::page) use self::change::end;

use super::{prose, shell, show};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Path,
    store::{self, attachment::Thing, db::Tx, task::link},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::TASKS, get(list::tasks))
        .route(route::WORK, get(list::work))
        .route(route::TASK_NEW, get(list::new).post(list::create))
        .route(route::TASK, get(task).post(change::words))
        .route(route::TASK_PLACEMENT, post(change::place))
        .route(route::TASK_COMMITMENT, post(change::commit))
        .route(route::TASK_DELTAS, post(change::link))
        .route(route::TASK_UNLINK, post(change::unlink))
        .route(route::TASK_REFERENCES, post(change::add_reference))
        .route(route::TASK_REFERENCE_REMOVE, post(change::remove_reference))
}

async fn task(State(app): State<App>, caller: Caller, Path(key): Path<TaskKey>) -> Result<Response> {
    page(&app, &caller, &key, None).await
}

/// The task's page; with the form that was refused.
async fn page(app: &App, caller: &Caller, key: &TaskKey, refused: Option<Refused>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let now = app.clock.now();
    let row = store::task::find(&mut tx, caller, key).await?;
    let (id, org, quiet) = (row.id, row.org_id, row.quiet(now));
    let may_change = act::board::member(caller, org).is_ok();
    let (org_name, board_name, column_name) = (row.org_name.clone(), row.board_name.clone(), row.column_name.clone());
    let position = store::priority::stands(&mut tx, &row).await?;
    let task = store::task::view(&mut tx, caller, row, now).await?;
    let timeline = link::timeline(&mut tx, caller, id).await?;
    let files = store::attachment::of(&mut tx, Thing::Task(id)).await?;
    let (boards, members) = if may_change { choices(&mut tx, org).await? } else { Default::default() };
    let title = format!("{} {}", task.key, task.title);
    let shell = shell(&mut tx, caller, &title, &route::task(&task.key), false).await?;
    let known = prose::known(&mut tx, caller, [task.body.as_str()]).await?;
    drop(tx);
    let body_html = if task.body.trim().is_empty() { String::new() } else { app.markdown.html(&task.body, &known).to_string() };
    let edit = form_of(&task);
    let page = TaskPage {
        org_name,
        board_name,
        column_name,
        task,
        body_html,
        boards,
        members,
        timeline,
        files,
        may_change,
        position,
        quiet,
        me: caller.user.as_ref().map(|user| user.name.clone()),
        refused,
        edit,
        now,
    };
    Ok(show(app, shell, move || web::page::task::task(&page)))
}

/// Says where a task stands now, by the column's name.
///
/// # Errors
/// 404 where the caller may not see it.
pub async fn stands(app: &App, caller: &Caller, key: &TaskKey) -> Result<String> {
    let row = store::task::find(&mut app.db.read().await?, caller, key).await?;
    Ok(format!("{key} stands in {} now.", row.column_name))
}

/// Where tasks of an organisation can stand, and who can work on them.
async fn choices(tx: &mut Tx, org: Uuid) -> Result<(Vec<BoardChoice>, Vec<Person>)> {
    let boards = store::board::of_org(tx, org).await?;
    let columns = store::board::columns(tx, boards.iter().map(|board| board.id)).await?;
    let choice = |board: store::board::Row| BoardChoice {
        columns: columns
            .iter()
            .filter(|column| column.board_id == board.id)
            .map(|column| (column.slug.clone(), column.name.clone()))
            .collect(),
        slug: board.slug,
        name: board.name,
    };
    let members = link::members(tx, org).await?.into_iter().map(|(_, name, display_name)| Person { name, display_name });
    Ok((boards.into_iter().map(choice).collect(), members.collect()))
}

/// A task as its form shows it.
fn form_of(task: &Task) -> TaskForm {
    TaskForm {
        title: task.title.clone(),
        body: task.body.clone(),
        priority: task.priority.to_string(),
        assignees: task.assignees.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", "),
        labels: task.labels.join(", "),
        estimate: task.estimate.map(|estimate| estimate.to_string()).unwrap_or_default(),
        due: task.due.map(|due| due.to_string()).unwrap_or_default(),
        blocked_by: task.blocked_by.iter().map(|other| other.key.to_string()).collect::<Vec<_>>().join(", "),
        ..TaskForm::default()
    }
}

/// The words of a list, with commas or white space between.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty())
}

/// The texts of a list, with commas between.
fn texts(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// A field that may be empty.
fn maybe<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str, field: &str) -> Result<Option<T>> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|error| Error::invalid(field, format!("{error}"))),
    }
}
