//! Where records belong: projects, components, releases.

use schema::{id::is_slug, segment::EVERYONE};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Import, draft};
use crate::{
    clock,
    error::{Kind, Result},
    ingest::tracker::{Place, Record},
    store::{self, db::Tx, event::Event, import::NewPlace},
};

/// Most places of a delta.
const PLACES_MAX: usize = 50;
/// Most components of a place.
const COMPONENTS_MAX: usize = schema::place::COMPONENTS_MAX;

/// The name of the release that is to have a record, as far as it can be one.
pub(super) fn release_name(record: &Record) -> Option<String> {
    record.release.as_deref().map(str::trim).filter(|name| !name.is_empty() && name.chars().count() <= 64).map(str::to_owned)
}

impl Import<'_> {
    /// The places of a record; why it can have none.
    pub(super) async fn places(
        &mut self,
        tx: &mut Tx,
        record: &Record,
        now: OffsetDateTime,
    ) -> Result<std::result::Result<Vec<NewPlace>, String>> {
        let mut wanted: Vec<(String, Option<&Place>)> = Vec::new();
        for place in &record.places {
            match self.slug(tx, place).await? {
                Ok(slug) => wanted.push((slug, Some(place))),
                Err(reason) => return Ok(Err(reason)),
            }
        }
        if wanted.is_empty() {
            match self.options.project.clone() {
                Some(project) => wanted.push((project, None)),
                None => return Ok(Err("names no project: say which with --project".to_owned())),
            }
        }
        if wanted.len() > PLACES_MAX {
            self.report.miss("projects beyond the fiftieth of a record", &record.name);
            wanted.truncate(PLACES_MAX);
        }
        for (slug, _) in &wanted {
            if self.project(tx, slug, now).await?.is_none() {
                return Ok(Err(format!("there is no project {slug}: make it, or use --create-projects")));
            }
        }
        let mut places: Vec<NewPlace> = Vec::new();
        for (slug, place) in wanted {
            let Some(project) = self.project(tx, &slug, now).await? else { continue };
            let mut components = Vec::new();
            for component in place.iter().flat_map(|place| &place.components).filter(|component| is_slug(component)).take(COMPONENTS_MAX) {
                components.push(self.component(tx, project, component).await?);
            }
            let consensus = place.map_or(schema::place::Consensus::Proposed, |place| place.consensus);
            let rationale = place.map(|place| draft::cut(&place.rationale, 200)).unwrap_or_default();
            match places.iter_mut().find(|known| known.project == project) {
                Some(known) => known.components.extend(components),
                None => places.push(NewPlace { project, components, consensus, rationale }),
            }
        }
        for place in &mut places {
            place.components.sort();
            place.components.dedup();
            place.components.truncate(COMPONENTS_MAX);
        }
        Ok(Ok(places))
    }

    /// Which project of ours a place is in: as the map says, else of the same name where that is here or may be made, else the one
    /// that is given for all others.
    async fn slug(&mut self, tx: &mut Tx, place: &Place) -> Result<std::result::Result<String, String>> {
        let given = self.options.project.clone();
        if let Some(slug) = self.options.projects.get(&place.name).or_else(|| self.options.projects.get(&place.slug)) {
            return Ok(Ok(slug.clone()));
        }
        if self.options.only || place.slug.is_empty() {
            return Ok(given.ok_or_else(|| "names no project: say which with --project".to_owned()));
        }
        let makes = self.options.create_projects && is_slug(&place.slug);
        if makes || given.is_none() || self.there(tx, &place.slug).await? {
            return Ok(Ok(place.slug.clone()));
        }
        Ok(Ok(given.unwrap_or_default()))
    }

    async fn there(&mut self, tx: &mut Tx, slug: &str) -> Result<bool> {
        if self.projects.contains_key(slug) {
            return Ok(true);
        }
        match store::project::find(tx, slug).await {
            Ok(row) => {
                self.projects.insert(slug.to_owned(), row.id);
                Ok(true)
            }
            Err(error) if error.kind() == Kind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The project of a slug, made if that is asked for.
    async fn project(&mut self, tx: &mut Tx, slug: &str, now: OffsetDateTime) -> Result<Option<Uuid>> {
        if self.there(tx, slug).await? {
            return Ok(self.projects.get(slug).copied());
        }
        if !self.options.create_projects || !is_slug(slug) {
            return Ok(None);
        }
        self.report.projects += 1;
        let id = match self.options.dry_run {
            true => clock::new_id(),
            false => {
                let row = store::project::insert(tx, slug, slug, "", now).await?;
                store::segment::put(tx, row.id, EVERYONE, "Everyone", "All users of this project.", true).await?;
                store::project::add_maintainer(tx, row.id, self.user, now).await?;
                tx.emit(Event { project: Some(row.id), ..Event::new("project.created", now, Some(self.user)) }).await?;
                row.id
            }
        };
        self.projects.insert(slug.to_owned(), id);
        Ok(Some(id))
    }

    async fn component(&mut self, tx: &mut Tx, project: Uuid, slug: &str) -> Result<Uuid> {
        let key = (project, slug.to_owned());
        if let Some(id) = self.components.get(&key) {
            return Ok(*id);
        }
        for component in store::project::components(tx, &[project]).await? {
            self.components.insert((project, component.slug), component.id);
        }
        if let Some(id) = self.components.get(&key) {
            return Ok(*id);
        }
        let id = match self.options.dry_run {
            true => clock::new_id(),
            false => store::project::put_component(tx, project, slug, slug).await?,
        };
        self.components.insert(key, id);
        Ok(id)
    }

    /// Makes the release that a record names in its projects, as one to come.
    pub(super) async fn release(&mut self, tx: &mut Tx, record: &Record, places: &[NewPlace]) -> Result<()> {
        let Some(name) = release_name(record) else {
            if let Some(name) = &record.release {
                self.report.miss("milestones whose name is too long for a release", name);
            }
            return Ok(());
        };
        for place in places {
            if self.releases.insert((place.project, name.clone())) && !self.options.dry_run {
                store::import::release(tx, place.project, &name).await?;
            }
        }
        Ok(())
    }
}
