//! Each organisation's own board: its own task for the same delta, its own priority, its own promise.

use super::org::{ORGS, standing};
use super::world::World;
use crate::client::{list, text};
use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

/// Boards, and a task each for the same delta, with different priorities.
pub async fn tasks(world: &mut World) -> Result<String> {
    let columns = json!([
        {"name": "Later", "category": "backlog"},
        {"name": "Next", "category": "ready"},
        {"name": "Doing", "category": "doing", "wip_limit": 3},
        {"name": "Review", "category": "review"},
        {"name": "Done", "category": "done"},
    ]);
    let mut told = Vec::new();
    for (org, priority, title) in [
        (&ORGS[0], "urgent", "Make it work for driver X"),
        (&ORGS[1], "low", "Basalt plans this quietly"),
        (&ORGS[2], "normal", "Look at it"),
    ] {
        world
            .as_(org.owner)?
            .post(&format!("orgs/{}/boards", org.slug), json!({"slug": "main", "name": "Main board", "columns": columns}))
            .await?;
        let task = json!({
            "title": title,
            "body": "in our own time",
            "priority": priority,
            "board": "main",
            "column": "next",
            "deltas": [{"delta": world.delta, "relation": "resolves"}],
            "assignees": [org.member],
        });
        let made = world.as_(org.member)?.post(&format!("orgs/{}/tasks", org.slug), task).await?;
        let key = text(&made, "/key")?.to_owned();
        ensure!(key == format!("{}-1", org.prefix), "the first task is {key}");
        told.push(format!("{key} {priority}"));
        world.tasks.insert(org.slug, key);
    }
    let delta = world.as_("bea")?.get(&format!("deltas/{}", world.delta)).await?;
    ensure!(
        standing(&delta, "basalt").is_some_and(|standing| standing["stance"] == "taken"),
        "linking a task is no stance: {}",
        delta["standings"]
    );
    let board = world.as_("nils")?.get("orgs/northwind/boards/main").await?;
    let column = column_of(&board, world.task("northwind")?).context("the card is not on the board")?;
    ensure!(column == "next", "the card stands in {column}");
    Ok(format!("{} for the same {}; a linked task is the stance taken", told.join(", "), world.delta))
}

/// Both commit to the delta, for different releases; Northwind's promise moves once and the ledger keeps it.
pub async fn promises(world: &mut World) -> Result<String> {
    for (org, who, state, target) in [
        ("northwind", "nils", "committed", "2026.2"),
        ("northwind", "nils", "committed", "2027.1"),
        ("basalt", "bea", "committed", "2027.2"),
        ("cinnabar", "cleo", "intended", "2028.1"),
    ] {
        let path = format!("tasks/{}", world.task(org)?);
        let promise = json!({"state": state, "target_release": target, "note": ""});
        world.as_(who)?.settle(Method::PUT, &path, &format!("{path}/commitment"), promise).await?;
    }
    let task = world.as_("nils")?.get(&format!("tasks/{}", world.task("northwind")?)).await?;
    ensure!(list(&task, "/ledger")?.len() == 2 && task["moves"] == 1, "the ledger is {} with {} moves", task["ledger"], task["moves"]);
    let delta = world.guest.get(&format!("deltas/{}", world.delta)).await?;
    ensure!(standing(&delta, "northwind").is_some_and(|standing| standing["moves"] == 1), "the delta does not say that the promise moved");
    Ok("Northwind for 2026.2, then 2027.1 (the ledger keeps both, moved once); Basalt for 2027.2".to_owned())
}

/// Northwind does the work: the card goes to done and the promise is delivered.
pub async fn delivered(world: &mut World) -> Result<String> {
    let path = format!("tasks/{}", world.task("northwind")?);
    let nils = world.as_("nils")?;
    nils.change(Method::PATCH, &path, &format!("{path}/placement"), json!({"column": "done"})).await?;
    nils.settle(Method::PUT, &path, &format!("{path}/commitment"), json!({"state": "delivered", "target_release": "2027.1"})).await?;
    let task = nils.get(&path).await?;
    ensure!(task["commitment"] == "delivered" && task["column"] == "done", "the task says {} in {}", task["commitment"], task["column"]);
    ensure!(list(&task, "/ledger")?.len() == 3, "the ledger is {}", task["ledger"]);
    let delta = world.guest.get(&format!("deltas/{}", world.delta)).await?;
    ensure!(
        standing(&delta, "northwind").is_some_and(|standing| standing["commitment"] == "delivered"),
        "the delta does not say that it was delivered"
    );
    ensure!(delta["open"] == true, "a delivered task closed the delta by itself");
    Ok(format!("{} in done, its third promise is delivered; the gap stays open until the project says so", world.task("northwind")?))
}

/// The slug of the column a card stands in.
pub fn column_of<'a>(board: &'a Value, task: &str) -> Option<&'a str> {
    let columns = board["columns"].as_array()?;
    let column =
        columns.iter().find(|column| column["cards"].as_array().is_some_and(|cards| cards.iter().any(|card| card["key"] == *task)))?;
    column["slug"].as_str()
}
