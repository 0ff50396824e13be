//! New deltas with everything that belongs to them.

use std::collections::HashMap;

use schema::{
    delta::{Kind, Resolution, Visibility},
    import::Tracker,
    place::Consensus,
};
use sea_query::{OnConflict, Query};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{ROWS, Seen};
use crate::{
    clock,
    error::Result,
    store::{
        db::Tx,
        occurrence::{self, Traced},
        search::{self, Words},
        table::{Delta, DeltaLabel, Event, Origin, Place, Release, Revision},
    },
};

/// A record as the delta it becomes.
#[derive(Clone, Debug)]
pub struct New {
    /// The delta.
    pub id: Uuid,
    /// The record's id there.
    pub external_id: String,
    /// Where people read it there.
    pub url: String,
    /// What the record is.
    pub seen: Seen,
    /// What sort of gap.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// What should be.
    pub desired: String,
    /// What is.
    pub actual: String,
    /// Where it came from.
    pub body: String,
    /// Who reported it.
    pub reporter: Uuid,
    /// Who may see it.
    pub visibility: Visibility,
    /// How it ended; never `duplicate` yet.
    pub resolution: Option<Resolution>,
    /// Why.
    pub reason: String,
    /// The release that has it.
    pub release: Option<String>,
    /// When it ended.
    pub resolved_at: Option<OffsetDateTime>,
    /// When it was reported.
    pub created_at: OffsetDateTime,
    /// When it last changed.
    pub updated_at: OffsetDateTime,
    /// When it last changed there, as far as it was said.
    pub changed_at: Option<OffsetDateTime>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Where it stands.
    pub places: Vec<NewPlace>,
    /// The stack trace in its words: its first occurrence.
    pub trace: Option<Traced>,
}

/// Where an imported delta stands.
#[derive(Clone, Debug)]
pub struct NewPlace {
    /// The project.
    pub project: Uuid,
    /// Its components.
    pub components: Vec<Uuid>,
    /// What the project said.
    pub consensus: Consensus,
    /// In which words.
    pub rationale: String,
}

impl New {
    fn words(&self) -> Words<'_> {
        Words { title: &self.title, desired: &self.desired, actual: &self.actual, body: &self.body }
    }

    fn seen_first(&self) -> Option<occurrence::New<'_>> {
        Some(occurrence::New {
            delta: self.id,
            trace: Some(self.trace.as_ref()?),
            version: "",
            platform: "",
            environment: "",
            count: 1,
            reporter: Some(self.reporter),
            project: None,
            at: self.created_at,
        })
    }
}

/// Keeps new deltas with everything that belongs to them; gives their numbers by id. The source tells whose records they are, and nobody but
/// imports reads it; people are told the tracker.
///
/// # Errors
/// When the database does not answer, or a record is known already.
pub async fn insert(tx: &mut Tx, (source, tracker): (&str, Tracker), new: &[New], now: OffsetDateTime) -> Result<HashMap<Uuid, i64>> {
    if new.is_empty() {
        return Ok(HashMap::new());
    }
    let numbers = deltas(tx, new).await?;
    places(tx, new, &numbers).await?;
    revisions(tx, new).await?;
    origins(tx, source, new, now).await?;
    labels(tx, new).await?;
    events(tx, tracker, new).await?;
    let seen = new.iter().filter_map(New::seen_first).collect::<Vec<_>>();
    occurrence::insert_first(tx, &seen).await?;
    for delta in new {
        search::insert(tx, numbers.get(&delta.id).copied().unwrap_or_default(), delta.visibility, delta.words()).await?;
    }
    Ok(numbers)
}

async fn deltas(tx: &mut Tx, new: &[New]) -> Result<HashMap<Uuid, i64>> {
    let mut insert = Query::insert();
    insert.into_table(Delta::Table).columns([
        Delta::Id,
        Delta::Kind,
        Delta::Title,
        Delta::Desired,
        Delta::Actual,
        Delta::Body,
        Delta::ReporterId,
        Delta::Visibility,
        Delta::Open,
        Delta::Resolution,
        Delta::ResolutionReason,
        Delta::ResolutionRelease,
        Delta::ResolvedAt,
        Delta::CreatedAt,
        Delta::UpdatedAt,
    ]);
    for delta in new {
        insert.values_panic([
            delta.id.into(),
            delta.kind.as_str().into(),
            delta.title.as_str().into(),
            delta.desired.as_str().into(),
            delta.actual.as_str().into(),
            delta.body.as_str().into(),
            delta.reporter.into(),
            delta.visibility.as_str().into(),
            delta.resolution.is_none().into(),
            delta.resolution.map(|resolution| resolution.as_str().to_owned()).into(),
            delta.reason.as_str().into(),
            delta.release.clone().into(),
            delta.resolved_at.into(),
            delta.created_at.into(),
            delta.updated_at.into(),
        ]);
    }
    insert.returning(Query::returning().columns([Delta::Id, Delta::Number]));
    Ok(tx.all::<(Uuid, i64)>(&insert).await?.into_iter().collect())
}

