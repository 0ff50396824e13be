//! The pages to edit a delta's text and to read its revisions.

use axum::{extract::State, response::Response};
use schema::{
    delta::{EditPage, Kind as DeltaKind, Patch, RevisionsPage, Shown, Visibility},
    id::DeltaKey,
    list::Window,
    route,
};
use serde::Deserialize;

use crate::{
    act,
    app::App,
    caller::Caller,
    diff,
    error::{Error, Kind, Problem, Result},
    extract::{Form, Path, Query},
    page, store,
};

/// Revisions on one page.
const REVISIONS: usize = 10;

pub(super) async fn get(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    drop(tx);
    show(&app, &caller, delta, row.version, kept(row), None).await
}

/// A delta as its form shows it.
fn kept(row: store::delta::Row) -> Shown {
    Shown {
        kind: Some(row.kind),
        title: row.title,
        desired: row.desired,
        actual: row.actual,
        body: row.body,
        private: row.visibility == Visibility::Private,
        ..Shown::default()
    }
}

async fn show(app: &App, caller: &Caller, key: DeltaKey, version: i64, shown: Shown, refused: Option<Problem>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, caller, key).await?;
    act::delta::editor(&mut tx, caller, &row).await?;
    let shell = page::shell(&mut tx, caller, &format!("Edit {key}"), &route::delta(key), false).await?;
    // What others saved meanwhile stands beside what was typed; sent once more, it takes the place of theirs.
    let stale = refused.as_ref().is_some_and(|problem| problem.status == Kind::Stale.status());
    let (version, theirs) = if stale { (row.version, Some(kept(row))) } else { (version, None) };
    let view = EditPage { key: key.to_string(), version, shown, theirs, refused };
    Ok(page::show(app, shell, || web::page::delta::edit(view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filled {
    version: i64,
    kind: DeltaKind,
    title: String,
    #[serde(default)]
    desired: String,
    #[serde(default)]
    actual: String,
    #[serde(default)]
    body: String,
    visibility: Visibility,
}

pub(super) async fn post(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Form(filled): Form<Filled>,
) -> Result<Response> {
    // A form sends line ends as two characters, which would make every edit a change of the whole text.
    let text = |text: &str| text.replace("\r\n", "\n");
    let patch = Patch {
        kind: Some(filled.kind),
        title: Some(filled.title.clone()),
        desired: Some(text(&filled.desired)),
        actual: Some(text(&filled.actual)),
        body: Some(text(&filled.body)),
        visibility: Some(filled.visibility),
    };
    match act::delta::edit(&app, &caller, delta, filled.version, patch).await {
        Ok(()) => Ok(page::lead(&route::delta(delta), "Saved.")),
        Err(error) => {
            let shown = Shown {
                kind: Some(filled.kind),
                title: filled.title,
                desired: filled.desired,
                actual: filled.actual,
                body: filled.body,
                private: filled.visibility == Visibility::Private,
                ..Shown::default()
            };
            page::again(error, async |problem| show(&app, &caller, delta, filled.version, shown, Some(problem)).await).await
        }
    }
}

pub(super) async fn revisions(
    State(app): State<App>,
    caller: Caller,
    Path(delta): Path<DeltaKey>,
    Query(window): Query<Window>,
) -> Result<Response> {
    let before = match window.cursor.as_deref().map(str::parse) {
        Some(Err(_)) => return Err(Error::invalid("cursor", "is not a cursor of this list")),
        Some(Ok(number)) => Some(number),
        None => None,
    };
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    // One more than is shown: what the last one shown is compared with.
    let found = store::revision::of(&mut tx, row.id, before, REVISIONS as i64 + 1).await?;
    let shell = page::shell(&mut tx, &caller, &format!("Revisions of {delta}"), &route::delta(delta), false).await?;
    drop(tx);
    let next = (found.len() > REVISIONS).then(|| found[REVISIONS - 1].number.to_string());
    let mut revisions = Vec::new();
    for (i, revision) in found.iter().take(REVISIONS).enumerate() {
        let changes = found.get(i + 1).map_or_else(Vec::new, |old| {
            [
                ("Title", &old.title, &revision.title),
                ("Desired", &old.desired, &revision.desired),
                ("Actual", &old.actual, &revision.actual),
                ("More", &old.body, &revision.body),
            ]
            .into_iter()
            .map(|(name, old, new)| (name, diff::words(old, new)))
            .filter(|(_, pieces)| !pieces.is_empty())
            .collect()
        });
        revisions.push((revision.clone(), changes));
    }
    let view = RevisionsPage { key: delta.to_string(), title: row.title, revisions, next, now: app.clock.now() };
    Ok(page::show(&app, shell, || web::page::delta::revisions(view)))
}
