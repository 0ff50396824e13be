//! What comes in along with records: people, comments, events, votes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use schema::delta::TEXT_MAX;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Import, Placed, draft, work::Wanted};
use crate::{
    clock,
    error::Result,
    ingest::tracker::{Change, HANDLE_MAX, Person, Record, WORK_MAX},
    store::{
        self,
        db::Tx,
        import::{Known, Part, Said, Vote},
    },
};

/// How hard it hits who only said that it does: it gets in the way.
const AFFECTED: i64 = 2;

/// A record and the delta that it is.
pub(super) struct Along {
    /// The delta.
    pub delta: Uuid,
    /// Its number; `None` while it is not kept yet.
    pub number: Option<i64>,
    /// Whether everybody may see it.
    pub open: bool,
    /// The record.
    pub record: Record,
}

impl Import<'_> {
    /// Learns who the people of these records are here: those that a map names, else people of the import's own, made where they are
    /// missing.
    ///
    /// Anybody can write anybody's name into a file. So a file that was brought speaks only for people of its project's own, who came in by
    /// no other source: never for those of the operator's imports or of other projects' files, whose words and votes readers trust.
    pub(super) async fn meet(&mut self, tx: &mut Tx, batch: &[Placed], now: OffsetDateTime) -> Result<()> {
        let mut wanted: BTreeMap<&str, &Person> = BTreeMap::new();
        for Placed { record, .. } in batch {
            let authors = record.comments.iter().filter_map(|comment| comment.author.as_ref());
            let actors = record.history.iter().filter_map(|change| change.who.as_ref());
            let voters = record.votes.iter().map(|vote| &vote.who);
            for person in authors.chain(actors).chain(voters).chain(&record.reporter) {
                if !self.people.contains_key(&person.handle) {
                    wanted.insert(&person.handle, person);
                }
            }
        }
        let (mut strangers, mut called) = (Vec::new(), Vec::new());
        for (handle, person) in wanted {
            match self.options.people.get(&person.name) {
                Some(name) => {
                    let here = store::user::by_name(tx, name).await?.map(|row| row.id);
                    self.people.insert(handle.to_owned(), here);
                }
                None => {
                    strangers.push((self.handle(handle), person.shown.clone()));
                    called.push(handle.to_owned());
                }
            }
        }
        if self.options.dry_run {
            return Ok(());
        }
        let here = store::import::people(tx, &strangers, now).await?;
        self.people.extend(called.into_iter().zip(&strangers).map(|(handle, (name, _))| (handle, here.get(name).copied())));
        Ok(())
    }

    /// What somebody of this handle is called here: within a project, a name that no other source gives.
    fn handle(&self, handle: &str) -> String {
        let Some(project) = self.within else { return handle.to_owned() };
        let digest = clock::digest(format!("{project} {handle}"));
        let mark: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
        let short: String = handle.chars().take(HANDLE_MAX - mark.len() - 1).collect();
        format!("{short}-{mark}")
    }

    /// Holds what these records may change, so that imports and people at the same deltas wait for one another, and never in a circle;
    /// gives what is known of the records then. A record that says nothing new holds nobody up.
    pub(super) async fn hold(&self, tx: &mut Tx, batch: &[Placed], known: HashMap<String, Known>) -> Result<HashMap<String, Known>> {
        let (mut changing, mut people) = (Vec::new(), BTreeSet::new());
        for Placed { record, digest, .. } in batch {
            let same = known.get(&record.id).is_some_and(|known| known.seen.digest == *digest);
            let alone = record.comments.is_empty() && record.history.is_empty() && voices(record).next().is_none();
            if !(same && alone) {
                changing.push(record.id.as_str());
            }
            people.extend(voices(record).filter_map(|(person, ..)| self.person(person)));
        }
        store::import::hold(tx, &self.source, known, &changing, people).await
    }

    /// Who somebody is here; nobody where their handle is somebody's who signs in.
    pub(super) fn person(&self, person: &Person) -> Option<Uuid> {
        self.people.get(&person.handle).copied().flatten()
    }

    /// Counts what a record has that is kept nowhere.
    pub(super) fn count(&mut self, record: &Record) {
        for lost in &record.lost {
            self.report.lose(lost);
        }
        let labels = record.labels.iter().map(|label| label.trim().to_lowercase()).collect::<HashSet<_>>().len();
        for _ in draft::labels(record, &HashMap::new()).len()..labels {
            self.report.miss("labels that are too long, or too many", &record.name);
        }
        if draft::is_cut(record) || record.comments.iter().any(|comment| comment.text.chars().count() > TEXT_MAX) {
            self.report.miss("texts longer than is kept", &record.name);
        }
    }

    /// Brings in what belongs to records: the parts that are not in yet.
    pub(super) async fn bring(&mut self, tx: &mut Tx, along: Vec<Along>, numbers: &HashMap<Uuid, i64>, now: OffsetDateTime) -> Result<()> {
        let source = self.source.clone();
        let ids: Vec<(String, Vec<String>)> = along
            .iter()
            .map(|Along { record, .. }| {
                let changes = record.history.iter().map(|change| change_id(&record.id, change)).collect();
                (record.id.clone(), changes)
            })
            .collect();
        let comments = along.iter().flat_map(|Along { record, .. }| record.comments.iter().map(|comment| comment.id.as_str()));
        let all: Vec<&str> = comments.chain(ids.iter().flat_map(|(_, changes)| changes.iter().map(String::as_str))).collect();
        let mut kept = if all.is_empty() { HashSet::new() } else { store::import::kept(tx, &source, &all).await? };
        // A dry run keeps nothing: what came before in it counts as kept.
        if self.options.dry_run {
            kept.extend(all.iter().filter(|id| self.would.contains(**id)).map(|id| (*id).to_owned()));
            self.would.extend(all.iter().map(|id| (*id).to_owned()));
        }
        // People of a file's own say how hard something hits them in its project, and in no other.
        let elsewhere = match self.within {
            Some(project) => {
                let deltas: Vec<Uuid> = along.iter().map(|Along { delta, .. }| *delta).collect();
                store::import::elsewhere(tx, project, &deltas).await?
            }
            None => HashSet::new(),
        };
        let (mut parts, mut votes) = (Vec::new(), Vec::new());
        for (Along { delta, number, open, record }, (_, changes)) in along.into_iter().zip(ids) {
            let number = number.or_else(|| numbers.get(&delta).copied()).unwrap_or_default();
            let mut own: Vec<Part> = Vec::new();
            let usual = record.created_at.unwrap_or(now);
            for comment in &record.comments {
                if kept.insert(comment.id.clone()) {
                    let author = comment.author.as_ref().and_then(|person| self.person(person));
                    let text = match author {
                        Some(_) => draft::cut(&comment.text, TEXT_MAX),
                        None => self.attributed(comment.author.as_ref(), &comment.text),
                    };
                    let said = Said::Comment(text, author.unwrap_or(self.user));
                    let at = draft::micros(comment.at.unwrap_or(usual));
                    own.push(Part { external_id: comment.id.clone(), delta, number, at, actor: author, said });
                    self.report.comments += 1;
                }
            }
            for (change, id) in record.history.iter().zip(changes) {
                if kept.insert(id.clone()) {
                    let actor = change.who.as_ref().and_then(|person| self.person(person));
                    let short = |text: &str| draft::cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), 200);
                    let data = json!({
                        "imported": self.tracker, "tracker": self.tracker.name(),
                        "what": short(&change.what), "from": short(&change.from), "to": short(&change.to),
                    });
                    own.push(Part { external_id: id, delta, number, at: draft::micros(change.at), actor, said: Said::Change(data) });
                    self.report.events += 1;
                }
            }
            // Timelines stand in the order in which they were written.
            own.sort_by_key(|part| part.at);
            parts.extend(own);
            if elsewhere.contains(&delta) {
                let what = "votes on deltas that count in another project, too (a file's people vote in its project only)";
                self.report.miss_some(what, &record.name, voices(&record).count());
            } else {
                self.vote(&mut votes, delta, &record, now);
            }
            self.wanted(delta, number, open, &record);
            self.refusals(delta, number, open, &record);
        }
        self.cast(tx, votes, now).await?;
        if !self.options.dry_run && !parts.is_empty() {
            store::import::parts(tx, &source, &parts).await?;
        }
        Ok(())
    }

    /// A comment whose author is nobody here, with their name.
    fn attributed(&self, author: Option<&Person>, text: &str) -> String {
        let name = author.map_or("Somebody", |person| person.shown.as_str()).replace(['*', '_', '<', '[', '`'], " ");
        draft::cut(&format!("*{name} in {}:*\n\n{text}", self.tracker.name()), TEXT_MAX)
    }

    fn vote(&self, votes: &mut Vec<(String, Vote)>, delta: Uuid, record: &Record, now: OffsetDateTime) {
        let mut met = HashSet::new();
        for (person, severity, at) in voices(record) {
            // Of two words of somebody the first counts: a reporter's own.
            if met.insert(person.handle.as_str()) {
                let user = self.person(person).unwrap_or_default();
                let at = draft::micros(at.unwrap_or(now));
                votes.push((person.handle.clone(), Vote { delta, user, severity, at }));
            }
        }
    }

    async fn cast(&mut self, tx: &mut Tx, votes: Vec<(String, Vote)>, now: OffsetDateTime) -> Result<()> {
        if votes.is_empty() {
            return Ok(());
        }
        if self.options.dry_run {
            let mut deltas: Vec<Uuid> = votes.iter().map(|(_, vote)| vote.delta).collect();
            deltas.dedup();
            let voted = store::import::voted(tx, &deltas).await?;
            for (handle, vote) in votes {
                let mark = format!("{}/{handle}", vote.delta);
                let again = voted.contains(&(vote.delta, self.handle(&handle))) || !self.would.insert(mark);
                self.report.votes += usize::from(!again);
            }
            return Ok(());
        }
        let (here, nobodys): (Vec<_>, Vec<_>) = votes.into_iter().partition(|(_, vote)| !vote.user.is_nil());
        for (handle, _) in nobodys {
            self.report.miss("votes of people whose handle is somebody's who signs in", &handle);
        }
        let here: Vec<Vote> = here.into_iter().map(|(_, vote)| vote).collect();
        self.report.votes += store::import::votes(tx, &here, now).await?;
        Ok(())
    }

    /// Notes what organisations do about a record.
    fn wanted(&mut self, delta: Uuid, number: i64, open: bool, record: &Record) {
        let mut orgs: HashSet<String> = HashSet::new();
        self.report.miss_some(
            "work beyond the 1,000 parts that are taken of a record",
            &record.name,
            record.work.len().saturating_sub(WORK_MAX),
        );
        for work in record.work.iter().take(WORK_MAX) {
            let Some(org) = work.of.iter().find_map(|name| self.options.orgs.get(name)).or(self.options.org.as_ref()).cloned() else {
                let who = work.of.first().map_or("", String::as_str);
                self.report
                    .miss("work of people and projects without an organisation (see --org and --map)", &format!("{}: {who}", record.name));
                continue;
            };
            // Work on the record as a whole is one task of an organisation.
            if work.id.is_empty() && !orgs.insert(org.clone()) {
                continue;
            }
            // A task is seen by others than its delta: its title would tell.
            if !open {
                self.report.miss("tasks of private records", &record.name);
                continue;
            }
            let id = if work.id.is_empty() { format!("{}/work@{org}", record.id) } else { format!("{}@{org}", work.id) };
            let title = work.title.as_deref().map_or_else(|| draft::title(record), |title| draft::cut(title.trim(), 300));
            let release = super::place::release_name(record);
            self.work.push(Wanted { delta, number, org, id, title, release, work: work.clone() });
        }
    }
}

/// Who says of a record how hard it hits them, and when they said so.
fn voices(record: &Record) -> impl Iterator<Item = (&Person, i64, Option<OffsetDateTime>)> {
    let reporter = record.reporter.as_ref().zip(record.severity).map(|(person, severity)| (person, severity, record.created_at));
    let others = record.votes.iter().map(|vote| (&vote.who, if vote.affected { AFFECTED } else { 0 }, vote.at));
    reporter.into_iter().chain(others)
}

/// The id of something that happened to a record: its record and all that it says.
fn change_id(record: &str, change: &Change) -> String {
    let digest = clock::digest(format!("{change:?}"));
    let mark: String = digest.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    format!("{record}~{mark}")
}
