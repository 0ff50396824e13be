//! Bringing in other trackers' records. An operator's act, from the command line: no permission is asked.

mod draft;
mod finish;
mod report;

use std::collections::{BTreeSet, HashMap, HashSet};

use schema::{
    delta::Visibility,
    id::{DeltaKey, is_slug},
    segment::EVERYONE,
    task::{Commitment, Priority},
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

pub use report::{Loss, Report};

use crate::{
    app::App,
    caller::{Caller, Via, Who},
    clock,
    error::{Error, Kind, Result},
    ingest::launchpad::{self, Bug, Position, Work},
    store::{
        self,
        db::Tx,
        delta::{Edit, Row},
        event::Event,
        import::{Known, New, NewPlace, Seen},
        place::Of,
        search::Words,
    },
};

/// Where the records come from.
pub const SOURCE: &str = "launchpad";
/// Records of one transaction.
pub const BATCH: usize = 200;

/// How records are brought in.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The project of records that name none.
    pub project: Option<String>,
    /// Whether projects that are missing are made.
    pub create_projects: bool,
    /// Which organisation a Launchpad team or target is here.
    pub orgs: HashMap<String, String>,
}

/// A record on its way in, with where it stands.
type Placed = (String, Position, Bug);

/// A task to write down for an organisation.
struct Wanted {
    delta: DeltaKey,
    org: String,
    title: String,
    priority: Priority,
    commitment: Commitment,
}

/// An import on its way. Push records, then [`finish`](Import::finish).
pub struct Import<'a> {
    app: &'a App,
    options: Options,
    user: Uuid,
    report: Report,
    waiting: Vec<Placed>,
    ids: HashSet<String>,
    projects: HashMap<String, Uuid>,
    components: HashMap<(Uuid, String), Uuid>,
    duplicates: Vec<(String, String)>,
    work: Vec<Wanted>,
}

impl<'a> Import<'a> {
    /// An import by a person, who maintains the projects it makes.
    ///
    /// # Errors
    /// When there is no such person, or a mapped organisation is not there.
    pub async fn new(app: &'a App, user: &str, options: Options) -> Result<Self> {
        let mut tx = app.db.read().await?;
        let row = store::user::by_name(&mut tx, user).await?.ok_or_else(|| Error::start(format!("there is no person {user}")))?;
        let who = store::user::who(&mut tx, row.id).await?.ok_or_else(Error::unauthenticated)?;
        let caller = Caller::new(Who { via: Via::Session, ..who });
        for org in options.orgs.values().collect::<BTreeSet<_>>() {
            store::org::find(&mut tx, &caller, org).await.map_err(|error| match error.kind() {
                Kind::NotFound => Error::start(format!("there is no organisation {org}, or {user} may not see it")),
                _ => error,
            })?;
        }
        Ok(Self {
            app,
            options,
            user: row.id,
            report: Report::default(),
            waiting: Vec::with_capacity(BATCH),
            ids: HashSet::new(),
            projects: HashMap::new(),
            components: HashMap::new(),
            duplicates: Vec::new(),
            work: Vec::new(),
        })
    }

    /// Takes a record of a file; every 200 are kept together.
    ///
    /// # Errors
    /// When the database does not answer: what was kept before stays.
    pub async fn push(&mut self, file: &str, position: Position, bug: Bug) -> Result<()> {
        if self.waiting.len() >= BATCH || self.ids.contains(&bug.external_id) {
            self.flush().await?;
        }
        self.ids.insert(bug.external_id.clone());
        self.waiting.push((file.to_owned(), position, bug));
        Ok(())
    }

    /// Notes a record that could not be read.
    pub fn bad(&mut self, file: &str, bad: &launchpad::BadRecord) {
        self.report.bad.push(format!("{file}: {bad}"));
    }

