//! Bringing in other trackers' records: many rows in few statements.

use std::collections::{HashMap, HashSet};

use schema::{
    delta::{Kind, Resolution, Visibility},
    place::Consensus,
};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::Tx,
    search::{self, Words},
    table::{Delta, DeltaLabel, Event, Org, Origin, Place, Revision, User},
};
use crate::{clock, error::Result};

/// What is known of an imported record.
#[derive(Clone, Debug, FromRow)]
pub struct Known {
    /// The record's id there.
    pub external_id: String,
    /// The delta it became.
    pub delta_id: Uuid,
    /// That delta's number.
    pub number: i64,
    /// Who may see it.
    #[sqlx(try_from = "String")]
    pub visibility: Visibility,
    /// What the record was.
    #[sqlx(flatten)]
    pub seen: Seen,
}

/// What an import saw of a record.
#[derive(Clone, Debug, FromRow)]
pub struct Seen {
    /// Of everything it says.
    pub digest: Vec<u8>,
    /// Of the words it gives its delta.
    pub words: Vec<u8>,
    /// Whether it was private there.
    pub private: bool,
}

/// Which of these records were imported before, by their id.
///
/// # Errors
/// When the database does not answer.
pub async fn known(tx: &mut Tx, source: &str, external_ids: &[&str]) -> Result<HashMap<String, Known>> {
    if external_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut select = Query::select();
    select
        .columns(
            [Origin::ExternalId, Origin::DeltaId, Origin::Digest, Origin::Words, Origin::Private].map(|column| (Origin::Table, column)),
        )
        .columns([Delta::Number, Delta::Visibility].map(|column| (Delta::Table, column)))
        .from(Origin::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Origin::Table, Origin::DeltaId)))
        .and_where(Expr::col(Origin::Source).eq(source))
        .and_where(Expr::col(Origin::ExternalId).is_in(external_ids.iter().copied()));
    Ok(tx.all::<Known>(&select).await?.into_iter().map(|known| (known.external_id.clone(), known)).collect())
}

/// Notes what a record has become since.
///
/// # Errors
/// When the database does not answer.
pub async fn renew(tx: &mut Tx, source: &str, external_id: &str, seen: Seen, now: OffsetDateTime) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Origin::Table)
        .value(Origin::Digest, seen.digest)
        .value(Origin::Words, seen.words)
        .value(Origin::Private, seen.private)
        .value(Origin::ImportedAt, now)
        .and_where(Expr::col(Origin::Source).eq(source))
        .and_where(Expr::col(Origin::ExternalId).eq(external_id));
    tx.run(&update).await.map(drop)
}

/// Which of these deltas people have opened again.
///
/// # Errors
/// When the database does not answer.
pub async fn reopened(tx: &mut Tx, deltas: &[Uuid]) -> Result<HashSet<Uuid>> {
    let mut select = Query::select();
    select
        .distinct()
        .column(Event::DeltaId)
        .from(Event::Table)
        .and_where(Expr::col(Event::DeltaId).is_in(deltas.iter().copied()))
        .and_where(Expr::col(Event::Kind).eq("delta.reopened"));
    Ok(tx.all::<(Uuid,)>(&select).await?.into_iter().map(|(delta,)| delta).collect())
}

/// Whether an organisation has ever done anything about a delta.
///
/// # Errors
/// When the database does not answer.
pub async fn dealt_with(tx: &mut Tx, org: &str, delta: i64) -> Result<bool> {
    let mut select = Query::select();
    select
        .column((Event::Table, Event::Id))
        .from(Event::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Event::Table, Event::DeltaId)))
        .inner_join(Org::Table, Expr::col((Org::Table, Org::Id)).equals((Event::Table, Event::OrgId)))
        .and_where(Expr::col((Delta::Table, Delta::Number)).eq(delta))
        .and_where(Expr::col((Org::Table, Org::Slug)).eq(org))
        .limit(1);
    Ok(tx.optional::<(Uuid,)>(&select).await?.is_some())
}

