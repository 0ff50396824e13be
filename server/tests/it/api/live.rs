//! `/api/v1/orgs/{org}/boards/{board}/events`: what happens on a board, as it happens.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use schema::board::{Applied, Board, Event};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::board::{keys, northwind, task};
use crate::support::{Client, TestApp};

const EVENTS: &str = "/api/v1/orgs/nw/boards/switching/events";

/// An open stream.
struct Stream {
    body: Body,
    text: String,
}

impl Stream {
    async fn open(caller: &Client, path: &str) -> Self {
        let response = caller.open(path).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next event: id, name and data; `None` when the stream ended.
    async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    block.lines().find_map(|line| line.strip_prefix(name).map(|value| value.trim().to_owned())).unwrap_or_default()
                };
                if !field("data:").is_empty() {
                    return Some((field("id:"), field("event:"), serde_json::from_str(&field("data:")).unwrap()));
                }
                continue;
            }
            let frame = timeout(Duration::from_secs(10), self.body.frame()).await.expect("something within ten seconds")?;
            if let Ok(bytes) = frame.expect("a whole frame").into_data() {
                self.text.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
    }
}

async fn place(caller: &Client, key: &str, to: Value) -> Value {
    let path = format!("/api/v1/tasks/{key}");
    let etag = caller.get(&path).await.ok().header("etag").to_owned();
    caller.with("if-match", &etag).patch(&format!("{path}/placement"), to).await.ok().json
}

#[tokio::test]
async fn who_listens_hears_of_every_move_and_ends_with_the_same_board() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let viewer = app.member(&owner, "nw", "vera", "viewer").await;
    for title in ["One", "Two", "Three"] {
        task(&owner, title, "ready").await;
    }
    let mut board: Board = serde_json::from_value(viewer.get("/api/v1/orgs/nw/boards/switching").await.ok().json).unwrap();
    let mut stream = Stream::open(&viewer, &format!("{EVENTS}?after={}", board.version)).await;
    let moved = place(&owner, "NW-1", json!({"column": "ready", "after": "NW-3"})).await;
    place(&owner, "NW-2", json!({"column": "done"})).await;
    task(&owner, "Four", "in-progress").await;
    owner.put("/api/v1/tasks/NW-4/commitment", json!({"state": "committed", "target_release": "2026.2"})).await.ok();
    place(&owner, "NW-4", json!({"column": "ready", "before": "NW-3"})).await;
    for expected in ["card-moved", "card-moved", "card-added", "card-changed", "card-moved"] {
        let (id, name, data) = stream.next().await.unwrap();
        assert_eq!(name, expected);
        if board.version + 1 == moved["board_version"].as_i64().unwrap() {
            assert_eq!((&data["task_version"], &data["key"]), (&moved["version"], &json!("NW-1")));
        }
        let event: Event = serde_json::from_value(data).unwrap();
        assert_eq!(id, event.version.to_string());
        assert_eq!(board.apply(&event), Applied::Done, "{event:?}");
    }
    let fresh = viewer.get("/api/v1/orgs/nw/boards/switching").await.json;
    assert_eq!(keys(&serde_json::to_value(&board).unwrap()), keys(&fresh));
    assert_eq!(board.version, fresh["version"].as_i64().unwrap());
}

#[tokio::test]
async fn who_was_away_hears_what_was_missed_or_that_it_was_too_much() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    task(&owner, "One", "ready").await;
    let before = owner.get("/api/v1/orgs/nw/boards/switching").await.json["version"].as_i64().unwrap();
    for column in ["done", "ready", "in-progress"] {
        place(&owner, "NW-1", json!({"column": column})).await;
    }
    let mut stream = Stream::open(&owner.with("last-event-id", &(before + 1).to_string()), &format!("{EVENTS}?after=1")).await;
    for column in ["ready", "in-progress"] {
        assert_eq!(stream.next().await.unwrap().2["column"], column);
    }
    for lost in ["-600", "999999"] {
        let (id, name, _) = Stream::open(&owner.with("last-event-id", lost), EVENTS).await.next().await.unwrap();
        assert_eq!((id, name.as_str()), ((before + 3).to_string(), "resync"), "{lost}");
    }
    owner.get(&format!("{EVENTS}?after=x")).await.refused(422);
}

#[tokio::test]
async fn who_is_no_member_any_more_hears_nothing_more() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let viewer = app.member(&owner, "nw", "vera", "viewer").await;
    task(&owner, "One", "ready").await;
    let mut stream = Stream::open(&viewer, EVENTS).await;
    owner.delete("/api/v1/orgs/nw/members/vera").await.ok();
    place(&owner, "NW-1", json!({"column": "done"})).await;
    assert_eq!(stream.next().await, None);
    viewer.get(EVENTS).await.refused(404);
}

