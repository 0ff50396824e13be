//! Bringing in other trackers' records: one act for all of them. From the command line it is an operator's act, and no permission is
//! asked; what is brought on a page or through the API ([`upload`], [`turn`]) stays within one project and what its person may see, and has
//! records of its own: anybody can write into a file what is another's.
//!
//! A record is known by its id there. A new one becomes a delta; a known one whose words changed there brings its delta up to date as a new
//! revision, unless people changed them here; one that did not change is passed over, and so is one that is older than what is here.
//! Comments, events and tasks each have an id, too, and come in once. Each batch is one transaction: an import that was cut off is finished
//! by the next.

mod along;
mod draft;
mod finish;
mod fresh;
mod place;
mod relate;
mod report;
mod revise;
mod stance;
pub mod turn;
pub mod upload;
mod work;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use schema::delta::Visibility;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use report::{Loss, Report};

use self::{relate::Tie, stance::Declined, work::Wanted};
use crate::{
    app::App,
    caller::{Caller, Via, Who},
    clock,
    error::{Error, Kind, Result},
    ingest::tracker::{BadRecord, Board, Extent, Item, Position, Record, Tracker},
    store::{
        self,
        db::Tx,
        import::{Known, New},
    },
};

/// Records of one transaction.
pub const BATCH: usize = 200;
/// Comments, events and votes of one transaction, as far as whole records allow.
const PARTS: usize = 2000;

/// New deltas after which what the database knows of its tables is out of date.
const MANY: usize = 1000;

/// Why a record whose delta is beyond an import's bounds is left alone. It does not say whether there is one.
const BEYOND: &str = "is none that this import may bring in or change";

/// How records are brought in.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The project of records that name none, or one that is not here and is not to be made.
    pub project: Option<String>,
    /// Whether all records go into that project, whatever they name.
    pub only: bool,
    /// Whether projects that are missing are made.
    pub create_projects: bool,
    /// Which organisation a person, team or project there is here.
    pub orgs: HashMap<String, String>,
    /// The organisation of all other work.
    pub org: Option<String>,
    /// Which project a project there is here.
    pub projects: HashMap<String, String>,
    /// Which person a person there is here.
    pub people: HashMap<String, String>,
    /// Which label a label there is here; an empty one goes.
    pub labels: HashMap<String, String>,
    /// Whether nothing is written.
    pub dry_run: bool,
}

/// A record on its way in, with where it stands.
struct Placed {
    file: String,
    position: Position,
    record: Record,
    digest: Vec<u8>,
}

/// What becomes of a record.
enum Fate {
    /// It becomes a delta.
    Add,
    /// It changes a delta.
    Revise,
    /// It is in, as it is.
    Same,
    /// It belongs to a delta that is in.
    Part,
}

/// An import on its way. Push items, then [`finish`](Import::finish).
pub struct Import<'a> {
    app: &'a App,
    tracker: Tracker,
    /// Whose records these are: a record is known by its source and its id.
    source: Arc<str>,
    options: Options,
    user: Uuid,
    caller: Caller,
    /// The project that it stays within, where it does.
    within: Option<Uuid>,
    /// Ends it between two transactions.
    stop: CancellationToken,
    report: Report,
    waiting: Vec<Placed>,
    parts: usize,
    ids: HashSet<String>,
    /// Digests of the ids that came in this import: of two with the same time, the first counts.
    met: HashSet<u64>,
    /// Of a dry run: the ids that would be in by now.
    would: HashSet<String>,
    people: HashMap<String, Option<Uuid>>,
    projects: HashMap<String, Uuid>,
    components: HashMap<(Uuid, String), Uuid>,
    releases: HashSet<(Uuid, String)>,
    duplicates: Vec<(String, String)>,
    ties: Vec<Tie>,
    boards: Vec<Board>,
    work: Vec<Wanted>,
    declined: Vec<Declined>,
}

