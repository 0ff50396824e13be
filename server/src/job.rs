//! What happens by itself: making search terms anew after an update, sweeping what has expired, ending embargoes, bringing scores up to date with
//! the segments' members, deciding where a project's rule is silence, taking files away that nobody needs, importing what was brought.

use std::time::Duration;

use crate::{act, app::App, error::Result, store};

/// How often what is done.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// What has expired is swept, and what is due by a rule or by its day is done.
    pub every: Duration,
    /// How long after people joined or left a segment its scores may still be of the members before.
    pub scores: Duration,
    /// Files of nobody are looked for,
    pub files: Duration,
    /// and how long after a start first: it looks at every file.
    pub files_first: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let day = 24 * 60 * 60;
        Self {
            every: Duration::from_secs(60),
            scores: Duration::from_secs(5),
            files: Duration::from_secs(day),
            files_first: Duration::from_secs(10 * 60),
        }
    }
}

/// How often imports are looked for that another server was told of, or did not end.
const IMPORTS: Duration = Duration::from_secs(5);

/// Runs until the server ends.
pub async fn run(app: App, pace: Pace) {
    let renewing = async {
        if let Err(error) = renew(&app).await {
            tracing::warn!("making search terms anew, which goes on at the next start: {error}");
        }
    };
    tokio::join!(renewing, every_now_and_then(&app, pace), importing(&app));
}

/// Brings in what waits, one after the other: nothing else waits for it.
async fn importing(app: &App) {
    let mut every = tokio::time::interval(IMPORTS);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            _ = every.tick() => {}
            () = app.imports.notified() => {}
        }
        if let Err(error) = act::import::turn::due(app).await {
            tracing::warn!("importing: {error}");
        }
    }
}

async fn every_now_and_then(app: &App, pace: Pace) {
    if let Err(error) = act::resolution::catch_up(app).await {
        tracing::warn!("counting duplicates: {error}");
    }
    let mut every = tokio::time::interval(pace.every);
    let mut scores = tokio::time::interval(pace.scores);
    // A round that took longer is not made up for.
    scores.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut files = tokio::time::interval_at(tokio::time::Instant::now() + pace.files_first, pace.files);
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            _ = every.tick() => {
                if let Err(error) = sweep(app).await {
                    tracing::warn!("sweeping: {error}");
                }
                if let Err(error) = act::consensus::due(app).await {
                    tracing::warn!("deciding by rule: {error}");
                }
                if let Err(error) = act::task::expire(app).await {
                    tracing::warn!("taking back promises that expire: {error}");
                }
                if let Err(error) = act::delta::end_embargoes(app).await {
                    tracing::warn!("ending embargoes: {error}");
                }
            }
            _ = files.tick() => {
                if let Err(error) = act::attachment::sweep_store(app).await {
                    tracing::warn!("looking for files of nobody: {error}");
                }
            }
            _ = scores.tick() => {
                if let Err(error) = act::impact::refresh(app).await {
                    tracing::warn!("bringing scores up to date: {error}");
                }
            }
        }
    }
}

/// After an update that tells terms apart in another way, or an import from before there were any.
async fn renew(app: &App) -> Result<()> {
    let mut more = true;
    while more && !app.shutdown.is_cancelled() {
        let mut tx = app.db.write().await?;
        more = store::search::renew(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn sweep(app: &App) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::session::sweep(&mut tx, app.clock.now()).await?;
    store::idempotency::sweep(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    act::attachment::sweep(app).await?;
    act::import::turn::sweep(app).await.map(drop)
}