#[tokio::test]
async fn signing_out_ends_the_stream_within_five_seconds() {
    let app = TestApp::start().await;
    northwind(&app).await;
    let browser = app.signed_in("mara").await;
    let mut stream = Stream::open(&browser, EVENTS).await;
    browser.form("/sign-out", &[]).await.leads();
    let ended = timeout(Duration::from_secs(5), stream.next()).await.expect("within five seconds");
    assert_eq!(ended, None);
}

#[tokio::test]
async fn a_stream_ends_when_the_server_does() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let mut stream = Stream::open(&owner, EVENTS).await;
    app.app.shutdown.cancel();
    assert_eq!(timeout(Duration::from_secs(1), stream.next()).await.expect("at once"), None);
}

#[tokio::test]
async fn a_task_that_goes_to_another_board_leaves_this_one() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let other = json!({"slug": "other", "name": "Other", "columns": [{"name": "Here", "category": "doing"}]});
    owner.post("/api/v1/orgs/nw/boards", other).await.status(201);
    task(&owner, "One", "ready").await;
    let (mut here, mut there) = (Stream::open(&owner, EVENTS).await, Stream::open(&owner, "/api/v1/orgs/nw/boards/other/events").await);
    place(&owner, "NW-1", json!({"board": "other", "column": "here"})).await;
    assert_eq!(here.next().await.unwrap().1, "card-removed");
    assert_eq!(there.next().await.unwrap().1, "card-added");
}

#[tokio::test]
async fn a_version_the_board_cannot_have_is_told_to_load_it_again() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    task(&owner, "One", "ready").await;
    let mut stream = Stream::open(&owner.with("last-event-id", &i64::MAX.to_string()), EVENTS).await;
    let (_, name, _) = stream.next().await.expect("an event");
    assert_eq!(name, "resync");
}

#[tokio::test]
async fn what_a_card_is_for_is_told_only_to_who_may_see_it() {
    let app = TestApp::start().await;
    // On PostgreSQL a stream hears what was committed by way of the database.
    let db = app.app.db.clone();
    let hearing = tokio::spawn(async move { db.listen().await });
    let owner = northwind(&app).await;
    app.openness(&owner, "nw", "open").await;
    let olga = app.person("olga").await;
    app.project("neutron", &olga).await;
    let hidden = app.delta(&owner, json!({"visibility": "private", "title": "The zyxomat leaks tokens"})).await;
    let public = app.delta(&owner, json!({"title": "Port stays down"})).await;
    task(&owner, "Retry", "ready").await;
    let nils = app.member(&owner, "nw", "nils", "member").await;
    let version = async || owner.get("/api/v1/orgs/nw/boards/switching").await.ok().json["version"].to_string();
    let before = version().await;
    let (from, browser) = (format!("{EVENTS}?after={before}"), app.signed_in("nils").await);
    let mut streams = Vec::new();
    for (name, client) in [("a guest", app.anyone()), ("a member", nils), ("a member's browser", browser), ("the reporter", owner.clone())]
    {
        let listening = Stream::open(&client, &from).await;
        streams.push((name, client, listening));
    }
    let link = |delta: &str| format!("/api/v1/tasks/NW-1/deltas/{delta}");
    let keys = |data: &Value| -> Vec<String> {
        let deltas = data["card"]["deltas"].as_array().cloned().unwrap_or_default();
        deltas.iter().map(|delta| delta["key"].as_str().unwrap().to_owned()).collect()
    };
    let resolves = json!({"relation": "resolves"});
    for step in 0..3 {
        match step {
            0 => owner.put(&link(&hidden), resolves.clone()).await.ok(),
            1 => owner.put(&link(&public), resolves.clone()).await.ok(),
            _ => owner.delete(&link(&hidden)).await.ok(),
        };
        let last = version().await;
        for (name, client, listening) in &mut streams {
            // Who comes later is told the same of what was missed. A card is told as it is when it is read: so both are read now.
            let mut later = Stream::open(&client.with("last-event-id", &before), EVENTS).await;
            for stream in [listening, &mut later] {
                let (mut told, mut seen): (String, Vec<(String, Vec<String>)>) = (String::new(), Vec::new());
                while seen.last().is_none_or(|(id, _)| *id != last) {
                    let (id, _, data) = stream.next().await.expect("the stream goes on");
                    told += &data.to_string();
                    seen.push((id, keys(&data)));
                }
                let mut seen = seen.pop().map(|(_, keys)| keys).unwrap_or_default();
                seen.sort();
                let sees_all = *name == "the reporter";
                let all = [(&hidden, sees_all && step < 2), (&public, step > 0)];
                let expected: Vec<String> = all.iter().filter(|(_, shown)| *shown).map(|(key, _)| (*key).clone()).collect();
                assert_eq!(seen, expected, "{name}, step {step}");
                let names_it = told.contains("zyxomat") || told.contains(&format!("\"{hidden}\""));
                assert_eq!(names_it, sees_all && step < 2, "{name}, step {step}, is told: {told}");
            }
        }
    }
    hearing.abort();
}
