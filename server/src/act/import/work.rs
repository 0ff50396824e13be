//! Boards and tasks of organisations.

use std::collections::{BTreeSet, HashMap};

use schema::{
    board::{Category, NewBoard, NewColumn},
    id::DeltaKey,
    task::{Commitment, CommitmentChange, NewTask, NewTaskLink, Relation},
};
use uuid::Uuid;

use super::Import;
use crate::{
    act,
    error::Result,
    ingest::tracker::{Board, Stage, Work},
    store::{self, db::Tx},
};

/// Tasks of one transaction.
const BATCH: usize = 50;

/// A task to write down for an organisation.
pub(super) struct Wanted {
    /// The delta that it is about.
    pub delta: Uuid,
    /// That delta's number.
    pub number: i64,
    /// The organisation.
    pub org: String,
    /// The part's id there.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// The release that the record is to be in.
    pub release: Option<String>,
    /// The work.
    pub work: Work,
}

/// A board's slug, and slug, name and category of each column.
type Columns = (String, Vec<(String, String, Category)>);

/// An organisation that work is written down for.
#[derive(Default)]
struct Org {
    id: Uuid,
    boards: Vec<Columns>,
    members: Vec<String>,
}

impl Import<'_> {
    /// Makes the boards that came along, for the organisation of all work. One of the same slug stands for them.
    pub(super) async fn seat(&mut self) -> Result<()> {
        let boards = std::mem::take(&mut self.boards);
        let Some(org) = self.options.org.clone() else {
            for board in boards {
                self.report.miss("boards (say whose with --org)", &board.name);
            }
            return Ok(());
        };
        let mut tx = self.app.db.read().await?;
        let row = store::org::find(&mut tx, &self.caller, &org).await?;
        let here: Vec<String> = store::board::of_org(&mut tx, row.id).await?.into_iter().map(|board| board.slug).collect();
        drop(tx);
        for Board { slug, name, columns } in boards {
            if self.stop.is_cancelled() {
                break;
            }
            if here.contains(&slug) {
                continue;
            }
            self.report.boards += 1;
            if self.options.dry_run {
                continue;
            }
            let column =
                |(name, category)| NewColumn { slug: None, name, category, wip_limit: None, wip_hard: false, policy: String::new() };
            let new = NewBoard { slug, name, columns: columns.into_iter().map(column).collect() };
            match act::board::create(self.app, &self.caller, &org, &new).await {
                Ok(_) => {}
                Err(error) if error.problem().status < 500 => {
                    self.report.boards -= 1;
                    self.report.refused.insert(format!("{org}: board {}: {}", new.slug, error.detail()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes down tasks that are not in yet, in their order there. Where an organisation has dealt with a delta in any way, work on it as a
    /// whole is no longer ours to say.
    pub(super) async fn tasks(&mut self) -> Result<()> {
        let mut work = std::mem::take(&mut self.work);
        work.sort_by_key(|wanted| wanted.work.position.unwrap_or(i64::MAX));
        let (mut orgs, none): (HashMap<String, Org>, Org) = (HashMap::new(), Org::default());
        for some in work.chunks(BATCH) {
            if self.stop.is_cancelled() {
                break;
            }
            let ids: Vec<&str> = some.iter().map(|wanted| wanted.id.as_str()).collect();
            let mut tx = if self.options.dry_run { self.app.db.read().await? } else { self.app.db.write().await? };
            self.hold_orgs(&mut tx, some, &mut orgs).await?;
            let mut kept = store::import::kept(&mut tx, &self.source, &ids).await?;
            for wanted in some {
                if !kept.insert(wanted.id.clone()) {
                    continue;
                }
                let whole = wanted.work.id.is_empty() && wanted.number > 0;
                if whole && store::import::dealt_with(&mut tx, &wanted.org, wanted.number).await? {
                    continue;
                }
                let org = orgs.get(&wanted.org).unwrap_or(&none);
                let assignee = self.assignee(wanted, org);
                if self.options.dry_run {
                    let (some, first) = (!org.boards.is_empty() || self.report.boards > 0, self.would.insert(wanted.id.clone()));
                    self.report.tasks += usize::from(some && first);
                    if !some {
                        self.report.miss("tasks that a board did not take", &wanted.title);
                    }
                    continue;
                }
                match self.task(&mut tx, wanted, org, assignee).await {
                    Ok(()) => self.report.tasks += 1,
                    Err(error) if error.problem().status < 500 => {
                        self.report.miss("tasks that a board did not take", &wanted.title);
                        self.report.refused.insert(format!("{}: {}", wanted.org, error.detail()));
                    }
                    Err(error) => return Err(error),
                }
            }
            if !self.options.dry_run {
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Holds the organisations of this work, in the order of their ids, before it is read which of it is in: of two imports at once, the
    /// second finds what the first wrote down.
    async fn hold_orgs(&self, tx: &mut Tx, work: &[Wanted], orgs: &mut HashMap<String, Org>) -> Result<()> {
        let mut ids = BTreeSet::new();
        for Wanted { org, .. } in work {
            let id = match orgs.get(org) {
                Some(known) => known.id,
                None => {
                    let known = self.org(tx, org).await?;
                    orgs.entry(org.clone()).or_insert(known).id
                }
            };
            ids.insert(id);
        }
        if !self.options.dry_run {
            for id in ids {
                store::org::lock(tx, id).await?;
            }
        }
        Ok(())
    }

    async fn org(&self, tx: &mut Tx, org: &str) -> Result<Org> {
        let org = store::org::find(tx, &self.caller, org).await?;
        let mut found = Vec::new();
        for board in store::board::of_org(tx, org.id).await? {
            let columns = store::board::columns(tx, [board.id]).await?;
            found.push((board.slug, columns.into_iter().map(|column| (column.slug, column.name, column.category)).collect()));
        }
        let members = store::org::members(tx, org.id).await?.into_iter().map(|member| member.person.name).collect();
        Ok(Org { id: org.id, boards: found, members })
    }

    /// Whom the work is given to, where a map names them and they are a member: nobody else can be.
    fn assignee(&mut self, wanted: &Wanted, org: &Org) -> Option<String> {
        let name = wanted.work.of.iter().find_map(|name| self.options.people.get(name))?;
        if !org.members.contains(name) {
            self.report.miss("assignees who are no members of the organisation", &format!("{name} in {}", wanted.org));
            return None;
        }
        Some(name.clone())
    }

    async fn task(&self, tx: &mut Tx, wanted: &Wanted, known: &Org, assignee: Option<String>) -> Result<()> {
        let Wanted { delta, number, org, id, title, release, work } = wanted;
        let boards = &known.boards;
        let now = self.app.clock.now();
        let seat = work.seat.as_ref().and_then(|seat| {
            let (board, columns) = boards.iter().find(|(slug, _)| *slug == seat.board)?;
            Some((board, columns.iter().find(|(_, name, _)| *name == seat.column)?))
        });
        let spot = seat.or_else(|| boards.first().and_then(|(board, columns)| Some((board, column(columns, work.stage)?))));
        let new = NewTask {
            title: title.clone(),
            body: String::new(),
            priority: Some(work.priority),
            board: spot.map(|(board, _)| board.clone()),
            column: spot.map(|(_, (column, ..))| column.clone()),
            deltas: vec![NewTaskLink { delta: DeltaKey(*number), relation: Relation::Resolves }],
            assignees: assignee.into_iter().collect(),
            labels: vec![self.tracker.as_str().to_owned()],
            estimate: None,
            due: None,
        };
        let row = act::task::create_in(tx, &self.caller, org, &new, now).await?;
        if let Some(state) = promise(work) {
            let note = format!("As {} had it.", self.tracker.name());
            let change = CommitmentChange { state, target_release: release.clone(), target_date: None, note };
            act::task::commit_in(tx, &self.caller, &row.key(), None, &change, now).await?;
        }
        store::import::keep(tx, &self.source, &[(*delta, id.as_str())]).await
    }
}

/// Who works on it intends to; who has it done has kept its word but for the release.
fn promise(work: &Work) -> Option<Commitment> {
    match work.stage {
        Stage::Doing | Stage::Review if work.promises => Some(Commitment::Intended),
        Stage::Done if work.promises => Some(Commitment::Committed),
        _ => None,
    }
}

/// The first column where work of this stage stands, else the nearest that there is.
fn column(columns: &[(String, String, Category)], stage: Stage) -> Option<&(String, String, Category)> {
    let wanted = match stage {
        Stage::Todo => [Category::Ready, Category::Backlog, Category::Doing],
        Stage::Doing => [Category::Doing, Category::Review, Category::Ready],
        Stage::Review => [Category::Review, Category::Doing, Category::Ready],
        Stage::Done => [Category::Done, Category::Review, Category::Doing],
    };
    wanted.iter().find_map(|category| columns.iter().find(|(_, _, known)| known == category)).or_else(|| columns.first())
}
