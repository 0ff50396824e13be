//! Bringing in other trackers' records: many rows in few statements.

pub mod file;
mod insert;
mod part;
pub mod turn;
pub mod upload;

pub use self::{
    insert::{New, NewPlace, insert, release},
    part::{Part, Said, Vote, keep, kept, parts, voted, votes},
};

use std::collections::{BTreeSet, HashMap, HashSet};

use schema::delta::Visibility;
use sea_query::{Cond, Expr, ExprTrait, OnConflict, Query};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    db::{Dialect, Tx},
    delta, duplicate, impact,
    table::{Delta, DeltaLabel, Event, Org, Origin, Place, User},
};
use crate::{caller::Caller, clock, error::Result};

/// Rows of one statement: SQLite takes 32,766 values.
const ROWS: usize = 1000;

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
    /// When it last changed there, as far as it was said.
    pub updated_at: Option<OffsetDateTime>,
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
            [Origin::ExternalId, Origin::DeltaId, Origin::Digest, Origin::Words, Origin::Private, Origin::UpdatedAt]
                .map(|column| (Origin::Table, column)),
        )
        .columns([Delta::Number, Delta::Visibility].map(|column| (Delta::Table, column)))
        .from(Origin::Table)
        .inner_join(Delta::Table, Expr::col((Delta::Table, Delta::Id)).equals((Origin::Table, Origin::DeltaId)))
        .and_where(Expr::col(Origin::Source).eq(source))
        .and_where(Expr::col(Origin::ExternalId).is_in(external_ids.iter().copied()));
    Ok(tx.all::<Known>(&select).await?.into_iter().map(|known| (known.external_id.clone(), known)).collect())
}

/// Which of these deltas somebody's import must leave alone: those they may not see, and those without a place in the project.
///
/// # Errors
/// When the database does not answer.
pub async fn beyond(tx: &mut Tx, caller: &Caller, project: Uuid, deltas: &[Uuid]) -> Result<HashSet<Uuid>> {
    if deltas.is_empty() {
        return Ok(HashSet::new());
    }
    let mut select = Query::select();
    select
        .column((Delta::Table, Delta::Id))
        .from(Delta::Table)
        .and_where(Expr::col((Delta::Table, Delta::Id)).is_in(deltas.iter().copied()));
    let here = Query::select()
        .expr(Expr::val(1))
        .from(Place::Table)
        .and_where(Expr::col((Place::Table, Place::DeltaId)).equals((Delta::Table, Delta::Id)))
        .and_where(Expr::col((Place::Table, Place::ProjectId)).eq(project))
        .take();
    select.and_where(delta::is_there(here)).cond_where(delta::visible(caller));
    let open: HashSet<Uuid> = tx.all::<(Uuid,)>(&select).await?.into_iter().map(|(id,)| id).collect();
    Ok(deltas.iter().copied().filter(|delta| !open.contains(delta)).collect())
}

/// Which of these deltas count in another project, too: those with a place there, and those for which one with such a place stands.
///
/// # Errors
/// When the database does not answer.
pub async fn elsewhere(tx: &mut Tx, project: Uuid, deltas: &[Uuid]) -> Result<HashSet<Uuid>> {
    if deltas.is_empty() {
        return Ok(HashSet::new());
    }
    let of = |delta: Delta| Expr::col((Place::Table, Place::DeltaId)).equals((Delta::Table, delta));
    let mut select = Query::select();
    select
        .distinct()
        .column((Delta::Table, Delta::Id))
        .from(Delta::Table)
        .inner_join(Place::Table, Cond::any().add(of(Delta::Id)).add(of(Delta::DuplicateOf)))
        .and_where(Expr::col((Delta::Table, Delta::Id)).is_in(deltas.iter().copied()))
        .and_where(Expr::col((Place::Table, Place::ProjectId)).ne(project));
    Ok(tx.all::<(Uuid,)>(&select).await?.into_iter().map(|(id,)| id).collect())
}

/// Holds what an import of these records may change, until the transaction ends: the people who vote, then the deltas that are known with
/// those they count with, each in the order of their ids, as all do. Gives what is known of the records then.
///
/// # Errors
/// When the database does not answer.
pub async fn hold(
    tx: &mut Tx,
    source: &str,
    mut known: HashMap<String, Known>,
    changing: &[&str],
    people: BTreeSet<Uuid>,
) -> Result<HashMap<String, Known>> {
    // SQLite has one writer, who waits for nobody.
    if tx.dialect() == Dialect::Sqlite {
        return Ok(known);
    }
    let people: Vec<Uuid> = people.into_iter().collect();
    if !people.is_empty() {
        impact::lock_people(tx, people.iter().copied()).await?;
    }
    let deltas: Vec<Uuid> = changing.iter().filter_map(|id| known.get(*id)).map(|known| known.delta_id).collect();
    if !deltas.is_empty() {
        // Who comes back by a vote counts on others again that they voted on.
        let behind = impact::left_behind(tx, &people, &deltas).await?;
        duplicate::lock_groups(tx, &[deltas, behind].concat()).await?;
        // Another import may have changed them while this one waited.
        known.extend(self::known(tx, source, changing).await?);
    }
    Ok(known)
}

