//! The page to file a delta.

use axum::{extract::State, response::Response};
use schema::{
    delta::{FilePage, Format, Kind, New, Shown, Similar, Visibility},
    list::SimilarQuery,
    route,
};
use serde::Deserialize;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Form, Query},
    page, store,
};

/// What a link to this page may fill in.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    kind: Option<Kind>,
    project: String,
    title: String,
    desired: String,
    actual: String,
    body: String,
    body_format: Option<Format>,
    components: String,
}

pub(super) async fn get(State(app): State<App>, caller: Caller, Query(asked): Query<Asked>) -> Result<Response> {
    let Asked { kind, project, title, desired, actual, body, body_format, components } = asked;
    let shown = Shown { kind, project, title, desired, actual, body, body_format, components, ..Shown::default() };
    show(&app, &caller, shown, Vec::new(), None).await
}

async fn show(app: &App, caller: &Caller, shown: Shown, similar: Vec<Similar>, refused: Option<Problem>) -> Result<Response> {
    caller.person()?;
    let mut tx = app.db.read().await?;
    let projects = store::project::names(&mut tx).await?;
    let shell = page::shell(&mut tx, caller, "File a delta", route::DELTA_NEW, true).await?;
    let view = FilePage { shown, projects, similar, refused };
    Ok(page::show(app, shell, || web::page::delta::file(view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filled {
    kind: Kind,
    project: String,
    title: String,
    #[serde(default)]
    desired: String,
    #[serde(default)]
    actual: String,
    #[serde(default)]
    body: String,
    /// None to have it worked out.
    #[serde(default)]
    body_format: Option<Format>,
    #[serde(default)]
    components: String,
    #[serde(default)]
    private: Option<String>,
    /// What is similar was shown: the page's second step, or the one who offers it while one types.
    #[serde(default)]
    seen: Option<String>,
}

pub(super) async fn post(State(app): State<App>, caller: Caller, Form(filled): Form<Filled>) -> Result<Response> {
    caller.actor()?;
    let Filled { kind, project, title, desired, actual, body, body_format, components, private, seen } = filled;
    let private = private.is_some();
    let shown = Shown { kind: Some(kind), project, title, desired, actual, body, body_format, components, private, ..Shown::default() };
    let result = async {
        if seen.is_none() {
            let text = schema::list::similar_text(&shown.desired, &shown.actual);
            // What is too long to be compared is refused by the filing itself, with the field's name.
            let title: String = shown.title.chars().take(schema::delta::TITLE_MAX).collect();
            let asked = SimilarQuery { title: Some(title), text: Some(text), project: Some(shown.project.clone()) };
            let similar = act::search::similar(&app, &caller, &asked).await?;
            if !similar.is_empty() {
                return Ok(Err(similar));
            }
        }
        let new = New {
            kind,
            project: shown.project.clone(),
            title: shown.title.clone(),
            desired: shown.desired.clone(),
            actual: shown.actual.clone(),
            body: shown.body.clone(),
            body_format: shown.body_format.unwrap_or_else(|| Format::guess(&shown.body)),
            components: super::list(&shown.components),
            visibility: if private { Visibility::Private } else { Visibility::Public },
        };
        act::delta::file(&app, &caller, new).await.map(Ok)
    };
    match result.await {
        Ok(Ok(row)) => {
            Ok(page::lead(&route::delta(row.key()), "It is filed. If it affects you, say how hard: that is what its impact is made of."))
        }
        Ok(Err(similar)) => show(&app, &caller, shown, similar, None).await,
        Err(error) => page::again(error, async |problem| show(&app, &caller, shown, Vec::new(), Some(problem)).await).await,
    }
}
