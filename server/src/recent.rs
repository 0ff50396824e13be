//! What happened lately on each board, read once for all who listen to it: a thousand listeners to one board ask the database once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Mutex as Turns;
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        board::live::{News, after},
        db::Db,
    },
};

/// Most boards that are remembered; then all are forgotten.
const MOST: usize = 1000;

/// Events of boards that several listeners want at the same moment.
#[derive(Debug, Default)]
pub struct Recent(Mutex<HashMap<Uuid, Arc<Turns<Option<Kept>>>>>);

/// What was read of one board.
#[derive(Debug)]
struct Kept {
    /// Under which edition of [`crate::live::Live`] it was read.
    edition: (u64, u64),
    /// After which version.
    last: i64,
    news: Arc<News>,
}

impl Recent {
    /// What happened on a board after a version. Who comes second takes what the first one read, unless there was news since.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn after(&self, db: &Db, board: Uuid, last: i64) -> Result<Arc<News>> {
        let turns = self.of(board);
        let mut kept = turns.lock().await;
        // Before reading: news that comes meanwhile makes it old.
        let edition = db.live().edition(board);
        if let Some(known) = kept.as_ref().filter(|known| (known.edition, known.last) == (edition, last)) {
            return Ok(Arc::clone(&known.news));
        }
        let news = Arc::new(after(&mut db.read().await?, board, last).await?);
        *kept = Some(Kept { edition, last, news: Arc::clone(&news) });
        Ok(news)
    }

    fn of(&self, board: Uuid) -> Arc<Turns<Option<Kept>>> {
        let mut boards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if boards.len() >= MOST && !boards.contains_key(&board) {
            boards.clear();
        }
        Arc::clone(boards.entry(board).or_default())
    }
}
