//! What happens by itself: sweeping what has expired.

use std::time::Duration;

use crate::{app::App, error::Result, store};

/// Runs until the server ends.
pub async fn run(app: App) {
    let mut every = tokio::time::interval(Duration::from_secs(60));
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            _ = every.tick() => {}
        }
        if let Err(error) = sweep(&app).await {
            tracing::warn!("sweeping: {error}");
        }
    }
}

async fn sweep(app: &App) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::session::sweep(&mut tx, app.clock.now()).await?;
    store::idempotency::sweep(&mut tx, app.clock.now()).await?;
    tx.commit().await
}
