//! The page to file a delta.

use axum::{extract::State, response::Response};
use schema::{
    delta::{FilePage, Format, InText, Kind, New, Shown, Visibility},
    id::DeltaKey,
    list::{Similar, SimilarQuery},
    occurrence::NewOccurrence,
    route,
};
use serde::Deserialize;

use crate::{
    act::{self, occurrence::Found},
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Form, Query},
    page, store,
};

/// Characters of a trace that are compared while a delta is being filed.
const TRACE_COMPARED: usize = 60_000;

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
    show(&app, &caller, shown, Again::default()).await
}

async fn show(app: &App, caller: &Caller, shown: Shown, again: Again) -> Result<Response> {
    let Again { similar, found, refused } = again;
    caller.person()?;
    let mut tx = app.db.read().await?;
    let projects = store::project::names(&mut tx).await?;
    let shell = page::shell(&mut tx, caller, "File a delta", route::DELTA_NEW, true).await?;
    let view = FilePage { shown, projects, similar: similar.items, crashes: similar.crashes, found, refused };
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
    /// It was told that a trace stands in the text: the page's second step.
    #[serde(default)]
    told: Option<String>,
    /// That trace is to be kept.
    #[serde(default)]
    keep_trace: Option<String>,
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

/// What stands in the form after it was refused or needs a second step.
#[derive(Default)]
struct Again {
    similar: Similar,
    found: Option<InText>,
    refused: Option<Problem>,
}

/// The trace that stands in what was written, where a bug or crash comes without one.
async fn in_text(shown: &Shown) -> Result<Option<Found>> {
    match shown.kind {
        Some(Kind::Bug | Kind::Crash) if shown.trace.trim().is_empty() => act::occurrence::found(&shown.actual, &shown.body).await,
        _ => Ok(None),
    }
}

pub(super) async fn post(State(app): State<App>, caller: Caller, Form(filled): Form<Filled>) -> Result<Response> {
    caller.actor()?;
    let (into, known, seen, told) = (filled.into, filled.known.is_some(), filled.seen.is_some(), filled.told.is_some());
    let keep = !told || filled.keep_trace.is_some();
    let shown = filled.shown();
    let found = in_text(&shown).await?;
    let in_text = found.as_ref().map(|found| InText { language: found.language(), field: found.field, keep });
    let found = found.filter(|_| keep);
    let (trace, version, platform) = (shown.trace.clone(), shown.version.clone(), shown.platform.clone());
    let occurrence = NewOccurrence { trace, version, platform, ..NewOccurrence::default() };
    if let Some(into) = into {
        let trace = found.map_or(occurrence.trace, |found| found.read.kept.text);
        return match act::occurrence::add(&app, &caller, into, NewOccurrence { trace, ..occurrence }).await {
            Ok(_) => Ok(page::lead(
                &format!("{}#crashes", route::delta(into)),
                "Your occurrence is added here. If it affects you, say how hard.",
            )),
            Err(error) => {
                page::again(error, async |problem| {
                    show(&app, &caller, shown, Again { found: in_text, refused: Some(problem), ..Again::default() }).await
                })
                .await
            }
        };
    }
    let result = async {
        // A trace is looked for also where the similar were shown while one typed: there only words are compared. One that was found in the
        // text is told of first.
        let looked = found.as_ref().map_or(shown.trace.as_str(), |found| found.read.kept.text.as_str());
        let traced = !known && !looked.trim().is_empty() && (found.is_some() || shown.kind == Some(Kind::Crash));
        let tell = in_text.is_some() && !told;
        if !seen || traced || tell {
            let similar = similar(&app, &caller, &shown, if traced { looked } else { "" }, found.as_ref()).await?;
            let same = !known && similar.crashes.iter().any(|crash| crash.same);
            if same || tell || (!seen && !similar.items.is_empty()) {
                return Ok(Err(similar));
            }
        }
        act::delta::file(&app, &caller, new(&shown, occurrence, keep)).await.map(Ok)
    };
    match result.await {
        Ok(Ok(filed)) => Ok(page::lead(
            &route::delta(filed.row.key()),
            "It is filed. If it affects you, say how hard: that is what its impact is made of.",
        )),
        Ok(Err(similar)) => show(&app, &caller, shown, Again { similar, found: in_text, refused: None }).await,
        Err(error) => {
            page::again(error, async |problem| {
                show(&app, &caller, shown, Again { found: in_text, refused: Some(problem), ..Again::default() }).await
            })
            .await
        }
    }
}

/// Deltas like what was sent, and with a crash like this trace.
async fn similar(app: &App, caller: &Caller, shown: &Shown, trace: &str, found: Option<&Found>) -> Result<Similar> {
    let trace: String = trace.chars().take(TRACE_COMPARED).collect();
    // What was found in the text is not compared twice.
    let actual = found.map_or_else(|| shown.actual.clone(), |found| shown.actual.replacen(&found.passage, "", 1));
    let text = format!("{trace}\n{}", schema::list::similar_text(&shown.desired, &actual));
    // What is too long to be compared is refused by the filing itself, with the field's name.
    let title: String = shown.title.chars().take(schema::delta::TITLE_MAX).collect();
    let asked = SimilarQuery { title: Some(title), text: Some(text), project: Some(shown.project.clone()) };
    act::search::similar(app, caller, &asked).await
}

/// What is filed.
fn new(shown: &Shown, occurrence: NewOccurrence, keep_trace: bool) -> New {
    let kind = shown.kind.unwrap_or(Kind::Bug);
    New {
        kind,
        project: shown.project.clone(),
        title: shown.title.clone(),
        desired: shown.desired.clone(),
        actual: shown.actual.clone(),
        body: shown.body.clone(),
        body_format: shown.body_format.unwrap_or_else(|| Format::guess(&shown.body)),
        components: super::list(&shown.components),
        visibility: if shown.private { Visibility::Private } else { Visibility::Public },
        occurrence: Some(occurrence).filter(|occurrence| kind == Kind::Crash && !occurrence.is_empty()),
        keep_trace,
    }
}
