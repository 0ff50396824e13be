//! What the writers write on: a project with deltas, an organisation with a board of cards.

use super::writer::Writer;
use crate::bench::fill::person;
use crate::client::{Client, text};
use crate::ground::Ground;
use crate::server::Server;
use anyhow::{Context, Result};
use serde_json::json;

/// Writers at the same time.
const WRITERS: usize = 8;
/// Deltas that all of them vote on.
const DELTAS: usize = 24;
/// Cards of each writer's own.
const CARDS: usize = 4;

/// Fills the ground a little and gives the writers.
pub async fn writers(ground: &Ground, server: &Server) -> Result<Vec<Writer>> {
    let guest = Client::new(&server.url())?;
    let owner = guest.with(&person(ground, "olga", true)?);
    owner.post("projects", json!({"slug": "harbour", "name": "Harbour", "description": ""})).await?;
    owner.post("orgs", json!({"slug": "crew", "name": "Crew", "key_prefix": "CR"})).await?;
    let columns: Vec<_> = ["later", "next", "doing", "review", "done"]
        .iter()
        .zip(["backlog", "ready", "doing", "review", "done"])
        .map(|(slug, category)| json!({"slug": slug, "name": slug, "category": category}))
        .collect();
    owner.post("orgs/crew/boards", json!({"slug": "main", "name": "Main", "columns": columns})).await?;
    let mut deltas = Vec::new();
    for number in 0..DELTAS {
        let new = json!({"kind": "bug", "project": "harbour", "title": format!("Gap {number}"), "desired": "It holds.", "actual": "It does not."});
        deltas.push(text(&owner.post("deltas", new).await?, "/key")?.to_owned());
    }
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let name = format!("w{number}");
        let who = guest.with(&person(ground, &name, false)?);
        owner.put(&format!("orgs/crew/members/{name}"), json!({"role": "member"})).await?;
        let mut cards = Vec::new();
        for card in 0..CARDS {
            let new = json!({"title": format!("Card {card} of {name}"), "board": "main", "column": "next"});
            let task = who.post("orgs/crew/tasks", new).await?;
            let version = task["version"].as_i64().context("a task without version")?;
            cards.push((text(&task, "/key")?.to_owned(), version, "next".to_owned()));
        }
        writers.push(Writer::new(number, who, &deltas, cards));
    }
    Ok(writers)
}