async fn places(tx: &mut Tx, new: &[New], numbers: &HashMap<Uuid, i64>) -> Result<()> {
    let mut components = Vec::new();
    let rows: Vec<(&New, &NewPlace)> = new.iter().flat_map(|delta| delta.places.iter().map(move |place| (delta, place))).collect();
    for some in rows.chunks(ROWS) {
        let mut insert = Query::insert();
        insert.into_table(Place::Table).columns([
            Place::Id,
            Place::DeltaId,
            Place::ProjectId,
            Place::Consensus,
            Place::Rationale,
            Place::Number,
            Place::Open,
            Place::Impact,
            Place::UpdatedAt,
        ]);
        for (delta, place) in some {
            let id = clock::new_id();
            insert.values_panic([
                id.into(),
                delta.id.into(),
                place.project.into(),
                place.consensus.as_str().into(),
                place.rationale.as_str().into(),
                numbers.get(&delta.id).copied().unwrap_or_default().into(),
                delta.resolution.is_none().into(),
                0_i64.into(),
                delta.updated_at.into(),
            ]);
            components.extend(place.components.iter().map(|component| (id, *component)));
        }
        tx.run(&insert).await?;
    }
    for some in components.chunks(ROWS) {
        crate::store::place::insert_components(tx, some).await?;
    }
    Ok(())
}

async fn revisions(tx: &mut Tx, new: &[New]) -> Result<()> {
    let mut insert = Query::insert();
    insert.into_table(Revision::Table).columns([
        Revision::DeltaId,
        Revision::Number,
        Revision::Title,
        Revision::Desired,
        Revision::Actual,
        Revision::Body,
        Revision::AuthorId,
        Revision::At,
    ]);
    for delta in new {
        insert.values_panic([
            delta.id.into(),
            1_i64.into(),
            delta.title.as_str().into(),
            delta.desired.as_str().into(),
            delta.actual.as_str().into(),
            delta.body.as_str().into(),
            delta.reporter.into(),
            delta.created_at.into(),
        ]);
    }
    tx.run(&insert).await.map(drop)
}

async fn origins(tx: &mut Tx, source: &str, new: &[New], now: OffsetDateTime) -> Result<()> {
    let mut insert = Query::insert();
    insert.into_table(Origin::Table).columns([
        Origin::Source,
        Origin::ExternalId,
        Origin::DeltaId,
        Origin::Url,
        Origin::Digest,
        Origin::ImportedAt,
        Origin::Words,
        Origin::Private,
        Origin::UpdatedAt,
    ]);
    for delta in new {
        insert.values_panic([
            source.into(),
            delta.external_id.as_str().into(),
            delta.id.into(),
            delta.url.as_str().into(),
            delta.seen.digest.clone().into(),
            now.into(),
            delta.seen.words.clone().into(),
            delta.seen.private.into(),
            delta.changed_at.into(),
        ]);
    }
    tx.run(&insert).await.map(drop)
}

async fn labels(tx: &mut Tx, new: &[New]) -> Result<()> {
    let rows: Vec<(Uuid, &str)> = new.iter().flat_map(|delta| delta.labels.iter().map(move |label| (delta.id, label.as_str()))).collect();
    for some in rows.chunks(ROWS) {
        let mut insert = Query::insert();
        insert
            .into_table(DeltaLabel::Table)
            .columns([DeltaLabel::DeltaId, DeltaLabel::Label])
            .on_conflict(OnConflict::columns([DeltaLabel::DeltaId, DeltaLabel::Label]).do_nothing().to_owned());
        for (delta, label) in some {
            insert.values_panic([(*delta).into(), (*label).into()]);
        }
        tx.run(&insert).await?;
    }
    Ok(())
}

async fn events(tx: &mut Tx, tracker: Tracker, new: &[New]) -> Result<()> {
    let mut insert = Query::insert();
    insert.into_table(Event::Table).columns([
        Event::Id,
        Event::At,
        Event::Kind,
        Event::ActorId,
        Event::ProjectId,
        Event::DeltaId,
        Event::Data,
    ]);
    for delta in new {
        insert.values_panic([
            clock::new_id().into(),
            delta.created_at.into(),
            "delta.filed".into(),
            delta.reporter.into(),
            delta.places.first().map(|place| place.project).into(),
            delta.id.into(),
            serde_json::json!({ "imported": tracker, "url": delta.url }).into(),
        ]);
    }
    tx.run(&insert).await.map(drop)
}

/// Makes a release that is to come, where there is none of this name.
///
/// # Errors
/// When the database does not answer.
pub async fn release(tx: &mut Tx, project: Uuid, name: &str) -> Result<()> {
    let mut insert = Query::insert();
    insert
        .into_table(Release::Table)
        .columns([Release::Id, Release::ProjectId, Release::Name])
        .values_panic([clock::new_id().into(), project.into(), name.into()])
        .on_conflict(OnConflict::columns([Release::ProjectId, Release::Name]).do_nothing().to_owned());
    tx.later(&insert).await
}
