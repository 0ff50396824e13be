//! What one does on a board, the others see at once; who was away gets what was missed.

use super::board::column_of;
use super::world::World;
use crate::client::{Body, Client, number, text};
use crate::sse::Stream;
use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const EVENTS: &str = "orgs/northwind/boards/main/events";
/// Long enough for a busy machine; what it took is printed.
const PATIENCE: Duration = Duration::from_secs(5);

/// One moves a card, another's stream tells it.
pub async fn seen(world: &mut World) -> Result<String> {
    let key = world.task("northwind")?.to_owned();
    let mut stream = Stream::open(world.as_("olga")?, EVENTS, "").await?;
    let began = Instant::now();
    let moved = shift(world.as_("nils")?, &key, "doing").await?;
    let event = stream.next(PATIENCE, |event| event.json()["key"] == *key).await?;
    let took = began.elapsed();
    let told = event.json();
    ensure!(event.name == "card-moved" && told["column"] == "doing", "the stream told {event:?}");
    ensure!(
        told["task_version"] == moved["version"],
        "the stream tells version {} and the reply {}",
        told["task_version"],
        moved["version"]
    );
    ensure!(!event.id.is_empty(), "the event has no id to resume from");
    world.last_event = event.id;
    Ok(format!(
        "{key} moved by Nils to doing, on Olga's stream {} ms after the request, as version {}",
        took.as_millis(),
        told["task_version"]
    ))
}

/// Three moves while nobody listens: with `Last-Event-ID` all three come, in order, once each.
pub async fn resumed(world: &mut World) -> Result<String> {
    let key = world.task("northwind")?.to_owned();
    let mut want = Vec::new();
    for column in ["review", "doing", "review"] {
        want.push(number(&shift(world.as_("nils")?, &key, column).await?, "/version")?);
    }
    let mut stream = Stream::open(world.as_("olga")?, EVENTS, &world.last_event).await?;
    let mut versions = Vec::new();
    for _ in 0..want.len() {
        let event = stream.next(PATIENCE, |event| event.json()["key"] == *key).await?;
        versions.push(number(&event.json(), "/task_version")?);
    }
    ensure!(versions == want, "resumed with versions {versions:?} and not {want:?}");
    let more = stream.next(Duration::from_millis(300), |event| event.json()["key"] == *key).await;
    ensure!(more.is_err(), "an event came twice: {:?}", more.ok());
    world.last_event = stream.last;
    Ok(format!("versions {versions:?} missed and got, in order, once each"))
}

/// Who moves from an old version is refused and nothing is lost.
pub async fn stale(world: &mut World) -> Result<String> {
    let key = world.task("northwind")?;
    let path = format!("tasks/{key}/placement");
    let refused = world.as_("olga")?.ask(Method::PATCH, &path, &[("if-match", "\"1\"")], Body::Json(json!({"column": "next"}))).await?;
    ensure!([409, 412].contains(&refused.status), "a stale move is answered {}", refused.status);
    let blind = world.as_("olga")?.ask(Method::PATCH, &path, &[], Body::Json(json!({"column": "next"}))).await?;
    ensure!(blind.status == 428, "a move without a version is answered {}", blind.status);
    let board = world.as_("nils")?.get("orgs/northwind/boards/main").await?;
    let column = column_of(&board, key).context("the card is gone")?;
    ensure!(column == "review", "the stale move put the card into {column}");
    Ok(format!("a move of version 1 is {}, without a version 428; the card stays in review", refused.status))
}

/// A second server on the same database: its stream tells what is moved through the first, and back.
pub async fn two_servers(world: &mut World) -> Result<String> {
    let key = world.task("northwind")?.to_owned();
    let second = world.ground.serve()?;
    let mut told = Vec::new();
    for (mover, listener, column) in [(world.server.url(), second.url(), "doing"), (second.url(), world.server.url(), "review")] {
        let mut stream = Stream::open(&world.as_("olga")?.at(&listener), EVENTS, "").await?;
        let began = Instant::now();
        shift(&world.as_("nils")?.at(&mover), &key, column).await?;
        let event = stream.next(PATIENCE, |event| event.json()["key"] == *key).await?;
        told.push(began.elapsed().as_millis().to_string());
        ensure!(text(&event.json(), "/column")? == column, "the other server tells {event:?}");
    }
    second.stop();
    Ok(format!("a move through either is on the other's stream after {} and {} ms", told[0], told[1]))
}

/// Moves a card from its current version.
async fn shift(who: &Client, key: &str, column: &str) -> Result<Value> {
    let path = format!("tasks/{key}");
    who.change(Method::PATCH, &path, &format!("{path}/placement"), json!({"column": column})).await?.json()
}