impl<'a> Import<'a> {
    /// An import by a person, who maintains the projects it makes.
    ///
    /// # Errors
    /// When there is no such person, or a mapped organisation or person is not there.
    pub async fn new(app: &'a App, user: &str, tracker: Tracker, options: Options) -> Result<Self> {
        let mut tx = app.db.read().await?;
        let row = store::user::by_name(&mut tx, user).await?.ok_or_else(|| Error::start(format!("there is no person {user}")))?;
        let who = store::user::who(&mut tx, row.id).await?.ok_or_else(Error::unauthenticated)?;
        let caller = Caller::new(Who { via: Via::Session, ..who });
        for org in options.orgs.values().chain(&options.org).collect::<BTreeSet<_>>() {
            store::org::find(&mut tx, &caller, org).await.map_err(|error| match error.kind() {
                Kind::NotFound => Error::start(format!("there is no organisation {org}, or {user} may not see it")),
                _ => error,
            })?;
        }
        for name in options.people.values().collect::<BTreeSet<_>>() {
            store::user::by_name(&mut tx, name).await?.ok_or_else(|| Error::start(format!("there is no person {name}")))?;
        }
        drop(tx);
        Ok(Self {
            app,
            tracker,
            source: tracker.as_str().into(),
            user: row.id,
            caller,
            within: None,
            stop: app.shutdown.clone(),
            report: Report { dry_run: options.dry_run, ..Report::default() },
            options,
            waiting: Vec::with_capacity(BATCH),
            parts: 0,
            ids: HashSet::new(),
            met: HashSet::new(),
            would: HashSet::new(),
            people: HashMap::new(),
            projects: HashMap::new(),
            components: HashMap::new(),
            releases: HashSet::new(),
            duplicates: Vec::new(),
            ties: Vec::new(),
            boards: Vec::new(),
            work: Vec::new(),
            declined: Vec::new(),
        })
    }

    /// Keeps it within a project and what its person may see. Ids are only words in a file: records that came in from the command line, or
    /// into another project, are none of its own, whatever ids it names, and what comes in there later is none of these. Of its own, those
    /// whose deltas have left the project or are out of sight are refused.
    #[must_use]
    pub fn within(mut self, project: Uuid) -> Self {
        self.source = format!("{}@{}", self.tracker, project.simple()).into();
        self.within = Some(project);
        self
    }

    /// Ends it early: what is linked, related and written down at its end is left to another import of the same file.
    #[must_use]
    pub fn until(mut self, stop: CancellationToken) -> Self {
        self.stop = stop;
        self
    }

    /// Which of these records' deltas are beyond its bounds.
    async fn beyond(&self, tx: &mut Tx, known: &HashMap<String, Known>) -> Result<HashSet<Uuid>> {
        let Some(project) = self.within else { return Ok(HashSet::new()) };
        let deltas: Vec<Uuid> = known.values().map(|known| known.delta_id).collect();
        store::import::beyond(tx, &self.caller, project, &deltas).await
    }

    /// Takes an item of a file; every 200 records are kept together.
    ///
    /// # Errors
    /// When the database does not answer: what was kept before stays.
    pub async fn push(&mut self, file: &str, position: Position, item: Item) -> Result<()> {
        let record = match item {
            Item::Record(record) => *record,
            Item::Board(board) => {
                self.boards.push(board);
                return Ok(());
            }
            Item::Skipped(lost) => {
                self.report.lose(&lost);
                return Ok(());
            }
        };
        if self.waiting.len() >= BATCH || self.parts >= PARTS || self.ids.contains(&record.id) {
            self.flush().await?;
        }
        self.ids.insert(record.id.clone());
        self.parts += record.comments.len() + record.history.len() + record.votes.len();
        let digest = draft::digest(&record);
        self.waiting.push(Placed { file: file.to_owned(), position, record, digest });
        Ok(())
    }

    /// Notes a record that could not be read.
    pub fn bad(&mut self, file: &str, bad: &BadRecord) {
        self.report.refuse(file, bad);
    }

