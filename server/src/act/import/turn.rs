//! The turns of imports that were brought as a file: one after the other on a server, each taken by one server only. An import that was cut
//! off, however it was, is taken up again from its file: what is in already comes in once.

use std::{
    fs::File,
    io::Read,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration as Pause,
};

use futures_util::StreamExt;
use schema::import::{ImportState, Loss, Report as Told};
use time::Duration;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Import, Options, Report, upload::may};
use crate::{
    act::attachment,
    app::App,
    caller::{Caller, Via, Who},
    clock,
    error::{Error, Kind, Result},
    ingest::tracker::{self, Item, Limits, Site},
    store::{
        self,
        import::{
            file,
            turn::{self, End},
            upload::{Numbers, Upload},
        },
    },
};

/// How often a turn says how far it is.
const BEAT: Pause = Pause::from_secs(1);
/// A turn that said nothing for so long is over: its server is.
const OVER: Duration = Duration::seconds(30);
/// Turns that an import has at most, where none of them came to an end.
const TRIES: i64 = 5;
/// How long a file is kept that was not brought in.
const KEPT: Duration = Duration::days(7);
/// What is taken of a file, unpacked. A record read is many times as large as its bytes, and anybody may bring a file.
const LIMITS: Limits = Limits { bytes: 2 << 30, record: 8 << 20 };
/// Most records of a file.
const RECORDS: usize = 200_000;
/// Most comments, events, votes, relations and parts of work of a file's records: until its end an import remembers them.
const PARTS: usize = 2_000_000;

/// Takes every import whose turn it is, one after the other; how many there were.
///
/// # Errors
/// When the database does not answer.
pub async fn due(app: &App) -> Result<usize> {
    let mut count = 0;
    while !app.shutdown.is_cancelled() {
        let (now, turn) = (app.clock.now(), clock::new_id());
        let Some(id) = turn::next(&mut app.db.read().await?, now - OVER).await? else { break };
        let mut tx = app.db.write().await?;
        let Some(row) = turn::claim(&mut tx, id, turn, now - OVER, now).await? else { break };
        tx.commit().await?;
        take(app, row, turn).await?;
        count += 1;
    }
    Ok(count)
}

/// Takes one import as far as it goes.
async fn take(app: &App, row: Upload, turn: Uuid) -> Result<()> {
    let progress = Arc::new(Progress { stop: app.shutdown.child_token(), ..Progress::default() });
    let done = match ready(app, &row).await {
        Ok((options, file)) => {
            let (inside, seen, of) = (app.clone(), progress.clone(), row.clone());
            let handle = tokio::runtime::Handle::current();
            // Reading is work for a thread of its own, and what is read there stays there.
            let mut work = tokio::task::spawn_blocking(move || handle.block_on(bring(&inside, &of, options, file, &seen)));
            tokio::select! {
                done = &mut work => done.unwrap_or_else(|error| Err(error.into())),
                why = beat(app, &row, turn, &progress) => {
                    progress.stop.cancel();
                    let left = work.await?;
                    // Another server has taken it up, or it was cancelled, unless there is a reason.
                    let Some(why) = why else { return left.map(drop) };
                    Err(why)
                }
            }
        }
        Err(error) => Err(error),
    };
    let end = match done {
        Ok(Some(report)) => judged(report, progress.numbers().read),
        Ok(None) => {
            let mut tx = app.db.write().await?;
            turn::release(&mut tx, row.id, turn).await?;
            return tx.commit().await;
        }
        Err(error) if error.problem().status >= 500 && row.tries < TRIES => {
            tracing::warn!("the import {} broke off, and goes on soon: {error}", row.id);
            return Ok(());
        }
        Err(error) if error.problem().status >= 500 => {
            tracing::error!("the import {} broke off for the last time: {error}", row.id);
            failed("It broke off on our side several times. What came in before that stays; starting it once more may work.")
        }
        Err(error) => failed(error.detail()),
    };
    close(app, &row, turn, &end, progress.numbers()).await
}

fn failed(why: &str) -> End {
    End { state: ImportState::Failed, detail: why.to_owned(), report: None }
}

