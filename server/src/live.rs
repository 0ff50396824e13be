//! Tells streams that something was committed. Only ids travel: what a listener may see it reads for itself.

use std::fmt;

use tokio::sync::broadcast;
use uuid::Uuid;

/// Something changed on a board. A listener reads the events it has not seen yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The board has new events.
    Board(Uuid),
    /// Anything may have changed: look for yourself.
    All,
}

impl Hint {
    /// Reads what [`fmt::Display`] wrote.
    pub fn read(text: &str) -> Option<Self> {
        text.strip_prefix("board ").and_then(|id| id.parse().ok()).map(Self::Board)
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Board(id) => write!(f, "board {id}"),
            Self::All => f.write_str("all"),
        }
    }
}

/// This process's listeners.
#[derive(Clone, Debug)]
pub struct Live {
    hints: broadcast::Sender<Hint>,
}

impl Default for Live {
    fn default() -> Self {
        Self { hints: broadcast::Sender::new(1024) }
    }
}

impl Live {
    /// Tells every listener.
    pub fn tell(&self, hint: Hint) {
        // Nobody listening is no error.
        self.hints.send(hint).ok();
    }

    /// Tells every listener to look for itself.
    pub fn tell_all(&self) {
        self.tell(Hint::All);
    }

    /// Listens from now on. A listener that falls behind gets `Lagged` and looks for itself.
    pub fn listen(&self) -> broadcast::Receiver<Hint> {
        self.hints.subscribe()
    }
}
