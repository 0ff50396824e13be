//! The load: kept connections, one request after the other on each, with as little work of its own as possible, since it shares the machine with the server.

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, HeaderMap};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// One request.
pub struct Ask {
    /// Its method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Its headers.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: Bytes,
}

/// What came back for it.
pub struct Reply {
    /// The HTTP status; 0 when the connection broke.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as on the wire (compressed where asked for).
    pub body: Bytes,
}

/// What one connection asks for, again and again. A lane keeps its own state (its cards' versions) over the rounds.
pub trait Lane: Send {
    /// The next request.
    fn ask(&mut self) -> Ask;
    /// Takes the reply in; false when it is a failure.
    fn took(&mut self, reply: &Reply) -> bool;
}

/// What a stretch of load came to.
#[derive(Default, Clone)]
pub struct Load {
    /// Requests answered as they should be.
    pub good: u64,
    /// Requests answered otherwise, or not at all.
    pub failed: u64,
    /// What the first failure was.
    pub failure: Option<String>,
    /// How long it went on.
    pub took: Duration,
    /// Time from request to whole reply, one per good request.
    pub times: Vec<Duration>,
}

impl Load {
    /// Adds another stretch.
    pub fn add(&mut self, other: Self) {
        self.good += other.good;
        self.failed += other.failed;
        self.took += other.took;
        self.times.extend(other.times);
        self.failure = self.failure.take().or(other.failure);
    }

    /// Good requests per second.
    pub fn rate(&self) -> f64 {
        self.good as f64 / self.took.as_secs_f64().max(1e-9)
    }

    /// The time in milliseconds that this share of the requests stayed within (0.5: the median).
    pub fn quantile(&self, share: f64) -> f64 {
        let mut times = self.times.clone();
        times.sort_unstable();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index below the length")]
        let index = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }
}

/// Keeps one connection per lane busy for `length`.
///
/// # Errors
/// When no connection can be made at the beginning.
pub async fn drive(address: &str, lanes: &mut [Box<dyn Lane>], length: Duration) -> Result<Load> {
    let mut connections = Vec::new();
    for _ in lanes.iter() {
        connections.push(connect(address).await?);
    }
    let began = Instant::now();
    let end = began + length;
    let running = lanes.iter_mut().zip(connections).map(|(lane, connection)| keep_busy(address, lane.as_mut(), connection, end));
    let mut all = Load::default();
    for load in futures_util::future::join_all(running).await {
        all.add(load);
    }
    all.took = began.elapsed();
    Ok(all)
}

async fn keep_busy(address: &str, lane: &mut dyn Lane, mut connection: SendRequest<Full<Bytes>>, end: Instant) -> Load {
    let mut load = Load::default();
    while Instant::now() < end {
        let ask = lane.ask();
        let what = format!("{} {}", ask.method, ask.path);
        let began = Instant::now();
        let reply = send(&mut connection, address, ask).await;
        let took = began.elapsed();
        match reply {
            Ok(reply) if lane.took(&reply) => {
                load.good += 1;
                load.times.push(took);
            }
            Ok(reply) => {
                load.failed += 1;
                let body = String::from_utf8_lossy(&reply.body).chars().take(300).collect::<String>();
                load.failure.get_or_insert_with(|| format!("{what} answered {}: {body}", reply.status));
            }
            Err(error) => {
                load.failed += 1;
                load.failure.get_or_insert_with(|| format!("{what}: {error:#}"));
                // The server may be down for good: no busy loop.
                tokio::time::sleep(Duration::from_millis(20)).await;
                if let Ok(new) = connect(address).await {
                    connection = new;
                }
            }
        }
    }
    load
}

/// Sends one request on its own connection.
///
/// # Errors
/// When no whole reply comes.
pub async fn once(address: &str, ask: Ask) -> Result<Reply> {
    let mut connection = connect(address).await?;
    send(&mut connection, address, ask).await
}

/// A new connection.
///
/// # Errors
/// When the server does not take it.
pub async fn connect(address: &str) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await.with_context(|| format!("connecting to {address}"))?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn send(connection: &mut SendRequest<Full<Bytes>>, address: &str, ask: Ask) -> Result<Reply> {
    let mut request = Request::builder().method(ask.method).uri(ask.path).header(HOST, address);
    for (name, value) in ask.headers {
        request = request.header(name, value);
    }
    connection.ready().await?;
    let response = connection.send_request(request.body(Full::new(ask.body))?).await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.into_body().collect().await?.to_bytes();
    Ok(Reply { status, headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_sorted_times() {
        let times = [30, 10, 20, 40].map(Duration::from_millis).to_vec();
        let load = Load { times, good: 4, took: Duration::from_secs(2), ..Load::default() };
        assert!(
            (load.quantile(0.5) - 30.0).abs() < 0.001 && (load.quantile(0.95) - 40.0).abs() < 0.001 && (load.rate() - 2.0).abs() < 0.001
        );
        assert!(Load::default().quantile(0.5).is_nan());
    }
}