/// Whether what an import did is a success: some of it came in, or was in, or was passed over for a reason.
fn judged(report: Report, read: i64) -> End {
    let none = report.records() + report.comments + report.events + report.votes == 0;
    let why = match (none, read) {
        (true, 0) => "The file holds no record.",
        (true, _) if report.refused_records > 0 => {
            "No record of the file could be brought in: see why below. Is it a file of this tracker?"
        }
        _ => return End { state: ImportState::Done, detail: String::new(), report: Some(told(report)) },
    };
    End { report: Some(told(report)), ..failed(why) }
}

/// Notes how an import ended. What was brought in needs its file no more.
async fn close(app: &App, row: &Upload, turn: Uuid, end: &End, numbers: Numbers) -> Result<()> {
    let done = end.state == ImportState::Done;
    let numbers = if done { Numbers { percent: 100, ..numbers } } else { numbers };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if !turn::beat(&mut tx, row.id, turn, numbers, now).await? {
        return Ok(());
    }
    turn::end(&mut tx, row.id, turn, end, now).await?;
    let spent = row.file_id.filter(|_| done && !row.dry_run);
    if let Some(file) = spent {
        file::take(&mut tx, row.id, file).await?;
    }
    tx.commit().await?;
    attachment::forget(app, spent).await;
    Ok(())
}

/// Whether who brought a file may still import it; gives the slug of the organisation that takes its work.
async fn still(app: &App, row: &Upload) -> Result<Option<String>> {
    let mut tx = app.db.read().await?;
    let who = store::user::who(&mut tx, row.user_id).await?;
    drop(tx);
    let caller = who.map(|who| Caller::new(Who { via: Via::Session, ..who })).unwrap_or_default();
    if !may(&caller, row.project_id) {
        return Err(Error::forbidden("Who brought the file does not maintain this project any more."));
    }
    let org = caller.orgs.iter().find(|member| Some(member.org) == row.org_id).map(|member| member.slug.clone());
    if row.org_id.is_some() && org.is_none() {
        return Err(Error::forbidden("Who brought the file is not a member of that organisation any more."));
    }
    Ok(org)
}

/// What an import is to do and the file it is to read, if who brought it still may and the file is still there.
async fn ready(app: &App, row: &Upload) -> Result<(Options, File)> {
    if row.tries > TRIES {
        return Err(Error::conflict("It was cut off several times, by the end of its server perhaps. What came in before that stays."));
    }
    let org = still(app, row).await?;
    let found = match row.file_id {
        Some(file) => app.files.get(file, None).await?,
        None => None,
    };
    let Some(mut read) = found else {
        return Err(Error::new(Kind::NotFound, "The file is gone. Bring it again: what came in before stays, and comes in once."));
    };
    let mut file = app.files.spool()?;
    while let Some(part) = read.bytes.next().await {
        file.write_all(&part?).await?;
    }
    file.flush().await?;
    file.rewind().await?;
    let options = Options { project: Some(row.project.clone()), only: true, org, dry_run: row.dry_run, ..Options::default() };
    Ok((options, file.into_std().await))
}

/// Reads the file and brings its records in; none where it was cut off.
async fn bring(app: &App, row: &Upload, options: Options, file: File, progress: &Progress) -> Result<Option<Report>> {
    let mut import = Import::new(app, &row.uploader, row.tracker, options).await?.within(row.project_id).until(progress.stop.clone());
    let counted = Counted { file, progress };
    let mut items = tracker::read(row.tracker, Site::new(&row.site), counted, LIMITS);
    let (mut records, mut parts) = (0, 0);
    while let Some(item) = items.next() {
        records += 1;
        if let Ok(Item::Record(record)) = &item {
            parts += record.parts();
        }
        not_too_many(records, parts)?;
        match item {
            Ok(item) => import.push(&row.file, items.position(), item).await?,
            Err(bad) => import.bad(&row.file, &bad),
        }
        progress.step(import.report(), row.size);
        if progress.stop.is_cancelled() {
            return Ok(None);
        }
    }
    let report = import.finish().await?;
    if progress.stop.is_cancelled() {
        return Ok(None);
    }
    progress.count(&report);
    Ok(Some(report))
}

