//! Tells streams that something was committed. Only ids travel: what a listener may see it reads for itself.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::broadcast;
use uuid::Uuid;

/// Something changed on a board. A listener reads the events it has not seen yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The board has new events.
    Board(Uuid),
    /// Somebody may see more or less than before: who listens is asked again who they are.
    Rights,
    /// Anything may have changed: look for yourself.
    All,
}

impl Hint {
    /// Reads what [`fmt::Display`] wrote.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "rights" => Some(Self::Rights),
            _ => text.strip_prefix("board ").and_then(|id| id.parse().ok()).map(Self::Board),
        }
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Board(id) => write!(f, "board {id}"),
            Self::Rights => f.write_str("rights"),
            Self::All => f.write_str("all"),
        }
    }
}

/// This process's listeners.
#[derive(Clone, Debug)]
pub struct Live {
    hints: broadcast::Sender<Hint>,
    news: Arc<News>,
}

/// How often there was news, of each board and of all.
#[derive(Debug, Default)]
struct News {
    boards: Mutex<HashMap<Uuid, u64>>,
    all: AtomicU64,
}

impl Default for Live {
    fn default() -> Self {
        Self { hints: broadcast::Sender::new(1024), news: Arc::default() }
    }
}

impl Live {
    /// Tells every listener.
    pub fn tell(&self, hint: Hint) {
        // Before anybody hears of it: what was read until now is old.
        match hint {
            Hint::Board(board) => *self.news.boards.lock().unwrap_or_else(PoisonError::into_inner).entry(board).or_default() += 1,
            Hint::All => drop(self.news.all.fetch_add(1, Ordering::SeqCst)),
            Hint::Rights => {}
        }
        // Nobody listening is no error.
        self.hints.send(hint).ok();
    }

    /// Tells every listener to look for itself.
    pub fn tell_all(&self) {
        self.tell(Hint::All);
    }

    /// A number that is another one after each hint of news of a board: what was read under this one is what there is.
    pub fn edition(&self, board: Uuid) -> (u64, u64) {
        let of = self.news.boards.lock().unwrap_or_else(PoisonError::into_inner).get(&board).copied().unwrap_or_default();
        (of, self.news.all.load(Ordering::SeqCst))
    }

    /// Listens from now on. A listener that falls behind gets `Lagged` and looks for itself.
    pub fn listen(&self) -> broadcast::Receiver<Hint> {
        self.hints.subscribe()
    }
}