    /// What has happened so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    async fn flush(&mut self) -> Result<()> {
        let batch = std::mem::take(&mut self.waiting);
        self.ids.clear();
        if batch.is_empty() {
            return Ok(());
        }
        let now = self.app.clock.now();
        let mut tx = self.app.db.write().await?;
        let ids: Vec<&str> = batch.iter().map(|(_, _, bug)| bug.external_id.as_str()).collect();
        let known = store::import::known(&mut tx, SOURCE, &ids).await?;
        let reporters = draft::reporters(batch.iter().map(|(_, _, bug)| bug));
        let people = store::import::people(&mut tx, &reporters, now).await?;
        let (mut fresh, mut work, mut numbers) = (Vec::new(), Vec::new(), HashMap::new());
        for (file, position, bug) in batch {
            let digest = clock::digest(draft::canonical(&bug));
            let reporter = bug.reporter.as_deref().and_then(|name| people.get(&draft::handle(name))).copied();
            match known.get(&bug.external_id) {
                // Noted also where nothing changed: what it needs may not have been there before, or that import was cut off.
                Some(known) => {
                    match known.seen.digest == digest || !bug.complete {
                        true => self.report.unchanged += 1,
                        false => self.revise(&mut tx, known, &bug, digest, reporter, now).await?,
                    }
                    self.note_duplicate(&bug);
                    if known.visibility == Visibility::Public && !bug.private {
                        work.extend(self.wanted(&bug).map(|wanted| (known.delta_id, draft::title(&bug), wanted)));
                        numbers.insert(known.delta_id, known.number);
                    }
                }
                None => match self.places(&mut tx, &bug, now).await? {
                    Ok(places) => {
                        let delta = self.delta(&bug, digest, reporter, places, now);
                        match bug.private {
                            // A task is seen by others than its delta: its title would tell.
                            true => self.report.losses.private += self.wanted(&bug).count(),
                            false => work.extend(self.wanted(&bug).map(|wanted| (delta.id, delta.title.clone(), wanted))),
                        }
                        self.report.losses.count(&bug, &self.options);
                        self.note_duplicate(&bug);
                        fresh.push(delta);
                    }
                    Err(reason) => self.report.bad.push(format!("{file}: {position}: {reason}")),
                },
            }
        }
        numbers.extend(store::import::insert(&mut tx, SOURCE, &fresh, now).await?);
        tx.commit().await?;
        self.report.added += fresh.len();
        self.work.extend(work.into_iter().filter_map(|(id, title, (org, (priority, commitment)))| {
            let delta = DeltaKey(*numbers.get(&id)?);
            Some(Wanted { delta, org, title, priority, commitment })
        }));
        Ok(())
    }

    fn note_duplicate(&mut self, bug: &Bug) {
        self.duplicates.extend(bug.duplicate_of.clone().map(|of| (bug.external_id.clone(), of)));
    }

    /// The organisations that the record says work on it, with the priority and the promise of each: who works on it intends to, who
    /// has it done has kept its word but for the release.
    fn wanted(&self, bug: &Bug) -> impl Iterator<Item = (String, (Priority, Commitment))> + use<> {
        let mut found: Vec<(String, (Priority, Commitment))> = Vec::new();
        for task in &bug.tasks {
            let commitment = match launchpad::work(task.status) {
                Work::Doing => Commitment::Intended,
                Work::Done => Commitment::Committed,
                _ => continue,
            };
            let of = |name: &str| self.options.orgs.get(name).cloned();
            let target = task.target.as_ref();
            let by_target = || target.and_then(|target| target.component.as_deref().and_then(of).or_else(|| of(&target.project)));
            if let Some(org) = task.assignee.as_deref().and_then(of).or_else(by_target)
                && found.iter().all(|(known, _)| *known != org)
            {
                found.push((org, (task.importance.priority(), commitment)));
            }
        }
        found.into_iter()
    }

    fn delta(&self, bug: &Bug, digest: Vec<u8>, reporter: Option<Uuid>, places: Vec<NewPlace>, now: OffsetDateTime) -> New {
        let created_at = draft::micros(bug.created_at.unwrap_or(now));
        let updated_at = draft::micros(bug.updated_at.unwrap_or(created_at)).max(created_at);
        // What it duplicates may come later: until then it stands as its tasks say.
        let alone = Bug { duplicate_of: None, ..bug.clone() };
        let resolution = launchpad::resolution(&alone);
        let closed = bug.tasks.iter().filter_map(|task| task.closed_at).max().map(draft::micros);
        let (title, actual, body) = (draft::title(bug), draft::actual(bug), draft::body(bug));
        let words = draft::words(Words { title: &title, desired: draft::DESIRED, actual: &actual, body: &body });
        New {
            id: clock::new_id(),
            external_id: bug.external_id.clone(),
            url: bug.url.clone(),
            seen: Seen { digest, words, private: bug.private },
            kind: draft::kind(bug),
            title,
            desired: draft::DESIRED.to_owned(),
            actual,
            body,
            reporter: reporter.unwrap_or(self.user),
            visibility: if bug.private { Visibility::Private } else { Visibility::Public },
            resolution,
            reason: resolution.map(|_| "As Launchpad had it.".to_owned()).unwrap_or_default(),
            resolved_at: resolution.map(|_| closed.unwrap_or(updated_at)),
            created_at,
            updated_at,
            labels: draft::labels(bug),
            places,
        }
    }

    /// The places of a record; why it can have none.
    async fn places(&mut self, tx: &mut Tx, bug: &Bug, now: OffsetDateTime) -> Result<std::result::Result<Vec<NewPlace>, String>> {
        let mut places = Vec::new();
        let named = bug.places();
        let default = self.options.project.clone();
        let wanted: Vec<(String, Vec<String>, Option<launchpad::Status>)> = match (named.is_empty(), default) {
            (false, _) => named
                .into_iter()
                .map(|(project, components, task)| {
                    (project.to_owned(), components.into_iter().map(str::to_owned).collect(), Some(task.status))
                })
                .collect(),
            (true, Some(project)) => vec![(project, Vec::new(), bug.tasks.first().map(|task| task.status))],
            (true, None) => return Ok(Err("names no project: say which with --project".to_owned())),
        };
        for (slug, _, _) in &wanted {
            if self.project(tx, slug, now).await?.is_none() {
                return Ok(Err(format!("there is no project {slug}: make it, or use --create-projects")));
            }
        }
        for (slug, components, status) in wanted {
            let Some(project) = self.project(tx, &slug, now).await? else { continue };
            let mut ids = Vec::new();
            for component in components.into_iter().filter(|component| is_slug(component)) {
                ids.push(self.component(tx, project, component).await?);
            }
            places.push(NewPlace {
                project,
                components: ids,
                consensus: status.map_or(schema::place::Consensus::Proposed, launchpad::consensus),
                rationale: status.map(|status| format!("Launchpad: {status:?}")).unwrap_or_default(),
            });
        }
        Ok(Ok(places))
    }

    /// The project of a slug, made if that is asked for.
    async fn project(&mut self, tx: &mut Tx, slug: &str, now: OffsetDateTime) -> Result<Option<Uuid>> {
        if let Some(id) = self.projects.get(slug) {
            return Ok(Some(*id));
        }
        let id = match store::project::find(tx, slug).await {
            Ok(row) => row.id,
            Err(error) if error.kind() == Kind::NotFound && self.options.create_projects && is_slug(slug) => {
                let row = store::project::insert(tx, slug, slug, "", now).await?;
                store::segment::put(tx, row.id, EVERYONE, "Everyone", "All users of this project.", true).await?;
                store::project::add_maintainer(tx, row.id, self.user, now).await?;
                tx.emit(Event { project: Some(row.id), ..Event::new("project.created", now, Some(self.user)) }).await?;
                self.report.projects += 1;
                row.id
            }
            Err(error) if error.kind() == Kind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        self.projects.insert(slug.to_owned(), id);
        Ok(Some(id))
    }

    async fn component(&mut self, tx: &mut Tx, project: Uuid, slug: String) -> Result<Uuid> {
        if let Some(id) = self.components.get(&(project, slug.clone())) {
            return Ok(*id);
        }
        for component in store::project::components(tx, &[project]).await? {
            self.components.insert((project, component.slug), component.id);
        }
        if let Some(id) = self.components.get(&(project, slug.clone())) {
            return Ok(*id);
        }
        let id = store::project::put_component(tx, project, &slug, &slug).await?;
        self.components.insert((project, slug), id);
        Ok(id)
    }

    /// Brings a known delta's text up to what the record says now, as a new revision, unless people have changed it since; hides it
    /// where the record was hidden since; and adds the places that it names besides. Everything else about it is people's by now.
    async fn revise(
        &mut self,
        tx: &mut Tx,
        known: &Known,
        bug: &Bug,
        digest: Vec<u8>,
        reporter: Option<Uuid>,
        now: OffsetDateTime,
    ) -> Result<()> {
        let row = store::delta::lock(tx, known.delta_id).await?;
        let (title, actual, body) = (draft::title(bug), draft::actual(bug), draft::body(bug));
        let old = Words { title: &row.title, desired: &row.desired, actual: &row.actual, body: &row.body };
        let new = Words { title: &title, actual: &actual, body: &body, ..old };
        let seen = Seen { digest, words: draft::words(new), private: bug.private };
        let (said, ours) = (seen.words != known.seen.words, draft::words(old) == known.seen.words);
        let hide = bug.private && !known.seen.private && row.visibility == Visibility::Public;
        store::import::renew(tx, SOURCE, &bug.external_id, seen, now).await?;
        self.report.losses.words += usize::from(said && !ours);
        let placed = self.place(tx, &row, bug, now).await?;
        let revised = said && ours;
        if !revised && !hide {
            let count = if placed { &mut self.report.changed } else { &mut self.report.unchanged };
            *count += 1;
            return Ok(());
        }
        let (words, revision) = if revised { (new, row.revision + 1) } else { (old, row.revision) };
        let visibility = if hide { Visibility::Private } else { row.visibility };
        store::delta::edit(tx, &row, row.version, now, &Edit { kind: row.kind, visibility, words, revision }).await?;
        let event = |kind| Event { delta: Some(row.id), ..Event::new(kind, now, Some(self.user)) };
        if revised {
            store::revision::insert(tx, row.id, revision, words, reporter.unwrap_or(self.user), now).await?;
            store::search::put(tx, row.number, words).await?;
            tx.emit(event("delta.edited").with(json!({ "imported": SOURCE, "revision": revision }))).await?;
        }
        if hide {
            store::failure::reconsider(tx, row.id).await?;
            tx.emit(event("delta.visibility").with(json!({ "imported": SOURCE, "to": visibility }))).await?;
        }
        self.report.changed += 1;
        Ok(())
    }

    /// Puts a known delta into the projects that its record names and it is not in; whether there were any. A record that names none says
    /// nothing about where it belongs.
    async fn place(&mut self, tx: &mut Tx, row: &Row, bug: &Bug, now: OffsetDateTime) -> Result<bool> {
        if bug.places().is_empty() {
            return Ok(false);
        }
        let Ok(named) = self.places(tx, bug, now).await? else { return Ok(false) };
        let here: Vec<Uuid> = store::place::all(tx, row.id).await?.into_iter().map(|place| place.project_id).collect();
        let missing: Vec<NewPlace> = named.into_iter().filter(|place| !here.contains(&place.project)).collect();
        let of = Of { delta: row.id, number: row.number, open: row.open, impact: row.impact };
        for place in &missing {
            store::place::insert(tx, of, &[(place.project, place.components.clone())], now).await?;
            let event = Event::new("place.added", now, Some(self.user)).with(json!({ "imported": SOURCE }));
            tx.emit(Event { delta: Some(row.id), project: Some(place.project), ..event }).await?;
        }
        if !missing.is_empty() {
            store::impact::recompute(tx, row.id).await?;
        }
        Ok(!missing.is_empty())
    }

    /// Keeps what is left, links duplicates now that everything is in, and writes down the tasks of mapped organisations.
    ///
    /// # Errors
    /// When the database does not answer: what was kept before stays.
    pub async fn finish(mut self) -> Result<Report> {
        self.flush().await?;
        for pairs in std::mem::take(&mut self.duplicates).chunks(BATCH) {
            self.link(pairs).await?;
        }
        self.tasks().await?;
        Ok(self.report)
    }
}
