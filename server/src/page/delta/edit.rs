//! The page to edit a delta's text.

use axum::{extract::State, response::Response};
use schema::{
    delta::{EditPage, Format, Kind as DeltaKind, Patch, Shown, Visibility},
    id::DeltaKey,
    route,
};
use serde::Deserialize;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Kind, Problem, Result},
    extract::{Form, Path},
    page, store,
};

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
        body_format: Some(row.body_format),
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
    #[serde(default)]
    body_format: Option<Format>,
    #[serde(default)]
    note: String,
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
        body_format: Some(filled.body_format.unwrap_or_else(|| Format::guess(&filled.body))),
        note: Some(filled.note.clone()),
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
                body_format: filled.body_format,
                note: filled.note,
                private: filled.visibility == Visibility::Private,
                ..Shown::default()
            };
            page::again(error, async |problem| show(&app, &caller, delta, filled.version, shown, Some(problem)).await).await
        }
    }
}
