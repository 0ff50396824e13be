//! SQLite's connections that read. A pool of our own: a general one asks each connection whether it is well before and after it is lent, and
//! each question is a way to SQLite's thread and back, which costs as much as most reads.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Steps of SQLite's virtual machine between two looks at the clock: some milliseconds, which most statements never take.
const STEPS: i32 = 1_000_000;

/// Longest that a reader waits for a connection.
const TURN: Duration = Duration::from_secs(30);

/// The connections, which readers take and bring back.
#[derive(Clone, Debug)]
pub struct Readers(Arc<Room>);

#[derive(Debug)]
struct Room {
    options: SqliteConnectOptions,
    /// How long a statement may read; `None`: as long as it takes.
    patience: Option<Duration>,
    /// What the connections count their time from.
    start: Instant,
    most: u32,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<Lent>>,
}

#[derive(Debug)]
struct Lent {
    conn: SqliteConnection,
    /// When what is being read is cut off, in milliseconds from the room's start.
    end: Arc<AtomicU64>,
}

impl Readers {
    /// At most so many connections, of which one is opened now.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(options: SqliteConnectOptions, most: u32, patience: Option<Duration>) -> sqlx::Result<Self> {
        let turns = Arc::new(Semaphore::new(most as usize));
        let room = Room { options, patience, start: Instant::now(), most, turns, idle: Mutex::default() };
        let first = room.connect().await?;
        room.put(first);
        Ok(Self(Arc::new(room)))
    }

    /// Takes one. Each statement is cut off that takes longer than the patience.
    ///
    /// # Errors
    /// When none comes free within [`TURN`], when another cannot be opened, and after [`Self::close`].
    pub async fn take(&self) -> sqlx::Result<Seat> {
        let turn = tokio::time::timeout(TURN, Arc::clone(&self.0.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let lent = match idle {
            Some(lent) => lent,
            None => self.0.connect().await?,
        };
        Ok(Seat { room: Arc::clone(&self.0), taken: Some((lent, turn)), busy: false })
    }

    /// Ends the connections once all are brought back.
    pub async fn close(&self) {
        let all = self.0.turns.acquire_many(self.0.most).await;
        self.0.turns.close();
        let idle = std::mem::take(&mut *self.0.idle.lock().unwrap_or_else(PoisonError::into_inner));
        drop(all);
        for lent in idle {
            if let Err(error) = lent.conn.close().await {
                tracing::warn!(%error, "a reader's connection did not close");
            }
        }
    }
}

impl Room {
    async fn connect(&self) -> sqlx::Result<Lent> {
        let mut conn = self.options.connect().await?;
        let end = Arc::new(AtomicU64::new(u64::MAX));
        if self.patience.is_some() {
            let (start, end) = (self.start, Arc::clone(&end));
            let before = move || millis(start.elapsed()) < end.load(Ordering::Relaxed);
            conn.lock_handle().await?.set_progress_handler(STEPS, before);
        }
        Ok(Lent { conn, end })
    }

    fn put(&self, lent: Lent) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(lent);
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A connection that was taken. Dropped, it is brought back; in the middle of a statement, once SQLite is done with that.
#[derive(Debug)]
pub struct Seat {
    room: Arc<Room>,
    taken: Option<(Lent, OwnedSemaphorePermit)>,
    /// Whether a statement may be under way.
    busy: bool,
}

impl Seat {
    /// What was asked has been answered in full.
    pub fn done(&mut self) {
        self.busy = false;
    }
}

impl Deref for Seat {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        &self.taken.as_ref().expect("it is there until it is dropped").0.conn
    }
}

impl DerefMut for Seat {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.busy = true;
        let lent = &mut self.taken.as_mut().expect("it is there until it is dropped").0;
        if let Some(patience) = self.room.patience {
            lent.end.store(millis(self.room.start.elapsed() + patience), Ordering::Relaxed);
        }
        &mut lent.conn
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some((mut lent, turn)) = self.taken.take() else { return };
        if !self.busy {
            self.room.put(lent);
            return;
        }
        let room = Arc::clone(&self.room);
        // Outside a runtime nobody reads any more.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            // It answers after what is under way. One that does not is not lent again: the next reader opens another.
            if lent.conn.ping().await.is_ok() {
                room.put(lent);
            }
            drop(turn);
        });
    }
}
