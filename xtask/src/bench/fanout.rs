//! How soon everybody who looks at a board hears of a move.

use super::load::Load;
use super::movers::cards;
use super::sse::Stream;
use crate::client::{Client, number};
use crate::server::Server;
use anyhow::{Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Moves that are told.
const MOVES: usize = 30;
/// Between two moves: listeners have rest, and are also asked again who they are.
const PAUSE: Duration = Duration::from_millis(300);
/// Streams that are opened at the same time.
const AT_ONCE: usize = 16;

/// From the move's request to its event, over all listeners and moves, in milliseconds.
pub struct Heard {
    /// Half of them within.
    pub p50: f64,
    /// All but one in a hundred within.
    pub p99: f64,
    /// All within.
    pub longest: f64,
}

/// Measures it with so many listeners, each on a connection of its own.
///
/// # Errors
/// When a stream ends, or a listener hears nothing within 10 s.
pub async fn measure(server: &Server, token: &str, listeners: usize) -> Result<Heard> {
    const BOARD: &str = "orgs/bench/boards/main";
    let olga = Client::new(&server.url())?.with(token);
    let path = format!("/api/v1/{BOARD}/events");
    let open = (0..listeners).map(|_| Stream::open(&server.address, &path, token));
    let streams: Vec<Stream> = stream::iter(open).buffer_unordered(AT_ONCE).try_collect().await?;
    let (sender, mut heard) = mpsc::unbounded_channel();
    for mut stream in streams {
        let sender = sender.clone();
        tokio::spawn(async move {
            while let Ok(event) = stream.next().await {
                if event.name == "card-moved" && sender.send((Instant::now(), event.data)).is_err() {
                    return;
                }
            }
        });
    }
    let all = cards(&olga.get(BOARD).await?)?;
    ensure!(!all.is_empty(), "the board is empty");
    let mut began: HashMap<i64, Instant> = HashMap::new();
    let mut times = Vec::new();
    for at in 0..MOVES {
        tokio::time::sleep(PAUSE).await;
        let key = &all[at % all.len()].0;
        let task = olga.get(&format!("tasks/{key}")).await?;
        let tag = format!("\"{}\"", number(&task, "/version")?);
        let column = if task["column"] == "next" { "doing" } else { "next" };
        let start = Instant::now();
        let body = crate::client::Body::Json(json!({ "column": column }));
        let moved = olga.ask(Method::PATCH, &format!("tasks/{key}/placement"), &[("if-match", &tag)], body).await?.good()?.json()?;
        began.insert(number(&moved, "/board_version")?, start);
        for _ in 0..listeners {
            let Some((when, data)) = timeout(Duration::from_secs(10), heard.recv()).await? else { break };
            let version = serde_json::from_str::<Value>(&data)?["version"].as_i64().unwrap_or_default();
            let start = began.get(&version).copied().unwrap_or(start);
            times.push(when.duration_since(start));
        }
    }
    ensure!(times.len() == listeners * MOVES, "{} of {} events were heard", times.len(), listeners * MOVES);
    let load = Load { times, ..Load::default() };
    Ok(Heard { p50: load.quantile(0.5), p99: load.quantile(0.99), longest: load.quantile(1.0) })
}
