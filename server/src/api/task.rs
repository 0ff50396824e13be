//! Tasks, their commitments, links and references.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use schema::{
    id::{DeltaKey, TaskKey},
    list::Page,
    problem::Problem,
    query, route,
    task::{CommitmentChange, NewLink, NewReference, NewTask, Placed, Placement, Task, TaskChange, TaskSummary},
};
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{IfMatch, Json, Path, Query, etag},
    store::{self, db::Tx, task::list::Wanted},
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(mine))
        .routes(routes!(show, change))
        .routes(routes!(link, unlink))
        .routes(routes!(place))
        .routes(routes!(commit))
        .routes(routes!(add_reference))
        .routes(routes!(remove_reference))
}

/// What the list of tasks takes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// A query over tasks: `is:open priority:urgent,high assignee:me board:main "free words" sort:updated`.
    q: Option<String>,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[serde(default, deserialize_with = "schema::list::within")]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// An organisation's tasks.
///
/// In the organisation's order, unless the query sorts by `updated`, `due` or `number`.
#[utoipa::path(get, path = "/orgs/{org}/tasks", tag = "tasks", params(Asked),
    responses((status = 200, body = Page<TaskSummary>), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(org): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<TaskSummary>>> {
    let mut tx = app.db.read().await?;
    let org = act::board::org(&mut tx, &caller, &org).await?;
    let question = query::parse(asked.q.as_deref().unwrap_or_default(), &query::TASKS)?;
    asked.page(&mut tx, &caller, &[org.id], &question, app.clock.now()).await.map(Json)
}

/// The tasks of all the organisations one belongs to.
///
/// In each organisation's order, unless the query sorts by `updated`, `due` or `number`. Those one works on oneself are `is:mine`.
#[utoipa::path(get, path = "/me/tasks", tag = "tasks", params(Asked),
    responses((status = 200, body = Page<TaskSummary>), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn mine(State(app): State<App>, caller: Caller, Query(asked): Query<Asked>) -> Result<Json<Page<TaskSummary>>> {
    let orgs = act::task::own_orgs(&caller)?;
    let question = query::parse(asked.q.as_deref().unwrap_or_default(), &query::TASKS)?;
    let mut tx = app.db.read().await?;
    asked.page(&mut tx, &caller, &orgs, &question, app.clock.now()).await.map(Json)
}

impl Asked {
    async fn page(
        self,
        tx: &mut Tx,
        caller: &Caller,
        orgs: &[Uuid],
        question: &query::Query,
        now: OffsetDateTime,
    ) -> Result<Page<TaskSummary>> {
        let window = schema::list::Window { cursor: self.cursor, limit: self.limit };
        let wanted = Wanted { orgs, question, cursor: window.cursor.as_deref(), limit: window.limit(), between: None };
        store::task::list::page(tx, caller, wanted, now).await
    }
}

/// Write down a task.
///
/// Members and owners. It gets the organisation's next number and stands at the end of its order. The organisation has `taken`
/// the deltas it is for.
#[utoipa::path(post, path = "/orgs/{org}/tasks", tag = "tasks", request_body = NewTask,
    responses((status = 201, body = Task, headers(("ETag" = String))), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn create(State(app): State<App>, caller: Caller, Path(org): Path<String>, Json(new): Json<NewTask>) -> Result<impl IntoResponse> {
    let task = act::task::create(&app, &caller, &org, &new).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, route::api::task(&task.key))], etag(task.version), Json(task)))
}

/// A task.
#[utoipa::path(get, path = "/tasks/{task}", tag = "tasks", params(("task" = TaskKey, Path)),
    responses((status = 200, body = Task, headers(("ETag" = String))), (status = 404, body = Problem)))]
async fn show(State(app): State<App>, caller: Caller, Path(key): Path<TaskKey>) -> Result<impl IntoResponse> {
    let mut tx = app.db.read().await?;
    let row = store::task::find(&mut tx, &caller, &key).await?;
    let task = store::task::view(&mut tx, &caller, row, app.clock.now()).await?;
    Ok((etag(task.version), Json(task)))
}

