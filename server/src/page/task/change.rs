//! What the forms on a task's page do. What is refused is said on the page as it is now, with what was typed.

use axum::{extract::State, response::Response};
use schema::{
    id::{DeltaKey, TaskKey},
    problem::Refused,
    route,
    task::{Commitment, CommitmentChange, NewReference, Placement, ReferenceKind, Relation, TaskChange},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{again, lead},
    maybe, page, texts, words as listed,
};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::{Form, Path},
};

/// One of the page's forms, as it was sent: its name, and what was typed into its fields.
type Sent = (&'static str, Vec<(&'static str, String)>);

/// A button that is a form by itself: nothing is typed there.
const BUTTON: Sent = ("button", Vec::new());

/// Leads on with a sentence, or shows the page again with what was typed and the refusal.
pub(in crate::page) async fn end(app: &App, caller: &Caller, key: &TaskKey, done: Result<String>, (form, typed): Sent) -> Result<Response> {
    match done {
        Ok(said) => Ok(lead(&route::task(key), &said)),
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict | Kind::Stale | Kind::TooLarge | Kind::UnsupportedMedia) => {
            again(error, async |problem| page(app, caller, key, Some(Refused { form, typed, problem })).await).await
        }
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    version: i64,
    title: String,
    #[serde(default)]
    body: String,
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
    blocked_by: String,
}

pub(super) async fn words(State(app): State<App>, caller: Caller, Path(key): Path<TaskKey>, Form(form): Form<Words>) -> Result<Response> {
    let done = async {
        let blocked_by: Result<Vec<TaskKey>, _> = listed(&form.blocked_by).map(str::parse).collect();
        let change = TaskChange {
            title: Some(form.title.clone()),
            body: Some(form.body.replace("\r\n", "\n")),
            priority: maybe(&form.priority, "priority")?,
            assignees: Some(listed(&form.assignees).map(|name| name.trim_start_matches('@').to_owned()).collect()),
            labels: Some(texts(&form.labels)),
            blocked_by: Some(blocked_by.map_err(|error| Error::invalid("blocked_by", error.to_string()))?),
            estimate: Some(maybe(&form.estimate, "estimate")?),
            due: Some(maybe(&form.due, "due")?),
        };
        act::task::change(&app, &caller, &key, form.version, &change).await.map(|_| "Saved.".to_owned())
    };
    let done = done.await;
    let Words { title, body, priority, assignees, labels, estimate, due, blocked_by, .. } = form;
    let typed = vec![
        ("title", title),
        ("body", body),
        ("priority", priority),
        ("assignees", assignees),
        ("labels", labels),
        ("estimate", estimate),
        ("due", due),
        ("blocked_by", blocked_by),
    ];
    end(&app, &caller, &key, done, ("edit", typed)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    version: i64,
    /// `board/column`.
    column: String,
    #[serde(default)]
    after: String,
}

pub(super) async fn place(State(app): State<App>, caller: Caller, Path(key): Path<TaskKey>, Form(form): Form<Place>) -> Result<Response> {
    let done = async {
        let (board, column) = form.column.split_once('/').ok_or_else(|| Error::invalid("column", "is none of these"))?;
        let to = Placement { board: Some(board.to_owned()), column: column.to_owned(), after: maybe(&form.after, "after")?, before: None };
        let placed = act::task::place(&app, &caller, &key, Some(form.version), &to).await?;
        super::stands(&app, &caller, &placed.key).await
    };
    let done = done.await;
    end(&app, &caller, &key, done, ("place", vec![("column", form.column), ("after", form.after)])).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Promise {
    version: Option<i64>,
    state: Commitment,
    #[serde(default)]
    target_release: String,
    #[serde(default)]
    target_date: String,
    #[serde(default)]
    note: String,
}

pub(super) async fn commit(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<TaskKey>,
    Form(form): Form<Promise>,
) -> Result<Response> {
    let done = async {
        let release = form.target_release.trim();
        let target_release = (!release.is_empty()).then(|| release.to_owned());
        let target_date = maybe(&form.target_date, "target_date")?;
        let change = CommitmentChange { state: form.state, target_release, target_date, note: form.note.clone() };
        act::task::commit(&app, &caller, &key, form.version, &change).await.map(|_| "The promise is in the ledger.".to_owned())
    };
    let done = done.await;
    let Promise { state, target_release, target_date, note, .. } = form;
    let typed = vec![("state", state.to_string()), ("target_release", target_release), ("target_date", target_date), ("note", note)];
    end(&app, &caller, &key, done, ("promise", typed)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    delta: String,
    relation: Relation,
}

pub(super) async fn link(State(app): State<App>, caller: Caller, Path(key): Path<TaskKey>, Form(form): Form<Link>) -> Result<Response> {
    let done = async {
        let delta: DeltaKey = form.delta.trim().parse().map_err(|error: schema::id::BadKey| Error::invalid("delta", error.to_string()))?;
        let linked = act::task::link(&app, &caller, &key, delta, form.relation).await;
        // The task is there; what is not is the delta that was typed.
        let linked = linked.map_err(|error| if error.kind() == Kind::NotFound { Error::invalid("delta", error.detail()) } else { error });
        linked.map(|_| format!("Linked to {delta}."))
    };
    let done = done.await;
    end(&app, &caller, &key, done, ("link", vec![("delta", form.delta), ("relation", form.relation.to_string())])).await
}

pub(super) async fn unlink(State(app): State<App>, caller: Caller, Path((key, delta)): Path<(TaskKey, DeltaKey)>) -> Result<Response> {
    let done = act::task::unlink(&app, &caller, &key, delta).await.map(|_| format!("{delta} is not linked any more."));
    end(&app, &caller, &key, done, BUTTON).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Address {
    kind: ReferenceKind,
    url: String,
    #[serde(default)]
    title: String,
}

pub(super) async fn add_reference(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<TaskKey>,
    Form(form): Form<Address>,
) -> Result<Response> {
    let new = NewReference { kind: form.kind, url: form.url.trim().to_owned(), title: form.title.clone() };
    let done = act::task::add_reference(&app, &caller, &key, &new).await.map(|_| "Added.".to_owned());
    let typed = vec![("kind", form.kind.to_string()), ("url", form.url), ("title", form.title)];
    end(&app, &caller, &key, done, ("reference", typed)).await
}

pub(super) async fn remove_reference(State(app): State<App>, caller: Caller, Path((key, id)): Path<(TaskKey, Uuid)>) -> Result<Response> {
    let done = act::task::remove_reference(&app, &caller, &key, id).await.map(|_| "Removed.".to_owned());
    end(&app, &caller, &key, done, BUTTON).await
}
