//! Deltas: filing, reading, editing, revisions, visibility.

mod edit;
mod embargo;

use schema::{
    delta::{Format, Kind, TEXT_MAX, TITLE_MAX, Visibility, body_max},
    occurrence::NewOccurrence,
    place::{COMPONENTS_MAX, Rule},
};
use time::OffsetDateTime;
use uuid::Uuid;

pub use self::{
    edit::{edit, editor, invite, maintains, put_labels, put_labels_in, uninvite},
    embargo::{end_embargoes, put_embargo},
};
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{self, attachment::Thing, db::Tx, delta::Row, event::Event, search::Words},
};

/// A delta to file, with everything looked up and allowed.
#[derive(Clone, Debug)]
pub struct New {
    /// What sort of gap.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// What should be.
    pub desired: String,
    /// What is.
    pub actual: String,
    /// What else there is to know.
    pub body: String,
    /// Who files it.
    pub reporter: Uuid,
    /// Who may see it.
    pub visibility: Visibility,
    /// Different projects, with the components concerned.
    pub places: Vec<(Uuid, Vec<Uuid>)>,
}

/// Files a delta: its row, places, first revision, words and event. No permission is asked: filing, filing from a failure
/// group and an import have asked before.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, now: OffsetDateTime, new: New) -> Result<Row> {
    let New { kind, title, desired, actual, body, reporter, visibility, places } = new;
    let words = Words { title: &title, desired: &desired, actual: &actual, body: &body };
    let kept = store::delta::New { kind, title: &title, desired: &desired, actual: &actual, body: &body, reporter, visibility };
    let row = store::delta::insert(tx, now, &kept).await?;
    let of = store::place::Of { delta: row.id, number: row.number, open: true, impact: 0 };
    store::place::insert_first(tx, of, &places, now).await?;
    store::revision::insert(tx, row.id, 1, words, reporter, now).await?;
    store::search::insert(tx, row.number, visibility, words).await?;
    let project = places.first().map(|(project, _)| *project);
    tx.emit(Event { delta: Some(row.id), project, ..Event::new("delta.filed", now, Some(reporter)) }).await?;
    Ok(row)
}

/// Notes what is wrong with a delta's text.
pub(super) fn check(check: &mut Check, kind: Kind, words: Words<'_>) {
    check.text(words.title, "title", 1, TITLE_MAX);
    check.that(!words.title.contains(['\n', '\r']), "title", "must be one line");
    check.text(words.desired, "desired", 1, TEXT_MAX);
    check.text(words.actual, "actual", usize::from(kind != Kind::Spec), TEXT_MAX);
    check.text(words.body, "body", 0, body_max(kind));
}

/// A delta that was filed.
#[derive(Clone, Debug)]
pub struct Filed {
    /// The delta.
    pub row: Row,
    /// What recognises the crash it was filed with; empty where there is none.
    pub fingerprint: String,
}

/// Files a delta. Any signed-in person may, in any project. A stack trace in what is written is kept as the first occurrence where none
/// comes with it, unless that is not wanted.
///
/// # Errors
/// 401 for guests; 422 for wrong text, an unknown project or component.
pub async fn file(app: &App, caller: &Caller, new: schema::delta::New) -> Result<Filed> {
    let user = caller.actor()?;
    let mut wrong = Check::default();
    check(&mut wrong, new.kind, Words { title: &new.title, desired: &new.desired, actual: &new.actual, body: &new.body });
    wrong.that(new.components.len() <= COMPONENTS_MAX, "components", format!("at most {COMPONENTS_MAX} are taken"));
    let occurrence = new.occurrence.filter(|occurrence| !occurrence.is_empty());
    if let Some(occurrence) = &occurrence {
        super::occurrence::check(&mut wrong, occurrence, "occurrence.");
        wrong.that(new.kind == Kind::Crash, "occurrence", "goes only with a crash");
        wrong.that(occurrence.count.is_none_or(|count| count == 1), "occurrence.count", "must be 1");
    }
    wrong.done()?;
    let read = match &occurrence {
        Some(occurrence) => super::occurrence::read(&occurrence.trace).await?,
        None => None,
    };
    let read = match read {
        None if new.keep_trace && new.kind != Kind::Spec => super::occurrence::found(&new.actual, &new.body).await?.map(|found| found.read),
        read => read,
    };
    let occurrence = occurrence.or_else(|| read.is_some().then(NewOccurrence::default));
    let now = app.clock.now();
    // Before it is its turn to write: neither goes away again.
    let mut tx = app.db.read().await?;
    let project = store::project::find(&mut tx, &new.project).await.map_err(|error| {
        if error.kind() == crate::error::Kind::NotFound { Error::invalid("project", "there is no such project") } else { error }
    })?;
    let components = components(&mut tx, project.id, &new.components).await?;
    super::comment::not_too_often(app, &mut tx, caller, user, ("delta", "deltas"), now).await?;
    drop(tx);
    let mut tx = app.db.write().await?;
    let row = insert(
        &mut tx,
        now,
        New {
            kind: new.kind,
            title: new.title.trim().to_owned(),
            desired: new.desired,
            actual: new.actual,
            body: new.body,
            reporter: user.id,
            visibility: new.visibility,
            places: vec![(project.id, components)],
        },
    )
    .await?;
    // Filing is the proposal that silence consents to.
    if project.decision == Rule::Lazy {
        store::place::wait_at(&mut tx, row.id, project.id, now).await?;
    }
    if new.body_format != Format::Markdown {
        store::delta::put_format(&mut tx, row.id, row.revision, new.body_format).await?;
    }
    let texts = [row.desired.as_str(), &row.actual, &row.body];
    super::attachment::bind(app, &mut tx, user.id, Thing::Delta(row.id), &texts).await?;
    if let Some(occurrence) = &occurrence {
        super::occurrence::first(&mut tx, row.id, occurrence, read.as_ref().map(|read| &read.kept), user.id, now).await?;
    }
    tx.commit().await?;
    Ok(Filed { row, fingerprint: read.map(|read| read.kept.fingerprint).unwrap_or_default() })
}

/// The ids of a project's components.
///
/// # Errors
/// 422, naming those that it does not have.
pub(super) async fn components(tx: &mut Tx, project: Uuid, slugs: &[String]) -> Result<Vec<Uuid>> {
    if slugs.is_empty() {
        return Ok(Vec::new());
    }
    let known = store::project::components(tx, &[project]).await?;
    let mut wrong = Check::default();
    let mut ids = Vec::new();
    for (i, slug) in slugs.iter().enumerate() {
        match known.iter().find(|component| component.slug == *slug) {
            Some(component) if !ids.contains(&component.id) => ids.push(component.id),
            Some(_) => {}
            None => {
                wrong.that(false, &format!("components[{i}]"), format!("the project has no component “{slug}”"));
            }
        }
    }
    wrong.done()?;
    Ok(ids)
}