/// Notes what a record has become since.
///
/// # Errors
/// When the database does not answer.
pub async fn renew(
    tx: &mut Tx,
    source: &str,
    external_id: &str,
    seen: Seen,
    updated_at: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> Result<()> {
    let mut update = Query::update();
    update
        .table(Origin::Table)
        .value(Origin::Digest, seen.digest)
        .value(Origin::Words, seen.words)
        .value(Origin::Private, seen.private)
        .value(Origin::UpdatedAt, updated_at)
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
        .columns([Event::DeltaId, Event::Data])
        .from(Event::Table)
        .and_where(Expr::col(Event::DeltaId).is_in(deltas.iter().copied()))
        .and_where(Expr::col(Event::Kind).eq("delta.reopened"));
    let rows: Vec<(Uuid, sqlx::types::Json<serde_json::Value>)> = tx.all(&select).await?;
    Ok(rows.into_iter().filter(|(_, data)| data.0.get("imported").is_none()).map(|(delta, _)| delta).collect())
}

/// How a delta has ended, for the one question whether an import may still say so.
#[derive(Clone, Debug, FromRow)]
pub struct Ended {
    /// The delta.
    pub id: Uuid,
    /// How, while it has.
    pub resolution: Option<String>,
    /// Which other stands for it.
    pub duplicate_of: Option<Uuid>,
    /// The person who said so.
    pub resolved_by: Option<Uuid>,
}

/// How these deltas have ended, by id.
///
/// # Errors
/// When the database does not answer.
pub async fn ended(tx: &mut Tx, deltas: &[Uuid]) -> Result<HashMap<Uuid, Ended>> {
    let mut select = Query::select();
    select
        .columns([Delta::Id, Delta::Resolution, Delta::DuplicateOf, Delta::ResolvedBy])
        .from(Delta::Table)
        .and_where(Expr::col(Delta::Id).is_in(deltas.iter().copied()));
    Ok(tx.all::<Ended>(&select).await?.into_iter().map(|ended| (ended.id, ended)).collect())
}

/// Brings the consensus of a delta in a project up to what the record says, unless somebody here has decided; whether it did.
///
/// # Errors
/// When the database does not answer.
pub async fn consensus(tx: &mut Tx, delta: Uuid, place: &NewPlace, now: OffsetDateTime) -> Result<bool> {
    let mut update = Query::update();
    update
        .table(Place::Table)
        .value(Place::Consensus, place.consensus.as_str())
        .value(Place::Rationale, place.rationale.as_str())
        .value(Place::UpdatedAt, now)
        .value(Place::Version, Expr::col(Place::Version).add(1))
        .and_where(Expr::col(Place::DeltaId).eq(delta))
        .and_where(Expr::col(Place::ProjectId).eq(place.project))
        .and_where(Expr::col(Place::DecidedBy).is_null())
        .and_where(Expr::col(Place::DecidedAt).is_null())
        .and_where(Expr::col(Place::Consensus).ne(place.consensus.as_str()));
    Ok(tx.run(&update).await? > 0)
}

/// Adds labels to a delta; whether any was new.
///
/// # Errors
/// When the database does not answer.
pub async fn add_labels(tx: &mut Tx, delta: Uuid, labels: &[String]) -> Result<bool> {
    if labels.is_empty() {
        return Ok(false);
    }
    let mut insert = Query::insert();
    insert
        .into_table(DeltaLabel::Table)
        .columns([DeltaLabel::DeltaId, DeltaLabel::Label])
        .on_conflict(OnConflict::columns([DeltaLabel::DeltaId, DeltaLabel::Label]).do_nothing().to_owned());
    for label in labels {
        insert.values_panic([delta.into(), label.as_str().into()]);
    }
    Ok(tx.run(&insert).await? > 0)
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
    let mut found = HashMap::new();
    for some in people.chunks(ROWS) {
        found.extend(some_people(tx, some, now).await?);
    }
    Ok(found)
}

async fn some_people(tx: &mut Tx, people: &[(String, String)], now: OffsetDateTime) -> Result<HashMap<String, Uuid>> {
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