/// Whether a file of so much is taken.
fn not_too_many(records: usize, parts: usize) -> Result<()> {
    let what = match (records > RECORDS, parts > PARTS) {
        (true, _) => "200,000 records",
        (_, true) => "2,000,000 comments, events, votes, relations and parts of work",
        _ => return Ok(()),
    };
    Err(Error::conflict(format!("The file holds more than {what}. Bring it in pieces: what came in before that stays, and comes in once.")))
}

/// How far a turn is, for who looks at it from outside.
#[derive(Default)]
struct Progress {
    /// The turn is over, or the server is ending.
    stop: CancellationToken,
    bytes: AtomicU64,
    numbers: Mutex<Numbers>,
}

impl Progress {
    fn numbers(&self) -> Numbers {
        *self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a record that was read.
    fn step(&self, report: &Report, size: i64) {
        let bytes = i64::try_from(self.bytes.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        self.count(report);
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.read += 1;
        // What is read is not all in yet.
        numbers.percent = bytes.saturating_mul(100).checked_div(size).unwrap_or_default().clamp(0, 99);
    }

    fn count(&self, report: &Report) {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.added = whole(report.added);
        numbers.changed = whole(report.changed);
        numbers.unchanged = whole(report.unchanged);
        numbers.refused = whole(report.refused_records);
    }
}

/// A file whose bytes are counted as they are read.
struct Counted<'a> {
    file: File,
    progress: &'a Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.progress.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Says every second how far a turn is, until it is over, and asks each time whether who brought the file still may: gives why they may not.
async fn beat(app: &App, row: &Upload, turn: Uuid, progress: &Progress) -> Option<Error> {
    loop {
        tokio::time::sleep(BEAT).await;
        let beaten = async {
            let mut tx = app.db.write().await?;
            let ours = turn::beat(&mut tx, row.id, turn, progress.numbers(), app.clock.now()).await?;
            tx.commit().await?;
            Ok::<_, Error>(ours)
        };
        match beaten.await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => tracing::warn!("noting how far the import {} is: {error}", row.id),
        }
        match still(app, row).await {
            Err(error) if error.problem().status < 500 => return Some(error),
            Err(error) => tracing::warn!("asking who brought the import {}: {error}", row.id),
            Ok(_) => {}
        }
    }
}

/// What an import did, as it is kept and shown.
fn told(report: Report) -> Told {
    let loss = |(what, loss): (String, super::Loss)| Loss { what, count: whole(loss.count), examples: loss.examples };
    Told {
        comments: whole(report.comments),
        events: whole(report.events),
        votes: whole(report.votes),
        duplicates: whole(report.duplicates),
        relations: whole(report.relations),
        boards: whole(report.boards),
        tasks: whole(report.tasks),
        traces: whole(report.traces),
        stances: whole(report.stances),
        losses: report.losses.into_iter().map(loss).collect(),
        bad: report.bad,
        refused: report.refused.into_iter().collect(),
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Takes files away that were not brought in for a week.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(app: &App) -> Result<usize> {
    let mut tx = app.db.write().await?;
    let mut gone = Vec::new();
    for (id, file) in file::stale(&mut tx, app.clock.now() - KEPT, 100).await? {
        if file::take(&mut tx, id, file).await? {
            gone.push(file);
        }
    }
    tx.commit().await?;
    let count = gone.len();
    attachment::forget(app, gone).await;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_too_much_is_named_by_what_there_is_too_much_of() {
        assert!(not_too_many(RECORDS, PARTS).is_ok());
        assert!(not_too_many(RECORDS + 1, 0).unwrap_err().detail().contains("200,000 records"));
        assert!(not_too_many(1, PARTS + 1).unwrap_err().detail().contains("2,000,000 comments"));
    }

    #[test]
    fn an_import_of_which_nothing_came_in_has_failed() {
        let refused = Report { refused_records: 2, bad: vec!["a: line 1: no".to_owned()], ..Report::default() };
        let end = judged(refused, 2);
        assert_eq!((end.state, end.report.unwrap().bad.len()), (ImportState::Failed, 1));
        assert!(judged(Report::default(), 0).detail.contains("no record"));
        // What was passed over for a reason, such as pull requests, is no failure.
        assert_eq!(judged(Report::default(), 3).state, ImportState::Done);
        assert_eq!(judged(Report { unchanged: 1, refused_records: 1, ..Report::default() }, 2).state, ImportState::Done);
    }
}