/// People who cannot sign in, by handle and shown name; made where they are missing. A handle that somebody signs in with is left
/// out: an import never speaks for them.
///
/// # Errors
/// When the database does not answer.
pub async fn people(tx: &mut Tx, people: &[(String, String)], now: OffsetDateTime) -> Result<HashMap<String, Uuid>> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let mut insert = Query::insert();
    insert
        .into_table(User::Table)
        .columns([User::Id, User::Name, User::DisplayName, User::IsAdmin, User::CreatedAt])
        .on_conflict(OnConflict::column(User::Name).do_nothing().to_owned());
    for (name, display_name) in people {
        insert.values_panic([clock::new_id().into(), name.as_str().into(), display_name.as_str().into(), false.into(), now.into()]);
    }
    tx.run(&insert).await?;
    let mut select = Query::select();
    select
        .columns([User::Name, User::Id])
        .from(User::Table)
        .and_where(Expr::col(User::Name).is_in(people.iter().map(|(name, _)| name.as_str())))
        .and_where(Expr::col(User::PasswordHash).is_null())
        .and_where(Expr::col(User::Email).is_null());
    Ok(tx.all::<(String, Uuid)>(&select).await?.into_iter().collect())
}

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
    /// When it ended.
    pub resolved_at: Option<OffsetDateTime>,
    /// When it was reported.
    pub created_at: OffsetDateTime,
    /// When it last changed.
    pub updated_at: OffsetDateTime,
    /// Its labels.
    pub labels: Vec<String>,
    /// Where it stands.
    pub places: Vec<NewPlace>,
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
}

/// Keeps new deltas with everything that belongs to them; gives their numbers by id.
///
/// # Errors
/// When the database does not answer, or a record is known already.
pub async fn insert(tx: &mut Tx, source: &str, new: &[New], now: OffsetDateTime) -> Result<HashMap<Uuid, i64>> {
    if new.is_empty() {
        return Ok(HashMap::new());
    }
    let numbers = deltas(tx, new).await?;
    places(tx, new, &numbers).await?;
    revisions(tx, new).await?;
    origins(tx, source, new, now).await?;
    labels(tx, new).await?;
    events(tx, source, new).await?;
    for delta in new {
        search::insert(tx, numbers.get(&delta.id).copied().unwrap_or_default(), delta.words()).await?;
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
            delta.resolved_at.into(),
            delta.created_at.into(),
            delta.updated_at.into(),
        ]);
    }
    insert.returning(Query::returning().columns([Delta::Id, Delta::Number]));
    Ok(tx.all::<(Uuid, i64)>(&insert).await?.into_iter().collect())
}

async fn places(tx: &mut Tx, new: &[New], numbers: &HashMap<Uuid, i64>) -> Result<()> {
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
    let mut components = Vec::new();
    for (delta, place) in new.iter().flat_map(|delta| delta.places.iter().map(move |place| (delta, place))) {
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
    super::place::insert_components(tx, &components).await
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
        ]);
    }
    tx.run(&insert).await.map(drop)
}

async fn labels(tx: &mut Tx, new: &[New]) -> Result<()> {
    let mut insert = Query::insert();
    insert
        .into_table(DeltaLabel::Table)
        .columns([DeltaLabel::DeltaId, DeltaLabel::Label])
        .on_conflict(OnConflict::columns([DeltaLabel::DeltaId, DeltaLabel::Label]).do_nothing().to_owned());
    let mut any = false;
    for (delta, label) in new.iter().flat_map(|delta| delta.labels.iter().map(move |label| (delta, label))) {
        insert.values_panic([delta.id.into(), label.as_str().into()]);
        any = true;
    }
    if any {
        tx.run(&insert).await?;
    }
    Ok(())
}

async fn events(tx: &mut Tx, source: &str, new: &[New]) -> Result<()> {
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
            serde_json::json!({ "imported": source, "url": delta.url }).into(),
        ]);
    }
    tx.run(&insert).await.map(drop)
}
