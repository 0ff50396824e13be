//! Ten people move cards of one board at the same time: no update is lost, and in the end all see the same board.

use super::sse::Stream;
use super::words::Words;
use crate::client::{Body, Client};
use crate::server::Server;
use anyhow::{Context, Result, ensure};
use reqwest::Method;
use schema::board::{Applied, Board, Event};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many move.
const PEOPLE: u64 = 10;
const BOARD: &str = "orgs/bench/boards/main";

/// What came of it.
pub struct Movers {
    /// Moves that the server took.
    pub moves: i64,
    /// Moves that it refused, because somebody was faster.
    pub refused: i64,
}

/// Cards of a board as the API tells it: key and version.
///
/// # Errors
/// When it tells otherwise.
pub fn cards(board: &Value) -> Result<Vec<(String, i64)>> {
    let mut all = Vec::new();
    for card in
        board["columns"].as_array().context("a board without columns")?.iter().flat_map(|column| column["cards"].as_array()).flatten()
    {
        let key = card["key"].as_str().context("a card without a key")?;
        all.push((key.to_owned(), card["version"].as_i64().context("a card without a version")?));
    }
    Ok(all)
}

/// Lets them move for so long, then compares.
///
/// # Errors
/// When an update was lost, or somebody's board is another than the server's.
pub async fn measure(server: &Server, token: &str, length: Duration) -> Result<Movers> {
    let olga = Client::new(&server.url())?.with(token);
    let before: HashMap<String, i64> = cards(&olga.get(BOARD).await?)?.into_iter().collect();
    let mut running = Vec::new();
    for seed in 0..PEOPLE {
        running.push(tokio::spawn(Mover::start(server, &olga, token, seed).await?.run(Instant::now() + length)));
    }
    let (mut made, mut refused, mut shown) = (HashMap::<String, i64>::new(), 0, Vec::new());
    for one in running {
        let Outcome { kept, stale, board } = one.await??;
        refused += stale;
        for (key, times) in kept {
            *made.entry(key).or_default() += times;
        }
        shown.push(board);
    }
    let last: Board = serde_json::from_value(olga.get(BOARD).await?)?;
    let end = Instant::now() + Duration::from_secs(10);
    for board in shown {
        loop {
            let seen = board.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if seen.version >= last.version {
                ensure!(order(&seen) == order(&last), "a board that followed the stream is another than the server's");
                break;
            }
            ensure!(Instant::now() < end, "a board is at version {} and the server's at {}", seen.version, last.version);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let after = cards(&serde_json::to_value(&last)?)?;
    ensure!(after.len() == before.len(), "{} cards before and {} after", before.len(), after.len());
    for (key, version) in &after {
        let was = before.get(key).with_context(|| format!("{key} was not there before"))?;
        let times = made.get(key).copied().unwrap_or_default();
        ensure!(version - was == times, "{key} was moved {times} times and its version rose by {}", version - was);
    }
    Ok(Movers { moves: made.values().sum(), refused })
}

/// Keys by column, from above.
fn order(board: &Board) -> Vec<(String, Vec<String>)> {
    let keys = |column: &schema::board::Column| column.cards.iter().map(|card| card.key.to_string()).collect();
    board.columns.iter().map(|column| (column.slug.clone(), keys(column))).collect()
}

/// One of them: what they see, and what they do.
struct Mover {
    client: Client,
    board: Arc<Mutex<Board>>,
    words: Words,
}

struct Outcome {
    kept: HashMap<String, i64>,
    stale: i64,
    board: Arc<Mutex<Board>>,
}

impl Mover {
    async fn start(server: &Server, client: &Client, token: &str, seed: u64) -> Result<Self> {
        let seen: Board = serde_json::from_value(client.get(BOARD).await?)?;
        let mut stream = Stream::open(&server.address, &format!("/api/v1/{BOARD}/events?after={}", seen.version), token).await?;
        let board = Arc::new(Mutex::new(seen));
        let (shown, reader) = (Arc::clone(&board), client.clone());
        tokio::spawn(async move {
            while let Ok(event) = stream.next().await {
                let applied = match serde_json::from_str::<Event>(&event.data) {
                    Ok(event) => shown.lock().unwrap_or_else(PoisonError::into_inner).apply(&event),
                    // What has no version is not of the board's order.
                    Err(_) if event.name != "resync" => continue,
                    Err(_) => Applied::Reload,
                };
                if applied != Applied::Reload {
                    continue;
                }
                let Ok(fresh) = reader.get(BOARD).await else { return };
                let Ok(fresh) = serde_json::from_value::<Board>(fresh) else { return };
                *shown.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
            }
        });
        Ok(Self { client: client.clone(), board, words: Words::new(seed + 900) })
    }

    async fn run(mut self, end: Instant) -> Result<Outcome> {
        let (mut kept, mut stale) = (HashMap::<String, i64>::new(), 0);
        while Instant::now() < end {
            let Some((key, version, to)) = self.choose() else { continue };
            let tag = format!("\"{version}\"");
            let answer = self.client.ask(Method::PATCH, &format!("tasks/{key}/placement"), &[("if-match", &tag)], Body::Json(to)).await?;
            match answer.status {
                200 => *kept.entry(key).or_default() += 1,
                // Somebody was faster with this card, or with the one it should stand below.
                409 | 412 | 422 => {
                    stale += 1;
                    // So that what the stream tells comes in before the next try.
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                _ => return Err(answer.good().err().unwrap_or_else(|| anyhow::anyhow!("a move was answered otherwise"))),
            }
        }
        Ok(Outcome { kept, stale, board: self.board })
    }

    /// A card, its version, and where it shall go.
    fn choose(&mut self) -> Option<(String, i64, Value)> {
        let board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        let mut roll = |below: usize| usize::try_from(self.words.roll() % std::cmp::max(below as u64, 1)).unwrap_or_default();
        let full: Vec<_> = board.columns.iter().filter(|column| !column.cards.is_empty()).collect();
        let from = full.get(roll(full.len()))?;
        let card = from.cards.get(roll(from.cards.len()))?;
        let to = board.columns.get(roll(board.columns.len()))?;
        let mut place = json!({ "column": to.slug });
        if let Some(above) = to.cards.get(roll(to.cards.len())).filter(|above| above.key != card.key) {
            place["after"] = json!(above.key);
        }
        Some((card.key.to_string(), card.version, place))
    }
}