    /// What has happened so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    async fn flush(&mut self) -> Result<()> {
        let batch = std::mem::take(&mut self.waiting);
        self.ids.clear();
        self.parts = 0;
        if batch.is_empty() {
            return Ok(());
        }
        let dry = self.options.dry_run;
        let now = self.app.clock.now();
        let source = self.source.clone();
        // Looked for before anything is held: it may take its time.
        let mut traces = self.traces(&batch).await?;
        let mut tx = if dry { self.app.db.read().await? } else { self.app.db.write().await? };
        let ids: Vec<&str> = batch.iter().map(|placed| placed.record.id.as_str()).collect();
        let known = store::import::known(&mut tx, &source, &ids).await?;
        self.meet(&mut tx, &batch, now).await?;
        let known = if dry { known } else { self.hold(&mut tx, &batch, known).await? };
        let beyond = self.beyond(&mut tx, &known).await?;
        let (mut fresh, mut along) = (Vec::new(), Vec::new());
        for Placed { file, position, record, digest } in batch {
            let was = known.get(&record.id);
            let fate = match was.filter(|known| beyond.contains(&known.delta_id)) {
                Some(_) => Err(format!("{} {BEYOND}", record.name)),
                None => self.fate(was, &record, &digest),
            };
            let fate = match fate {
                Ok(fate) => fate,
                Err(reason) => {
                    self.report.refuse(&file, format!("{position}: {reason}"));
                    continue;
                }
            };
            let mut id = was.map(|known| (known.delta_id, Some(known.number)));
            match (fate, was) {
                (Fate::Add, _) => match self.places(&mut tx, &record, now).await? {
                    Ok(places) => {
                        let delta = New { trace: traces.remove(&record.id), ..self.delta(&record, digest, places, now) };
                        self.report.traces += usize::from(delta.trace.is_some());
                        self.release(&mut tx, &record, &delta.places).await?;
                        id = Some((delta.id, None));
                        fresh.push(delta);
                    }
                    Err(reason) => {
                        self.report.refuse(&file, format!("{position}: {reason}"));
                        continue;
                    }
                },
                (Fate::Revise, Some(known)) => self.revise(&mut tx, known, &record, digest, now).await?,
                (Fate::Same, _) => self.report.unchanged += 1,
                (Fate::Revise | Fate::Part, _) => {}
            }
            if dry {
                self.would.insert(record.id.clone());
            }
            self.count(&record);
            // Noted also where nothing changed: what it needs may not have been there before, or that import was cut off.
            self.duplicates.extend(record.duplicate_of.clone().map(|of| (record.id.clone(), of)));
            self.ties.extend(record.relations.iter().map(|(said, other)| (record.id.clone(), *said, other.clone())));
            let open = was.is_none_or(|known| known.visibility == Visibility::Public) && !record.private;
            let Some((delta, number)) = id else { continue };
            along.push(along::Along { delta, number, open, record });
        }
        let numbers = if dry { HashMap::new() } else { store::import::insert(&mut tx, (&*source, self.tracker), &fresh, now).await? };
        self.report.added += fresh.len();
        self.bring(&mut tx, along, &numbers, now).await?;
        if dry { Ok(()) } else { tx.commit().await }
    }

    /// What becomes of a record, or why nothing can.
    fn fate(&mut self, known: Option<&Known>, record: &Record, digest: &[u8]) -> std::result::Result<Fate, String> {
        let met = !self.met.insert(hash(&record.id));
        if record.extent == Extent::Part {
            let there = known.is_some() || self.would.contains(&record.id);
            return if there { Ok(Fate::Part) } else { Err(format!("{} is not here yet: import it first", record.name)) };
        }
        if draft::title(record).is_empty() {
            return Err("its title is empty".to_owned());
        }
        let Some(known) = known else {
            let again = self.would.contains(&record.id);
            if again {
                self.report.miss("records that were given twice (the newest counts, of equals the first)", &record.name);
            }
            return Ok(if again { Fate::Same } else { Fate::Add });
        };
        if known.seen.digest == digest || record.extent == Extent::Stub {
            return Ok(Fate::Same);
        }
        let (here, there) = (known.updated_at, record.updated_at.map(draft::micros));
        let newer = here.zip(there).is_some_and(|(here, there)| there > here);
        let older = here.zip(there).is_some_and(|(here, there)| there < here);
        if older {
            self.report.miss("records that are older than what is here", &record.name);
            return Ok(Fate::Same);
        }
        if met && !newer {
            self.report.miss("records that were given twice (the newest counts, of equals the first)", &record.name);
            return Ok(Fate::Same);
        }
        Ok(Fate::Revise)
    }

    /// Keeps what is left, links duplicates and relations now that everything is in, and writes down the boards, tasks and refusals of
    /// organisations.
    ///
    /// # Errors
    /// When the database does not answer: what was kept before stays.
    pub async fn finish(mut self) -> Result<Report> {
        self.flush().await?;
        let duplicates = std::mem::take(&mut self.duplicates);
        self.link(&duplicates).await?;
        let ties = std::mem::take(&mut self.ties);
        self.relate(ties).await?;
        self.seat().await?;
        self.tasks().await?;
        self.stances().await?;
        if !self.options.dry_run && self.report.added >= MANY {
            self.app.db.analyze().await?;
        }
        Ok(self.report)
    }
}

/// Eight bytes of an id's digest: enough to tell a few million ids apart, and short.
fn hash(id: &str) -> u64 {
    clock::digest(id).iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}
