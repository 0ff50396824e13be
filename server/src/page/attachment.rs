//! Files, brought and taken away by forms, and read.

use axum::{
    Router,
    body::Bytes,
    extract::{
        DefaultBodyLimit, Multipart, State,
        multipart::{Field, MultipartError},
    },
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use futures_util::{Stream, StreamExt, stream};
use schema::{
    id::{DeltaKey, TaskKey},
    route,
};
use serde::Deserialize;
use uuid::Uuid;

use super::delta::{BUTTON, done};
use crate::{
    act::{self, attachment::For},
    api,
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::{Form, Path},
    page,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::DELTA_ATTACHMENTS, post(to_delta))
        .route(route::TASK_ATTACHMENTS, post(to_task))
        // What a file may have is counted as it comes.
        .layer(DefaultBodyLimit::disable())
        .route(route::ATTACHMENT, get(read))
        .route(route::ATTACHMENT_REMOVE, post(remove))
}

/// Most files of one form.
const FILES: usize = 10;

/// Most bytes of a refused form that are read all the same.
const DRAINED: usize = 256 << 20;

/// Takes the files of a form, one after the other; gives how many there were.
async fn take(app: &App, caller: &Caller, to: For, form: Result<Multipart, axum::extract::multipart::MultipartRejection>) -> Result<usize> {
    // Who may not is told so before their files are read.
    act::attachment::welcome(app, caller, &to).await?;
    let mut form = form.map_err(|_| Error::new(Kind::UnsupportedMedia, "Send a form with files, as Content-Type: multipart/form-data."))?;
    let taken = each(app, caller, &to, &mut form).await;
    if taken.is_err() {
        drain(&mut form).await;
    }
    taken
}

/// Reads what is left of a refused form, within bounds: a browser reads the answer only once it has sent everything.
pub(super) async fn drain(form: &mut Multipart) {
    let mut left = DRAINED;
    while let Ok(Some(mut field)) = form.next_field().await {
        while let Ok(Some(part)) = field.chunk().await {
            left = left.saturating_sub(part.len());
            if left == 0 {
                return;
            }
        }
    }
}

/// The bytes of a field whose first ones are read already.
pub(super) fn bytes(first: Bytes, field: &mut Field<'_>) -> impl Stream<Item = Result<Bytes, MultipartError>> + Send {
    let rest = stream::unfold(field, |field| async move {
        match field.chunk().await {
            Ok(Some(part)) => Some((Ok(part), field)),
            Ok(None) => None,
            Err(error) => Some((Err(error), field)),
        }
    });
    stream::iter([Ok(first)]).chain(rest)
}

async fn each(app: &App, caller: &Caller, to: &For, form: &mut Multipart) -> Result<usize> {
    let broken = |_| Error::new(Kind::Malformed, "The form broke off before its end. What is listed was kept.");
    let mut count = 0;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let Some(name) = field.file_name().map(str::to_owned) else { continue };
        if count == FILES {
            return Err(Error::new(Kind::TooLarge, format!("A form takes at most {FILES} files. The first {FILES} were kept.")));
        }
        // A browser sends a field without a file as one without name and bytes.
        let first = field.chunk().await.map_err(broken)?.unwrap_or_default();
        if name.is_empty() && first.is_empty() {
            continue;
        }
        act::attachment::upload(app, caller, to.clone(), &name, std::pin::pin!(bytes(first, &mut field))).await?;
        count += 1;
    }
    if count == 0 { Err(Error::invalid("file", "choose one")) } else { Ok(count) }
}

fn said(count: usize) -> &'static str {
    if count == 1 { "The file is there." } else { "The files are there." }
}

async fn to_delta(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Response> {
    let taken = take(&app, &caller, For::Delta(delta), form).await;
    let count = taken.as_ref().copied().unwrap_or_default();
    done(&app, &caller, delta, taken.map(drop), said(count), ("file", Vec::new())).await
}

async fn to_task(
    State(app): State<App>,
    caller: Caller,
    Path(task): Path<TaskKey>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Response> {
    let taken = take(&app, &caller, For::Task(task.clone()), form).await;
    let said = taken.map(|count| said(count).to_owned());
    page::task::end(&app, &caller, &task, said, ("file", Vec::new())).await
}

async fn read(State(app): State<App>, caller: Caller, Path((id, _)): Path<(Uuid, String)>, headers: HeaderMap) -> Result<Response> {
    api::attachment::serve(&app, &caller, id, &headers).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Back {
    /// The delta or task whose page follows.
    back: String,
}

async fn remove(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>, Form(filled): Form<Back>) -> Result<Response> {
    let result = act::attachment::remove(&app, &caller, id).await;
    match (filled.back.parse::<DeltaKey>(), filled.back.parse::<TaskKey>()) {
        (Ok(delta), _) => done(&app, &caller, delta, result.map(drop), "The file is gone.", BUTTON).await,
        (_, Ok(task)) => page::task::end(&app, &caller, &task, result.map(|_| "The file is gone.".to_owned()), BUTTON).await,
        _ => Err(Error::invalid("back", "must be a delta or a task")),
    }
}
