//! The accept loop: time limits against silent connections, and an orderly end.

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;
use tower_http::timeout::TimeoutBody;

use crate::{
    app::App,
    clock::Clock,
    config::Config,
    error::{Error, Result},
    extract::Peer,
    job, router,
    store::db::Db,
};

/// Time for a connection's first byte.
const FIRST: Duration = Duration::from_secs(5);
/// Time for a request's headers, and between requests: longer than a proxy keeps a connection that is idle (60 s in most), so
/// that it is the proxy that ends it and no request meets a connection at its end.
const HEADERS: Duration = Duration::from_secs(75);
/// Time for the answers under way when the server is told to end.
const DRAIN: Duration = Duration::from_secs(8);
/// Time that a request may read the database: what takes longer is a query that nobody waits for, and others do.
const READING: Duration = Duration::from_secs(5);
/// Time for the database's connections to end after that.
const CLOSE: Duration = Duration::from_secs(1);
/// Time that a request's body may let nothing come.
const BODY: Duration = Duration::from_secs(30);
/// Connections open at the same time.
const CONNECTIONS: usize = 20_000;

/// A server that listens and has not started to answer.
pub struct Server {
    /// The application, for tests and for what is said at start.
    pub app: App,
    listener: TcpListener,
}

impl Server {
    /// Listens, then opens the database and brings its schema up to date: where the address is taken, nothing is touched.
    ///
    /// # Errors
    /// When the database does not answer or the address is taken.
    pub async fn bind(config: Config, clock: Clock) -> Result<Self> {
        let listener =
            TcpListener::bind(config.listen).await.map_err(|error| Error::start(format!("cannot listen on {}: {error}", config.listen)))?;
        let db = Db::open_to_answer(&config.database_url, config.connections, READING).await?;
        db.migrate().await?;
        Ok(Self { app: App::new(db, clock, config)?, listener })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Answers until `app.shutdown` is cancelled, then lets the answers under way end, and closes the database.
    ///
    /// # Errors
    /// None at present.
    pub async fn run(self) -> Result<()> {
        let Self { app, listener } = self;
        let jobs = TaskTracker::new();
        jobs.spawn(job::run(app.clone(), job::Pace::default()));
        let listening = tokio::spawn({
            let db = app.db.clone();
            async move { db.listen().await }
        });
        let connections = TaskTracker::new();
        let service = router::router(app.clone());
        let free = std::sync::Arc::new(tokio::sync::Semaphore::new(CONNECTIONS));
        loop {
            let Ok(permit) = free.clone().acquire_owned().await else { break };
            let accepted = tokio::select! {
                () = app.shutdown.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let answering = connection(stream, Peer(peer.ip()), service.clone(), app.shutdown.clone());
                    connections.spawn(async move {
                        answering.await;
                        drop(permit);
                    });
                }
                // Out of file descriptors, say: others may close theirs.
                Err(error) => {
                    tracing::warn!("accept: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(listener);
        connections.close();
        jobs.close();
        if tokio::time::timeout(DRAIN, async { tokio::join!(connections.wait(), jobs.wait()) }).await.is_err() {
            tracing::warn!("{} connections were cut off after {} s", connections.len(), DRAIN.as_secs());
        }
        listening.abort();
        // What was cut off may still hold connections: not waited for long, what was acknowledged is on disk.
        tokio::time::timeout(CLOSE, app.db.close()).await.ok();
        Ok(())
    }
}

async fn connection(stream: TcpStream, peer: Peer, service: Router, shutdown: CancellationToken) {
    stream.set_nodelay(true).ok();
    match tokio::time::timeout(FIRST, stream.peek(&mut [0])).await {
        Ok(Ok(1)) => {}
        _ => return,
    }
    let service = TowerToHyperService::new(service.map_request(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(|body| axum::body::Body::new(TimeoutBody::new(BODY, body)));
        request.extensions_mut().insert(peer);
        request
    }));
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(64 << 10);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(20)).max_concurrent_streams(128);
    let answering = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(answering);
    let ended = tokio::select! {
        ended = &mut answering => ended,
        () = shutdown.cancelled() => {
            answering.as_mut().graceful_shutdown();
            answering.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("connection: {error}");
    }
}