/// Change a task's own words.
#[utoipa::path(patch, path = "/tasks/{task}", tag = "tasks", request_body = TaskChange,
    params(("task" = TaskKey, Path), ("If-Match" = String, Header, description = "the ETag this change was made on")),
    responses((status = 200, body = Task, headers(("ETag" = String))), (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<TaskKey>,
    IfMatch(version): IfMatch,
    Json(change): Json<TaskChange>,
) -> Result<impl IntoResponse> {
    let task = act::task::change(&app, &caller, &key, version, &change).await?;
    Ok((etag(task.version), Json(task)))
}

/// Link a task to a delta, or change what it does about it.
#[utoipa::path(put, path = "/tasks/{task}/deltas/{delta}", tag = "tasks", request_body = NewLink,
    params(("task" = TaskKey, Path), ("delta" = DeltaKey, Path)),
    responses((status = 200, body = Task, headers(("ETag" = String))), (status = 404, body = Problem)))]
async fn link(
    State(app): State<App>,
    caller: Caller,
    Path((key, delta)): Path<(TaskKey, DeltaKey)>,
    Json(new): Json<NewLink>,
) -> Result<impl IntoResponse> {
    let task = act::task::link(&app, &caller, &key, delta, new.relation).await?;
    Ok((etag(task.version), Json(task)))
}

/// Take a link away.
#[utoipa::path(delete, path = "/tasks/{task}/deltas/{delta}", tag = "tasks", params(("task" = TaskKey, Path), ("delta" = DeltaKey, Path)),
    responses((status = 200, body = Task, headers(("ETag" = String))), (status = 404, body = Problem)))]
async fn unlink(State(app): State<App>, caller: Caller, Path((key, delta)): Path<(TaskKey, DeltaKey)>) -> Result<impl IntoResponse> {
    let task = act::task::unlink(&app, &caller, &key, delta).await?;
    Ok((etag(task.version), Json(task)))
}

/// Move a task.
///
/// Below or above a card it takes the place beside that card in the organisation's order. A column with a hard limit takes no more than that: 409. A soft one is only shown.
#[utoipa::path(patch, path = "/tasks/{task}/placement", tag = "tasks", request_body = Placement,
    params(("task" = TaskKey, Path), ("If-Match" = String, Header, description = "the task's version")),
    responses((status = 200, body = Placed, headers(("ETag" = String))), (status = 409, body = Problem), (status = 412, body = Problem)))]
async fn place(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<TaskKey>,
    IfMatch(version): IfMatch,
    Json(to): Json<Placement>,
) -> Result<impl IntoResponse> {
    let placed = act::task::place(&app, &caller, &key, Some(version), &to).await?;
    Ok((etag(placed.version), Json(placed)))
}

/// Promise something about a task.
///
/// Each call is a line in its ledger. `If-Match` is taken when sent. `delivered` and `withdrawn` keep the target unless one is given.
#[utoipa::path(put, path = "/tasks/{task}/commitment", tag = "tasks", request_body = CommitmentChange,
    params(("task" = TaskKey, Path), ("If-Match" = Option<String>, Header, description = "The version that was loaded: where it is sent, it is heeded")),
    responses((status = 200, body = Task, headers(("ETag" = String))), (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn commit(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<TaskKey>,
    headers: HeaderMap,
    Json(change): Json<CommitmentChange>,
) -> Result<impl IntoResponse> {
    let version = IfMatch::given(&headers)?;
    let task = act::task::commit(&app, &caller, &key, version, &change).await?;
    Ok((etag(task.version), Json(task)))
}

/// Add an outside address to a task.
#[utoipa::path(post, path = "/tasks/{task}/references", tag = "tasks", request_body = NewReference, params(("task" = TaskKey, Path)),
    responses((status = 201, body = Task, headers(("ETag" = String))), (status = 422, body = Problem)))]
async fn add_reference(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<TaskKey>,
    Json(new): Json<NewReference>,
) -> Result<impl IntoResponse> {
    let task = act::task::add_reference(&app, &caller, &key, &new).await?;
    Ok((StatusCode::CREATED, etag(task.version), Json(task)))
}

/// Take an outside address away.
#[utoipa::path(delete, path = "/tasks/{task}/references/{reference}", tag = "tasks", params(("task" = TaskKey, Path)),
    responses((status = 200, body = Task, headers(("ETag" = String))), (status = 404, body = Problem)))]
async fn remove_reference(
    State(app): State<App>,
    caller: Caller,
    Path((key, reference)): Path<(TaskKey, Uuid)>,
) -> Result<impl IntoResponse> {
    let task = act::task::remove_reference(&app, &caller, &key, reference).await?;
    Ok((etag(task.version), Json(task)))
}
