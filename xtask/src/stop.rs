//! Ctrl-C and SIGTERM: everything started here is stopped before this process ends.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::signal::unix::{SignalKind, signal};

/// Something that outlives this process unless it is stopped: a server, a database cluster, a running step.
pub trait Stop: Send + Sync {
    /// Ends it and waits until it is gone. Called at most a few times; the second call does nothing.
    fn stop(&self);
}

static STARTED: Mutex<Vec<Weak<dyn Stop>>> = Mutex::new(Vec::new());
static STOPPING: AtomicBool = AtomicBool::new(false);

/// Remembers a started thing until it is dropped. After a signal it is stopped at once.
pub fn remember<T: Stop + 'static>(started: &Arc<T>) {
    let weak: Weak<T> = Arc::downgrade(started);
    let mut all = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|thing| thing.strong_count() > 0);
    all.push(weak);
    drop(all);
    if STOPPING.load(Ordering::SeqCst) {
        started.stop();
        hold();
    }
}

/// After a signal: waits for the end of this process, so that the work that a stopped child leaves behind does not go on. Else returns at once.
pub fn hold() {
    while STOPPING.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

/// Starts the thread that waits for a signal. On one it stops what is remembered, the newest first, and exits with 130.
///
/// # Errors
/// When the signal handlers cannot be set.
pub fn watch() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the signal thread")?;
    let (mut interrupt, mut terminate, mut hangup) = {
        let _inside = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?)
    };
    std::thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {}, _ = hangup.recv() => {} }
        });
        STOPPING.store(true, Ordering::SeqCst);
        stop_all();
        std::process::exit(130);
    });
    Ok(())
}

fn stop_all() {
    let all = std::mem::take(&mut *STARTED.lock().unwrap_or_else(PoisonError::into_inner));
    for thing in all.iter().rev().filter_map(Weak::upgrade) {
        thing.stop();
    }
}

/// A new temporary folder, removed with all it holds when dropped or on Ctrl-C. Make it before the things that use it: they are stopped first.
pub struct Folder(Arc<Held>);

struct Held(PathBuf);

impl Folder {
    /// Makes `<prefix>…` in the system's temporary folder, for this user only.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(prefix: &str) -> Result<Self> {
        let path = tempfile::Builder::new().prefix(prefix).tempdir().context("making a temporary folder")?.keep();
        let held = Arc::new(Held(path));
        remember(&held);
        Ok(Self(held))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Stop for Held {
    fn stop(&self) {
        // Gone already after the first call; what cannot be removed is the system's to clear.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
