//! The page to file a delta.

use axum::{extract::State, response::Response};
use schema::{
    delta::{FilePage, Format, Kind, New, Shown, Visibility},
    id::DeltaKey,
    list::{Similar, SimilarQuery},
    occurrence::NewOccurrence,
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
    version: String,
    platform: String,
}

pub(super) async fn get(State(app): State<App>, caller: Caller, Query(asked): Query<Asked>) -> Result<Response> {
    let Asked { kind, project, title, desired, actual, body, body_format, components, version, platform } = asked;
    let shown = Shown { kind, project, title, desired, actual, body, body_format, components, version, platform, ..Shown::default() };
    show(&app, &caller, shown, Similar::default(), None).await
}

async fn show(app: &App, caller: &Caller, shown: Shown, similar: Similar, refused: Option<Problem>) -> Result<Response> {
    caller.person()?;
    let mut tx = app.db.read().await?;
    let projects = store::project::names(&mut tx).await?;
    let shell = page::shell(&mut tx, caller, "File a delta", route::DELTA_NEW, true).await?;
    let view = FilePage { shown, projects, similar: similar.items, crashes: similar.crashes, refused };
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
    #[serde(default)]
    trace: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    platform: String,
    /// The delta that the occurrence is to be added to, in place of filing one.
    #[serde(default)]
    into: Option<DeltaKey>,
    /// The same crash was shown: the page's second step.
    #[serde(default)]
    known: Option<String>,
    /// What is similar was shown: the page's second step, or the one who offers it while one types.
    #[serde(default)]
    seen: Option<String>,
}

impl Filled {
    /// What was filled in, for the form once more.
    fn shown(self) -> Shown {
        Shown {
            kind: Some(self.kind),
            project: self.project,
            title: self.title,
            desired: self.desired,
            actual: self.actual,
            body: self.body,
            body_format: self.body_format,
            components: self.components,
            private: self.private.is_some(),
            trace: self.trace,
            version: self.version,
            platform: self.platform,
            ..Shown::default()
        }
    }
}

pub(super) async fn post(State(app): State<App>, caller: Caller, Form(filled): Form<Filled>) -> Result<Response> {
    caller.actor()?;
    let (kind, into, known, seen) = (filled.kind, filled.into, filled.known.is_some(), filled.seen.is_some());
    let shown = filled.shown();
    let (trace, version, platform) = (shown.trace.clone(), shown.version.clone(), shown.platform.clone());
    let occurrence = NewOccurrence { trace, version, platform, ..NewOccurrence::default() };
    if let Some(into) = into {
        return match act::occurrence::add(&app, &caller, into, occurrence).await {
            Ok(_) => Ok(page::lead(
                &format!("{}#crashes", route::delta(into)),
                "Your occurrence is added here. If it affects you, say how hard.",
            )),
            Err(error) => page::again(error, async |problem| show(&app, &caller, shown, Similar::default(), Some(problem)).await).await,
        };
    }
    let occurrence = Some(occurrence).filter(|occurrence| kind == Kind::Crash && !occurrence.is_empty());
    let result = async {
        // A trace is looked for also where the similar were shown while one typed: there only words are compared.
        let traced = !known && occurrence.as_ref().is_some_and(|occurrence| !occurrence.trace.trim().is_empty());
        if !seen || traced {
            let trace = if traced { shown.trace.as_str() } else { "" };
            let text = format!("{trace}\n{}", schema::list::similar_text(&shown.desired, &shown.actual));
            // What is too long to be compared is refused by the filing itself, with the field's name.
            let title: String = shown.title.chars().take(schema::delta::TITLE_MAX).collect();
            let asked = SimilarQuery { title: Some(title), text: Some(text), project: Some(shown.project.clone()) };
            let similar = act::search::similar(&app, &caller, &asked).await?;
            let same = similar.crashes.iter().any(|crash| crash.same);
            if same || (!seen && !similar.items.is_empty()) {
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
            visibility: if shown.private { Visibility::Private } else { Visibility::Public },
            occurrence,
        };
        act::delta::file(&app, &caller, new).await.map(Ok)
    };
    match result.await {
        Ok(Ok(row)) => {
            Ok(page::lead(&route::delta(row.key()), "It is filed. If it affects you, say how hard: that is what its impact is made of."))
        }
        Ok(Err(similar)) => show(&app, &caller, shown, similar, None).await,
        Err(error) => page::again(error, async |problem| show(&app, &caller, shown, Similar::default(), Some(problem)).await).await,
    }
}
