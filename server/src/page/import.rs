//! Imports of other trackers' records: the form that brings a file, and the page of what becomes of it.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Multipart, State, multipart::MultipartRejection},
    http::{HeaderValue, header},
    response::Response,
    routing::{get, post},
};
use schema::{
    import::{Import, ImportPage, ImportsPage, New, Tracker},
    list::Window,
    problem::Refused,
    route,
    user::Role,
};
use serde::Deserialize;
use uuid::Uuid;

use super::attachment::{bytes, drain};
use crate::{
    act::import::upload,
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::{Form, Path, Query},
    page,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::IMPORTS, get(list).post(bring))
        // What a file may have is counted as it comes.
        .layer(DefaultBodyLimit::disable())
        .route(route::IMPORT, get(one))
        .route(route::IMPORT_START, post(start))
        .route(route::IMPORT_CANCEL, post(cancel))
}

/// Most bytes of a field that is no file.
const FIELD: usize = 1000;

async fn list(State(app): State<App>, caller: Caller, Path(project): Path<String>, Query(window): Query<Window>) -> Result<Response> {
    show(&app, &caller, &project, &window, None).await
}

async fn show(app: &App, caller: &Caller, project: &str, window: &Window, refused: Option<Refused>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let (row, imports) = upload::list(&mut tx, caller, project, window).await?;
    let shell = page::shell(&mut tx, caller, &format!("Imports into {}", row.name), &route::project(&row.slug), false).await?;
    let own = caller.orgs.iter().filter(|member| matches!(member.role, Role::Member | Role::Owner));
    let orgs = own.map(|member| (member.slug.clone(), member.name.clone())).collect();
    let waits = imports.items.iter().any(|import| !import.ended()) && refused.is_none();
    let view = ImportsPage { project: row.slug, name: row.name, imports, orgs, most: upload::most(app), refused, now: app.clock.now() };
    Ok(again(page::show(app, shell, || web::page::import::imports(view)), waits))
}

/// Has a page shown again until nothing waits; without script, too.
fn again(mut response: Response, waits: bool) -> Response {
    if waits {
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("2"));
    }
    response
}

/// The form's fields before its file, as they were typed.
#[derive(Clone, Debug, Default)]
struct Filled {
    tracker: String,
    org: String,
    url: String,
    dry_run: bool,
}

impl Filled {
    fn typed(&self) -> Vec<(&'static str, String)> {
        let dry_run = if self.dry_run { "true" } else { "" };
        vec![("tracker", self.tracker.clone()), ("org", self.org.clone()), ("url", self.url.clone()), ("dry_run", dry_run.to_owned())]
    }

    fn asked(&self, name: String) -> Result<New> {
        let tracker: Tracker = self.tracker.parse().map_err(|error| Error::invalid("tracker", format!("{error}")))?;
        let org = Some(self.org.clone()).filter(|org| !org.is_empty());
        Ok(New { tracker, name, dry_run: self.dry_run, org, url: self.url.trim().to_owned() })
    }
}

async fn bring(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response> {
    // Who may not is told so before their file is read.
    upload::welcome(&app, &caller, &project).await?;
    let mut form =
        form.map_err(|_| Error::new(Kind::UnsupportedMedia, "Send a form with a file, as Content-Type: multipart/form-data."))?;
    let mut filled = Filled::default();
    let taken = take(&app, &caller, &project, &mut form, &mut filled).await;
    match taken {
        Ok(import) => Ok(page::lead(&route::import(&project, import.id), "The file is there.")),
        Err(error) => {
            drain(&mut form).await;
            page::again(error, async |problem| {
                let refused = Refused { form: "import", typed: filled.typed(), problem };
                show(&app, &caller, &project, &Window::default(), Some(refused)).await
            })
            .await
        }
    }
}

/// Takes the fields of the form, and its file, which is the last of them.
async fn take(app: &App, caller: &Caller, project: &str, form: &mut Multipart, filled: &mut Filled) -> Result<Import> {
    let broken = |_| Error::new(Kind::Malformed, "The form broke off before its end. Nothing was kept.");
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let Some(file) = field.file_name().map(str::to_owned) else {
            let name = field.name().unwrap_or_default().to_owned();
            let mut text = Vec::new();
            while let Some(part) = field.chunk().await.map_err(broken)? {
                text.extend_from_slice(&part);
                if text.len() > FIELD {
                    return Err(Error::invalid(name, "is too long"));
                }
            }
            let text = String::from_utf8(text).map_err(|_| Error::invalid(name.clone(), "must be a text"))?;
            match name.as_str() {
                "tracker" => filled.tracker = text,
                "org" => filled.org = text,
                "url" => filled.url = text,
                "dry_run" => filled.dry_run = text == "true",
                _ => return Err(Error::invalid(name, "is no field of this form")),
            }
            continue;
        };
        // A browser sends a field without a file as one without name and bytes.
        let first = field.chunk().await.map_err(broken)?.unwrap_or_default();
        if file.is_empty() && first.is_empty() {
            break;
        }
        let new = filled.asked(file)?;
        return upload::bring(app, caller, project, new, std::pin::pin!(bytes(first, &mut field))).await;
    }
    Err(Error::invalid("file", "choose one"))
}

async fn one(State(app): State<App>, caller: Caller, Path((project, import)): Path<(String, Uuid)>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let (row, import) = upload::read(&mut tx, &caller, &project, import).await?;
    let shell = page::shell(&mut tx, &caller, &format!("Import of {}", import.file), &route::project(&row.slug), false).await?;
    let waits = !import.ended();
    let view = ImportPage { import, name: row.name, now: app.clock.now() };
    Ok(again(page::show(&app, shell, || web::page::import::import(view)), waits))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn start(
    State(app): State<App>,
    caller: Caller,
    Path((project, import)): Path<(String, Uuid)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response> {
    let started = upload::start(&app, &caller, &project, import).await?;
    Ok(page::lead(&route::import(&project, started.id), "It is being brought in."))
}

async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path((project, import)): Path<(String, Uuid)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response> {
    upload::cancel(&app, &caller, &project, import).await?;
    Ok(page::lead(&route::import(&project, import), "It is cancelled."))
}
